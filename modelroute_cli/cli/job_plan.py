"""From a job file and flags to a plan: what `plan` and `run` share."""

import sys
from dataclasses import dataclass
from pathlib import Path

from modelroute_cli import __version__
from modelroute_cli.base.clock import SystemClock
from modelroute_cli.cli.flags import PlanningFlags
from modelroute_cli.cli.workspace import SPOOL, Workspace, names
from modelroute_cli.features.describe import make_describe
from modelroute_cli.jobs.index import IndexOptions, index
from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.planning.make import PlanOptions, make_plan
from modelroute_cli.planning.plan import Plan

STDIN = "-"


@dataclass(frozen=True, slots=True)
class JobPlan:
    """A job file with the plan made for it."""

    job: JobFile
    plan: Plan


def index_job(source: str) -> JobFile:
    """The validated job file; JobFileError with its first problems."""
    stdin = sys.stdin.buffer if source == STDIN else None
    return index(source, make_describe(), IndexOptions(spool_dir=SPOOL, stdin=stdin))


def plan_job(job: JobFile, workspace: Workspace, flags: PlanningFlags) -> JobPlan:
    """The plan of a job file; InfeasibleError when nothing meets what was asked."""
    options = PlanOptions(
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
    )
    return JobPlan(job, make_plan(job, workspace.catalog, workspace.settings, options))


def stem(source: str) -> str:
    """What files made from a job file are called, without any ending: `emails` for `jobs/emails.jsonl`."""
    return "stdin" if source == STDIN else Path(source).name.split(".")[0] or "jobs"
