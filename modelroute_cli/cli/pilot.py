"""`modelroute pilot`: measure on a sample of a job what its models' answers are worth."""

import os
import shlex
import sys

from modelroute_cli.base.errors import ExitCode, UsageError
from modelroute_cli.base.money import format_usd
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.flags_measured import CertifyFlags, PilotFlags
from modelroute_cli.cli.own_models import own_models
from modelroute_cli.cli.pilot_judge import judge_of
from modelroute_cli.cli.pilot_order import PilotOrder, begin, make_pilot_order
from modelroute_cli.cli.pilot_rounds import conduct
from modelroute_cli.cli.replaying import recorded_of, replayed_job
from modelroute_cli.cli.run_keys import find_access, loopback_url
from modelroute_cli.cli.session import Session
from modelroute_cli.cli.workspace import planning_workspace
from modelroute_cli.planning import plan_file
from modelroute_cli.report.json_out import to_json
from modelroute_cli.report.pilot_screen import design_screen, learned_screen
from modelroute_cli.report.pilot_summary import PilotSummary, pilot_summary
from modelroute_cli.report.run_screen import EMULATED


def pilot(flags: PilotFlags, console: Console) -> ExitCode:
    """Show what would be sent and what it can cost, ask, send in rounds, score, keep, and say what was learned."""
    workspace = planning_workspace(flags, {"run.concurrency": flags.concurrency})
    order = make_pilot_order(flags, workspace)
    if not order.design.measured:
        return _nothing(order, flags, console)
    approve(order, flags, console)
    if not measure(order, flags, console):
        console.note(f"\nTo go on, run:\n    {shlex.join(['modelroute', *sys.argv[1:]])}")
        return ExitCode.INTERRUPTED
    return _end(order, flags, console)


def approve(order: PilotOrder, flags: PilotFlags, console: Console) -> None:
    """Show what will be spent and have it accepted; UsageError, before anything is sent, when it is not."""
    for text in judge_warnings(order):
        console.note(f"warning: {text}", "warning")
    if order.continues:
        if order.folder.end() is None:
            most = format_usd(order.cap_pusd)
            console.note(f"Continuing pilot {order.folder.pilot_id}, started before; at most {most}")
        return
    if not flags.yes:
        _ask(order, console)


def measure(order: PilotOrder, flags: PilotFlags, console: Console) -> bool:
    """Send what is left of a pilot; whether it came to its end (else it was stopped). RunLockedError, CredentialError.

    Nothing is sent by one that is finished.
    """
    run = order.folder.run
    if not order.continues:
        _clear(order, restart=flags.restart)
    if order.emulated:
        console.note(EMULATED, "bold")
    with run.lock():
        if not run.exists():
            begin(order)
        return order.folder.end() is not None or conduct(order, session_of(order, flags), console)


def judge_warnings(order: PilotOrder) -> tuple[str, ...]:
    """What is to be known of the judge, where one is named; SettingsError where nobody may judge."""
    judge = order.scorer.settings.judge
    if not order.is_judged or judge is None:
        return ()
    found = judge_of(order, judge)
    return (*found.warnings, f"{found.name} judges the answers: its questions count under the same ceiling")


def nothing_to_measure(order: PilotOrder, console: Console) -> None:
    """Say with figures why nothing is measured."""
    console.show_aside(design_screen(_summary(order), console.width))


def session_of(order: PilotOrder, flags: PilotFlags | CertifyFlags) -> Session:
    """Keys and addresses; CredentialError or UsageError before anything is sent."""
    url = None if flags.emulator_url is None else loopback_url(flags.emulator_url)
    access = find_access(plan_file.read(order.folder.run.plan), os.environ, emulated=order.emulated)
    own_models(access.plan, only=frozenset() if order.emulated else None)
    return Session(
        access=access,
        emulator_url=url,
        again_failed=False,
        recorded=recorded_of(order.job, order.workspace, flags.emulator_replay) if order.emulated else None,
        recorded_job=replayed_job(order.job, order.workspace.settings.images.max_side),
    )


def _summary(order: PilotOrder) -> PilotSummary:
    """Before anything was sent."""
    return pilot_summary(order.design, order.job.source, order.emulated)


def _nothing(order: PilotOrder, flags: PilotFlags, console: Console) -> ExitCode:
    """Say why nothing is worth measuring; nothing was sent."""
    if flags.as_json:
        console.say(to_json(_summary(order)))
        return ExitCode.OK
    console.show(design_screen(_summary(order), console.width))
    console.note("\nNothing was sent. To plan by what is believed of the models, run:")
    console.note(f"    {shlex.join(['modelroute', 'plan', flags.jobs])}")
    return ExitCode.OK


def _ask(order: PilotOrder, console: Console) -> None:
    """Have it accepted by somebody."""
    console.show_aside(design_screen(_summary(order), console.width))
    again = shlex.join(["modelroute", *sys.argv[1:], "--yes"])
    if not console.interactive:
        message = "this pilot was not approved: there is no terminal to ask at; nothing was sent"
        raise UsageError(message, hint=f"accept its cost with `{again}`")
    cost, most = format_usd(order.design.cost_pusd, estimate=True), format_usd(order.cap_pusd)
    asked = f"\nType `yes` to send {order.design.calls:,} requests for {cost}, never more than {most}: "
    if console.ask(asked) != "yes":
        message = "not approved; nothing was sent"
        raise UsageError(message, hint="type `yes` to send, or measure for less with `--pilot-budget`")


def _clear(order: PilotOrder, *, restart: bool) -> None:
    """A folder for a new pilot; an earlier one is set aside, unless another process holds it (RunLockedError)."""
    run = order.folder.run
    if restart and run.exists():
        with run.lock():
            run.set_aside()
    order.folder.make()


def _end(order: PilotOrder, flags: PilotFlags, console: Console) -> ExitCode:
    """What was learned, what it cost, and what to type next."""
    summary = pilot_summary(order.design, order.job.source, order.emulated, order.folder)
    if flags.as_json:
        console.say(to_json(summary))
        return ExitCode.OK
    console.show(learned_screen(summary, console.width))
    _tell_next(order, flags, console)
    return ExitCode.OK


def _tell_next(order: PilotOrder, flags: PilotFlags, console: Console) -> None:
    """The command to type now."""
    named = ["--from-pilot", order.folder.pilot_id] if order.emulated else []
    console.note("\nTo plan by what was measured, run:")
    console.note(f"    {shlex.join(['modelroute', 'plan', flags.jobs, *named])}")
