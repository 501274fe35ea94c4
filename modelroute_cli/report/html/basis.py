"""What it all rests on: dated prices, where qualities come from, how tokens were counted, what was assumed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from modelroute_cli.report.audit_note import audit_line
from modelroute_cli.report.detail_types import Basis
from modelroute_cli.report.html.section import Section, section
from modelroute_cli.report.html.tables import Cells, Head, facts, notes, table
from modelroute_cli.report.markup import Child, Markup, element, name_of
from modelroute_cli.report.personal import personal_lines
from modelroute_cli.report.redacted_run import redactions_line
from modelroute_cli.report.redaction import redaction_lines
from modelroute_cli.report.run_types import RunSummary
from modelroute_cli.report.screen import Screen, percent
from modelroute_cli.report.summary import PlanJob, PlanSummary, TokenCount

_MOST_LINES = 100
_PRICES = (Head("Model", "name"), Head("Prices from", "words"))
_COUNTS = (Head("Tokenizer", "name"), Head("Counted", "words"), Head("To o200k"), Head("Sum may be off by"))


@dataclass(frozen=True, slots=True)
class Grounds:
    """The same of a run and of a plan."""

    job: PlanJob
    facts: tuple[tuple[str, Child], ...]
    price_sources: Mapping[str, str]
    token_counts: Sequence[TokenCount]
    assumptions: Sequence[str]
    warnings: Sequence[str]
    privacy: Sequence[str]  # what personal data was found, and what is replaced before it is sent


def run_grounds(summary: RunSummary, basis: Basis) -> Grounds:
    """What a run rests on."""
    return Grounds(
        job=summary.job,
        facts=(
            ("Planned at", _minute(basis.planned_at)),
            ("Prices of", _minute(basis.prices_at)),
            ("Quality", basis.quality_source),
            ("Hard cap", basis.hard_cap_source),
            ("Program", f"modelroute {basis.tool_version}"),
        ),
        price_sources=basis.price_sources,
        token_counts=basis.token_counts,
        assumptions=basis.assumptions,
        warnings=basis.warnings,
        privacy=_texts(
            (*personal_lines(basis.personal_data), *redactions_line(summary.redacted), *audit_line(summary.audit))
        ),
    )


def plan_grounds(summary: PlanSummary) -> Grounds:
    """What a plan rests on."""
    return Grounds(
        job=summary.job,
        facts=(
            ("Planned at", _minute(summary.created_at)),
            ("Prices of", _minute(summary.prices_at)),
            ("Quality", summary.quality_source),
            ("Hard cap", summary.hard_cap_source),
        ),
        price_sources=summary.price_sources,
        token_counts=summary.token_counts,
        assumptions=summary.assumptions,
        warnings=summary.warnings,
        privacy=_texts((*personal_lines(summary.personal_data), *redaction_lines(summary.redaction))),
    )


def basis_section(found: Grounds) -> Section | None:
    """All of it, warnings first."""
    warnings = [f"warning: {text}" for text in found.warnings[:_MOST_LINES]]
    assumed = [f"assumed: {text}" for text in found.assumptions[:_MOST_LINES]]
    return section(
        "basis",
        "What this rests on",
        notes(warnings),
        facts(
            [("Job file", name_of(found.job.source)), ("Its digest", element("code", found.job.digest)), *found.facts]
        ),
        notes([*found.privacy, *assumed]),
        _prices(found.price_sources),
        _counts(found.token_counts),
    )


def _prices(sources: Mapping[str, str]) -> Markup | None:
    rows: list[Cells] = [(name_of(model), source) for model, source in sources.items()]
    return table("Prices", _PRICES, rows) if rows else None


def _counts(counts: Sequence[TokenCount]) -> Markup | None:
    rows = [
        (name_of(each.tokenizer), each.method, f"{each.o200k_ratio:.3f}", percent(each.bound_share)) for each in counts
    ]
    return table("How tokens were counted", _COUNTS, rows) if rows else None


def _texts(lines: Screen) -> list[str]:
    return [line.text for line in lines]


def _minute(moment: str) -> str:
    """`2026-11-24 10:00 UTC` of an ISO time in UTC."""
    return f"{moment[:16].replace('T', ' ')} UTC"
