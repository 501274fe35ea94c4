"""The top: help, version, mistyped commands, and how every ending becomes an exit code."""

import subprocess
import sys
from pathlib import Path

import pytest
from support.cli import Cli

from modelroute_cli import __version__
from modelroute_cli.base.errors import ExitCode
from modelroute_cli.cli import app
from modelroute_cli.cli.flags import CheckFlags

HEAVY = ("polars", "numpy", "httpx", "aiohttp", "tiktoken", "genai_prices", "jsonschema", "yaml", "rich", "asyncio")


def test_help_loads_nothing_heavy() -> None:
    """`--help` answers before any library of the work is loaded."""
    code = (
        "import sys; from modelroute_cli.cli.main import run_command;"
        "from modelroute_cli.cli.console import make_console;"
        f"run_command(['--help'], make_console()); print([n for n in {HEAVY!r} if n in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"
    assert "Usage: modelroute" in done.stdout


@pytest.mark.parametrize("command", [["models"], ["models", "import"], ["plan"]])
def test_the_help_of_a_command_loads_nothing_heavy(command: list[str]) -> None:
    """Nor is any file read for it."""
    code = (
        "import sys; from modelroute_cli.cli.main import run_command;"
        "from modelroute_cli.cli.console import make_console;"
        f"run_command([*{command!r}, '--help'], make_console());"
        f"print([n for n in ({HEAVY!r} + ('modelroute_cli.catalog',)) if n in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"
    assert f"Usage: modelroute {' '.join(command)} [OPTIONS]" in done.stdout


def test_no_arguments_show_the_help(cli: Cli) -> None:
    """Somebody who types the name alone learns what there is."""
    done = cli()
    assert (done.code, done.err) == (0, "")
    for command in ("init", "check", "plan", "show", "run", "status", "report", "models", "emulator", "doctor"):
        assert f"\n  {command}" in done.out


def test_help_names_the_exit_codes(cli: Cli) -> None:
    """Scripts find the contract where they look first."""
    assert "Exit codes: 0 all accepted; 1 some requests failed;" in cli("--help").out


def test_version(cli: Cli) -> None:
    """One line with the version."""
    done = cli("--version")
    assert (done.code, done.out) == (0, f"modelroute {__version__}\n")


def test_a_mistyped_command_is_suggested(cli: Cli) -> None:
    """The nearest command is named."""
    done = cli("plann", "x.jsonl")
    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert done.err == "error: No such command 'plann'. Did you mean 'plan'?\nhint: modelroute --help\n"


def test_a_mistyped_flag_is_suggested(cli: Cli) -> None:
    """The nearest flag is named, and whose help to read."""
    done = cli("plan", "x.jsonl", "--min-qualty", "0.9")
    assert done.code == ExitCode.USAGE
    assert done.err == (
        "error: No such option: --min-qualty (Possible options: --min-quality)\nhint: modelroute plan --help\n"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("plan",), "error: Missing argument 'JOBS'.\nhint: modelroute plan --help\n"),
        (
            ("plan", "x", "--limit", "0"),
            (
                "error: Invalid value for '--limit': Input should be greater than or equal to 1\n"
                "hint: modelroute plan --help\n"
            ),
        ),
        (
            ("plan", "x", "--max-cost", "five"),
            (
                "error: --max-cost: `five` is not an amount of dollars\n"
                "hint: type a plain number, as in `--max-cost 2.50`\n"
            ),
        ),
    ],
)
def test_wrong_flags_are_refused_with_what_to_type(cli: Cli, arguments: tuple[str, ...], said: str) -> None:
    """Exit 2, nothing on stdout."""
    done = cli(*arguments)
    assert (done.code, done.out, done.err) == (ExitCode.USAGE, "", said)


def test_a_bug_is_written_down_and_told_as_one(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 70, a report file with the traceback and without any key."""
    secret = "not-a-key-but-secret-enough"  # noqa: S105 - the point is that it is not shown
    monkeypatch.setenv("OPENAI_API_KEY", secret)

    def broken(flags: CheckFlags) -> ExitCode:
        message = f"{flags.jobs} {secret} sk-abcdefghijkl"
        raise ZeroDivisionError(message)

    broken.__doc__ = "Break."
    monkeypatch.setattr(app, "_check", broken)
    done = cli("check", "some.jsonl")
    report = next(cli.folder.glob("modelroute-bug-*.txt"))
    assert done.code == ExitCode.BUG
    assert done.err == (
        "error: this is a bug in modelroute (ZeroDivisionError); nothing you typed is at fault\n"
        f"hint: the report `{report}` holds no keys and no requests; please send it to the maintainers\n"
    )
    text = report.read_text()
    assert text.endswith("ZeroDivisionError: some.jsonl <OPENAI_API_KEY> <secret>\n")
    assert secret not in text


def test_an_interrupt_is_not_a_bug(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """^C anywhere ends with 130 and no report."""

    def interrupted(flags: CheckFlags) -> ExitCode:
        del flags
        raise KeyboardInterrupt

    monkeypatch.setattr(app, "_check", interrupted)
    done = cli("check", "some.jsonl")
    assert (done.code, done.err) == (ExitCode.INTERRUPTED, "error: interrupted\n")
    assert not list(cli.folder.glob("modelroute-bug-*"))


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    """`modelroute models cheap analysis | head -1` says nothing on stderr."""
    command = f"{sys.executable} -m modelroute_cli models cheap analysis | head -1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert (done.stdout[:5], done.stderr) == ("Model", "")
