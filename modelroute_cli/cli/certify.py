"""`modelroute certify`: test on fresh requests what a plan's quality may be promised to be."""

import shlex
import sys

from modelroute_cli.base.errors import ExitCode, UsageError
from modelroute_cli.base.money import format_usd
from modelroute_cli.cli.certify_order import CertifyOrder, make_certify_order
from modelroute_cli.cli.certify_rounds import conduct
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.flags_measured import CertifyFlags
from modelroute_cli.cli.pilot import judge_warnings, session_of
from modelroute_cli.cli.pilot_order import PilotOrder, begin
from modelroute_cli.cli.workspace import planning_workspace
from modelroute_cli.pilot.promise.certificate import Certificate
from modelroute_cli.pilot.promise.hold_out import HoldOut
from modelroute_cli.pilot.promise.kept import keep_certificate, keep_hold_out, read_certificate
from modelroute_cli.report.certify_screen import certificate_screen, sizes_screen
from modelroute_cli.report.certify_summary import CertifySummary
from modelroute_cli.report.json_out import to_json
from modelroute_cli.report.run_screen import EMULATED


def certify(flags: CertifyFlags, console: Console) -> ExitCode:
    """Show what a promise takes, ask, send fresh requests in rounds, test, and keep what may be promised."""
    order = make_certify_order(flags, planning_workspace(flags, {"run.concurrency": flags.concurrency}))
    if order.held is None or order.sending is None:
        return _too_small(order, flags, console)
    kept = read_certificate(order.used.folder.run.path, order.asked.promise)
    if kept is not None and kept.hold_out_id == order.sending.folder.pilot_id:
        return _end(order, kept, flags, console)
    _approve(order, order.sending, flags, console)
    found = _test(order, order.held, order.sending, flags, console)
    if found is None:
        console.note(f"\nTo go on, run:\n    {shlex.join(['modelroute', *sys.argv[1:]])}")
        return ExitCode.INTERRUPTED
    return _end(order, found, flags, console)


def _test(
    order: CertifyOrder, held: HoldOut, sending: PilotOrder, flags: CertifyFlags, console: Console
) -> Certificate | None:
    """Send what is left of the hold-out; None where it was stopped. RunLockedError, CredentialError."""
    sending.folder.make()
    if sending.emulated:
        console.note(EMULATED, "bold")
    with sending.folder.run.lock():
        if not sending.folder.run.exists():
            keep_hold_out(sending.folder.run.path, held)
            begin(sending)
        session = session_of(sending, flags)
        found = conduct(held, sending, session, console)
        if found is not None:
            keep_certificate(order.used.folder.run.path, found)
        return found


def _approve(order: CertifyOrder, sending: PilotOrder, flags: CertifyFlags, console: Console) -> None:
    """Show what will be spent and have it accepted; UsageError, before anything is sent, when it is not."""
    most = format_usd(sending.cap_pusd)
    for text in judge_warnings(sending):
        console.note(f"warning: {text}", "warning")
    if sending.continues:
        console.note(f"Continuing hold-out {sending.folder.pilot_id}, started before; at most {most}")
        return
    if flags.yes:
        return
    console.show_aside(sizes_screen(_summary(order), console.width))
    if not console.interactive:
        message = "this hold-out was not approved: there is no terminal to ask at; nothing was sent"
        raise UsageError(message, hint=f"accept its cost with `{shlex.join(['modelroute', *sys.argv[1:], '--yes'])}`")
    if console.ask(f"\nType `yes` to test, never for more than {most}: ") != "yes":
        message = "not approved; nothing was sent"
        raise UsageError(message, hint="type `yes` to send, or test for less with `--certify-budget`")


def _too_small(order: CertifyOrder, flags: CertifyFlags, console: Console) -> ExitCode:
    """Say what could be promised instead; nothing was sent."""
    if flags.as_json:
        console.say(to_json(_summary(order)))
        return ExitCode.OK
    console.show(sizes_screen(_summary(order), console.width))
    console.note("\nNothing was sent.")
    if order.field.rungs:
        console.note("To try all the same, say how many requests may be asked: `--rows N`")
    return ExitCode.OK


def _end(order: CertifyOrder, found: Certificate, flags: CertifyFlags, console: Console) -> ExitCode:
    """What may be promised, what it cost, and what to type next."""
    if flags.as_json:
        console.say(to_json(_summary(order, found)))
        return ExitCode.OK
    console.show(certificate_screen(found, console.width))
    named = ["--from-pilot", found.pilot_id] if found.emulated else []
    share = ["--baseline-share", f"{found.promise.ratio:g}"]
    console.note("\nTo plan by it, run, with the same flags:")
    console.note(f"    {shlex.join(['modelroute', 'plan', flags.jobs, *share, *named])}")
    return ExitCode.OK


def _summary(order: CertifyOrder, found: Certificate | None = None) -> CertifySummary:
    """All numbers of it."""
    drawn = 0 if order.held is None else len(order.held.rows)
    sending = order.sending
    return CertifySummary(
        source=order.source,
        pilot_id=order.asked.pilot_id,
        hold_out_id=None if sending is None else sending.folder.pilot_id,
        baseline=order.field.baseline,
        promise=order.asked.promise,
        method=order.asked.method.value,
        emulated=order.used.taken.emulated,
        rungs=order.sizes,
        population=len(order.field.rows),
        most=order.money.most,
        expected=order.expected,
        drawn=drawn,
        cost_pusd=None if order.expected is None else order.money.of(order.expected),
        drawn_pusd=order.money.of(drawn),
        budget_pusd=order.money.budget_pusd,
        bill_pusd=order.bill_pusd,
        certificate=found,
    )
