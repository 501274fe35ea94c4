"""What a run is of: its plan, its requests, its folder, its cap; found before anything is approved or sent."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from modelroute_cli.base.errors import OutcomesError, UsageError
from modelroute_cli.base.money import PicoUSD, from_usd
from modelroute_cli.catalog.load import settings_digest
from modelroute_cli.catalog.settings import Objective
from modelroute_cli.cli.begun_runs import check_plan
from modelroute_cli.cli.control_share import read_share
from modelroute_cli.cli.flags import PlanningFlags, RunFlags
from modelroute_cli.cli.flags_measured import PilotFlags
from modelroute_cli.cli.job_plan import STDIN, JobPlan, index_job, plan_job, stem
from modelroute_cli.cli.job_reading import job_reading
from modelroute_cli.cli.use_history import history_for
from modelroute_cli.cli.use_pilot import UsedPilot, pilot_for
from modelroute_cli.cli.workspace import RUNS, SPOOL, Workspace, planning_workspace
from modelroute_cli.execution.batch_output import errors_path
from modelroute_cli.execution.question_folder import stored
from modelroute_cli.execution.results import Format, check_writable
from modelroute_cli.execution.run_folder import RunFolder
from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.jobs.locate import locate
from modelroute_cli.jobs.reading import AS_IT_STANDS
from modelroute_cli.jobs.spool import file_digest
from modelroute_cli.planning import plan_file
from modelroute_cli.planning.asking import Asking
from modelroute_cli.planning.plan import Plan

_ZIP_MAGIC = b"PK\x03\x04"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One run, ready to be approved; `requests` is the file that offsets refer to."""

    folder: RunFolder
    workspace: Workspace
    plan: Plan
    requests: Path
    reviewed: bool  # given as a plan file
    continues: bool  # an earlier session of this run was approved
    emulated: bool
    cap_pusd: PicoUSD
    results: Path
    results_format: Format
    notes: tuple[str, ...] = ()  # about the job file, for a new run
    job: JobFile | None = None  # given as a job file
    asking: Asking | None = None  # what a model is to be asked first, then the job is planned again
    accepted: str | None = None  # how its cost was, for the audit log; None: as its command does


def is_plan_file(target: str) -> bool:
    """Whether the target is a plan file rather than a job file, by its first bytes."""
    path = Path(target)
    if target == STDIN or not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            return file.read(len(_ZIP_MAGIC)) == _ZIP_MAGIC
    except OSError:
        return False


def make_order(flags: RunFlags) -> Order:
    """The run that the flags name; every error of files, settings or planning is met here, before any approval."""
    given = {
        "run.concurrency": flags.concurrency,
        "run.control_share": read_share(flags.control),
        "results.mark_ai": True if flags.mark_ai else None,
    }
    workspace = planning_workspace(flags, given)
    order = _plan_order(flags, workspace) if is_plan_file(flags.target) else _job_order(flags, workspace)
    _refuse_the_past(order)
    check_writable(order.results)
    _refuse_overwriting(flags, order)
    if flags.only and flags.restart:
        message = f"--only {flags.only} takes up an earlier run, and --restart sets it aside"
        raise UsageError(message, hint="leave one of them out")
    if flags.only and not order.continues:
        message = f"--only {flags.only}: this run has not been started"
        raise UsageError(message, hint="leave --only out to send everything")
    return order


def _plan_order(flags: RunFlags, workspace: Workspace) -> Order:
    """The run of a plan file, refused when it is stale or when flags would change it."""
    _refuse_planning_flags(flags)
    plan = plan_file.read(Path(flags.target))
    _refuse_estimate(plan, flags)
    emulated = is_emulated(flags)
    run_id = plan_run_id(Path(flags.target), emulated=emulated, real=flags.except_local, replay=replayed(flags))
    folder = RunFolder(RUNS, run_id)
    return _order(flags, workspace, plan, folder)


def _job_order(flags: RunFlags, workspace: Workspace) -> Order:
    """The run of a job file: the stored plan where the same command was approved before, else a new one."""
    job = index_job(flags.target, job_reading(flags, workspace.settings, workspace.at))
    used = pilot_for(job, workspace, flags, emulated=is_emulated(flags))
    folder = _job_folder(job, workspace, flags, used)
    known = folder.exists() and not flags.restart
    past = None if known or used is not None else history_for(job, workspace, flags, emulated=is_emulated(flags))
    made = _stored(job, folder) if known else plan_job(job, workspace, flags, used, past)
    order = _order(flags, workspace, made.plan, folder)
    notes = job.notes if past is None or past.told is None else (*job.notes, past.told)
    return replace(order, reviewed=False, requests=job.path, notes=notes, job=job, asking=made.asking)


def _job_folder(job: JobFile, workspace: Workspace, flags: RunFlags, used: UsedPilot | None) -> RunFolder:
    """The folder of the run by this pilot; one that was begun without it, or its certificate, goes on as it began."""
    plain = RunFolder(RUNS, job_run_id(job, workspace, flags))
    asked = flags.pilot or flags.from_pilot is not None or flags.restart
    if used is None or (plain.exists() and not asked):
        return plain
    begun = RunFolder(RUNS, job_run_id(job, workspace, flags, pilot=used.taken.pilot_id))
    if begun.exists() and not flags.restart:
        return begun
    return RunFolder(RUNS, job_run_id(job, workspace, flags, pilot=used.name))


def _stored(job: JobFile, folder: RunFolder) -> JobPlan:
    """The plan that was approved before, with the questions that were not all answered when it ended."""
    plan = plan_file.read(folder.plan)
    questions = plan.header.questions
    pending = questions is not None and questions.pending
    return JobPlan(job, plan, stored(folder, questions) if questions is not None and pending else None)


def _order(flags: RunFlags, workspace: Workspace, plan: Plan, folder: RunFolder) -> Order:
    """The order around a plan and a folder; PlanFileError when prices, settings or the job file changed."""
    header = plan.header
    results, form = _results(flags, header.job.source)
    continues = folder.exists() and not flags.restart
    check_plan(plan, workspace, folder if continues else None)
    return Order(
        folder=folder,
        workspace=workspace,
        plan=plan,
        requests=locate(header.job, SPOOL),
        reviewed=True,
        continues=continues,
        emulated=is_emulated(flags),
        cap_pusd=header.hard_cap_pusd if flags.max_cost is None else from_usd(flags.max_cost),
        results=results,
        results_format=form,
    )


def is_emulated(flags: RunFlags) -> bool:
    """Whether nothing goes to a provider; UsageError for `--except-local` without an emulator."""
    if flags.except_local and not flags.emulator and flags.emulator_url is None:
        message = "--except-local: there is no emulator to be excepted from; nothing was sent"
        raise UsageError(message, hint="add `--emulator`, or leave --except-local out")
    return flags.emulator or flags.emulator_url is not None


def plan_run_id(path: Path, *, emulated: bool, real: bool = False, replay: Sequence[str] = ()) -> str:
    """The same for the same plan file; an emulated run is another run, and so is one with `real` answers in it.

    A run that replays recorded outcomes is one of these outcomes.
    """
    return _digest(plan_file.digest(path), emulated, *(["except_local"] if real else []), *replay)


def job_run_id(job: JobFile, workspace: Workspace, flags: RunFlags, *, pilot: str | None = None) -> str:
    """The same for the same command on the same bytes under the same settings; never of the cap or the pace."""
    objective = workspace.settings.objective
    return _digest(
        job.digest,
        settings_digest(workspace.settings),
        objective.min_quality,
        objective.baseline,
        flags.models,
        flags.exclude,
        flags.limit,
        flags.sample,
        flags.seed,
        flags.no_dedupe,
        flags.prices_as_of,
        is_emulated(flags),
        *([] if job.reading == AS_IT_STANDS else [job.reading]),  # ids of runs before these flags stay
        *_later(objective, flags),
        *([] if flags.classify_with is None else ["classify_with", flags.classify_with]),
        *([] if flags.start_at is None else ["start_at", flags.start_at]),
        *(["except_local"] if flags.except_local else []),
        *replayed(flags),
        *([] if pilot is None else ["pilot", pilot]),
    )


def replayed(flags: RunFlags | PilotFlags) -> tuple[str, ...]:
    """What sets a run apart that replays recorded outcomes: their digest; UsageError without an emulator of its own."""
    path = flags.emulator_replay
    if path is None:
        return ()
    if not flags.emulator:
        message = "--emulator-replay: recorded outcomes are replayed by the emulator that --emulator starts"
        hint = "add `--emulator`; one that runs already replays with `modelroute emulator --replay JOBS OUTCOMES`"
        raise UsageError(message, hint=hint)
    try:
        return ("emulator_replay", file_digest(path))
    except OSError as error:
        message = f"--emulator-replay: cannot read `{path}`: {error.strerror or error}"
        raise OutcomesError(message, hint="name a Parquet, CSV or JSONL file of outcomes") from error


def _digest(*parts: object) -> str:
    """Twelve hex digits over the parts."""
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()[:12]


def _results(flags: RunFlags, source: str) -> tuple[Path, Format]:
    """Where the results go and in which form."""
    form: Format = flags.output_format or ("csv" if flags.output and flags.output.suffix == ".csv" else "jsonl")
    ending = "csv" if form == "csv" else "jsonl"
    return flags.output or Path(f"{stem(source)}.results.{ending}"), form


def _refuse_the_past(order: Order) -> None:
    """A study with past prices is never sent to a provider."""
    if order.plan.header.historic and not order.emulated:
        message = f"this plan studies the prices of {order.plan.header.prices_at[:10]}; it is not to be sent"
        raise UsageError(message, hint="plan again without --prices-as-of, or add --emulator")


def _refuse_overwriting(flags: RunFlags, order: Order) -> None:
    """Results never replace what they are made from."""
    sources = [order.requests, Path(flags.target), Path(order.plan.header.job.source)]
    for written in _written(order):
        if any(written.exists() and source.exists() and written.samefile(source) for source in sources):
            message = f"`{written}` is what this run reads; the results would replace it"
            raise UsageError(message, hint="choose another file with -o")


def _written(order: Order) -> list[Path]:
    """The files that results go to."""
    beside = [errors_path(order.results)] if order.results_format == "openai-batch" else []
    return [order.results, *beside]


def _refuse_estimate(plan: Plan, flags: RunFlags) -> None:
    """A plan that answers will change cannot be sent exactly as it was reviewed."""
    questions = plan.header.questions
    if questions is not None and questions.pending:
        message = (
            f"`{flags.target}` is an estimate: {questions.model} is to be asked about "
            f"{questions.templates:,} templates first, and its answers change the plan"
        )
        again = f"`modelroute run {plan.header.job.source} --classify-with {questions.model}`"
        raise UsageError(message, hint=f"{again} asks, plans again and sends")


def _later(objective: Objective, flags: RunFlags) -> list[object]:
    """What is asked for by means that earlier versions did not have; nothing where none is used."""
    day = None if flags.prices_as_of else objective.prices_as_of
    later = (objective.baseline_share, dict(sorted(objective.by_task_type.items())), flags.deadline, flags.tiers, day)
    sure = [] if objective.confidence == Objective().confidence else ["confidence", objective.confidence]
    return [*([later] if any(later) else []), *sure]


def _refuse_planning_flags(flags: RunFlags) -> None:
    """A plan is sent as it was reviewed: what would change it is refused."""
    fresh = PlanningFlags()
    changed = [
        name
        for name in (
            "min_quality",
            "baseline_share",
            "confidence",
            "deadline",
            "tiers",
            "start_at",
            "baseline",
            "models",
            "exclude",
            "limit",
            "sample",
            "seed",
            "no_dedupe",
            "prices_as_of",
            "prompt",
            "prompt_file",
            "system",
            "ignore_models",
            "encoding",
            "classify_with",
            "from_pilot",
            "uncertified",
        )
        if getattr(flags, name) != getattr(fresh, name)
    ]
    if changed:
        shown = ", ".join(f"--{name.replace('_', '-')}" for name in changed)
        message = f"{shown}: `{flags.target}` is a plan, and a plan is sent as it was reviewed"
        raise UsageError(message, hint="make another plan with `modelroute plan`, or leave the flag out")
