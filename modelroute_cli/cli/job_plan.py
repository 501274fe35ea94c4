"""From a job file and flags to a plan: what `plan` and `run` share."""

import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from modelroute_cli import __version__
from modelroute_cli.base.clock import SystemClock
from modelroute_cli.base.errors import UsageError
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.flags import CheckFlags, PlanningFlags, ReadingFlags
from modelroute_cli.cli.workspace import SPOOL, Workspace, names
from modelroute_cli.features.describe import Describer
from modelroute_cli.jobs.index import IndexOptions, index
from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.jobs.reading import AS_IT_STANDS, Reading
from modelroute_cli.planning.make import PlanOptions, make_plan
from modelroute_cli.planning.plan import Plan

STDIN = "-"


@dataclass(frozen=True, slots=True)
class JobPlan:
    """A job file with the plan made for it."""

    job: JobFile
    plan: Plan


def reading_of(flags: ReadingFlags) -> Reading:
    """How the flags want a job file read; UsageError for a prompt given twice, or a file that cannot be read."""
    if flags.prompt is not None and flags.prompt_file is not None:
        message = "--prompt and --prompt-file: a row has one prompt"
        raise UsageError(message, hint="leave one of them out")
    prompt = flags.prompt if flags.prompt_file is None else _template(flags.prompt_file)
    return Reading(ignore_models=flags.ignore_models, prompt=prompt, system=flags.system, encoding=flags.encoding)


def _template(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        message = f"--prompt-file: cannot read `{path}`: {error.strerror}"
        raise UsageError(message, hint="check the path and its permissions") from error
    except UnicodeDecodeError as error:
        message = f"--prompt-file: `{path}` is not UTF-8 text"
        raise UsageError(message, hint="save it as UTF-8") from error


def index_job(source: str, reading: Reading = AS_IT_STANDS) -> JobFile:
    """The validated job file; JobFileError with its first problems."""
    stdin = sys.stdin.buffer if source == STDIN else None
    return index(source, Describer(), IndexOptions(spool_dir=SPOOL, stdin=stdin, reading=reading))


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


def tell_notes(job: JobFile, console: Console) -> None:
    """Say once what the job file holds and its requests do not."""
    for text in job.notes:
        console.note(f"note: {text}")


def again(flags: CheckFlags) -> str:
    """The command that plans the file as it was checked."""
    arguments = ["modelroute", "plan", flags.jobs]
    for name in ("prompt", "prompt_file", "system", "encoding"):
        if (value := getattr(flags, name)) is not None:
            arguments += [f"--{name.replace('_', '-')}", str(value)]
    return shlex.join([*arguments, *(["--ignore-models"] if flags.ignore_models else [])])
