"""The record as a whole: recipients of runs and plans, what stays here, and what has to be said beside it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from modelroute_cli.catalog.processing import ProcessingSettings
from modelroute_cli.report.processing.reading import Part
from modelroute_cli.report.processing.recipients import possible, recipients
from modelroute_cli.report.processing.types import Kept, Recipient, Record, Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Subjected:
    """A run or a plan, with its parts: a run's questions and its pilot are parts of their own."""

    subject: Subject
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What a record says besides: who is responsible, what is kept here, when and by what it was made."""

    responsible: ProcessingSettings
    kept: tuple[Kept, ...]
    made_at: str
    tool_version: str


def record(subjected: Sequence[Subjected], frame: Frame) -> Record:
    """The record of all of them; pure."""
    found = recipients([part for each in subjected for part in each.parts])
    planned = [part.plan.header for each in subjected if each.subject.kind == "plan" for part in each.parts]
    others = tuple(dict.fromkeys(other for header in planned for other in possible(header, found)))
    subjects = tuple(each.subject for each in subjected)
    return Record(
        made_at=frame.made_at,
        tool_version=frame.tool_version,
        responsible=frame.responsible,
        subjects=subjects,
        recipients=(*found, *others),
        kept=frame.kept,
        notes=tuple(_notes(subjects, (*found, *others))),
    )


def outside(found: Sequence[Recipient]) -> tuple[Recipient, ...]:
    """Recipients outside the EEA, or at places that nobody states; an emulator is no recipient."""
    return tuple(
        each
        for each in found
        if each.terms.outside_eea != "no" and (each.possible or each.emulated < each.transmissions)
    )


def _notes(subjects: Sequence[Subject], found: Sequence[Recipient]) -> Iterator[str]:
    """What a reader must know about the numbers."""
    if any(subject.emulated for subject in subjects):
        yield "EMULATED: answers came from an emulator on this machine; of such transmissions nothing left it."
    if any(subject.kind == "plan" for subject in subjects):
        yield "A plan says what would be sent at first; retries, escalations, judges and comparisons come on top."
    yield "A transmission is counted before it is sent; one that failed on its way may never have arrived."
    yield (
        "Personal data is found by patterns and check digits (e-mail, phone, IBAN, card, identity numbers). Names, "
        "postal addresses and what stands in pictures, sound or documents are not found: `none found` does not say "
        "that there is none."
    )
    if any(each.redacted for each in found):
        yield "Categories are those of the requests as they were given; some of it was replaced before it was sent."
    if any(each.sent is None and not each.possible for each in found):
        yield "Categories are unknown where the job file changed or is not there any more."
    if any(each.upstream for each in found):
        yield "A gateway passes requests on; the terms are those that its card states, and the account there is yours."
    yield "Terms are those of the catalog and of the settings at planning; check them against your contracts."
    yield "Filled in from what this tool knows. It is no legal advice."
