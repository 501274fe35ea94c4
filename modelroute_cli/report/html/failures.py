"""Which requests failed and why, with the beginnings of what they ended on: hostile text, shown letter by letter."""

from collections.abc import Sequence

from modelroute_cli.report.detail_types import FailureSample
from modelroute_cli.report.html.section import Section, section
from modelroute_cli.report.html.tables import Cells, Head, notes, table
from modelroute_cli.report.markup import Markup, element, joined, name_of, shortened
from modelroute_cli.report.run_types import FailureLine, RunSummary
from modelroute_cli.report.screen import plural

MOST_REASONS = 50
"""Reasons that are listed; a provider's messages may all differ."""

_MOST_TEXT = 500
_MOST_SAMPLES = 30
_HEADS = (Head("Reason", "name"), Head("Requests"), Head("Such as", "words"))


def failures_section(summary: RunSummary) -> Section | None:
    """Reasons, the most frequent first, then samples; None where nothing failed."""
    if not summary.failures:
        return None
    more = len(summary.failures) - MOST_REASONS
    rows = [_row(line) for line in summary.failures[:MOST_REASONS]]
    rest = notes([f"and {plural(more, 'reason')} more, in the other formats"] if more > 0 else [])
    samples = summary.details.samples if summary.details else ()
    return section("failures", "Failures", table("Why requests failed", _HEADS, rows), rest, _samples(samples))


def _row(line: FailureLine) -> Cells:
    ids = [part for custom_id in line.custom_ids for part in (name_of(custom_id), ", ")]
    more = "..." if line.requests > len(line.custom_ids) else None
    return (name_of(line.reason), f"{line.requests:,}", joined([*(ids if more else ids[:-1]), more]))


def _samples(samples: Sequence[FailureSample]) -> Markup | None:
    if not samples:
        return None
    heading = element("h3", "Samples: what requests ended on")
    return element("div", heading, *(_sample(each) for each in samples[:_MOST_SAMPLES]))


def _sample(each: FailureSample) -> Markup:
    """One request: who answered what."""
    said = joined((name_of(each.custom_id), ": ", name_of(each.reason)))
    by = joined((" (", name_of(each.model), ")")) if each.model else None
    begins = " The beginning:" if each.cut else None
    text = element("pre", shortened(each.text, _MOST_TEXT), tabindex=0, dir="auto") if each.text else None
    return element("div", element("p", said, by, begins), text, class_="sample")
