"""What the screen of a plan says of quality."""

from msgspec import structs
from support.report_plans import plan

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.plan import Certainty
from modelroute_cli.report.quality_screen import quality_lines
from modelroute_cli.report.summary import PlanSummary, plan_summary

CERTAIN = Certainty(
    confidence=0.95,
    z=1.645,
    paired=True,
    expected_quality=0.9134,
    plain_cost_pusd=PicoUSD(80_000_000_000),
    rests_on={"pilot": 3},
)


def summary(certainty: Certainty | None) -> PlanSummary:
    """Of a plan that costs 100,000,000,000 pico-dollars and keeps 0.8872."""
    whole = plan_summary(plan())
    totals = structs.replace(whole.totals, quality=0.8872, quality_low=0.79, cost_pusd=PicoUSD(100_000_000_000))
    return structs.replace(whole, totals=totals, certainty=certainty)


def lines(certainty: Certainty | None) -> list[str]:
    """The lines themselves."""
    return [line.text for line in quality_lines(summary(certainty), "you asked for 0.88")]


def test_a_measured_plan_tells_its_bound_and_what_that_costs() -> None:
    """The bound is the planned quality, the mean is only expected."""
    assert lines(CERTAIN) == [
        "  planned quality 0.887 with 95% confidence (you asked for 0.88), expected 0.913",
        "    this certainty costs $0.020: without it (z = 0) the plan would cost ~$0.080",
    ]


def test_certainty_that_costs_nothing_is_said_to() -> None:
    """Where the cheapest plan keeps the floor for certain, and not a word where money was asked for."""
    free = structs.replace(CERTAIN, plain_cost_pusd=PicoUSD(100_000_000_000))
    assert lines(free)[1:] == ["    this certainty costs nothing: the cheapest plan of that quality has it"]
    assert lines(structs.replace(CERTAIN, plain_cost_pusd=None))[1:] == []


def test_without_measurement_quality_is_expected_as_ever() -> None:
    """Nothing is called planned that rests on the prior alone."""
    assert lines(None) == ["  expected quality 0.89 (you asked for 0.88), low end 0.79"]
