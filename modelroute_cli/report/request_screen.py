"""One request on a terminal: what it is, which rule holds, and what every allowed model would cost."""

from collections.abc import Mapping

import polars as pl
from msgspec import Struct

from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.planning.evidence import Evidence
from modelroute_cli.planning.explain import Alternative, Explanation, Facts
from modelroute_cli.planning.plan import Questions
from modelroute_cli.report.evidence_screen import evidence_lines
from modelroute_cli.report.redaction import redacted_line
from modelroute_cli.report.screen import Column, Line, Row, Screen, safe, tokens
from modelroute_cli.report.tables import table_screen

_COLUMNS = (
    Column("Model", right=False),
    Column("Tier", right=False, drop=4),
    Column("Input", drop=3),
    Column("Output", drop=2),
    Column("Quality"),
    Column("Cost"),
    Column("Most", drop=1),
    Column("", right=False, drop=5),
)


class RequestSummary(Struct, frozen=True, kw_only=True):
    """Why one request got its model."""

    kind: str
    facts: Facts
    evidence: tuple[str, ...]  # what the classifier went by; empty when the row named its task type or a model did
    answered_by: str | None  # the model that was asked about its template, where one was
    answer_emulated: bool
    rule: str
    reason: str
    model: str
    service_tier: str
    cost_pusd: PicoUSD
    quality: float
    alternatives: tuple[Alternative, ...]
    others: tuple[Alternative, ...]  # that the rules do not leave it, each with why
    escalations: tuple[str, ...]
    baseline: Alternative
    measured: Evidence | None = None  # of the templates like its own; None: the plan rests on the prior alone
    escalate_to: str | None = None  # where its answer goes first that fails its gates, as planned
    redacted: Mapping[str, int] = {}  # values that are replaced before it is sent, by kind


def request_summary(
    about: Explanation,
    assigned: pl.DataFrame,
    evidence: tuple[str, ...],
    questions: Questions | None = None,
    redacted: Mapping[str, int] | None = None,
) -> RequestSummary:
    """An explanation together with what the plan decided (an ASSIGNMENTS frame of one row)."""
    asked = about.facts.task_source == "model" and questions is not None
    return RequestSummary(
        kind="request",
        facts=about.facts,
        evidence=evidence,
        answered_by=questions.model if asked and questions else None,
        answer_emulated=questions.emulated if asked and questions else False,
        rule=about.rule,
        reason=assigned["reason"][0],
        model=assigned["model"][0],
        service_tier=assigned["service_tier"][0],
        cost_pusd=PicoUSD(assigned["cost_pusd"][0]),
        quality=assigned["quality"][0],
        alternatives=about.alternatives,
        others=about.others,
        escalations=about.escalations,
        baseline=about.baseline,
        measured=about.evidence,
        escalate_to=assigned["escalate_to"][0],
        redacted=redacted or {},
    )


def request_screen(summary: RequestSummary, width: int | None) -> Screen:
    """The request, its assignment, and the alternatives laid out for `width` cells."""
    chosen = (summary.model, summary.service_tier)
    return (
        Line(f"Request {safe(summary.facts.custom_id)} (line {summary.facts.line})", "bold"),
        Line(f"  {_task(summary)}, {summary.facts.importance}, language {summary.facts.language}"),
        *((Line(f"  went by: {', '.join(safe(text) for text in summary.evidence)}"),) if summary.evidence else ()),
        *_asks(summary.facts),
        *redacted_line(summary.redacted),
        Line(f"  {safe(summary.reason)}"),
        Line(),
        *table_screen(_COLUMNS, [_row(item, chosen) for item in _shown(summary)], width),
        *evidence_lines(summary.measured, width),
        Line(),
        Line(f"An answer that fails its gates goes to: {_onward(summary)}"),
    )


def _onward(summary: RequestSummary) -> str:
    """The models of its rule, the one that was planned first; that one's expected part is in the request's cost."""
    planned = summary.escalate_to
    if planned is None:
        return ", ".join(summary.escalations) or "nowhere else"
    others = [name for name in summary.escalations if name != planned]
    return ", ".join([f"{planned} (planned)", *others])


def _shown(summary: RequestSummary) -> list[Alternative]:
    """The allowed models, those that the rules leave out, and the baseline where it is none of them."""
    shown = [*summary.alternatives, *summary.others]
    names = {item.model for item in shown}
    return [*shown, *(() if summary.baseline.model in names else (summary.baseline,))]


def _task(summary: RequestSummary) -> str:
    """The task type and who says so."""
    facts = summary.facts
    if facts.task_source == "row":
        return f"{facts.task_type} (named by the row)"
    if facts.task_confidence is None:
        emulated = ", emulated" if summary.answer_emulated else ""
        return f"{facts.task_type} (answered by {summary.answered_by or 'a model'} for this template{emulated})"
    return f"{facts.task_type} (classified, confidence {facts.task_confidence:.2f})"


def _asks(facts: Facts) -> Screen:
    """What the row itself demands."""
    demands = {
        "model": facts.model,
        "min_quality": facts.min_quality,
        "max_output_tokens": facts.max_output_tokens,
        "length asked for in the text": facts.length_hint_tokens and f"about {facts.length_hint_tokens} tokens",
        "response_schema": "yes" if facts.has_schema else None,
    }
    given = [f"{name} {safe(str(value))}" for name, value in demands.items() if value is not None]
    return (Line(f"  asks for: {', '.join(given)}"),) if given else ()


def _row(item: Alternative, chosen: tuple[str, str]) -> Row:
    """One offer for the request."""
    note = item.problem or ("<- chosen" if (item.model, item.service_tier) == chosen else "")
    return (
        item.model,
        item.service_tier,
        tokens(item.input_tokens),
        tokens(item.output_tokens, estimate=True),
        f"{item.quality:.2f}",
        format_usd(item.cost_pusd, estimate=True),
        format_usd(item.cost_high_pusd),
        note,
    )
