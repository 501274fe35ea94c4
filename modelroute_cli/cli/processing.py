"""`modelroute processing`: a record of which data went, or would go, to whom, where and under which terms."""

from collections.abc import Iterator
from pathlib import Path

from modelroute_cli import __version__
from modelroute_cli.base.clock import SystemClock
from modelroute_cli.base.errors import ExitCode, UsageError
from modelroute_cli.catalog.settings import PrivacySettings, Settings
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.find_run import find_run, find_run_of
from modelroute_cli.cli.flags_processing import ProcessingFlags
from modelroute_cli.cli.run_order import is_plan_file
from modelroute_cli.cli.workspace import AUDIT, HOLD_OUTS, PILOTS, RUNS, SPOOL, open_workspace
from modelroute_cli.execution.run_folder import RunFolder, write_whole
from modelroute_cli.pilot.asking import JOBS_NAME
from modelroute_cli.planning import plan_file
from modelroute_cli.planning.asking import QUESTIONS_NAME
from modelroute_cli.planning.plan import Plan
from modelroute_cli.report.json_out import to_json
from modelroute_cli.report.processing.forms import form_of, screen
from modelroute_cli.report.processing.reading import (
    ASKING,
    MEASURING,
    Part,
    categories,
    jobs_of,
    planned_part,
    sent_part,
)
from modelroute_cli.report.processing.record import Frame, Subjected, record
from modelroute_cli.report.processing.types import Kept, Record, Subject


def processing(flags: ProcessingFlags, console: Console) -> ExitCode:
    """Show the record, or write it; UsageError for a bad file, or where there is no such run."""
    _check_output(flags)
    settings = open_workspace(flags.config, None, {}).settings
    subjected = [_subjected(target, settings.privacy) for target in flags.targets or [None]]
    frame = Frame(
        responsible=settings.processing,
        kept=tuple(kept(settings, [each.subject for each in subjected])),
        made_at=SystemClock().now().isoformat(timespec="seconds"),
        tool_version=__version__,
    )
    _hand_over(record(subjected, frame), flags, console)
    return ExitCode.OK


def _subjected(target: str | None, privacy: PrivacySettings) -> Subjected:
    """A run, or a plan that was not run."""
    if target is not None and is_plan_file(target) and find_run_of(target) is None:
        plan = plan_file.read(Path(target))
        part = planned_part(plan, jobs_of(plan, SPOOL), privacy)
        return Subjected(subject=_subject("plan", Path(target).name, plan, emulated=False), parts=(part,))
    run = find_run(target)
    plan = plan_file.read(run.plan)
    subject = _subject("run", run.run_id, plan, emulated=run.meta().emulated)
    return Subjected(subject=subject, parts=tuple(_parts(run, plan, privacy)))


def _subject(kind: str, name: str, plan: Plan, *, emulated: bool) -> Subject:
    totals = plan.header.totals
    return Subject(
        kind="run" if kind == "run" else "plan",
        name=name,
        source=plan.header.job.source,
        requests=totals.requests + totals.duplicates,
        emulated=emulated,
        redaction=plan.header.redaction is not None,
    )


def _parts(run: RunFolder, plan: Plan, privacy: PrivacySettings) -> Iterator[Part]:
    """What a run sent itself, what it asked first, and what was measured for it before."""
    before = list(_measured(plan))
    if run.journal.exists():
        own = sent_part(plan, run.journal, categories(plan, jobs_of(plan, SPOOL), privacy))
        yield own.without(MEASURING) if before else own
    if run.questions().journal.exists():
        yield _inside(run.questions(), QUESTIONS_NAME, ASKING, privacy)
    yield from (_inside(folder, JOBS_NAME, MEASURING, privacy) for folder in before)


def _measured(plan: Plan) -> Iterator[RunFolder]:
    """The folders of its pilot and of the test of its promise, as far as they are there."""
    header = plan.header
    named = [(PILOTS, header.pilot), (HOLD_OUTS, header.certified.hold_out if header.certified else None)]
    for root, found in named:
        if found is not None and (folder := RunFolder(root, found.pilot_id)).journal.exists() and folder.plan.exists():
            yield folder


def _inside(folder: RunFolder, jobs: str, purpose: str, privacy: PrivacySettings) -> Part:
    """What was sent of a folder with a job file of its own."""
    plan = plan_file.read(folder.plan)
    found = categories(plan, jobs_of(plan, SPOOL, folder, jobs), privacy)
    return sent_part(plan, folder.journal, found, purpose)


def kept(settings: Settings, subjects: list[Subject]) -> Iterator[Kept]:
    """What stays on this machine, and where, as this folder sees it."""
    for subject in subjects:
        if subject.kind == "run":
            folder = RUNS / subject.name
            yield Kept(what=f"Plan, journal (answers, no prompts) and log of run {subject.name}", where=f"{folder}/")
            yield Kept(what=f"Results of run {subject.name}", where="where `run -o` said, else beside the job file")
    if SPOOL.is_dir():
        yield Kept(what="Requests as they were read (of CSV, Parquet, templates, standard input)", where=f"{SPOOL}/")
    if PILOTS.is_dir():
        yield Kept(what="Pilots: their requests and answers", where=f"{PILOTS}/")
    if settings.audit.keep:
        what = "answers and digests" if settings.audit.texts else "digests, no texts"
        yield Kept(what=f"Audit log ({what})", where=f"{AUDIT}/")
    yield Kept(what="History of measurements (sums, no texts)", where="see `modelroute history`")


def _check_output(flags: ProcessingFlags) -> None:
    """UsageError before anything is read."""
    if flags.output is None:
        return
    form_of(flags.output.name)
    if flags.output.exists() and not flags.force:
        message = f"`{flags.output}` is there already"
        raise UsageError(message, hint="name another file, or add --force to replace it")


def _hand_over(found: Record, flags: ProcessingFlags, console: Console) -> None:
    """Into the file, or to stdout; with both, the file and the JSON."""
    if flags.output is not None:
        try:
            write_whole(flags.output, form_of(flags.output.name)(found).encode())
        except OSError as error:
            message = f"`{flags.output}` cannot be written: {error.strerror}"
            raise UsageError(message, hint="name a file in a folder of yours") from error
        console.note(f"Wrote the record of {len(found.subjects)} with {len(found.recipients)} recipients")
    if flags.as_json:
        console.say(to_json(found))
    elif flags.output is None:
        console.show(screen(found, console.width))
