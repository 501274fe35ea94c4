"""The cost-quality curve of a job on a terminal: what each quality would cost at least, and where the plan stands."""

from dataclasses import dataclass
from typing import TypeVar

from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.report.plan_screen import baseline_name
from modelroute_cli.report.screen import Column, Line, Screen, table
from modelroute_cli.report.summary import PlanSummary

_COLUMNS = (
    Column("Cost"),
    Column("Quality"),
    Column("", right=False, drop=1),
    Column("", right=False),
)
T = TypeVar("T")

_BAR_CELLS = 30
_MOST_POINTS = 12
_ON_THE_CURVE = ""
_NOTE = "The least that each quality costs inside your rules, limits of accounts left out."
_MEANS = "Qualities here are expected means: what a plan keeps for certain is below its own."


@dataclass(frozen=True, slots=True)
class _Mark:
    """A point to draw; `name` is empty on the curve itself."""

    cost_pusd: PicoUSD
    quality: float
    name: str


def curve_screen(summary: PlanSummary, width: int | None) -> Screen:
    """The curve with the plan and its baselines among its points, the cheapest first; empty without a curve."""
    if not summary.curve:
        return ()
    marks = sorted(_marks(summary), key=lambda mark: (mark.cost_pusd, mark.quality, mark.name))
    least, most = min(mark.quality for mark in marks), max(mark.quality for mark in marks)
    rows = [
        (
            format_usd(mark.cost_pusd, estimate=True),
            f"{mark.quality:.3f}",
            _bar(mark.quality, least, most),
            f"<- {mark.name}" if mark.name else "",
        )
        for mark in marks
    ]
    title, *lines = table(_COLUMNS, rows, width)
    notes = (_NOTE,) if summary.certainty is None else (_NOTE, _MEANS)
    drawn = (Line(), Line(title.rstrip(), "bold"), *(Line(line.rstrip()) for line in lines))
    return (*drawn, *(Line(note, "dim") for note in notes))


def _marks(summary: PlanSummary) -> list[_Mark]:
    """Some points of the curve, evenly spread, and everything that has a name."""
    certainty = summary.certainty
    expected = summary.totals.quality if certainty is None else certainty.expected_quality
    plan = _Mark(summary.totals.cost_pusd, expected, "this plan")
    shown = spread(tuple(point for point in summary.curve if point.cost_pusd != plan.cost_pusd), _MOST_POINTS)
    points = [_Mark(point.cost_pusd, point.quality, _ON_THE_CURVE) for point in shown]
    others = [
        _Mark(line.cost_pusd, line.quality, baseline_name(line))
        for line in summary.baselines
        if line.cost_pusd is not None and line.quality is not None and line.kind != "all_cheapest"
    ]
    return [*points, plan, *others]


def spread(items: tuple[T, ...], most: int) -> tuple[T, ...]:
    """At most `most` of the items, the first and the last among them, evenly by place."""
    if len(items) <= most:
        return items
    return tuple(items[round(at * (len(items) - 1) / (most - 1))] for at in range(most))


def _bar(quality: float, least: float, most: float) -> str:
    """A bar that grows from the lowest quality shown to the highest."""
    share = 1.0 if most == least else (quality - least) / (most - least)
    return "#" * max(1, round(share * _BAR_CELLS))
