"""From a job file and flags to a plan: what `plan` and `run` share."""

import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from modelroute_cli import __version__
from modelroute_cli.base.clock import SystemClock
from modelroute_cli.base.described import Templates
from modelroute_cli.cli.buying import deadline_of, tiers_of
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.flags import CheckFlags, PlanningFlags
from modelroute_cli.cli.job_reading import JobReading
from modelroute_cli.cli.start_at import refuse_past_start
from modelroute_cli.cli.use_history import UsedHistory
from modelroute_cli.cli.workspace import SPOOL, Workspace, names
from modelroute_cli.features.describe import Describer, settled
from modelroute_cli.features.settling import Learned
from modelroute_cli.jobs.index import IndexOptions, index
from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.jobs.parts import Dividing
from modelroute_cli.planning.asking import Asking, make_asking
from modelroute_cli.planning.make import PlanOptions, make_plan
from modelroute_cli.planning.plan import Plan

if TYPE_CHECKING:
    from modelroute_cli.cli.use_pilot import UsedPilot

STDIN = "-"


@dataclass(frozen=True, slots=True)
class JobPlan:
    """A job file with the plan made for it."""

    job: JobFile
    plan: Plan
    asking: Asking | None = None  # what a model is asked first
    pilot: "UsedPilot | None" = None  # what it rests on


def index_job(source: str, how: JobReading, folder: Path | None = None) -> JobFile:
    """The validated job file, its images beside it or in `folder`; JobFileError with its first problems."""
    options = IndexOptions(
        spool_dir=SPOOL,
        stdin=sys.stdin.buffer if source == STDIN else None,
        reading=how.reading,
        origins=how.origins,
        images=how.images,
        folder=folder,
        max_side=how.max_side,
        wanted=how.wanted,
        at=how.at,
    )
    describer = partial(Describer, privacy=how.privacy)
    return index(source, describer(), options, Dividing(describer=describer, settled=_settled))


def _settled(parts: Sequence[object]) -> Templates:
    """The templates of a job whose parts were described apart."""
    return settled(part for part in parts if isinstance(part, Learned))


def plan_job(
    job: JobFile,
    workspace: Workspace,
    flags: PlanningFlags,
    used: "UsedPilot | None" = None,
    past: UsedHistory | None = None,
) -> JobPlan:
    """The plan of a job file, with what is asked about it first; InfeasibleError when nothing meets what was asked.

    `used` is the pilot that it rests on, `past` what it rests on where there is none.
    """
    refuse_past_start(flags.start_at, workspace.start_at, SystemClock().now())
    options = plan_options(workspace, flags)
    if used is not None:
        from modelroute_cli.cli.use_pilot import plan_with  # noqa: PLC0415 - most plans have no pilot

        return JobPlan(job, plan_with(used, job, workspace, options), pilot=used)
    options = replace(options, measured=None if past is None else past.measured)
    if flags.classify_with is None:
        return JobPlan(job, make_plan(job, workspace.catalog, workspace.settings, options))
    asking = make_asking(job, workspace.catalog, workspace.settings, options, flags.classify_with)
    counted = replace(options, questions=asking.questions if asking else None)
    return JobPlan(job, make_plan(job, workspace.catalog, workspace.settings, counted), asking)


def plan_options(workspace: Workspace, flags: PlanningFlags) -> PlanOptions:
    """What workspace and flags say about a plan."""
    return PlanOptions(
        at=workspace.at,
        created_at=SystemClock().now(),
        historic=workspace.historic,
        models=names(flags.models) or None,
        exclude=names(flags.exclude),
        limit=flags.limit,
        sample=flags.sample,
        seed=flags.seed,
        dedupe=not flags.no_dedupe,
        tool_version=__version__,
        tiers=tiers_of(flags.tiers),
        deadline_s=deadline_of(flags.deadline, workspace.at),
        start_at=workspace.start_at,
    )


def stem(source: str) -> str:
    """What files made from a job file are called, without any ending: `emails` for `jobs/emails.jsonl`."""
    return "stdin" if source == STDIN else Path(source).name.split(".")[0] or "jobs"


def tell_notes(job: JobFile, console: Console) -> None:
    """Say once what the job file holds and its requests do not."""
    for text in job.notes:
        console.note(f"note: {text}")


def again(flags: CheckFlags) -> str:
    """The command that plans the file as it was checked."""
    arguments = ["modelroute", "plan", flags.jobs]
    for name in ("prompt", "prompt_file", "system", "encoding", "config"):
        if (value := getattr(flags, name)) is not None:
            arguments += [f"--{name.replace('_', '-')}", str(value)]
    return shlex.join([*arguments, *(["--ignore-models"] if flags.ignore_models else [])])
