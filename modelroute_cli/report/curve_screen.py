"""The cost-quality curve of a job on a terminal: what each quality would cost at least, and where the plan stands."""

from dataclasses import dataclass
from typing import TypeVar

from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.report.curve_plot import Spot, curve_plot
from modelroute_cli.report.plan_screen import baseline_name
from modelroute_cli.report.screen import Column, Line, Screen
from modelroute_cli.report.summary import PlanSummary
from modelroute_cli.report.tables import table_screen, with_plain

_COLUMNS = (
    Column("Cost"),
    Column("Quality"),
    Column("", right=False),
)
T = TypeVar("T")

_MOST_POINTS = 12
_PLAN = "P"
_LETTERS = {"chosen": "B", "best_single": "S"}
_NOTE = "The least that each quality costs inside your rules, limits of accounts left out."
_MEANS = "Qualities here are expected means: what a plan keeps for certain is below its own."


@dataclass(frozen=True, slots=True)
class _Mark:
    """A point to show; `name` and `letter` are empty on the curve itself."""

    cost_pusd: PicoUSD
    quality: float
    name: str = ""
    letter: str = ""


def curve_screen(summary: PlanSummary, width: int | None) -> Screen:
    """The curve drawn, with the plan and its baselines, then its points in numbers, the cheapest first.

    Empty without a curve.
    """
    if not summary.curve:
        return ()
    named = _named(summary)
    points = tuple(point for point in summary.curve if point.cost_pusd != summary.totals.cost_pusd)
    spots = [Spot(point.cost_pusd, point.quality) for point in points]
    drawing = curve_plot([*spots, *(Spot(mark.cost_pusd, mark.quality, mark.letter) for mark in named)], width)
    shown = [_Mark(point.cost_pusd, point.quality) for point in spread(points, _MOST_POINTS)]
    marks = sorted([*shown, *named], key=lambda mark: (mark.cost_pusd, mark.quality, mark.name))
    notes = (_NOTE,) if summary.certainty is None else (_NOTE, _MEANS)
    return (
        Line(),
        *drawing,
        *(_legend(named) if drawing else ()),
        *table_screen(_COLUMNS, [_row(mark) for mark in marks], width),
        *(Line(note, "dim") for note in notes),
    )


def _legend(named: list[_Mark]) -> Screen:
    """What the letters mean; nothing to be said where nothing is drawn."""
    return with_plain((*(Line(f"{mark.letter} {mark.name}") for mark in named), Line()), "")


def _row(mark: _Mark) -> tuple[str, ...]:
    return (format_usd(mark.cost_pusd, estimate=True), f"{mark.quality:.3f}", mark.name)


def _named(summary: PlanSummary) -> list[_Mark]:
    """The plan, and one model for all: the one to compare with, and the best."""
    certainty = summary.certainty
    expected = summary.totals.quality if certainty is None else certainty.expected_quality
    plan = _Mark(summary.totals.cost_pusd, expected, "this plan", _PLAN)
    others = [
        _Mark(line.cost_pusd, line.quality, baseline_name(line), _LETTERS[line.kind])
        for line in summary.baselines
        if line.cost_pusd is not None and line.quality is not None and line.kind in _LETTERS
    ]
    return [plan, *others]


def spread(items: tuple[T, ...], most: int) -> tuple[T, ...]:
    """At most `most` of the items, the first and the last among them, evenly by place."""
    if len(items) <= most:
        return items
    return tuple(items[round(at * (len(items) - 1) / (most - 1))] for at in range(most))
