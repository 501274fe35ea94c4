"""What was measured for one request, model by model, under the table of what its models cost."""

from modelroute_cli.planning.evidence import Evidence, ModelEvidence
from modelroute_cli.report.screen import Column, Line, Row, Screen, plural, safe
from modelroute_cli.report.tables import table_screen

_COLUMNS = (
    Column("Model", right=False),
    Column("Quality"),
    Column("90% interval"),
    Column("known from", right=False, drop=1),
)


def evidence_lines(evidence: Evidence | None, width: int | None) -> Screen:
    """The group of the request's template and what is known there; nothing where nothing was measured at all."""
    if evidence is None:
        return ()
    if evidence.group is None:
        return (Line(), Line("Quality of this template is unmeasured: prior only"))
    emulated = ", emulated" if evidence.emulated else ""
    return (
        Line(),
        Line(f"Measured for group {safe(evidence.group)} ({safe(evidence.scorer)}{emulated}):"),
        *table_screen(_COLUMNS, [_row(each) for each in evidence.models], width),
    )


def _row(known: ModelEvidence) -> Row:
    interval = f"{known.quality_low:.2f} to {known.quality_high:.2f}"
    return (safe(known.model), f"{known.quality:.2f}", interval, _source(known))


def _source(known: ModelEvidence) -> str:
    """`pilot, 50 requests`, with the history beside it where there is one."""
    pilot = f"pilot, {plural(known.pilot_requests, 'request')}" if known.pilot_requests else ""
    aged = f"history, {known.history_requests:.0f} aged" if known.history_requests >= 1 else ""
    return "; ".join(part for part in (pilot, aged) if part) or "prior only, by what its kind has shown"
