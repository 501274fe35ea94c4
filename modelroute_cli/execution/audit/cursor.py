"""How far a run was taken into the log: the log itself says it, and a file beside it saves reading all of it again.

The file is written after the log's head. Where a crash left it behind, the entries that came after are read once more.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from msgspec import Struct

from modelroute_cli.execution.audit.entries import (
    AnyEntry,
    Attempt,
    BatchEntry,
    Began,
    CapEntry,
    EventEntry,
    RequestEntry,
    read_entry,
)
from modelroute_cli.execution.audit.head import Head, write_durably
from modelroute_cli.execution.audit.lines import lines_of, link_of
from modelroute_cli.execution.audit.numbers import Numbers, Ranges
from modelroute_cli.execution.audit.place import AuditPlace, number_of


@dataclass(frozen=True, slots=True)
class Life:
    """One run from its beginning; one that starts over has the same id and another time."""

    run_id: str
    created_at: str

    @property
    def name(self) -> str:
        """A file name for it."""
        return f"{self.run_id}-{hashlib.sha256(self.created_at.encode()).hexdigest()[:8]}"


class Stored(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A cursor in its file: what of the run is in the log up to byte `size` of `file`."""

    run_id: str
    created_at: str
    file: str | None = None
    size: int = 0
    of: int | None = None
    attempts: Ranges = ()
    open: Mapping[int, str] = {}
    ended: Ranges = ()
    again: Mapping[int, int] = {}
    caps: int = 0
    events: int = 0
    steps: int = 0


@dataclass(slots=True, kw_only=True)
class Cursor:
    """What of one run is in the log; counts are of rows of its journal's tables, in their order."""

    life: Life
    of: int | None = None  # the number of the entry with which the run began; None: it has none
    attempts: Numbers = field(default_factory=Numbers)
    open: dict[int, str] = field(default_factory=dict)  # attempts of which more may become known -> what was told
    ended: Numbers = field(default_factory=Numbers)  # rows whose end was told
    again: dict[int, int] = field(default_factory=dict)  # of them, such as had ended before -> after which attempt
    caps: int = 0
    events: int = 0
    steps: int = 0

    @property
    def is_fresh(self) -> bool:
        """Whether no request of the run is in the log."""
        return self.attempts.is_empty and self.ended.is_empty

    def absorb(self, entry: AnyEntry, number: int) -> None:
        """Count an entry of the log; those of other runs are nothing."""
        match entry:
            case Began(run_id=self.life.run_id, created_at=self.life.created_at):
                self.of = entry.of or number
            case RequestEntry() | CapEntry() | EventEntry() | BatchEntry() if entry.of == self.of:
                self._absorb_own(entry)
            case _:
                pass

    def _absorb_own(self, entry: RequestEntry | CapEntry | EventEntry | BatchEntry) -> None:
        match entry:
            case RequestEntry():
                self._absorb_request(entry)
            case CapEntry():
                self.caps += 1
            case EventEntry():
                self.events += 1
            case BatchEntry():
                self.steps += 1

    def _absorb_request(self, entry: RequestEntry) -> None:
        for attempt in entry.attempts:
            self.attempts.add(attempt.attempt)
            told = told_of(attempt)
            if is_open(attempt, is_ended=entry.ended is not None):
                self.open[attempt.attempt] = told
            else:
                self.open.pop(attempt.attempt, None)
        if entry.ended is not None:
            self.ended.add(entry.row)
            if entry.ended.after:
                self.again[entry.row] = entry.ended.after


def told_of(attempt: Attempt) -> str:
    """What an entry tells of an attempt, as far as it can change."""
    return f"{attempt.outcome or ''} {attempt.verdict or ''}"


def is_open(attempt: Attempt, *, is_ended: bool) -> bool:
    """Whether more may become known of it: no outcome, a doubtful one, or an answer that no gate has seen."""
    if attempt.outcome == "answered":
        return attempt.verdict is None and not is_ended
    return attempt.outcome in (None, "unknown")


def has_cursor(place: AuditPlace, life: Life) -> bool:
    """Whether something of the run was taken in before."""
    return _path(place, life).exists()


def load(place: AuditPlace, life: Life, head: Head) -> Cursor:
    """The cursor of a run, brought up to the head of the log; StorageError."""
    stored = _stored(place, life)
    cursor = Cursor(
        life=life,
        of=stored.of,
        attempts=Numbers(stored.attempts),
        open=dict(stored.open),
        ended=Numbers(stored.ended),
        again=dict(stored.again),
        caps=stored.caps,
        events=stored.events,
        steps=stored.steps,
    )
    name = life.run_id.encode()  # stands in each entry of it, so that the others are not decoded
    for line in _later(place, stored, head):
        link = link_of(line) if name in line else None
        if link is not None:
            cursor.absorb(read_entry(line), link.number)
    return cursor


def save(place: AuditPlace, cursor: Cursor, head: Head) -> None:
    """Keep it, as of the head of the log; StorageError."""
    stored = Stored(
        run_id=cursor.life.run_id,
        created_at=cursor.life.created_at,
        file=head.file,
        size=head.size,
        of=cursor.of,
        attempts=cursor.attempts.ranges(),
        open=cursor.open,
        ended=cursor.ended.ranges(),
        again=cursor.again,
        caps=cursor.caps,
        events=cursor.events,
        steps=cursor.steps,
    )
    write_durably(_path(place, cursor.life), msgspec.json.encode(stored))


def _path(place: AuditPlace, life: Life) -> Path:
    return place.cursors / f"{life.name}.json"


def _stored(place: AuditPlace, life: Life) -> Stored:
    """What was kept; nothing where the file is not there or not whole, so that all of the log is read."""
    empty = Stored(run_id=life.run_id, created_at=life.created_at)
    try:
        found = msgspec.json.decode(_path(place, life).read_bytes(), type=Stored)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return empty
    return found if (found.run_id, found.created_at) == (life.run_id, life.created_at) else empty


def _later(place: AuditPlace, stored: Stored, head: Head) -> Iterator[bytes]:
    """The lines of the log behind a cursor; of what stands before the run began nothing concerns it."""
    if (stored.file, stored.size) == (head.file, head.size):
        return
    first = 0 if stored.file is None else number_of(Path(stored.file))
    for file in place.files():
        if number_of(file) >= first:
            yield from lines_of(file, stored.size if file.name == stored.file else 0)
