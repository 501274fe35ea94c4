"""What only a plan says: who is given what, how near it is to the best possible, and what limits cost."""

from modelroute_cli.base.money import format_usd
from modelroute_cli.planning.rule_price import price_text
from modelroute_cli.report.cascade_lines import cascades_screen
from modelroute_cli.report.certify_words import promise_text
from modelroute_cli.report.charts.bars import cell_bar
from modelroute_cli.report.html.section import Section, section
from modelroute_cli.report.html.tables import Cells, Head, notes, table
from modelroute_cli.report.markup import name_of
from modelroute_cli.report.plan_screen import baseline_name, proof_line
from modelroute_cli.report.screen import tokens
from modelroute_cli.report.summary import BaselineLine, ModelLine, PlanSummary, TaskLine

_BAR = Head("", "picture")
_MODELS = (
    Head("Model", "name"),
    Head("Tier", "words"),
    *map(Head, ("Requests", "Input", "Output", "Quality", "Cost")),
    _BAR,
)
_TASKS = (Head("Task type", "name"), *map(Head, ("Requests", "Quality", "Cost")), _BAR)
_BASELINES = (
    Head("One model for everything", "name"),
    *map(Head, ("Requests", "Cannot do", "Quality", "Cost", "This plan saves")),
    Head("What to know", "words"),
)
_UNKNOWN = "-"


def planned_models(summary: PlanSummary) -> Section | None:
    """What each model is given."""
    most = float(max((line.cost_pusd for line in summary.models), default=0))
    rows = [(*_model_row(line), cell_bar(float(line.cost_pusd), most)) for line in summary.models]
    cascades = notes([line.text.strip() for line in cascades_screen(summary.cascades)])
    return section("models", "By model", table("What each model is given", _MODELS, rows) if rows else None, cascades)


def planned_tasks(summary: PlanSummary) -> Section | None:
    """What each task type costs."""
    most = float(max((line.cost_pusd for line in summary.task_types), default=0))
    rows = [(*_task_row(line), cell_bar(float(line.cost_pusd), most)) for line in summary.task_types]
    return section("tasks", "By task type", table("What each task type costs", _TASKS, rows) if rows else None)


def planned_baselines(summary: PlanSummary) -> Section | None:
    """One model for every request, beside the plan."""
    rows = [_baseline_row(line) for line in summary.baselines if line.model or line.kind == "all_cheapest"]
    return section(
        "baselines", "Against one model", table("One model for everything", _BASELINES, rows) if rows else None
    )


def planned_proof(summary: PlanSummary) -> Section | None:
    """How near the best possible plan this one is, what is promised of it, and what limits and rules cost."""
    promised = promise_text(summary.certified)
    texts = [
        proof_line(summary),
        *([promised] if promised else []),
        *([summary.shadow_price] if summary.shadow_price else []),
        *summary.limit_prices,
        *map(price_text, summary.rule_prices),
    ]
    return section("proof", "How good this plan is", notes(texts))


def _model_row(line: ModelLine) -> Cells:
    name = line.model if line.escalate_to is None else f"{line.model}, then {line.escalate_to}"
    return (
        name_of(name),
        line.service_tier,
        f"{line.requests:,}",
        tokens(line.input_tokens),
        tokens(line.output_tokens, estimate=True),
        f"{line.quality:.2f}",
        format_usd(line.cost_pusd, estimate=True),
    )


def _task_row(line: TaskLine) -> Cells:
    cost = format_usd(line.cost_pusd, estimate=True)
    return (name_of(line.task_type), f"{line.requests:,}", f"{line.quality:.2f}", cost)


def _baseline_row(line: BaselineLine) -> Cells:
    return (
        name_of(baseline_name(line)),
        f"{line.requests:,}",
        f"{line.unable:,}",
        _UNKNOWN if line.quality is None else f"{line.quality:.2f}",
        _UNKNOWN if line.cost_pusd is None else format_usd(line.cost_pusd, estimate=True),
        _UNKNOWN if line.saved_share is None else f"{line.saved_share:.1%}",
        line.note,
    )
