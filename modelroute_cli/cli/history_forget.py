"""`modelroute history forget`: measurements are deleted, after a question."""

import shlex
from collections.abc import Sequence
from datetime import date

from modelroute_cli.base.errors import ExitCode, UsageError
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.flags_measured import HistoryForgetFlags
from modelroute_cli.cli.history_place import open_store, unknown
from modelroute_cli.pilot.history.keeping import Which, forget, matching, rows
from modelroute_cli.pilot.history.sums import Sums
from modelroute_cli.report.screen import plural


def history_forget(flags: HistoryForgetFlags, console: Console) -> ExitCode:
    """Say how much it is, ask, delete; UsageError where nothing is meant or nobody agreed."""
    which = _which(flags)
    store = open_store(flags.config)
    held = rows(store.file)
    _check(which, held)
    meant = matching(held, which)
    if not meant:
        console.say("The history holds nothing of that: nothing is forgotten.")
        return ExitCode.OK
    if not flags.yes:
        _approve(flags, meant, console)
    forget(store.file, which)
    console.say(f"Forgotten: {_told(meant)}. What is left: modelroute history")
    return ExitCode.OK


def _which(flags: HistoryForgetFlags) -> Which:
    """The rows that the flags mean; UsageError when that is not said, or said in two ways."""
    which = Which(template=flags.template, model=flags.model, before=_day(flags.before), run=flags.run)
    if which == Which() and not flags.everything:
        message = "nothing says what is to be forgotten"
        raise UsageError(message, hint="give --template, --model, --before or --run, or --all for everything")
    if which != Which() and flags.everything:
        message = "--all means everything, the other flags only a part"
        raise UsageError(message, hint="give --all, or the other flags")
    return which


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = f"--before: `{text}` is no day"
        raise UsageError(message, hint="type it as in `--before 2026-03-01`") from error


def _check(which: Which, held: Sequence[Sums]) -> None:
    """UsageError for a name that the history does not have."""
    given = {
        "template": (which.template, {row.template for row in held}),
        "model": (which.model, {row.model for row in held}),
        "run": (which.run, {row.run for row in held}),
    }
    for what, (name, known) in given.items():
        if name is not None and name not in known:
            raise unknown(name, known, what)


def _approve(flags: HistoryForgetFlags, meant: Sequence[Sums], console: Console) -> None:
    """Have it agreed to; UsageError when it is not."""
    if not console.interactive:
        message = "nobody agreed: there is no terminal to ask at; nothing was forgotten"
        raise UsageError(message, hint=f"do it with `{shlex.join(_again(flags))}`")
    if console.ask(f"Type `yes` to forget {_told(meant)} for good: ") != "yes":
        message = "not agreed to; nothing was forgotten"
        raise UsageError(message, hint="type `yes` to forget")


def _again(flags: HistoryForgetFlags) -> list[str]:
    """The same command, agreed to."""
    given = {
        "--template": flags.template,
        "--model": flags.model,
        "--before": flags.before,
        "--run": flags.run,
        "--config": None if flags.config is None else str(flags.config),
    }
    named = [word for name, value in given.items() if value is not None for word in (name, value)]
    return ["modelroute", "history", "forget", *named, *(["--all"] if flags.everything else []), "--yes"]


def _told(meant: Sequence[Sums]) -> str:
    """How much: `412 measurements of 3 templates by 5 runs`."""
    measured = plural(sum(row.n for row in meant), "measurement")
    templates = plural(len({row.template for row in meant}), "template")
    return f"{measured} of {templates} by {plural(len({row.run for row in meant}), 'run')}"
