"""A cost-quality curve drawn with signs that every terminal has: quality upwards, cost to the right."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.report.screen import Line, Screen
from modelroute_cli.report.tables import with_plain

_ROWS = 12
_MOST_CELLS = 72
_LEAST_CELLS = 30
_LABEL_CELLS = len("0.850 ")
_ON_THE_CURVE = "."
_LOG_FROM = 20  # how many times the least the most costs, for steps of cost to grow to the right


@dataclass(frozen=True, slots=True)
class Spot:
    """A point to draw; `letter` is empty on the curve itself."""

    cost_pusd: PicoUSD
    quality: float
    letter: str = ""


@dataclass(frozen=True, slots=True)
class _Frame:
    """From money and quality to cells."""

    cells: int
    least_pusd: int
    most_pusd: int
    low: float
    high: float

    @property
    def is_log(self) -> bool:
        """Whether costs differ so much that equal steps to the right are equal shares of money."""
        return 0 < self.least_pusd * _LOG_FROM < self.most_pusd

    def column(self, cost_pusd: int) -> int:
        """0 at the left."""
        part = _part(self._scaled(cost_pusd), self._scaled(self.least_pusd), self._scaled(self.most_pusd))
        return round(part * (self.cells - 1))

    def row(self, quality: float) -> int:
        """0 at the top."""
        return round((1 - _part(quality, self.low, self.high)) * (_ROWS - 1))

    def _scaled(self, cost_pusd: int) -> float:
        return math.log(cost_pusd) if self.is_log else float(cost_pusd)


def curve_plot(spots: Sequence[Spot], width: int | None) -> Screen:
    """The drawing, at most 80 cells wide, for which nothing stands where nothing is drawn.

    No lines without spots, and where there is no room for it.
    """
    cells = min(_MOST_CELLS, (width or _MOST_CELLS + _LABEL_CELLS + 1) - _LABEL_CELLS - 1)
    if not spots or cells < _LEAST_CELLS:
        return ()
    costs, qualities = [spot.cost_pusd for spot in spots], [spot.quality for spot in spots]
    frame = _Frame(cells, min(costs), max(costs), min(qualities), max(qualities))
    return with_plain(tuple(Line(text) for text in _drawn(spots, frame)), "")


def _drawn(spots: Sequence[Spot], frame: _Frame) -> Iterator[str]:
    grid = [[" "] * frame.cells for _ in range(_ROWS)]
    _draw_curve(grid, [spot for spot in spots if not spot.letter], frame)
    for spot in spots:
        if spot.letter:
            _put(grid[frame.row(spot.quality)], frame.column(spot.cost_pusd), spot.letter)
    for at, row in enumerate(grid):
        label = frame.high + (frame.low - frame.high) * at / (_ROWS - 1)
        yield f"{label:.3f} |{''.join(row).rstrip()}"
    yield f"{' ' * _LABEL_CELLS}+{'-' * frame.cells}"
    yield f"{' ' * (_LABEL_CELLS + 1)}{_scale(frame)}"


def _scale(frame: _Frame) -> str:
    """The least and the most, and a note where there is room; the least alone where there is none."""
    left, right = format_usd(PicoUSD(frame.least_pusd)), format_usd(PicoUSD(frame.most_pusd))
    note = "cost, each step a share" if frame.is_log else "cost"
    room = frame.cells - len(left) - len(right)
    if room < 1:
        return left
    return f"{left}{note.center(room) if len(note) < room - 1 else ' ' * room}{right}"


def _draw_curve(grid: Sequence[list[str]], spots: Sequence[Spot], frame: _Frame) -> None:
    """What a cost buys: each point holds to the right until the next."""
    ordered = sorted(spots, key=lambda spot: spot.cost_pusd)
    for at, spot in enumerate(ordered):
        begins = frame.column(spot.cost_pusd)
        ends = frame.column(ordered[at + 1].cost_pusd) if at + 1 < len(ordered) else begins + 1
        row = grid[frame.row(spot.quality)]
        row[begins : max(ends, begins + 1)] = _ON_THE_CURVE * max(ends - begins, 1)


def _put(row: list[str], column: int, letter: str) -> None:
    """A letter in its place, or in the nearest to the left or the right that has no other letter."""
    free = [at for at, sign in enumerate(row) if not sign.isalpha()]
    if free:
        row[min(free, key=lambda at: (abs(at - column), at))] = letter


def _part(value: float, least: float, most: float) -> float:
    """Where a value lies between two others, 0 to 1; 1 where they are the same."""
    return 1.0 if most == least else (value - least) / (most - least)
