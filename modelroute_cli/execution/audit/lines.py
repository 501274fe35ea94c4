"""The lines of a log as bytes, file by file, and what each line says of its place in the chain."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from modelroute_cli.execution.audit.chain import Hasher
from modelroute_cli.execution.audit.entries import Segment, read_entry
from modelroute_cli.execution.audit.place import refused

_BEGINNING = re.compile(rb'\{"n":([1-9][0-9]{0,17}),"prev":"([0-9a-f]{64})",')
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Spot:
    """A line of a file; `line` counts from 1."""

    file: Path
    line: int


@dataclass(frozen=True, slots=True)
class Link:
    """The number that a line says it has, and the hash that it holds of the line before."""

    number: int
    before: str


def lines_of(file: Path, begin: int = 0) -> Iterator[bytes]:
    """The lines from a byte on, each with its line end if it has one; StorageError."""
    try:
        with file.open("rb", buffering=_PIECE) as opened:
            opened.seek(begin)
            yield from opened
    except OSError as error:
        raise refused(file, error) from error


def link_of(line: bytes) -> Link | None:
    """What the line says of its place; None where it is no line of a log."""
    found = _BEGINNING.match(line)
    return None if found is None else Link(int(found[1]), found[2].decode())


def segment_of(file: Path) -> Segment | None:
    """What the first line of a file says of it; None where it says nothing."""
    first = next(lines_of(file), b"")
    try:
        entry = read_entry(first)
    except ValueError:
        return None
    return entry if isinstance(entry, Segment) else None


def hasher_of(file: Path, hasher: Hasher) -> Hasher:
    """What hashes the lines of a file: the one with the key, or none where the file was written without."""
    segment = segment_of(file)
    return hasher if segment is None or is_keyed(segment) else Hasher()


def is_keyed(segment: Segment) -> bool:
    """Whether a file is under a key: by either of two words, so that a change of one does not hide the other."""
    return segment.key_id is not None or segment.mac == "hmac-sha256"
