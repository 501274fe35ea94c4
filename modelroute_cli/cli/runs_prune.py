"""`modelroute runs prune`: runs are deleted, after a question; what somebody may still need stays."""

import os
import shlex
import sys
from datetime import timedelta

from modelroute_cli.base.clock import SystemClock
from modelroute_cli.base.errors import CredentialError, ExitCode, RunLockedError, StorageError, UsageError
from modelroute_cli.cli.audit import audit_settings, journaled_in, take_in
from modelroute_cli.cli.audited import make_trail
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.flags_compare import RunsPruneFlags
from modelroute_cli.cli.runs import all_kept
from modelroute_cli.cli.workspace import FOLDER, HOLD_OUTS, PILOTS, RUNS
from modelroute_cli.execution.audit.trail import Trail, note
from modelroute_cli.execution.kept import remove, sweep
from modelroute_cli.jobs.deadline import deadline_s
from modelroute_cli.report.kept_runs import Kept
from modelroute_cli.report.kept_screen import choice_screen, size
from modelroute_cli.report.prune_choice import Choice, Wish, choose
from modelroute_cli.report.screen import plural


def runs_prune(flags: RunsPruneFlags, console: Console) -> ExitCode:
    """Show what would go, ask, delete; UsageError where nothing is meant or nobody agreed."""
    choice = choose(all_kept(), _wish(flags), SystemClock().now())
    console.show_aside(choice_screen(choice, console.width))
    if not choice.going:
        console.say("Nothing of that is to be deleted.")
        return ExitCode.OK
    if not flags.yes:
        _approve(choice, console)
    for root in (RUNS, PILOTS, HOLD_OUTS):
        sweep(root)
    trail = _trail(flags)
    freed = {kept.line.name: _removed(kept, trail, console) for kept in choice.going}
    gone = {name: count for name, count in freed.items() if count is not None}
    if trail is not None and gone:
        note(trail, "runs_pruned", ", ".join(gone), SystemClock().now())
    console.say(
        f"Deleted: {plural(len(gone), 'folder')}, {size(sum(gone.values()))}. What is left: modelroute runs list"
    )
    return ExitCode.OK if len(gone) == len(freed) else ExitCode.SOME_FAILED


def _trail(flags: RunsPruneFlags) -> Trail | None:
    """The audit log that is to tell of it; None where none is kept."""
    settings = audit_settings(flags.config)
    return make_trail(settings, os.environ) if settings.keep else None


def _wish(flags: RunsPruneFlags) -> Wish:
    """What is to go; UsageError where nothing says which, or the folder is a link."""
    wish = Wish(
        older_than=_age(flags.older_than),
        keep=flags.keep,
        emulated=flags.emulated,
        set_aside=flags.set_aside,
        pilots=flags.pilots,
        unfinished=flags.unfinished,
    )
    if not wish.says_something:
        message = "nothing says which runs are to go"
        raise UsageError(message, hint="give --older-than 30d, --keep 10, --emulated or --set-aside")
    for place in (FOLDER, RUNS):
        if place.is_symlink():
            message = f"`{place}` is a link: nothing is deleted through it"
            raise UsageError(message, hint="go to the folder that it points to and delete there")
    return wish


def _age(text: str | None) -> timedelta | None:
    if text is None:
        return None
    seconds = deadline_s(text, None)
    if seconds is None:
        message = f"--older-than: `{text}` is no span of time"
        raise UsageError(message, hint="write it like `30d`, `12h` or `90m`")
    return timedelta(seconds=seconds)


def _approve(choice: Choice, console: Console) -> None:
    """Have it agreed to; UsageError when it is not."""
    what = f"{plural(len(choice.going), 'folder')} ({size(choice.size_bytes)})"
    if not console.interactive:
        message = f"nobody agreed to delete {what}: there is no terminal to ask at; nothing was deleted"
        raise UsageError(message, hint=f"do it with `{shlex.join(['modelroute', *sys.argv[1:], '--yes'])}`")
    if console.ask(f"Type `yes` to delete {what} for good: ") != "yes":
        message = "not agreed to; nothing was deleted"
        raise UsageError(message, hint="type `yes` to delete")


def _removed(kept: Kept, trail: Trail | None, console: Console) -> int | None:
    """The bytes that were freed, the audit log having taken in all of it that was missing there.

    None, and a warning, where it is held, the disk refuses or the log does.
    """
    try:
        with kept.folder.lock():
            if trail is not None:
                for folder in journaled_in(kept.folder.path):
                    take_in(trail, folder)
            return remove(kept.folder)
    except (RunLockedError, StorageError, CredentialError) as error:
        console.note(f"warning: {kept.line.name} stays: {error.message}", "warning")
        return None
