"""The top of the program: every ending becomes an exit code here and nowhere else."""

import gc
import os
import sys
from collections.abc import Sequence
from typing import cast

import typer

from modelroute_cli.base.errors import ExitCode, ModelrouteError
from modelroute_cli.cli.app import joined, make_app, texts
from modelroute_cli.cli.console import Console, make_console
from modelroute_cli.cli.plain import eased
from modelroute_cli.report.screen import safe_lines

# click's own UsageError, whether Typer carries click inside (from 0.26 on) or depends on it
_USAGE_ERROR = cast("type[Exception]", typer.BadParameter.__bases__[0])

# Blocks of requests live for a moment and hold no circles; looking for some in them took a tenth of a plan.
_GARBAGE = (50_000, 20, 50)


def main() -> None:
    """Run the command line of this process."""
    gc.set_threshold(*_GARBAGE)
    sys.exit(run_command(sys.argv[1:], make_console()))


def run_command(arguments: Sequence[str], console: Console) -> int:
    """The exit code of one command; errors are told on stderr."""
    try:
        return int(_dispatch(arguments))
    except ModelrouteError as error:
        return _expected(error, console)
    except _USAGE_ERROR as error:
        return _wrong_usage(error, console)
    except (KeyboardInterrupt, typer.Abort):
        console.note("interrupted", "error")
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the one place: anything unexpected is a bug, told as one
        return _bug(error, console)


def _dispatch(arguments: Sequence[str]) -> ExitCode:
    """Find the command and call it; without one, show the help."""
    words = joined(arguments)
    command = eased(make_app(words), texts(words))
    code = command(words or ["--help"], prog_name="modelroute", standalone_mode=False)
    return ExitCode(cast("int", code or 0))


def _expected(error: ModelrouteError, console: Console) -> ExitCode:
    """Say what, where, and what to type instead."""
    console.note(safe_lines(f"error: {error.message}"), "error")
    if error.hint:
        console.note(safe_lines(f"hint: {error.hint}"))
    return error.exit_code


def _wrong_usage(error: Exception, console: Console) -> ExitCode:
    """The command line itself was wrong."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "modelroute"
    message = error.format_message() if hasattr(error, "format_message") else str(error)
    console.note(safe_lines(f"error: {message}"), "error")
    console.note(f"hint: {command} --help")
    return ExitCode.USAGE


def _bug(error: Exception, console: Console) -> ExitCode:
    """Not the user's fault: write down where it broke, and say so."""
    from modelroute_cli.cli.bug_report import write_bug_report  # noqa: PLC0415 - rare

    place = write_bug_report(error, os.environ)
    console.note(f"error: this is a bug in modelroute ({type(error).__name__}); nothing you typed is at fault", "error")
    console.note(f"hint: the report `{place}` holds no keys and no requests; please send it to the maintainers")
    return ExitCode.BUG
