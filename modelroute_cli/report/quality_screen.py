"""What a plan says of its quality: the bound that it keeps and what that costs, or what the prior table expects."""

from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.planning.plan import Certainty
from modelroute_cli.report.screen import Line, Screen, percent
from modelroute_cli.report.summary import PlanSummary


def quality_lines(summary: PlanSummary, asked: str) -> Screen:
    """The quality of a plan, in words that say how it is known; `asked` is what was asked for."""
    totals, certainty = summary.totals, summary.certainty
    if certainty is None:
        return (Line(f"  expected quality {totals.quality:.2f} ({asked}), low end {totals.quality_low:.2f}"),)
    planned = f"planned quality {totals.quality:.3f} with {percent(certainty.confidence)} confidence ({asked})"
    return (
        Line(f"  {planned}, expected {certainty.expected_quality:.3f}"),
        *_cost_of(summary, certainty),
    )


def _cost_of(summary: PlanSummary, certainty: Certainty) -> Screen:
    """What the certainty costs, where that is known; it is never a saving."""
    plain = certainty.plain_cost_pusd
    if plain is None:
        return ()
    more = PicoUSD(summary.totals.cost_pusd - plain)
    if more <= 0:
        return (Line("    this certainty costs nothing: the cheapest plan of that quality has it"),)
    without = format_usd(plain, estimate=True)
    return (Line(f"    this certainty costs {format_usd(more)}: without it (z = 0) the plan would cost {without}"),)
