"""What it cost: projected against actual, and one model for everything on the same scale."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.report.charts.bars import Measure, measures
from modelroute_cli.report.html.section import Section, section
from modelroute_cli.report.html.tables import Cells, Head, notes, table
from modelroute_cli.report.markup import Markup, name_of
from modelroute_cli.report.plan_screen import baseline_name
from modelroute_cli.report.run_screen import comparison_rows, money_notes
from modelroute_cli.report.run_types import RunSummary
from modelroute_cli.report.summary import PlanSummary

_AMOUNTS = (Head("Amount", "name"), Head("Dollars"), Head("", "picture"))
_COMPARED = (Head("Against the plan", "name"), Head("Projected"), Head("Actual"), Head("What to know", "words"))


@dataclass(frozen=True, slots=True)
class Amount:
    """A row of the picture: what it is, the number in words, and how it is drawn."""

    name: str
    shown: str
    measure: Measure


def cost_section(summary: RunSummary) -> Section | None:
    """Amounts on one scale, then projected against actual, number by number, and what else is to be known."""
    rows: list[Cells] = [(name_of(row[0].strip()), *row[1:]) for row in comparison_rows(summary)]
    return section(
        "cost",
        "Projected and actual cost",
        _drawn(tuple(_run_amounts(summary))),
        table("Projected against actual", _COMPARED, rows),
        notes([line.text.strip() for line in money_notes(summary)]),
    )


def planned_cost_section(summary: PlanSummary) -> Section | None:
    """The projection with its range, the hard cap, and one model for everything."""
    return section("cost", "Projected cost", _drawn(tuple(_plan_amounts(summary))))


def _run_amounts(summary: RunSummary) -> Iterator[Amount]:
    """The baseline, the projection with its range, what was spent, and the cap."""
    money = summary.money
    for line in summary.baselines:
        if line.kind == "chosen" and line.model and line.actual_pusd is not None:
            yield _outlined(f"{line.model} for all, an estimate", line.actual_pusd)
    yield _projected(money.projected_pusd, money.projected_low_pusd, money.projected_high_pusd)
    yield Amount("Spent", format_usd(money.spent_pusd), Measure("solid", money.spent_pusd))
    if money.held_pusd:
        yield _outlined("Possibly billed beyond this", money.held_pusd)
    yield _cap(money.hard_cap_pusd)


def _plan_amounts(summary: PlanSummary) -> Iterator[Amount]:
    totals = summary.totals
    for line in summary.baselines:
        if line.cost_pusd is not None:
            yield _outlined(baseline_name(line), line.cost_pusd, estimate=True)
    yield _projected(totals.cost_pusd, totals.cost_low_pusd, totals.cost_range_pusd)
    yield _cap(summary.hard_cap_pusd)


def _outlined(name: str, amount: PicoUSD, *, estimate: bool = False) -> Amount:
    return Amount(name, format_usd(amount, estimate=estimate), Measure("outlined", amount))


def _projected(cost: PicoUSD, low: PicoUSD, high: PicoUSD) -> Amount:
    name = f"Projected; in nine of ten cases {format_usd(low)} to {format_usd(high)}"
    return Amount(name, format_usd(cost), Measure("range", cost, low, high))


def _cap(amount: PicoUSD) -> Amount:
    return Amount("Hard cap", format_usd(amount), Measure("line", amount))


def _drawn(rows: Sequence[Amount]) -> Markup:
    pictures = measures([row.measure for row in rows])
    cells = [(name_of(row.name), row.shown, drawn) for row, drawn in zip(rows, pictures, strict=True)]
    return table("The amounts on one scale: filled is paid, hatched is the 90% range", _AMOUNTS, cells)
