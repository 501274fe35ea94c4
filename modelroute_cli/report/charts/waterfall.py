"""From one amount to another, cause by cause: each step begins where the one before it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from modelroute_cli.report.charts.picture import block, cell_picture, rule
from modelroute_cli.report.charts.scale import Scale, percents
from modelroute_cli.report.markup import Markup

Kind = Literal["total", "less", "more"]
_ROW_PX, _BAR_PX = 30, 16
_CLASSES: dict[Kind, str] = {"total": "bar", "less": "hatched", "more": "bar more"}


@dataclass(frozen=True, slots=True)
class Step:
    """One row: a total from 0 to `end`, or what is taken off or put on, from `start` to `end`."""

    kind: Kind
    start: int
    end: int


def steps(first: int, taken: Sequence[int]) -> tuple[Step, ...]:
    """The rows from `first` to what is left once each of `taken` is taken off (negative: put on), totals at both ends.

    They meet exactly: each starts where the one before ends, and the last total is `first - sum(taken)`.
    """
    rows, at = [Step("total", 0, first)], first
    for amount in taken:
        rows.append(Step("less" if amount >= 0 else "more", at, at - amount))
        at -= amount
    return (*rows, Step("total", 0, at))


def step_cells(rows: Sequence[Step]) -> tuple[Markup, ...]:
    """A picture for the cell of each row; put below each other without a gap they are one waterfall."""
    places = [place for row in rows for place in (row.start, row.end)]
    scale = Scale(float(min(places, default=0)), float(max(places, default=0)))
    last = len(rows) - 1
    return tuple(_cell(row, scale, first=at == 0, last=at == last) for at, row in enumerate(rows))


def _cell(row: Step, scale: Scale, *, first: bool, last: bool) -> Markup:
    """The bar, and thin lines to the rows above and below, over the border between them."""
    low, high = sorted((scale.share(row.start), scale.share(row.end)))
    top = (_ROW_PX - _BAR_PX) / 2
    above = scale.across(row.end if row.kind == "total" else row.start)
    lines = (
        *(() if first else (rule(above, above, 0, top, "joint"),)),
        *(() if last else (rule(scale.across(row.end), scale.across(row.end), top + _BAR_PX, _ROW_PX + 1, "joint"),)),
    )
    bar = block(percents(low), percents(high - low), top, _BAR_PX, _CLASSES[row.kind])
    edge = rule(percents(low), percents(low), top, top + _BAR_PX, "edge")
    return cell_picture(_ROW_PX, bar, edge, *lines)
