"""What the history says of the templates of a job that has no pilot."""

from dataclasses import dataclass

import polars as pl

from modelroute_cli.base.clock import SystemClock
from modelroute_cli.base.schema import TaskType
from modelroute_cli.cli.history_use import recalled_by
from modelroute_cli.cli.workspace import Workspace
from modelroute_cli.pilot.fitting import by_prior
from modelroute_cli.pilot.history.beliefs import Terms, believed
from modelroute_cli.pilot.history.recall import Question
from modelroute_cli.pilot.strata import Stratum
from modelroute_cli.planning.measured import Measured
from modelroute_cli.planning.quality import load_prior


@dataclass(frozen=True, slots=True)
class Planned:
    """Beliefs (None: nothing of these templates), and a warning where the history could not be read."""

    measured: Measured | None
    warning: str | None


def planned_by(requests: pl.LazyFrame, workspace: Workspace, *, emulated: bool) -> Planned:
    """What is believed of the templates of REQUESTS, as the settings say."""
    strata, objective = strata_of(requests), workspace.settings.objective
    asked = Question(
        templates=frozenset(stratum.template for stratum in strata),
        at=SystemClock().now(),
        baseline=objective.baseline,
        emulated=emulated,
    )
    known = recalled_by(workspace.settings, asked)
    prior = by_prior(load_prior(), workspace.catalog.models)
    terms = Terms(baseline=objective.baseline, confidence=objective.confidence, prior=prior, emulated=emulated)
    return Planned(believed(known.recalled, strata, terms), known.warning)


def strata_of(requests: pl.LazyFrame) -> tuple[Stratum, ...]:
    """The templates of REQUESTS, with the task type and language that most of their requests have."""
    most = [pl.col(name).cast(pl.String).mode().sort().first() for name in ("task_type", "language")]
    found = requests.group_by("template").agg(*most, pl.len()).sort("template").collect()
    return tuple(
        Stratum(template=template, task_type=TaskType(task_type), language=language, requests=count)
        for template, task_type, language, count in found.iter_rows()
    )
