"""By which causes less was spent than by the baseline: a waterfall that adds up to the last pico-dollar."""

from collections.abc import Iterator
from dataclasses import dataclass

from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.planning.plan import Saving
from modelroute_cli.report.charts.waterfall import Step, step_cells, steps
from modelroute_cli.report.html.section import Section, section
from modelroute_cli.report.html.tables import Cells, Head, table
from modelroute_cli.report.markup import Markup, element, name_of
from modelroute_cli.report.plan_screen import baseline_name, cause_name
from modelroute_cli.report.run_types import RunSummary
from modelroute_cli.report.summary import PlanSummary

_HEADS = (Head("Cause", "name"), Head("Saved"), Head("Left to pay"), Head("", "picture steps"))
_CAPTION = "From the baseline's cost to what is left of it: hatched is saved, filled is left to pay"
_OFF = "These causes do not add up to the whole saving, which is why they are not drawn."


@dataclass(frozen=True, slots=True)
class Fall:
    """From one amount to another, cause by cause."""

    baseline: str
    baseline_pusd: PicoUSD
    left: str
    left_pusd: PicoUSD
    savings: tuple[Saving, ...]


def run_savings(summary: RunSummary) -> Section | None:
    """Against what the chosen baseline would have cost; None where that is unknown."""
    line = next((line for line in summary.baselines if line.kind == "chosen"), None)
    if line is None or line.actual_pusd is None or not summary.savings:
        return None
    return _section(Fall(f"{line.model} for all", line.actual_pusd, "Spent", summary.money.spent_pusd, summary.savings))


def plan_savings(summary: PlanSummary) -> Section | None:
    """Against what the chosen baseline is expected to cost; None where that is unknown."""
    line = next((line for line in summary.baselines if line.kind == "chosen"), None)
    if line is None or line.cost_pusd is None or not summary.savings:
        return None
    cost = summary.totals.cost_pusd
    return _section(Fall(baseline_name(line), line.cost_pusd, "Planned cost", cost, summary.savings))


def _section(fall: Fall) -> Section | None:
    rows = steps(fall.baseline_pusd, [item.saved_pusd for item in fall.savings])
    adds_up = rows[-1].end == fall.left_pusd
    hint = None if adds_up else element("p", _OFF, class_="hint")
    pictures = step_cells(rows) if adds_up else (None,) * len(rows)
    cells = [(*row, drawn) for row, drawn in zip(_words(fall, rows), pictures, strict=True)]
    return section("savings", "Saved by cause", table(_CAPTION, _HEADS, cells, total=True), hint)


def _words(fall: Fall, rows: tuple[Step, ...]) -> Iterator[Cells]:
    yield (name_of(fall.baseline), "", format_usd(fall.baseline_pusd))
    for item, row in zip(fall.savings, rows[1:-1], strict=True):
        yield (name_of(cause_name(item.cause)), format_usd(item.saved_pusd), format_usd(PicoUSD(row.end)))
    yield (_left(fall), "", format_usd(fall.left_pusd))


def _left(fall: Fall) -> Markup:
    return element("strong", fall.left)
