"""The documents about the command line say what the program does."""

import re
from pathlib import Path

from support.cli_docs import COMMANDS, PLACE, help_text, markdown

from modelroute_cli.base.errors import ExitCode

DOCS = Path(__file__).parents[2] / "docs"


def test_the_command_reference_is_up_to_date() -> None:
    """docs/cli.md is what the help says; `python tests/support/cli_docs.py` writes it again."""
    assert PLACE.read_text(encoding="utf-8") == markdown()


def test_every_command_is_in_the_reference() -> None:
    """The list of commands in the help and the reference are the same."""
    listed = re.findall(r"^  ([a-z]+(?: [a-z-]+)?)  ", help_text().split("Commands:")[1], flags=re.MULTILINE)
    assert tuple(listed) == COMMANDS


def test_every_exit_code_is_documented_once() -> None:
    """The table has a row for each code, and no other."""
    rows = re.findall(r"^\| (\d+) \|", (DOCS / "exit-codes.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert [int(row) for row in rows] == [int(code) for code in ExitCode]


def test_no_help_line_is_wider_than_its_terminal() -> None:
    """The reference is laid out for 100 cells."""
    assert [line for line in markdown().splitlines() if len(line) > 120] == []
