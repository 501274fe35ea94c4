"""Plans of jobs without a pilot that rest on what was measured of the same templates before."""

from dataclasses import dataclass

import polars as pl

from modelroute_cli.base.clock import SystemClock
from modelroute_cli.base.schema import TaskType
from modelroute_cli.cli.flags import PlanningFlags
from modelroute_cli.cli.history_use import is_there, recalled_by
from modelroute_cli.cli.workspace import Workspace
from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.pilot.fitting import by_prior
from modelroute_cli.pilot.history.beliefs import Terms, believed
from modelroute_cli.pilot.history.recall import Question
from modelroute_cli.pilot.strata import Stratum
from modelroute_cli.planning.measured import Measured
from modelroute_cli.planning.quality import load_prior
from modelroute_cli.report.screen import plural


@dataclass(frozen=True, slots=True)
class UsedHistory:
    """What a plan believes by the history (None: nothing of this job), and a warning where it could not be read."""

    measured: Measured | None
    warning: str | None

    @property
    def told(self) -> str | None:
        """That a plan rests on it, or why not; None where there is nothing to say."""
        if self.warning is not None:
            return f"warning: {self.warning}"
        if self.measured is None:
            return None
        templates = plural(len(self.measured.groups), "template")
        return f"Planned by your history of {templates}; `MODELROUTE_HISTORY=off` leaves it out"


def history_for(job: JobFile, workspace: Workspace, flags: PlanningFlags, *, emulated: bool) -> UsedHistory:
    """What the history says of a job's templates; nothing for a study of past prices or one that asks models first."""
    if flags.prices_as_of or flags.classify_with or not is_there(workspace.settings):
        return UsedHistory(None, None)
    strata = strata_of(job.requests)
    objective = workspace.settings.objective
    asked = Question(
        templates=frozenset(stratum.template for stratum in strata),
        at=SystemClock().now(),
        baseline=objective.baseline,
        emulated=emulated,
    )
    known = recalled_by(workspace.settings, asked)
    prior = by_prior(load_prior(), workspace.catalog.models)
    terms = Terms(baseline=objective.baseline, confidence=objective.confidence, prior=prior, emulated=emulated)
    return UsedHistory(believed(known.recalled, strata, terms), known.warning)


def strata_of(requests: pl.LazyFrame) -> tuple[Stratum, ...]:
    """The templates of REQUESTS, with the task type and language that most of their requests have."""
    most = [pl.col(name).cast(pl.String).mode().sort().first() for name in ("task_type", "language")]
    found = requests.group_by("template").agg(*most, pl.len()).sort("template").collect()
    return tuple(
        Stratum(template=template, task_type=TaskType(task_type), language=language, requests=count)
        for template, task_type, language, count in found.iter_rows()
    )
