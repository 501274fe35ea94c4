"""What each quality would have cost at least, and where the plan and the single models stand beside that."""

from collections.abc import Iterator, Sequence

from modelroute_cli.base.money import format_usd
from modelroute_cli.planning.curve import CurvePoint
from modelroute_cli.report.charts.marks import Shape, key
from modelroute_cli.report.charts.picture import Told
from modelroute_cli.report.charts.plane import Place, plane
from modelroute_cli.report.detail_types import Choice
from modelroute_cli.report.html.section import Section, section
from modelroute_cli.report.html.tables import Cells, Head, folded, table
from modelroute_cli.report.markup import element, joined, name_of
from modelroute_cli.report.summary import PlanSummary

_SHAPES: dict[str, Shape] = {
    "plan": "diamond",
    "chosen": "square",
    "best_single": "triangle",
    "all_cheapest": "ring",
}
_NAMES = {
    "plan": "this plan",
    "chosen": "the baseline",
    "best_single": "best single model",
    "all_cheapest": "cheapest model for each",
}
_SAME = 0.0005  # less is not seen
_HEADS = (Head("Way to answer all of it", "name"), Head("Expected cost"), Head("Expected quality"))
_HINT = "The line is the least that each quality costs inside your rules; each dot is a plan that could be had."
_MEANS = "All of it is as planned: expected costs, expected mean qualities."
_ABOVE = " A mark above the line is what your rules do not allow for some request."


def curve_section(curve: Sequence[CurvePoint], choices: Sequence[Choice]) -> Section | None:
    """The plane and its numbers; None where neither a curve nor a choice is known."""
    if not curve and not choices:
        return None
    line = [Place(point.cost_pusd, point.quality) for point in curve]
    marked = [
        Place(each.cost_pusd, each.quality, _NAMES.get(each.kind, each.kind), _shape(each.kind)) for each in choices
    ]
    told = Told("Cost and quality of the whole job", "; ".join(_said(curve, choices)))
    rows = [*(_choice_row(each) for each in choices), *(_point_row(point) for point in curve)]
    numbers = folded("All points in numbers", table("Points of the curve", _HEADS, rows))
    named = table("Marked in the picture", _HEADS, [_choice_row(each) for each in choices]) if choices else None
    figure = element(
        "figure",
        plane(told, line, marked),
        element("figcaption", f"{_HINT} {_MEANS}{_ABOVE if _is_above(curve, choices) else ''}"),
    )
    both = element("div", figure, element("div", named, numbers if curve else None), class_="beside")
    return section("curve", "Cost and quality", both)


def plan_choices(summary: PlanSummary) -> tuple[Choice, ...]:
    """The plan and its baselines, as far as both numbers of theirs are known; qualities are expected means."""
    certainty, totals = summary.certainty, summary.totals
    expected = totals.quality if certainty is None else certainty.expected_quality
    return (
        Choice(kind="plan", model=None, cost_pusd=totals.cost_pusd, quality=expected),
        *(
            Choice(kind=line.kind, model=line.model, cost_pusd=line.cost_pusd, quality=line.quality)
            for line in summary.baselines
            if line.cost_pusd is not None and line.quality is not None
        ),
    )


def _is_above(curve: Sequence[CurvePoint], choices: Sequence[Choice]) -> bool:
    """Whether a choice is better than the best that the line has at its cost."""
    return bool(curve) and any(each.quality > _best(curve, each) + _SAME for each in choices)


def _best(curve: Sequence[CurvePoint], each: Choice) -> float:
    return max((point.quality for point in curve if point.cost_pusd <= each.cost_pusd), default=0.0)


def _shape(kind: str) -> Shape:
    return _SHAPES.get(kind, "ring")


def _said(curve: Sequence[CurvePoint], choices: Sequence[Choice]) -> Iterator[str]:
    """The picture in words: its ends, and everything that has a name."""
    for word, point in zip(("from", "to"), (curve[0], curve[-1]) if curve else (), strict=False):
        yield f"{word} {format_usd(point.cost_pusd, estimate=True)} at quality {point.quality:.3f}"
    for each in choices:
        cost = format_usd(each.cost_pusd, estimate=True)
        yield f"{_NAMES.get(each.kind, each.kind)}: {cost} at quality {each.quality:.3f}"


def _choice_row(each: Choice) -> Cells:
    model = None if each.model is None else joined((", ", name_of(each.model)))
    named = joined((key(_shape(each.kind)), _NAMES.get(each.kind, each.kind), model))
    return (named, format_usd(each.cost_pusd, estimate=True), f"{each.quality:.3f}")


def _point_row(point: CurvePoint) -> Cells:
    return ("a plan on the line", format_usd(point.cost_pusd, estimate=True), f"{point.quality:.3f}")
