"""Lines that are drawn over: replayed on a small terminal made of text."""

import io
import os
import re

from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.cli.console import Console
from modelroute_cli.cli.live_area import LiveArea

_MOVES = re.compile(r"\x1b\[(\d*)([AJK])|(\r)|(\n)|(?:\x1b\[\?25[hl])|([^\x1b\r\n]+)")


class Screen(io.StringIO):
    """What a terminal of so many columns shows after all that was written."""

    def __init__(self, columns: int) -> None:
        super().__init__()
        self.columns = columns

    def isatty(self) -> bool:
        """Yes."""
        return True

    @property
    def rows(self) -> list[str]:
        """The rows, without the empty ones below."""
        shown, row, column = [""], 0, 0
        for count, move, back, down, text in _MOVES.findall(self.getvalue()):
            if move == "A":
                row -= int(count)
            elif move:
                shown[row] = shown[row][:column]
                del shown[row + 1 if move == "J" else len(shown) :]
            elif back or down:
                row, column = row + bool(down), 0
            for char in text:
                row, column = (row + 1, 0) if column == self.columns else (row, column)
                shown += [""] * (row + 1 - len(shown))
                shown[row] = shown[row][:column] + char + shown[row][column + 1 :]
                column += 1
            shown += [""] * (row + 1 - len(shown))
        while shown and not shown[-1]:
            shown.pop()
        return shown


class Sized(Console):
    """A console on such a screen."""

    def __init__(self, screen: Screen) -> None:
        super().__init__(io.StringIO(), screen, {})
        self._screen = screen

    @property
    def area(self) -> os.terminal_size:
        """As wide as the screen."""
        return os.terminal_size((self._screen.columns, 24))


LINES = st.lists(st.text("abc", min_size=1, max_size=25), min_size=1, max_size=5).map(tuple)


@given(st.integers(5, 30), st.lists(LINES, min_size=1, max_size=8))
def test_only_the_last_drawing_stands(columns: int, drawings: list[tuple[str, ...]]) -> None:
    """However many lines the one before had; what is wider than the terminal does not wrap."""
    screen = Screen(columns)
    area = LiveArea(Sized(screen))
    for lines in drawings:
        area.show(lines)
    area.close()
    assert screen.rows == [line[:columns] for line in drawings[-1]]


@given(st.lists(st.one_of(LINES, st.text("xyz", min_size=1, max_size=9)), max_size=12))
def test_what_is_told_stays_in_order_above_the_drawing(acts: list[tuple[str, ...] | str]) -> None:
    """Every notice once, then the last lines."""
    screen = Screen(30)
    area = LiveArea(Sized(screen))
    for act in acts:
        if isinstance(act, str):
            area.above(act)
        else:
            area.show(act)
    area.close()
    told = [act for act in acts if isinstance(act, str)]
    last = next((act for act in reversed(acts) if not isinstance(act, str)), ())
    assert screen.rows == [*told, *last]


def test_the_same_lines_again_write_nothing() -> None:
    """A terminal far away is not sent what it shows."""
    screen = Screen(30)
    area = LiveArea(Sized(screen))
    area.show(("one", "two"))
    before = screen.getvalue()
    area.show(("one", "two"))
    assert screen.getvalue() == before
