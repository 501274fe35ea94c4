"""Where the money went: by model, service tier, task type, template and tenant, each with a bar of its cost."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.execution.pressure import span
from modelroute_cli.report.charts.bars import cell_bar
from modelroute_cli.report.detail_types import GroupActual
from modelroute_cli.report.html.section import Section, section
from modelroute_cli.report.html.tables import Cells, Head, notes, table
from modelroute_cli.report.markup import Markup, name_of
from modelroute_cli.report.run_screen import token_rows
from modelroute_cli.report.run_types import ModelActual, RunSummary, TaskActual
from modelroute_cli.report.screen import plural, tokens
from modelroute_cli.report.tier_use import TierUse

MOST_ROWS = 200
"""More groups than this nobody reads in a page; all of them are in the other formats."""

_UNKNOWN = "-"
_BAR = Head("", "picture")
_BARS = "; bars are costs, ticks what was projected"
_MODELS = (
    Head("Model", "name"),
    *map(Head, ("Attempts", "Accepted", "Input", "Output", "Reasoning", "From cache", "Projected", "Cost")),
    _BAR,
)
_TASKS = (
    Head("Task type", "name"),
    *map(Head, ("Requests", "Accepted", "Failed", "Projected", "Cost")),
    _BAR,
)
_TIERS = (
    Head("Service tier", "name"),
    *map(Head, ("Requests", "Answers", "Cost", "At standard", "Saved", "Median wait", "Longest")),
)
_TOKENS = (
    Head("Tokens", "name"),
    *map(Head, ("Answers", "Planned", "Billed", "Off")),
    Head("Expected", "words"),
)


@dataclass(frozen=True, slots=True)
class Grouping:
    """What groups are called, and where they stand in the page."""

    key: str
    title: str
    noun: str
    unnamed: str  # what requests are called that name none


TEMPLATES = Grouping("templates", "By template", "template", "(no template)")
TENANTS = Grouping("tenants", "By tenant", "tenant", "(no tenant named)")


def models_section(summary: RunSummary) -> Section | None:
    """What each model did and cost, and how its tokens came out against their plan."""
    if not summary.models:
        return None
    cells = _barred(summary.models, _model_row)
    counted: list[Cells] = [(name_of(row[0]), *row[1:]) for row in token_rows(summary)]
    told = table("Tokens of answers against their plan", _TOKENS, counted) if counted else None
    return section("models", "By model", table(f"What each model did{_BARS}", _MODELS, cells), told)


def tiers_section(summary: RunSummary) -> Section | None:
    """Service tiers, where anything was sent at another than the standard one."""
    if all(tier.service_tier == "standard" for tier in summary.service_tiers):
        return None
    return section(
        "tiers", "By service tier", table("What each tier came to", _TIERS, [*map(_tier_row, summary.service_tiers)])
    )


def tasks_section(summary: RunSummary) -> Section | None:
    """Task types, the most frequent first."""
    if not summary.task_types:
        return None
    return section(
        "tasks",
        "By task type",
        table(f"What each task type came to{_BARS}", _TASKS, _barred(summary.task_types, _task_row)),
    )


def groups_section(groups: Sequence[GroupActual], named: Grouping) -> Section | None:
    """Templates or tenants, the dearest first; None where there are none."""
    if not groups:
        return None
    shown, more = groups[:MOST_ROWS], len(groups) - MOST_ROWS
    heads = (
        Head(named.noun.capitalize(), "name"),
        *map(Head, ("Requests", "Duplicates", "Accepted", "Failed", "Escalated", "Projected", "Cost", "Baseline")),
        _BAR,
    )
    rows = _barred(shown, lambda line: _group_row(line, named.unnamed))
    rest = notes([f"and {plural(more, named.noun)} more, in the other formats"] if more > 0 else [])
    hint = notes(["Baseline: what the chosen baseline would have cost for these answers, an estimate"])
    return section(named.key, named.title, table(f"What each {named.noun} came to{_BARS}", heads, rows), rest, hint)


def _barred(
    lines: Sequence[ModelActual] | Sequence[TaskActual] | Sequence[GroupActual], row: Callable[..., Cells]
) -> list[Cells]:
    """Their rows, each with a bar."""
    most = float(max(max(line.cost_pusd, line.projected_pusd) for line in lines))
    return [(*row(line), _bar(line.cost_pusd, line.projected_pusd, most)) for line in lines]


def _bar(cost: PicoUSD, projected: PicoUSD, most: float) -> Markup:
    return cell_bar(float(cost), most, float(projected))


def _model_row(line: ModelActual) -> Cells:
    return (
        name_of(line.model),
        f"{line.attempts:,}",
        f"{line.accepted:,}",
        tokens(line.input_tokens),
        tokens(line.output_tokens),
        tokens(line.reasoning_tokens),
        tokens(line.cache_read_tokens),
        format_usd(line.projected_pusd, estimate=True),
        format_usd(line.cost_pusd),
    )


def _task_row(line: TaskActual) -> Cells:
    return (
        name_of(line.task_type),
        f"{line.requests:,}",
        f"{line.accepted:,}",
        f"{line.failed:,}",
        format_usd(line.projected_pusd, estimate=True),
        format_usd(line.cost_pusd),
    )


def _group_row(line: GroupActual, unnamed: str) -> Cells:
    return (
        name_of(line.name or unnamed),
        f"{line.requests:,}",
        f"{line.duplicates:,}",
        f"{line.accepted:,}",
        f"{line.failed:,}",
        f"{line.escalated:,}",
        format_usd(line.projected_pusd, estimate=True),
        format_usd(line.cost_pusd),
        _UNKNOWN if line.baseline_pusd is None else format_usd(line.baseline_pusd),
    )


def _tier_row(tier: TierUse) -> Cells:
    return (
        name_of(tier.service_tier),
        f"{tier.requests:,}",
        f"{tier.answers:,}",
        format_usd(tier.cost_pusd),
        _UNKNOWN if tier.standard_pusd is None else format_usd(tier.standard_pusd),
        _UNKNOWN if tier.saved_pusd is None else format_usd(tier.saved_pusd),
        _UNKNOWN if tier.waited_median_s is None else span(tier.waited_median_s),
        _UNKNOWN if tier.waited_longest_s is None else span(tier.waited_longest_s),
    )
