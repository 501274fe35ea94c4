"""What a check of a log found, and what it is checked against."""

import re
from dataclasses import dataclass
from pathlib import Path

import msgspec
from msgspec import Struct

from modelroute_cli.execution.audit.lines import Spot

_CUSTOM_ID = re.compile(rb'"custom_id":("(?:[^"\\]|\\.)*")')
_MOST_KEPT = 100


class Problem(Struct, frozen=True, kw_only=True):
    """Something that no writer of the log did."""

    file: str
    line: int | None  # from 1; None: the file as a whole
    entry: int | None  # the number that belongs there
    custom_id: str | None
    what: str


class Verified(Struct, frozen=True, kw_only=True):
    """What a log came to."""

    kind: str = "audit_verified"
    place: str
    files: int
    entries: int  # that are there
    first: int | None  # number of the first that is there
    hash: str | None  # of the last line; None where there is none
    keyed: int  # of the entries, those under a key
    unsealed: int  # behind the head, where a crash left them
    problems: tuple[Problem, ...]  # the first hundred
    problem_count: int

    @property
    def is_whole(self) -> bool:
        """Whether nothing was found."""
        return self.problem_count == 0


@dataclass(frozen=True, slots=True)
class Noted:
    """A hash that somebody wrote down: the log had so many entries, and this was the hash of the last."""

    entries: int
    hash: str
    where: str


class Findings:
    """Problems as they are found."""

    def __init__(self) -> None:
        self.kept: list[Problem] = []
        self.count = 0

    def add(self, what: str, spot: Spot, entry: int | None = None, line: bytes = b"") -> None:
        """One more; `line` is what stands there."""
        self.count += 1
        if len(self.kept) < _MOST_KEPT:
            self.kept.append(
                Problem(
                    file=spot.file.name, line=spot.line or None, entry=entry, custom_id=custom_id_in(line), what=what
                )
            )

    def of_file(self, what: str, file: Path) -> None:
        """One of a file as a whole."""
        self.add(what, Spot(file, 0))


def custom_id_in(line: bytes) -> str | None:
    """The custom_id that a line names, also where the line is no JSON any more."""
    found = _CUSTOM_ID.search(line)
    if found is None:
        return None
    try:
        return msgspec.json.decode(found[1], type=str)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return found[1].decode("utf-8", "replace")
