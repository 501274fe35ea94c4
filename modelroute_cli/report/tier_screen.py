"""Service tiers beside each other, on a terminal: what they cost, what they saved, how long they took."""

from collections.abc import Sequence

from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.execution.journal_tiers import LineEnds
from modelroute_cli.execution.pressure import span
from modelroute_cli.report.screen import Column, Line, Row, Screen, plural
from modelroute_cli.report.tables import table_screen
from modelroute_cli.report.tier_use import TierUse

_TIERS = (
    Column("Service tier", right=False),
    Column("Requests", drop=4),
    Column("Answers", drop=3),
    Column("Cost"),
    Column("At standard", drop=2),
    Column("Saved", drop=1),
    Column("Median wait", drop=5),
    Column("Longest", drop=6),
)
_UNKNOWN = "-"
_WAYS = {
    "expired": "expired before they were worked on",
    "cancelled": "were cancelled before they were worked on",
    "missing": "are missing in the results",
    "gone": "were in a batch that the provider knows no more",
    "unclear": "were handed in, and nobody knows whether they were taken",
    "failed": "failed",
}


def tiers_screen(tiers: Sequence[TierUse], width: int | None) -> Screen:
    """Nothing where all was sent at the standard tier."""
    if all(tier.service_tier == "standard" for tier in tiers):
        return ()
    return (Line(), *table_screen(_TIERS, [_row(tier) for tier in tiers], width), *_ends(tiers))


def _row(tier: TierUse) -> Row:
    return (
        tier.service_tier,
        f"{tier.requests:,}",
        f"{tier.answers:,}",
        format_usd(tier.cost_pusd),
        _UNKNOWN if tier.standard_pusd is None else format_usd(tier.standard_pusd),
        _saved(tier.saved_pusd),
        _span(tier.waited_median_s),
        _span(tier.waited_longest_s),
    )


def _saved(amount: PicoUSD | None) -> str:
    """An amount, with its sign where it is lost."""
    if amount is None:
        return _UNKNOWN
    shown = format_usd(PicoUSD(abs(amount)))
    return shown if amount >= 0 else f"-{shown}"


def _span(seconds: float | None) -> str:
    return _UNKNOWN if seconds is None else span(seconds)


def _ends(tiers: Sequence[TierUse]) -> Screen:
    """Lines of batches without a plain answer, and what became of them."""
    return tuple(Line(f"  {end.service_tier}: {_told(end)}") for tier in tiers for end in tier.ends)


def _told(end: LineEnds) -> str:
    """`12 lines expired before they were worked on: 11 accepted after all, 1 failed`."""
    if end.end == "doubled":
        return f"{plural(end.lines, 'line')} twice in the results, counted once"
    open_ = end.lines - end.accepted - end.failed
    parts = {"accepted after all": end.accepted, "failed": end.failed, "not answered yet": open_}
    became = ", ".join(f"{count:,} {what}" for what, count in parts.items() if count)
    return f"{plural(end.lines, 'line')} {_WAYS.get(end.end, end.end)}: {became}"
