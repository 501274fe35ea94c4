"""A plan as Markdown: what it would cost instead of what, by model, and on what that rests."""

from collections.abc import Iterator

from modelroute_cli.base.money import format_usd
from modelroute_cli.report.markdown.text import bullets, fenced, heading, prose, table
from modelroute_cli.report.personal import personal_lines
from modelroute_cli.report.plan_screen import COLUMNS, answer_lines, cause_name, plan_rows, read_line
from modelroute_cli.report.redaction import redaction_lines
from modelroute_cli.report.screen import Column, Screen
from modelroute_cli.report.summary import PlanSummary
from modelroute_cli.report.tiers_screen import tiers_screen

_SAVINGS = (Column("Why it is less", right=False), Column("Saved"))
_CURVE = (Column("Quality"), Column("Costs at least"))


def plan_page(summary: PlanSummary) -> str:
    """All of it; every text of a stranger is escaped."""
    return "\n\n".join(_parts(summary)) + "\n"


def _parts(summary: PlanSummary) -> Iterator[str]:
    """One part after the other, without those that would be empty."""
    first, *rest = answer_lines(summary)
    yield heading(f"{summary.job.source}: {first.text}", 1)
    yield prose(f"{read_line(summary.job)}. Nothing was sent: all numbers are projections.")
    yield bullets([line.text.strip() for line in rest])
    yield table(COLUMNS, plan_rows(summary))
    if summary.savings:
        yield heading("Savings")
        yield table(_SAVINGS, [(cause_name(item.cause), format_usd(item.saved_pusd)) for item in summary.savings])
    tiers: Screen = tiers_screen(summary.tiers, None)
    if tiers:
        yield heading("Service tiers")
        yield fenced(tiers)
    if summary.curve:
        yield heading("What every quality would cost")
        yield table(_CURVE, [(f"{at.quality:.3f}", format_usd(at.cost_pusd, estimate=True)) for at in summary.curve])
    yield heading("What it rests on")
    yield bullets(_basis(summary))


def _basis(summary: PlanSummary) -> list[str]:
    """Each thing in a line."""
    return [
        f"planned {summary.created_at[:10]}, at prices of {summary.prices_at[:10]}",
        *(f"price of {name}: {source}" for name, source in summary.price_sources.items()),
        *(line.text for line in personal_lines(summary.personal_data)),
        *(line.text for line in redaction_lines(summary.redaction)),
        *(f"assumed: {text}" for text in summary.assumptions),
        *(f"warning: {text}" for text in summary.warnings),
    ]
