"""Writes docs/cli.md from the help texts: `python tests/support/cli_docs.py`."""

import contextlib
import io
from pathlib import Path

from modelroute_cli.cli.app import make_app

PLACE = Path(__file__).parents[2] / "docs" / "cli.md"
COMMANDS = (
    "init",
    "check",
    "plan",
    "show",
    "run",
    "pilot",
    "pilot export",
    "pilot import",
    "certify",
    "status",
    "cancel",
    "pace",
    "report",
    "compare",
    "runs list",
    "runs prune",
    "chargeback",
    "models",
    "models import",
    "eval",
    "emulator",
    "history",
    "history show",
    "history forget",
    "history export",
    "history import",
    "audit",
    "audit verify",
    "audit show",
    "audit export",
    "audit check-text",
    "audit catch-up",
    "audit prune",
    "hooks",
    "hooks test",
    "processing",
    "doctor",
)
_WIDTH = 100
_HEAD = """# The command line

Generated from the help texts (`python tests/support/cli_docs.py`); a test checks that it is up to date.
stdout carries the answer alone; progress, questions, warnings and hints go to stderr. What each exit code promises
stands in [exit-codes.md](exit-codes.md); what `--detach` and `cancel` are for, in [batch.md](batch.md).
"""


def help_text(*arguments: str) -> str:
    """What `modelroute ARGUMENTS --help` prints on a terminal of 100 cells."""
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        make_app()(
            [*arguments, "--help"],
            prog_name="modelroute",
            standalone_mode=False,
            terminal_width=_WIDTH,
            max_content_width=_WIDTH,
        )
    return "\n".join(line.rstrip() for line in text.getvalue().strip().splitlines())


def markdown() -> str:
    """The whole page."""
    parts = [f"\n## modelroute {name}\n\n```text\n{help_text(name)}\n```\n" for name in COMMANDS]
    return f"{_HEAD}\n```text\n{help_text()}\n```\n{''.join(parts)}"


if __name__ == "__main__":
    PLACE.write_text(markdown(), encoding="utf-8")
