"""Requests that are left with their providers: when that can be, and what is said of it."""

import shlex
from collections.abc import Sequence

from modelroute_cli.base.errors import UsageError
from modelroute_cli.cli.flags import RunFlags
from modelroute_cli.execution.work import Patience, RunOutcome, RunStatus
from modelroute_cli.report.screen import plural

_GO_ON = "Your providers go on with what was handed in, and bill what they answer."
_EMULATED = "The emulator goes on with what was handed in, for as long as it runs."


def patience_of(flags: RunFlags) -> Patience:
    """What a session does about what is handed in; UsageError for an emulator that would end with this program."""
    if not flags.detach:
        return Patience.WAIT
    if flags.emulator:
        message = "--detach: the emulator that --emulator starts ends with this program, and what it was handed with it"
        hint = "start one that stays with `modelroute emulator`, and add `--emulator-url` with the address it prints"
        raise UsageError(message, hint=hint)
    return Patience.LEAVE


def is_left(outcome: RunOutcome, arguments: Sequence[str]) -> bool:
    """Whether a session ended with requests in hands that go on; an emulator that it started itself does not."""
    ended = outcome.status in {RunStatus.STOPPED, RunStatus.WAITING}
    return ended and outcome.handed_in > 0 and "--emulator" not in arguments


def left_advice(outcome: RunOutcome, run_id: str, arguments: Sequence[str]) -> str:
    """What goes on without this program, and what to type when; `arguments` are those of the command that ended."""
    again, emulator = shlex.join(["modelroute", *arguments]), emulator_of(arguments)
    waiting = "" if "--detach" not in arguments else " (without `--detach` it waits for all of it)"
    return "\n".join((
        f"\n{_EMULATED if emulator else _GO_ON}",
        f"To collect what is there, run the same again, today or later{waiting}:",
        f"    {again}",
        "To see how far it is, run:",
        f"    modelroute status {run_id}",
        f"To stop it ({plural(outcome.handed_in, 'request')}), and pay only for what was done, run:",
        f"    {shlex.join(['modelroute', 'cancel', run_id, *emulator])}",
    ))  # fmt: skip


def handed_in_advice(run_id: str) -> str:
    """What to type for a run that nobody executes, and that has something with providers."""
    return (
        "\nTo collect what is there, run the same `modelroute run` command as before; to stop it, run:\n"
        f"    modelroute cancel {run_id}"
    )


def emulator_of(arguments: Sequence[str]) -> list[str]:
    """The flag that names a running emulator, with its address; nothing where none is named."""
    for place, argument in enumerate(arguments):
        if argument == "--emulator-url":
            return list(arguments[place : place + 2])
        if argument.startswith("--emulator-url="):
            return [argument]
    return []
