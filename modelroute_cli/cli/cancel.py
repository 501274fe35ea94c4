"""`modelroute cancel`: stop what is handed in, collect what was done, pay for no more than that."""

import os
import shlex
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from modelroute_cli.base.errors import ExitCode, RunLockedError, UsageError
from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.find_run import find_run
from modelroute_cli.cli.flags import CancelFlags
from modelroute_cli.cli.run_keys import Access, loopback_url
from modelroute_cli.cli.run_order import Order
from modelroute_cli.cli.session import Session, execute_order
from modelroute_cli.cli.workspace import SPOOL, open_workspace
from modelroute_cli.execution.control import Control, want
from modelroute_cli.execution.journal_batches import BatchView, batches
from modelroute_cli.execution.keys import resolve_keys
from modelroute_cli.execution.pace import FULL
from modelroute_cli.execution.run_folder import RunFolder
from modelroute_cli.execution.work import Patience
from modelroute_cli.jobs.locate import locate
from modelroute_cli.planning import plan_file
from modelroute_cli.planning.plan import Plan
from modelroute_cli.report.handed_in import HandedIn, handed_in
from modelroute_cli.report.handed_in_screen import handed_in_screen
from modelroute_cli.report.run_screen import EMULATED, status_screen
from modelroute_cli.report.run_status import run_status
from modelroute_cli.report.screen import plural

_LOOKS_EVERY_S = 0.5
_LOOKS = 240  # two minutes, for what is in flight to end


@dataclass(frozen=True, slots=True)
class _Cancelling:
    """The run that is cancelled, and what of it is handed in."""

    folder: RunFolder
    plan: Plan
    groups: tuple[HandedIn, ...]
    emulator_url: str | None


def cancel(flags: CancelFlags, console: Console, sleep: Callable[[float], object] = time.sleep) -> ExitCode:
    """Ask, stop, collect; UsageError where nothing is handed in, or where nobody agreed."""
    folder = find_run(flags.run)
    plan = plan_file.read(folder.plan)
    found = _Cancelling(folder, plan, _handed_in(folder, plan), _emulator(folder, flags))
    order, session = _order(found, flags), _session(found)
    _approve(found, flags, console)
    _stop_holder(folder, console, sleep)
    if order.emulated:
        console.note(EMULATED, "bold")
    before = batches(folder.journal)
    with folder.lock():
        execute_order(order, session, console)
    return _end(found, before, console)


def _handed_in(folder: RunFolder, plan: Plan) -> tuple[HandedIn, ...]:
    """What could be cancelled; UsageError when that is nothing."""
    groups = handed_in(batches(folder.journal), plan.header) if folder.journal.exists() else ()
    if groups:
        return groups
    state = run_status(folder).state
    message = f"run `{folder.run_id}` has nothing handed in with a provider: there is nothing to cancel"
    hints = {
        "finished": f"it is finished; `modelroute report {folder.run_id}` says what it cost",
        "running": "it goes on in another terminal: ^C there stops it",
        "unfinished": "nothing of it goes on; the same `modelroute run` command would continue it",
    }
    raise UsageError(message, hint=hints[state])


def _emulator(folder: RunFolder, flags: CancelFlags) -> str | None:
    """Where the batches of an emulated run are; UsageError where that is not said, or said of a real one."""
    is_emulated = folder.meta().emulated
    if is_emulated and flags.emulator_url is None:
        message = f"run `{folder.run_id}` is emulated: its batches are with an emulator, whose address is not known"
        raise UsageError(message, hint="add `--emulator-url` with the address that the run was given")
    if not is_emulated and flags.emulator_url is not None:
        message = f"--emulator-url: the batches of run `{folder.run_id}` are with real providers"
        raise UsageError(message, hint="leave --emulator-url out")
    return None if flags.emulator_url is None else loopback_url(flags.emulator_url)


def _order(found: _Cancelling, flags: CancelFlags) -> Order:
    """The run as it was approved; its results so far go into its own folder, not over the user's file."""
    status = run_status(found.folder)
    return Order(
        folder=found.folder,
        workspace=open_workspace(flags.config, None, {}),
        plan=found.plan,
        requests=locate(found.plan.header.job, SPOOL),
        reviewed=True,
        continues=True,
        emulated=status.emulated,
        cap_pusd=status.money.hard_cap_pusd,
        results=found.folder.results,
        results_format="jsonl",
    )


def _session(found: _Cancelling) -> Session:
    """A session that needs the keys of those who hold batches, and no others; CredentialError."""
    providers = found.plan.header.providers
    holders = [providers[name] for name in sorted({each.provider for each in found.groups}) if name in providers]
    credentials = resolve_keys(holders, os.environ, emulated=found.emulator_url is not None)
    return Session(
        access=Access(credentials, found.plan, ()),
        emulator_url=found.emulator_url,
        again_failed=False,
        patience=Patience.CANCEL,
    )


def _approve(found: _Cancelling, flags: CancelFlags, console: Console) -> None:
    """Say what will be done and have it agreed to; UsageError when it is not."""
    if flags.yes:
        return
    console.show_aside(handed_in_screen(found.groups, console.width))
    if not console.interactive:
        message = "nobody agreed: there is no terminal to ask at; nothing was cancelled"
        again = shlex.join(["modelroute", "cancel", found.folder.run_id, *_url_flag(found), "--yes"])
        raise UsageError(message, hint=f"do it with `{again}`")
    if console.ask(question(found.groups)) != "yes":
        message = "not agreed to; nothing was cancelled"
        raise UsageError(message, hint="type `yes` to cancel")


def question(groups: Sequence[HandedIn]) -> str:
    """What is to be typed, and what it does."""
    requests = sum(each.requests - each.collected for each in groups)
    told = [each.done for each in groups if each.done is not None]
    done = f" (the providers have done {sum(told):,})" if told else ""
    return (
        f"\nWhat is done stays done and is billed, the rest is not worked on.\n"
        f"Type `yes` to cancel {plural(requests, 'request')}{done}: "
    )


def _url_flag(found: _Cancelling) -> list[str]:
    return [] if found.emulator_url is None else ["--emulator-url", found.emulator_url]


def _stop_holder(folder: RunFolder, console: Console, sleep: Callable[[float], object]) -> None:
    """Ask the process that executes the run to end, and wait until it has; RunLockedError when it does not."""
    holder = folder.holder()
    if holder is None:
        return
    want(folder.control, Control(FULL, datetime.now(UTC).isoformat(timespec="milliseconds"), stop=True))
    console.note(f"Process {holder.process} executes the run: it is told to stop, and finishes what is in flight first")
    for _ in range(_LOOKS):
        if folder.holder() is None:
            return
        sleep(_LOOKS_EVERY_S)
    message = f"process {holder.process} on `{holder.host}` still executes run `{folder.run_id}`; nothing was cancelled"
    raise RunLockedError(message, hint=f"stop it with `kill -INT {holder.process}`, then type the same command")


def _end(found: _Cancelling, before: Sequence[BatchView], console: Console) -> ExitCode:
    """Say what became of it, what was billed, and what is left."""
    after, status = batches(found.folder.journal), run_status(found.folder)
    console.show((*status_screen(status), *handed_in_screen(status.handed_in, console.width)))
    console.say(done_line(before, after))
    console.say(f"Results so far: {found.folder.results}")
    if status.handed_in:
        again = shlex.join(["modelroute", "cancel", found.folder.run_id, *_url_flag(found)])
        console.note(f"\nNot all of it has stopped yet. To collect what was done until then, run:\n    {again}")
        return ExitCode.WAITING
    if status.counts.waiting:
        rest = plural(status.counts.waiting, "request")
        console.note(f"\n{rest} not answered: the same `modelroute run` command goes on with what is left")
    return ExitCode.OK


def done_line(before: Sequence[BatchView], after: Sequence[BatchView]) -> str:
    """`Cancelled: 380 requests not worked on, 120 answered and billed $0.031`; of the batches that were open."""
    ids = {view.batch for view in before if not view.is_settled}
    old, new = ([view for view in views if view.batch in ids] for views in (before, after))
    answered = sum(view.answered for view in new) - sum(view.answered for view in old)
    checked_off = sum(view.open for view in old) - sum(view.open for view in new)
    billed = PicoUSD(sum(view.spent_pusd for view in new) - sum(view.spent_pusd for view in old))
    not_done = plural(max(checked_off - answered, 0), "request")
    return f"Cancelled: {not_done} not worked on, {answered:,} answered and billed {format_usd(billed)}"
