"""The report of a run as Markdown: the answer first, then the tables of the terminal, then what it rests on."""

from collections.abc import Iterator, Sequence

from modelroute_cli.base.money import format_usd
from modelroute_cli.report.audit_note import audit_line
from modelroute_cli.report.detail_types import NAME_CHARS, Details, FailureSample
from modelroute_cli.report.details_screen import LATENCY, basis_lines, group_columns, group_rows, latency_rows
from modelroute_cli.report.gates_screen import gates_screen
from modelroute_cli.report.handed_in_screen import handed_in_screen
from modelroute_cli.report.happened import happened_screen
from modelroute_cli.report.markdown.text import bullets, fenced, heading, prose, table
from modelroute_cli.report.plan_screen import cause_name, less
from modelroute_cli.report.realised_screen import realised_screen
from modelroute_cli.report.redacted_run import redactions_line
from modelroute_cli.report.run_screen import (
    COMPARISON,
    EMULATED,
    MODELS,
    TASKS,
    comparison_rows,
    model_rows,
    money_notes,
    period_text,
    sent_text,
    task_rows,
)
from modelroute_cli.report.run_types import FailureLine, RunSummary
from modelroute_cli.report.screen import Column, Row, Screen
from modelroute_cli.report.tier_screen import tiers_screen

_SAVINGS = (Column("Why it is less", right=False), Column("Saved"))
_FAILURES = (Column("Reason", right=False), Column("Requests"), Column("Such as", right=False))
_SAMPLES = (Column("Request", right=False), Column("Model", right=False), Column("Ended on", right=False))
_IDS_CHARS = 60


def run_page(summary: RunSummary) -> str:
    """All of it; every text of a stranger is escaped."""
    return "\n\n".join(_parts(summary)) + "\n"


def _parts(summary: RunSummary) -> Iterator[str]:
    """One part after the other, without those that would be empty."""
    yield heading(f"{summary.job.source}: {headline(summary)}", 1)
    if summary.emulated:
        yield f"**{prose(EMULATED)}**"
    yield prose(f"Run {summary.run_id}, {summary.state}: {sent_text(summary.counts)}{period_text(summary)}")
    yield table(COMPARISON, comparison_rows(summary))
    noted = [
        line.text for line in (*money_notes(summary), *redactions_line(summary.redacted), *audit_line(summary.audit))
    ]
    if noted:
        yield bullets(noted)
    yield from _section("Savings", _SAVINGS, _savings(summary))
    yield from _section("Models", MODELS, model_rows(summary))
    yield from _drawn("Service tiers", tiers_screen(summary.service_tiers, None))
    yield from _drawn("Handed in", handed_in_screen(summary.handed_in, None))
    yield from _section("Task types", TASKS, task_rows(summary))
    yield from _drawn("Gates", gates_screen(summary.gates, None))
    yield from _drawn("Quality", realised_screen(summary.realised, summary.certified, None))
    yield from _section("Failures", _FAILURES, [_failure(line) for line in summary.failures])
    yield from _drawn("What happened", happened_screen(summary.events))
    if summary.details is not None:
        yield from _details(summary.details)


def headline(summary: RunSummary) -> str:
    """`$0.231 instead of $2.440 with gpt-5 for all, 91% less`."""
    spent = format_usd(summary.money.spent_pusd)
    chosen = next((line for line in summary.baselines if line.kind == "chosen"), None)
    if chosen is None or chosen.actual_pusd is None or chosen.actual_saved_share is None:
        return f"{spent} spent"
    instead = format_usd(chosen.actual_pusd, estimate=True)
    return f"{spent} instead of {instead} with {chosen.model} for all, {less(chosen.actual_saved_share)}"


def _section(title: str, columns: Sequence[Column], rows: Sequence[Row]) -> Iterator[str]:
    """A table under its heading; nothing without rows."""
    if rows:
        yield heading(title)
        yield table(columns, rows)


def _drawn(title: str, screen: Screen) -> Iterator[str]:
    """What a terminal shows, as it does, under a heading; nothing where it shows nothing."""
    if screen:
        yield heading(title)
        yield fenced(screen)


def _savings(summary: RunSummary) -> list[Row]:
    """The causes, which add up to the difference to the baseline."""
    return [(cause_name(item.cause), format_usd(item.saved_pusd)) for item in summary.savings]


def _failure(line: FailureLine) -> Row:
    """One reason, and the first that failed for it."""
    return (line.reason, f"{line.requests:,}", ", ".join(custom_id[:_IDS_CHARS] for custom_id in line.custom_ids))


def _details(details: Details) -> Iterator[str]:
    """Who asked, what was asked, how fast it went, and what it rests on."""
    yield from _section("Tenants", group_columns("Tenant"), group_rows(details.tenants, "(no tenant)", NAME_CHARS))
    yield from _section("Templates", group_columns("Template"), group_rows(details.templates))
    yield from _section("Latency", LATENCY, latency_rows(details.latency))
    yield from _section("Some that failed", _SAMPLES, [_sample(each) for each in details.samples])
    yield heading("What it rests on")
    yield bullets(basis_lines(details.basis))


def _sample(sample: FailureSample) -> Row:
    return (sample.custom_id[:_IDS_CHARS], sample.model or "", sample.text)
