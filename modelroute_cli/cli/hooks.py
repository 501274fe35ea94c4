"""`modelroute hooks` and `hooks test`: who is told of runs, and whether they can be."""

import os

from msgspec import Struct

from modelroute_cli.base.clock import SystemClock
from modelroute_cli.base.errors import ExitCode, UsageError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.hooks import HookEvent, HookSettings, Webhook, shown_address
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.flags_hooks import HooksFlags, HooksTestFlags
from modelroute_cli.cli.plan_hooks import tell_now
from modelroute_cli.cli.workspace import open_workspace
from modelroute_cli.execution.hooks.courier import Undelivered
from modelroute_cli.execution.hooks.message import Message, Occasion, Run, Standing, message_of
from modelroute_cli.execution.hooks.receivers import Address, Receiver, find_receivers
from modelroute_cli.report.json_out import to_json
from modelroute_cli.report.screen import Column, Line, Screen, safe
from modelroute_cli.report.tables import table_screen

_COLUMNS = (Column("Told", right=False), Column("Signed by", right=False), Column("Of", right=False, drop=1))
_NOBODY = "nobody is told of runs: list receivers under `hooks` in the settings (docs/hooks.md)"


class HookLine(Struct, frozen=True, kw_only=True):
    """One receiver, without what opens it."""

    name: str
    kind: str  # webhook, command
    signed_by: str | None  # where its secret comes from; None: it is not signed
    events: tuple[HookEvent, ...]


class HooksSummary(Struct, frozen=True, kw_only=True):
    """Everybody who is told."""

    kind: str
    receivers: tuple[HookLine, ...]


def hooks(flags: HooksFlags, console: Console) -> ExitCode:
    """List who is told of what; nothing is sent, and no secret is looked up."""
    settings = open_workspace(flags.config, None, {}).settings.hooks
    summary = HooksSummary(kind="hooks", receivers=_lines(settings))
    if flags.as_json:
        console.say(to_json(summary))
    else:
        console.show(_screen(summary, console.width))
    return ExitCode.OK


def hooks_test(flags: HooksTestFlags, console: Console) -> ExitCode:
    """Tell everybody that this is a test; exit 1 when somebody was not reached. UsageError where nobody is listed."""
    space = open_workspace(flags.config, None, {})
    receivers = find_receivers(space.settings.hooks, os.environ)
    if not receivers:
        raise UsageError(_NOBODY)
    at = SystemClock().now().isoformat(timespec="milliseconds")
    missed = tell_now(trial(at), receivers, space)
    for text in told_lines(receivers, missed):
        console.say(text)
    return ExitCode.SOME_FAILED if missed else ExitCode.OK


def trial(at: str) -> Message:
    """The message of a test; each is one of its own."""
    none = PicoUSD(0)
    run = Run(run_id="", created_at=at, source="test", emulated=False, requests=0, projected_pusd=none)
    standing = Standing(accepted=0, failed=0, spent_pusd=none, held_pusd=none, cap_pusd=none)
    return message_of(run, standing, Occasion(event=HookEvent.TEST, at=at, state="test"))


def told_lines(receivers: tuple[Receiver, ...], missed: tuple[Undelivered, ...]) -> tuple[str, ...]:
    """How it went with each."""
    why = {each.name: each.why for each in missed}
    return tuple(f"{safe(each.name)}: {why.get(each.name, _heard(each))}" for each in receivers)


def _heard(receiver: Receiver) -> str:
    match receiver:
        case Address(secret=None):
            return "has it, unsigned"
        case Address():
            return "has it, signed"
        case _:
            return "ran"


def _lines(settings: HookSettings) -> tuple[HookLine, ...]:
    webhooks = [
        HookLine(name=_name(each), kind="webhook", signed_by=_signed_by(each), events=each.events)
        for each in settings.webhooks
    ]
    command = settings.command
    if command is None:
        return tuple(webhooks)
    return (*webhooks, HookLine(name=command.run[0], kind="command", signed_by=None, events=command.events))


def _name(webhook: Webhook) -> str:
    return f"the address in {webhook.url_env}" if webhook.url is None else shown_address(webhook.url)


def _signed_by(webhook: Webhook) -> str | None:
    """Where its secret comes from; a command's own words are not shown."""
    if webhook.secret_env is not None:
        return webhook.secret_env
    if webhook.secret_command is not None:
        return "a command"
    return None if webhook.secret_keyring is None else f"the keyring ({webhook.secret_keyring})"


def _screen(summary: HooksSummary, width: int | None) -> Screen:
    """A line for each, or that there is nobody."""
    if not summary.receivers:
        return (Line(_NOBODY),)
    rows = [(safe(each.name), each.signed_by or "-", ", ".join(each.events)) for each in summary.receivers]
    return table_screen(_COLUMNS, rows, width)
