"""`modelroute run`: approve, send, account."""

import os
import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from modelroute_cli import __version__
from modelroute_cli.base.clock import SystemClock
from modelroute_cli.base.errors import ExitCode, StorageError, UsageError
from modelroute_cli.base.money import format_usd, round_up, to_decimal
from modelroute_cli.cli.ask_first import ask, too_dear, with_answers, with_own_cap
from modelroute_cli.cli.at_cap import advice
from modelroute_cli.cli.begun_runs import left_lying
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.detached import is_left, left_advice, patience_of
from modelroute_cli.cli.flags import RunFlags
from modelroute_cli.cli.gate_programs import refuse_missing_programs
from modelroute_cli.cli.json_console import make_json_console
from modelroute_cli.cli.own_models import on_this_machine, own_models
from modelroute_cli.cli.pilot_first import pilot_first
from modelroute_cli.cli.replaying import recorded_for, unrecorded
from modelroute_cli.cli.report_order import how_to_report
from modelroute_cli.cli.run_history import remember_run
from modelroute_cli.cli.run_hooks import ToTell, telling, to_tell
from modelroute_cli.cli.run_keys import find_access, loopback_url
from modelroute_cli.cli.run_names import remember_names
from modelroute_cli.cli.run_order import Order, make_order
from modelroute_cli.cli.run_telemetry import recorded, wants_telemetry
from modelroute_cli.cli.session import Session, execute_order
from modelroute_cli.cli.workspace import asked_by
from modelroute_cli.execution.caps import CapKind
from modelroute_cli.execution.journal_read import read_state
from modelroute_cli.execution.pace import FULL, PaceSignal, read_pace
from modelroute_cli.execution.question_folder import keep
from modelroute_cli.execution.run_folder import RunMeta
from modelroute_cli.execution.work import RunOutcome, RunStatus
from modelroute_cli.planning import plan_file
from modelroute_cli.planning.dearer_now import dearer_now
from modelroute_cli.planning.small_caps import small_caps
from modelroute_cli.planning.unknown_tenants import unknown_tenants
from modelroute_cli.report.handed_in_screen import handed_in_screen
from modelroute_cli.report.plan_screen import plan_screen
from modelroute_cli.report.progress_screen import pace_lines
from modelroute_cli.report.run_screen import EMULATED, status_screen
from modelroute_cli.report.run_status import RunStatus as Standing
from modelroute_cli.report.run_status import run_status
from modelroute_cli.report.run_types import Projection
from modelroute_cli.report.screen import safe
from modelroute_cli.report.summary import plan_summary


def run(flags: RunFlags, console: Console) -> ExitCode:
    """Send what was approved and nothing else; the same command again continues or says that all is done."""
    if flags.progress == "json":
        console = make_json_console(os.environ)
    patience_of(flags)  # what cannot be left is said before anything is read
    if flags.pilot and not pilot_first(flags, console):
        console.note(f"\nTo go on, run:\n    {shlex.join(['modelroute', *sys.argv[1:]])}")
        return ExitCode.INTERRUPTED
    order = make_order(flags)
    session = _prepare(flags, order, console)
    wants_telemetry(order)  # a missing extra is told before any approval
    told = to_tell(order, session.access.credentials, is_over=is_over(flags, order))
    if order.continues:
        console.note(f"Continuing run {order.folder.run_id}, started before; hard cap {format_usd(order.cap_pusd)}")
    else:
        _tell_caps(order, console)
        for text in () if order.emulated else dearer_now(order.plan, SystemClock().now()):
            console.note(f"warning: {text}", "warning")
        for text in left_lying(order.folder, order.plan.header.job.digest, emulated=order.emulated):
            console.note(text, "warning")
        _approve(flags, order, console)
        _clear(order, restart=flags.restart)
    if order.emulated:
        console.note(EMULATED, "bold")
        if flags.except_local:
            console.note("but models on this machine answer for themselves: their answers are real and cost nothing")
    order = replace(order, accepted=_how_accepted(flags, order))
    with order.folder.lock():
        if not order.folder.exists():
            _start(order)
        outcome = _execute(flags, order, session, told, console)
    return _end(order, outcome, console)


def _tell_caps(order: Order, console: Console) -> None:
    """What is to be known of tenants and caps before money is spent; job files name tenants as they like."""
    own = order.workspace.settings
    for text in order.notes:
        console.note(f"note: {text}")
    for text in small_caps(order.plan, own.caps):
        console.note(f"note: {safe(text)}")
    for text in unknown_tenants(order.plan, own.caps, own.tenants):
        console.note(f"warning: {safe(text)}", "warning")


def _execute(flags: RunFlags, order: Order, session: Session, told: ToTell, console: Console) -> RunOutcome:
    """Send, tell those who are to hear of it, and remember what was measured."""
    wanted = not told.is_over and wants_telemetry(order)
    with telling(order, told, console) as watch:
        with recorded(order, console, wanted=wanted) as listen:
            outcome = _ask_and_send(flags, order, replace(session, watch=watch, on_records=listen), console)
        if watch is not None:
            watch.end(outcome)
        remember_run(order, console)
        remember_names(order, console)
    return outcome


def _ask_and_send(flags: RunFlags, order: Order, session: Session, console: Console) -> RunOutcome:
    """Send the order; where questions come first, ask them, then send what is planned by their answers."""
    if order.asking is None or order.job is None:
        return execute_order(order, session, console)
    asked = ask(order, order.asking, session, console)
    if asked.status is RunStatus.STOPPED:
        return asked
    planned = _accepted(flags, with_answers(order, order.job, order.asking, flags, console), console)
    access = find_access(planned.plan, os.environ, emulated=order.emulated, real=session.real, compares=compares(order))
    plan_file.write(planned.plan, order.folder.plan)
    return execute_order(planned, replace(session, access=access), console)


def _accepted(flags: RunFlags, order: Order, console: Console) -> Order:
    """The order itself within the cap that was accepted; a dearer one is shown and asked for, or refused."""
    if order.job is None or order.plan.header.totals.cost_pusd <= order.cap_pusd:
        return order
    dearer = with_own_cap(order, order.job, flags)
    console.note("By the answers, the job costs more than what was accepted:", "warning")
    if flags.yes or flags.max_cost is not None or not console.interactive:
        _show_aside(flags, order, console)
        raise too_dear(order, dearer)
    _approve(flags, dearer, console)
    return dearer


def _prepare(flags: RunFlags, order: Order, console: Console) -> Session:
    """Find keys and addresses; CredentialError or UsageError before anything is approved."""
    url = None if flags.emulator_url is None else loopback_url(flags.emulator_url)
    real = on_this_machine(order.workspace.catalog.providers) if flags.except_local else frozenset[str]()
    over = is_over(flags, order)
    access = find_access(order.plan, os.environ, emulated=order.emulated or over, real=real, compares=compares(order))
    if order.asking is not None:
        find_access(order.asking.plan, os.environ, emulated=order.emulated, real=real)
    if not over:
        own_models(access.plan, only=real if order.emulated else None)  # what is missing is told before any approval
        refuse_missing_programs(order.plan.header, os.environ)
    outcomes = recorded_for(order, flags.emulator_replay)
    for text in (*access.notes, *unrecorded(order, outcomes, flags.emulator_replay)):
        console.note(f"warning: {text}", "warning")
    return Session(
        access=access,
        real=real,
        emulator_url=url,
        again_failed=flags.only == "failed",
        pace=PaceSignal(FULL if flags.pace is None else read_pace(flags.pace)),
        view=flags.progress,
        leave_unknown=flags.leave_unknown,
        patience=patience_of(flags),
        recorded=outcomes,
    )


def compares(order: Order) -> bool:
    """Whether a sample of the requests is to be answered by the baseline as well."""
    return order.workspace.settings.run.control_share > 0


def is_over(flags: RunFlags, order: Order) -> bool:
    """Whether nothing is left to send, so that no key is needed."""
    if not order.continues or flags.only or not order.folder.journal.exists():
        return False
    return read_state(order.folder.journal).done >= order.plan.header.totals.requests


def _approve(flags: RunFlags, order: Order, console: Console) -> None:
    """Show what will be spent and have it accepted; UsageError, before anything is sent, when it is not."""
    if order.reviewed or flags.yes:
        return
    _show_aside(flags, order, console)
    again = shlex.join(["modelroute", *sys.argv[1:], "--yes"])
    if not console.interactive:
        message = "this run was not approved: there is no terminal to ask at; nothing was sent"
        raise UsageError(message, hint=f"look at `modelroute plan`, then accept its cost with `{again}`")
    if console.ask(_question(order)) != "yes":
        message = "not approved; nothing was sent"
        raise UsageError(message, hint="type `yes` to send, or keep the plan with `modelroute plan -o`")


def _how_accepted(flags: RunFlags, order: Order) -> str:
    """How what is spent was agreed to, in the words of the audit log."""
    if order.continues:
        return "before"
    return "plan file" if order.reviewed else "--yes" if flags.yes else "typed"


def _show_aside(flags: RunFlags, order: Order, console: Console) -> None:
    """The plan, on stderr."""
    screen = plan_screen(plan_summary(order.plan), console.width, asked_by=asked_by(order.workspace, flags))
    console.show_aside(screen)


def _question(order: Order) -> str:
    """What is to be typed, and what it accepts."""
    totals = order.plan.header.totals
    cost, cap = format_usd(totals.cost_pusd, estimate=True), format_usd(order.cap_pusd)
    first = "" if order.asking is None else f"ask {order.asking.questions.model}, then "
    return f"\nType `yes` to {first}send {totals.requests:,} requests for {cost}, never more than {cap}: "


def _clear(order: Order, *, restart: bool) -> None:
    """A folder for a new run; an earlier one is set aside, unless another process holds it (RunLockedError)."""
    if restart and order.folder.exists():
        with order.folder.lock():
            order.folder.set_aside()
    _make_folder(order.folder.path)


def _start(order: Order) -> None:
    """Keep a copy of the plan that was approved, then the facts: a run that exists has its plan."""
    header = order.plan.header
    if order.asking is not None:
        keep(order.asking, order.folder)
    plan_file.write(order.plan, order.folder.plan)
    order.folder.create(
        RunMeta(
            run_id=order.folder.run_id,
            source=header.job.source,
            job_digest=header.job.digest,
            plan_digest=plan_file.digest(order.folder.plan),
            emulated=order.emulated,
            created_at=SystemClock().now().isoformat(),
            tool_version=__version__,
        )
    )


def _make_folder(path: Path) -> None:
    """The folder of a run; StorageError when it cannot be made."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"cannot make the run folder `{path}`: {error.strerror}"
        raise StorageError(message, hint="run in a folder you may write to") from error


def _end(order: Order, outcome: RunOutcome, console: Console) -> ExitCode:
    """Say what happened, what it cost, where the results are, and what to type next."""
    status = run_status(order.folder)
    console.show((*status_screen(status), *handed_in_screen(status.handed_in, console.width)))
    for text in pace_lines(outcome):
        console.say(text)
    if outcome.sent_now == 0 and outcome.status is RunStatus.DONE:
        console.say("Nothing was left to send")
    if order.folder.journal.exists():  # a run that was stopped while it asked has none
        console.say(f"Results: {order.results}")
    if outcome.message:
        console.note(outcome.message, "warning")
    _tell_next(order, outcome, status, console)
    return exit_code(outcome)


def _tell_next(order: Order, outcome: RunOutcome, status: Standing, console: Console) -> None:
    """The command to type now."""
    again = shlex.join(["modelroute", *sys.argv[1:]])
    if is_left(outcome, sys.argv):
        console.note(left_advice(outcome, order.folder.run_id, sys.argv[1:]))
    elif outcome.status is RunStatus.STOPPED:
        console.note(f"\nTo go on, run:\n    {again}")
    elif outcome.status is RunStatus.CAP_REACHED:
        more = shlex.join(
            ["modelroute", *without_cap(sys.argv[1:]), "--max-cost", enough(order, outcome, status.projection)]
        )
        console.note(advice(outcome.short, again, more))
    elif status.counts.waiting:
        console.note(f"\nTo send the {status.counts.waiting:,} that wait too, run:\n    {_without_only(sys.argv[1:])}")
    else:
        console.note(how_to_report(order.folder.run_id))


def _without_only(arguments: Sequence[str]) -> str:
    """The command without `--only failed`."""
    line = shlex.join(["modelroute", *arguments])
    return line.replace(" --only failed", "").replace(" --only=failed", "")


def without_cap(arguments: Sequence[str]) -> list[str]:
    """The arguments without `--max-cost` and its amount."""
    kept: list[str] = []
    for argument in arguments:
        if kept and kept[-1] == "--max-cost":
            kept.pop()
        elif not argument.startswith("--max-cost="):
            kept.append(argument)
    return kept


def enough(order: Order, outcome: RunOutcome, projection: Projection | None) -> str:
    """Dollars that should do: what is gone, twice what the open requests are expected to cost, two digits."""
    rest = 2 * projection.open_pusd if projection else 0
    dearest = order.plan.assignments.select("cost_high_pusd").max().collect().item() or 0
    told = max((short.enough_pusd for short in outcome.short if short.kind is CapKind.RUN), default=0)
    needed = max(outcome.spent_pusd + outcome.held_pusd + rest + dearest, told)
    return f"{round_up(to_decimal(needed)):f}"


def exit_code(outcome: RunOutcome) -> ExitCode:
    """What the process returns for an ending."""
    match outcome.status:
        case RunStatus.CAP_REACHED:
            return ExitCode.INFEASIBLE
        case RunStatus.STOPPED:
            return ExitCode.INTERRUPTED
        case RunStatus.WAITING:
            return ExitCode.WAITING
        case RunStatus.DONE:
            return ExitCode.SOME_FAILED if outcome.failed else ExitCode.OK
