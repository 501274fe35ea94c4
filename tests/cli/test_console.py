"""The console: two streams, colour on a terminal alone."""

import io

import pytest

from modelroute_cli.cli.console import Console
from modelroute_cli.report.screen import Line


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


def test_the_answer_and_everything_else_go_to_different_streams() -> None:
    """Warnings of a screen leave stdout clean."""
    out, err = io.StringIO(), io.StringIO()
    console = Console(out, err, {})
    console.show((Line("title", "bold"), Line("warning: old", "warning"), Line("row")))
    console.note("hint")
    assert (out.getvalue(), err.getvalue()) == ("title\nrow\n", "warning: old\nhint\n")


@pytest.mark.parametrize(
    ("env", "shown"), [({}, "\x1b[1mtitle\x1b[0m\n"), ({"NO_COLOR": "1"}, "title\n"), ({"TERM": "dumb"}, "title\n")]
)
def test_colour_is_for_terminals_that_want_it(env: dict[str, str], shown: str) -> None:
    """NO_COLOR and dumb terminals get plain text."""
    out = Terminal()
    Console(out, io.StringIO(), env).show((Line("title", "bold"),))
    assert out.getvalue() == shown


def test_width_is_that_of_columns_or_unbounded_without_a_terminal() -> None:
    """A file gets every column; COLUMNS wins over everything."""
    assert Console(io.StringIO(), io.StringIO(), {}).width is None
    assert Console(io.StringIO(), io.StringIO(), {"COLUMNS": "72"}).width == 72


def test_what_the_encoding_lacks_is_replaced() -> None:
    """A terminal without UTF-8 gets `?`, never a crash."""
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii", newline="\n")
    Console(out, io.StringIO(), {}).say("naïve 日本")
    assert raw.getvalue() == b"na?ve ??\n"
