"""Defaults and words are taken as they are; all else is validated as ever."""

import subprocess
import sys
from pathlib import Path

import pytest
from support.cli import Cli

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.cli.flags import ModelsFlags, PlanFlags, text_flags

JOB = '{"custom_id": "a", "prompt": "Write a mail to Größe & Co."}\n'
# What a plan of a few texts does without: each costs 2 to 200 ms of CPU at every start.
UNUSED = (
    *("pydantic", "genai_prices", "httpx", "httpx2", "aiohttp", "asyncio", "yaml", "jinja2", "jsonschema", "zstandard"),
    *("tiktoken", "toktok", "ctok", "rich", "ssl", "highspy", "pyarrow", "pandas"),
    *(f"modelroute_cli.jobs.{form}_file" for form in ("csv", "parquet")),
    *("modelroute_cli.jobs.batch_openai", "modelroute_cli.emulator", "modelroute_cli.execution"),
)
PROGRAM = f"""
import sys
from modelroute_cli.cli.console import make_console
from modelroute_cli.cli.main import run_command
code = run_command(["plan", "jobs.jsonl"], make_console())
print([name for name in {UNUSED!r} if name in sys.modules], code, file=sys.stderr)
"""


def plan(folder: Path) -> str:
    """The last line that a plan of one request in a process of its own says on stderr."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=folder, capture_output=True, text=True, check=True)
    return done.stderr.splitlines()[-1]


def test_a_small_plan_loads_nothing_that_it_does_not_use(tmp_path: Path) -> None:
    """The second plan of a day: the first one asks the price library and keeps what it says."""
    (tmp_path / "jobs.jsonl").write_text(JOB, "utf-8")
    plan(tmp_path)
    assert plan(tmp_path) == "[] 0"


def test_text_flags_are_those_that_take_any_text() -> None:
    """No numbers, no paths, no lists, no switches."""
    assert text_flags(PlanFlags) == {
        *("jobs", "prompt", "system", "encoding", "max_cost", "baseline", "models", "exclude", "prices_as_of"),
        *("classify_with", "deadline", "tiers", "start_at", "from_pilot"),
    }
    assert text_flags(ModelsFlags) == {"prices_as_of", "provider", "max_input_price", "max_output_price"}


@pytest.mark.parametrize(
    ("flag", "value", "said"),
    [
        ("--min-quality", "2", "Input should be less than or equal to 1"),
        ("--seed", "x", "Input should be a valid integer"),
        ("--sample", "0", "Input should be greater than or equal to 1"),
    ],
)
def test_numbers_are_validated(cli: Cli, flag: str, value: str, said: str) -> None:
    """Only what cannot be wrong passes by itself."""
    done = cli("plan", "x.jsonl", flag, value)
    assert done.code == ExitCode.USAGE
    assert f"error: Invalid value for '{flag}': {said}" in done.err


def test_a_command_that_is_not_typed_keeps_its_line_in_the_list(cli: Cli) -> None:
    """Its flags are not made, and nobody sees that."""
    assert "  models            Prices with their dates, limits, shutdown dates." in cli("--help").out
    assert "--prices-as-of" in cli("models", "--help").out
