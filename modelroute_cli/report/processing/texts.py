"""The record in words: chapters of terms and what is said of them, the same for every form."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from msgspec import structs

from modelroute_cli.catalog.processing import ProcessingSettings
from modelroute_cli.report.processing.record import outside
from modelroute_cli.report.processing.types import Counted, Recipient, Record, Subject, Terms

_OPEN = "[to be filled in: settings `processing.{}`]"
_UNKNOWN = "unknown"
_REGIONS = {"eu": "European Union", "us": "United States", "cn": "China", "global": "anywhere", "local": "this machine"}
_LABELS = {
    "controller": "Controller",
    "dpo": "Data-protection officer",
    "purpose": "Purpose",
    "legal_basis": "Legal basis",
    "data_subjects": "Data subjects",
    "retention": "Retention",
    "measures": "Measures",
}
_KEEPS = {"always": "yes", "on_request": "only where that was agreed on request", "no": "no", None: _UNKNOWN}
_OUTSIDE = {
    "yes": "outside the EEA: name the safeguard (adequacy decision, standard contractual clauses)",
    "unknown": "place unknown: treat it as outside the EEA until it is known",
}


@dataclass(frozen=True, slots=True)
class Said:
    """A term and what is said of it."""

    term: str
    text: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """One part of the record; `paragraphs` stand below what is said."""

    title: str
    said: tuple[Said, ...]
    paragraphs: tuple[str, ...] = ()


def chapters(found: Record) -> tuple[Chapter, ...]:
    """All of them, in order."""
    return (
        Chapter("Responsible", tuple(_responsible(found.responsible))),
        Chapter("What this is about", tuple(_subject(each) for each in found.subjects)),
        *(_of_recipient(each) for each in found.recipients),
        _transfers(outside(found.recipients)),
        Chapter("Kept on this machine", tuple(Said(each.what, each.where) for each in found.kept)),
        Chapter("To be read with it", (), found.notes),
    )


def _responsible(own: ProcessingSettings) -> Iterable[Said]:
    """What the user said, and what is open."""
    return (Said(_LABELS[name], said or _OPEN.format(name)) for name, said in structs.asdict(own).items())


def _subject(subject: Subject) -> Said:
    marks = [f"{subject.requests:,} requests of {subject.source}"]
    marks += ["emulated: nothing left this machine"] if subject.emulated else []
    marks += ["values are replaced before sending"] if subject.redaction else []
    marks += ["not run yet"] if subject.kind == "plan" else []
    return Said(f"{subject.kind.capitalize()} {subject.name}", "; ".join(marks))


def _of_recipient(each: Recipient) -> Chapter:
    """One recipient."""
    behind = f" through {each.provider}" if each.upstream else ""
    title = f"{'May also receive' if each.possible else 'Recipient'}: {each.upstream or each.provider}{behind}"
    said = [Said("Address", each.host or _UNKNOWN), Said("Models", ", ".join(each.models)), *_terms(each.terms)]
    return Chapter(title, tuple(said if each.possible else [*said, *_amounts(each), *_categories(each)]))


def _terms(terms: Terms) -> list[Said]:
    """Where, how long, for what else, and who says so."""
    days = terms.retention_days
    return [
        Said("Processed in", ", ".join(_REGIONS.get(each, each) for each in terms.regions) or _UNKNOWN),
        Said("Kept there", _UNKNOWN if days is None else f"{days} days" if days else "not kept"),
        Said("Keeps nothing (zero retention)", _KEEPS[terms.zero_retention]),
        Said("Trains on it", {True: "yes", False: "no", None: _UNKNOWN}[terms.trains_on_data]),
        Said("Source of these terms", terms.source or "nobody states one"),
    ]


def _amounts(each: Recipient) -> list[Said]:
    """How much, what for, when."""
    period = f"{each.first_at} to {each.last_at}" if each.first_at else "not sent yet"
    stored = " (files of many requests are stored there for a time)" if each.stored_as_files else ""
    rest = [Said("Emulated", f"{each.emulated:,}: these did not leave this machine")] if each.emulated else []
    return [
        Said("Requests", f"{each.requests:,}"),
        Said("Transmissions", f"{each.transmissions:,}: {listed(each.purposes)}"),
        *rest,
        Said("Period (UTC)", period),
        Said("Service tiers", f"{listed(each.service_tiers)}{stored}"),
        Said("Replaced before sending", f"in {each.redacted:,} of {each.transmissions:,} transmissions"),
    ]


def _categories(each: Recipient) -> list[Said]:
    """Which data, in requests."""
    if each.sent is None:
        return [Said("Categories of data", f"{_UNKNOWN}: the job file is not there any more")]
    return [
        Said("Data classes (as rows name them)", listed(each.sent.data_classes)),
        Said("Personal data found", listed(each.sent.personal_data)),
        Said("Modalities", listed(each.sent.modalities)),
        Said("Languages", listed(each.sent.languages)),
    ]


def listed(counts: Sequence[Counted]) -> str:
    """`email in 12, phone in 3`."""
    return ", ".join(f"{each.name.replace('_', ' ')} {each.count:,}" for each in counts) or "none"


def _transfers(found: Sequence[Recipient]) -> Chapter:
    """Third countries, apart."""
    title = "Transfers to third countries"
    if not found:
        none = "nothing that is really sent goes outside the EEA, or to a place that is unknown"
        return Chapter(title, (), (f"None: by the terms above {none}.",))
    return Chapter(title, tuple(Said(_where(each), _OUTSIDE[each.terms.outside_eea]) for each in found))


def _where(each: Recipient) -> str:
    regions = ", ".join(_REGIONS.get(name, name) for name in each.terms.regions) or _UNKNOWN
    return f"{each.upstream or each.provider}{' (possible)' if each.possible else ''}: {regions}"
