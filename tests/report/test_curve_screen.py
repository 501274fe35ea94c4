"""The cost-quality curve on a terminal."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from support.report_plans import header, plan

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.curve import CurvePoint
from modelroute_cli.planning.plan import Certainty, Plan
from modelroute_cli.report.curve_screen import curve_screen, spread
from modelroute_cli.report.layout import laid_out
from modelroute_cli.report.summary import plan_summary

POINTS = (
    CurvePoint(cost_pusd=PicoUSD(4_000), quality=0.8),
    CurvePoint(cost_pusd=PicoUSD(9_000), quality=0.9),
    CurvePoint(cost_pusd=PicoUSD(50_000), quality=0.96),
)


def texts(points: tuple[CurvePoint, ...], width: int | None = None) -> list[str]:
    """The lines of the screen for the plan by hand with this curve."""
    made = Plan(msgspec.structs.replace(header(), curve=points), plan().assignments)
    return [line.text for line in curve_screen(plan_summary(made), width)]


def test_the_plan_and_its_baselines_stand_among_the_points_by_cost() -> None:
    """In numbers below the drawing, whose letters are explained; only what has a name is named."""
    shown = texts(POINTS)
    assert len(shown) == 1 + 14 + 4 + 7 + 1
    assert shown[15:] == [
        "P this plan",
        "B gpt-5 for all",
        "S best single model (good-1) for all",
        "",
        "          Cost  Quality",
        "~$0.0000000040    0.800",
        "~$0.0000000053    0.850  this plan",
        "~$0.0000000090    0.900",
        " ~$0.000000012    0.950  best single model (good-1) for all",
        " ~$0.000000050    0.960",
        " ~$0.000000074    0.970  gpt-5 for all",
        "The least that each quality costs inside your rules, limits of accounts left out.",
    ]
    assert "".join(line[7:] for line in shown[1:13]).replace(" ", "").replace(".", "") == "BSP"


def test_a_narrow_terminal_loses_the_drawing_and_keeps_the_names() -> None:
    """At 36 cells the rows are sentences."""
    assert texts(POINTS, 36)[:3] == [
        "",
        "~$0.0000000040: quality 0.800",
        "~$0.0000000053: quality 0.850, this plan",
    ]


def test_plain_output_has_the_numbers_alone() -> None:
    """A fact a line."""
    made = Plan(msgspec.structs.replace(header(), curve=POINTS), plan().assignments)
    said = [line.text for line in laid_out(curve_screen(plan_summary(made), None), None, plain=True)]
    assert said[:2] == ["about $0.0000000040: quality 0.800", "about $0.0000000053: quality 0.850, this plan"]
    assert len(said) == 7


def test_without_a_curve_there_is_nothing_to_show() -> None:
    """A plan of an earlier version."""
    assert texts(()) == []


@given(st.lists(st.integers(), min_size=1, max_size=60).map(tuple), st.integers(2, 20))
def test_what_is_spread_keeps_both_ends_and_its_order(items: tuple[int, ...], most: int) -> None:
    """Never more than asked, never a stranger."""
    kept = spread(items, most)
    assert len(kept) == min(len(items), most)
    assert (kept[0], kept[-1]) == (items[0], items[-1])
    rest = iter(items)
    assert all(any(item == other for other in rest) for item in kept)


def test_a_measured_plan_stands_where_it_is_expected_to_be() -> None:
    """The curve is of means, so a bound would stand below it; what is kept for certain is said to be another thing."""
    certain = Certainty(
        confidence=0.95, z=1.645, paired=True, expected_quality=0.875, plain_cost_pusd=None, rests_on={"pilot": 3}
    )
    measured = msgspec.structs.replace(header(), curve=POINTS, certainty=certain)
    lines = [line.text for line in curve_screen(plan_summary(Plan(measured, plan().assignments)), 60)]
    assert "~$0.0000000053    0.875  this plan" in lines
    assert lines[-1] == "Qualities here are expected means: what a plan keeps for certain is below its own."
