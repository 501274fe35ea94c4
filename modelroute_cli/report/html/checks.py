"""What was caught and done again: gates, attempts by kind, measured quality, and what happened to the whole run."""

from msgspec import structs

from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.pilot.sentences import percent as tenths
from modelroute_cli.report.gates import GateLine
from modelroute_cli.report.handed_in import HandedIn
from modelroute_cli.report.handed_in_screen import reserved_line
from modelroute_cli.report.happened import happened_screen
from modelroute_cli.report.html.section import Section, section
from modelroute_cli.report.html.tables import Cells, Head, notes, table
from modelroute_cli.report.markup import Markup, name_of
from modelroute_cli.report.progress_screen import moment
from modelroute_cli.report.realised import Realised, TemplateRealised, Within
from modelroute_cli.report.realised_screen import realised_screen
from modelroute_cli.report.run_types import RunSummary

_UNKNOWN = "-"
_MOST_TEMPLATES = 20
_KINDS = (Head("Kind of attempt", "name"), Head("Attempts"), Head("Requests"), Head("Cost"))
_GATES = (Head("Gate", "name"), *map(Head, ("Looked at", "Failed", "Then accepted", "False alarms", "Cost of it")))
_QUALITY = (
    Head("Template", "name"),
    *map(Head, ("Requests", "Planned", "Measured", "Realised", "Pairs", "Of the baseline's")),
)
_BATCHES = (
    Head("Handed in", "name"),
    *map(Head, ("Requests", "Done", "Collected")),
    Head("Since", "words"),
    Head("Expected", "words"),
    Head("State", "words"),
)


def quality_section(summary: RunSummary) -> Section | None:
    """Planned, certified and realised quality: three words, three lines; by template where anything was measured."""
    found = summary.realised
    if found is None or not found.requests:
        return None
    whole = structs.replace(found, templates=())
    lines = [line.text.strip() for line in realised_screen(whole, summary.certified, None)]
    return section(
        "quality", "Quality", notes([line for line in lines if line and line != "Quality"]), _measured(found)
    )


def checks_section(summary: RunSummary) -> Section | None:
    """Attempts by kind and gates that looked at answers."""
    kinds = [
        (name_of(line.kind), f"{line.attempts:,}", f"{line.requests:,}", format_usd(line.cost_pusd))
        for line in summary.attempts
    ]
    tried = table("Attempts by kind", _KINDS, kinds) if kinds else None
    rows = [_gate_row(line) for line in summary.gates]
    gates = table("Gates: what they looked at, what they caught", _GATES, rows) if rows else None
    return section("checks", "Escalations and gates", tried, gates)


def handed_in_section(summary: RunSummary) -> Section | None:
    """What providers have yet to answer."""
    if not summary.handed_in:
        return None
    rows = [_batch_row(group) for group in summary.handed_in]
    told = notes([reserved_line(summary.handed_in)])
    return section("handed-in", "Handed in", table("What providers have yet to answer", _BATCHES, rows), told)


def happened_section(summary: RunSummary) -> Section | None:
    """The first events; times are of the day, UTC."""
    lines = [line.text.strip() for line in happened_screen(summary.events)]
    return section("events", "What happened", notes(lines[2:]))


def _measured(found: Realised) -> Markup | None:
    shown = [line for line in found.templates if line.quality or line.ratio][:_MOST_TEMPLATES]
    if not shown or len(found.templates) == 1:
        return None
    return table("Quality by template, the busiest first", _QUALITY, [_quality_row(line) for line in shown])


def _quality_row(line: TemplateRealised) -> Cells:
    return (
        name_of(line.template),
        f"{line.requests:,}",
        f"{line.planned:.2f}",
        f"{line.measured:,}" if line.quality else _UNKNOWN,
        f"{line.quality.value:.2f} ({line.quality.low:.2f} to {line.quality.high:.2f})" if line.quality else _UNKNOWN,
        f"{line.pairs:,}",
        _ratio(line.ratio),
    )


def _ratio(ratio: Within | None) -> str:
    return _UNKNOWN if ratio is None else f"{tenths(ratio.value)} ({tenths(ratio.low)} to {tenths(ratio.high)})"


def _gate_row(line: GateLine) -> Cells:
    """One gate; its cost is what it asked, and the attempts that followed its failures."""
    return (
        name_of(line.gate),
        "unknown" if line.looked is None else f"{line.looked:,}",
        f"{line.failed:,}",
        f"{line.accepted_after:,} of {line.failed:,}",
        f"{line.false_alarms:,} of {line.known:,} known" if line.known else "unknown",
        format_usd(PicoUSD(line.following_pusd + line.own_pusd)),
    )


def _batch_row(group: HandedIn) -> Cells:
    return (
        name_of(f"{group.provider} {group.service_tier}"),
        f"{group.requests:,}",
        _UNKNOWN if group.done is None else f"{group.done:,}",
        f"{group.collected:,}",
        moment(group.since),
        moment(group.expected_at),
        group.state,
    )
