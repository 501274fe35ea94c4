"""Where the money went: by model, service tier and task type, with a bar of each cost."""

from modelroute_cli.base.money import format_usd
from modelroute_cli.execution.pressure import span
from modelroute_cli.report.html.barred import BAR, BARS, barred
from modelroute_cli.report.html.section import Section, section
from modelroute_cli.report.html.tables import Cells, Head, table
from modelroute_cli.report.markup import name_of
from modelroute_cli.report.run_screen import token_rows
from modelroute_cli.report.run_types import ModelActual, RunSummary, TaskActual
from modelroute_cli.report.screen import tokens
from modelroute_cli.report.tier_use import TierUse

_UNKNOWN = "-"
_MODELS = (
    Head("Model", "name"),
    *map(Head, ("Attempts", "Accepted", "Input", "Output", "Reasoning", "From cache", "Projected", "Cost")),
    BAR,
)
_TASKS = (
    Head("Task type", "name"),
    *map(Head, ("Requests", "Accepted", "Failed", "Projected", "Cost")),
    BAR,
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


def models_section(summary: RunSummary) -> Section | None:
    """What each model did and cost, and how its tokens came out against their plan."""
    if not summary.models:
        return None
    cells = barred(summary.models, [_model_row(line) for line in summary.models])
    counted: list[Cells] = [(name_of(row[0]), *row[1:]) for row in token_rows(summary)]
    told = table("Tokens of answers against their plan", _TOKENS, counted) if counted else None
    return section("models", "By model", table(f"What each model did{BARS}", _MODELS, cells), told)


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
        table(
            f"What each task type came to{BARS}",
            _TASKS,
            barred(summary.task_types, [_task_row(line) for line in summary.task_types]),
        ),
    )


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
