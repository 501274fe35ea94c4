"""Bars for the cells of a table, beside the number they show: amounts on one scale from 0, ranges, and marks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from modelroute_cli.report.charts.marks import mark
from modelroute_cli.report.charts.picture import block, cell_picture, rule
from modelroute_cli.report.charts.scale import Scale, percents
from modelroute_cli.report.markup import Markup

_HEIGHT, _BAR_PX = 18, 12
_TOP = (_HEIGHT - _BAR_PX) / 2
_ROOM = 1.01  # for the strokes at the far end


@dataclass(frozen=True, slots=True)
class Measure:
    """An amount: a solid bar (spent), an outlined one (not spent), a range with a mark in it, or a line at an end."""

    kind: Literal["solid", "outlined", "range", "line"]
    value: float
    low: float = 0.0  # of a range
    high: float = 0.0


def cell_bar(value: float, most: float, expected: float | None = None) -> Markup:
    """A bar of `value` where the longest is `most`; a tick stands where it was expected to end."""
    scale = Scale(0.0, most * _ROOM)
    tick = () if expected is None else (rule(scale.across(expected), scale.across(expected), 0, _HEIGHT, "tick"),)
    return cell_picture(_HEIGHT, block("0", scale.across(value), _TOP, _BAR_PX, "bar"), *tick)


def measures(rows: Sequence[Measure]) -> tuple[Markup, ...]:
    """A picture for each row, all on one scale from 0 to the largest of them."""
    scale = Scale(0.0, max((max(row.value, row.high) for row in rows), default=0.0) * _ROOM)
    return tuple(cell_picture(_HEIGHT, *_measure(row, scale)) for row in rows)


def _measure(row: Measure, scale: Scale) -> tuple[Markup, ...]:
    at = scale.across(row.value)
    match row.kind:
        case "solid":
            return (block("0", at, _TOP, _BAR_PX, "bar"),)
        case "outlined":
            return (block("0", at, _TOP, _BAR_PX, "bar plain"),)
        case "line":
            return (rule(at, at, 0, _HEIGHT, "limit"),)
        case "range":
            width = percents(scale.share(row.high) - scale.share(row.low))
            band = block(scale.across(row.low), width, _TOP, _BAR_PX, "hatched")
            return (band, mark("diamond", at, _HEIGHT / 2))
