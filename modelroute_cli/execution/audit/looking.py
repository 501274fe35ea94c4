"""Entries of a log one after the other, as they stand there; whether they are genuine is `verifying`'s to say."""

from collections.abc import Iterator
from dataclasses import dataclass

from modelroute_cli.base.errors import StorageError, UsageError
from modelroute_cli.execution.audit.entries import AnyEntry, read_entry
from modelroute_cli.execution.audit.lines import Spot, lines_of, link_of
from modelroute_cli.execution.audit.place import AuditPlace


@dataclass(frozen=True, slots=True)
class Found:
    """An entry, its number and its place."""

    entry: AnyEntry
    number: int
    spot: Spot


def look(place: AuditPlace, *words: bytes) -> Iterator[Found]:
    """The entries whose lines hold one of `words` (none: all), in order; UsageError without a log, StorageError."""
    files = place.files()
    if not files:
        message = f"there is no audit log at `{place.root}`"
        raise UsageError(message, hint="a run writes one, unless `audit.keep` is false")
    for file in files:
        for at, line in enumerate(lines_of(file), start=1):
            if not words or any(word in line for word in words):
                yield _found(line, Spot(file, at))


def _found(line: bytes, spot: Spot) -> Found:
    link = link_of(line)
    try:
        if link is not None:
            return Found(read_entry(line), link.number, spot)
    except ValueError:
        pass
    message = f"`{spot.file}`, line {spot.line}: this is no entry of an audit log"
    raise StorageError(message, hint="`modelroute audit verify` says what else is wrong with it")
