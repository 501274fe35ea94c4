"""The console: two streams, colour on a terminal alone."""

import errno
import io
import os
import pty
from contextlib import suppress
from pathlib import Path

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


def test_a_drawing_goes_out_as_it_is() -> None:
    """No line end is added."""
    err = io.StringIO()
    Console(io.StringIO(), err, {}).draw("\x1b[2A\rx")
    assert err.getvalue() == "\x1b[2A\rx"


def test_the_area_is_that_of_the_terminal_behind_stderr() -> None:
    """80 by 24 where there is none; COLUMNS names the width."""
    assert Console(io.StringIO(), io.StringIO(), {}).area == (80, 24)
    controller, terminal = pty.openpty()
    with os.fdopen(terminal, "w") as err:
        assert Console(io.StringIO(), err, {}).area == (80, 24)  # it says 0 by 0
        assert Console(io.StringIO(), err, {"COLUMNS": "72"}).area == (72, 24)
    os.close(controller)


@pytest.mark.parametrize("gone", [errno.EPIPE, errno.EIO])
def test_a_reader_that_has_gone_is_no_error(gone: int) -> None:
    """A closed pipe or terminal: what is written afterwards goes nowhere."""
    controller, terminal = pty.openpty() if gone == errno.EIO else os.pipe()
    with suppress(OSError), os.fdopen(terminal, "w") as err:
        os.close(controller)
        console = Console(io.StringIO(), err, {})
        console.note("nobody reads this")
        console.draw("nor this")
        assert Path(f"/proc/self/fd/{err.fileno()}").readlink() == Path(os.devnull)


def test_a_disk_that_is_full_is_one() -> None:
    """Only a reader that went away is forgiven."""
    with suppress(OSError), Path("/dev/full").open("w", encoding="utf-8") as err:  # noqa: SIM117 - two matters
        with pytest.raises(OSError, match="No space left"):
            Console(io.StringIO(), err, {}).note("x")


def test_nothing_that_is_written_moves_a_cursor_but_what_is_drawn() -> None:
    """A file's name may hold anything; the console is the last door."""
    out, err = io.StringIO(), io.StringIO()
    console = Console(out, err, {})
    console.say("a\x1b[2J")
    console.show((Line("b\u202e"),))
    console.note("c\x9b\nd")
    assert (out.getvalue(), err.getvalue()) == ("a?[2J\nb?\n", "c?\nd\n")


def test_what_is_poured_goes_out_as_it_is() -> None:
    """An answer that is no screen: bytes, after what was said before."""
    raw = io.BytesIO()
    console = Console(io.TextIOWrapper(raw, write_through=True), io.StringIO(), {})
    with console.pour() as out:
        out.write(b"\x1b,\r\n")
    assert raw.getvalue() == b"\x1b,\r\n"


def test_a_reader_that_goes_away_ends_the_pouring_quietly() -> None:
    """`report --format csv | head` is no error."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stream, Console(stream, io.StringIO(), {}).pour() as out:
        out.write(b"x" * 100_000)
