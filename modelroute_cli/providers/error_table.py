"""The table of errors, `data/errors.yaml`: what each means for a run, a row each, the first that holds decides."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Annotated, Literal

from msgspec import Meta, Struct

from modelroute_cli.base.shipped import shipped_table
from modelroute_cli.providers.base import FailureKind
from modelroute_cli.providers.error_shapes import ErrorNote

TABLE = "errors.yaml"
_READ_CHARS = 4_000  # of a message: what it is about stands at its beginning

Meaning = Literal[
    "retry_now",
    "retry_later",
    "other_model",
    "switch_tier",
    "stop_provider",
    "fail_request",
    "billed_unusable",
    "unknown",
]

KINDS: Mapping[Meaning, FailureKind] = {
    "retry_now": FailureKind.TRANSIENT,
    "retry_later": FailureKind.RATE_LIMITED,
    "other_model": FailureKind.QUOTA,
    "switch_tier": FailureKind.TIER,
    "stop_provider": FailureKind.ACCOUNT,
    "fail_request": FailureKind.REQUEST,
    "billed_unusable": FailureKind.UNUSABLE,
    "unknown": FailureKind.UNKNOWN,
}
"""The words of the table in those of the program."""


class ErrorRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """One row; a condition that is not named holds for every error."""

    means: Meaning
    who: str
    why: str
    source: str
    status: tuple[Annotated[str, Meta(pattern=r"^([1-5]\d\d|[1-5]xx|none)$")] | int, ...] = ()
    words: tuple[Annotated[str, Meta(pattern=r"^[a-z0-9_]+$")], ...] = ()
    phrase: str | None = None
    quotas: str | None = None
    param: str | None = None
    mark: Literal["gateway", "in_flight"] | None = None
    waits_over_s: float | None = None

    @cached_property
    def statuses(self) -> frozenset[str]:
        """The statuses as text."""
        return frozenset(str(status) for status in self.status)

    @cached_property
    def word_set(self) -> frozenset[str]:
        """The words, to be compared with those of an error."""
        return frozenset(self.words)


@dataclass(frozen=True, slots=True)
class Seen:
    """An error as it came: its status (None: it has none of its own), what its body says, how long it asks to wait."""

    status: int | None
    note: ErrorNote
    wait_s: float | None = None


@cache
def rows() -> tuple[ErrorRow, ...]:
    """All rows in order; the last one holds for every error."""
    return shipped_table(TABLE, tuple[ErrorRow, ...])


def row_of(seen: Seen) -> ErrorRow:
    """The first row that holds for an error."""
    return next(row for row in rows() if holds(row, seen))


def holds(row: ErrorRow, seen: Seen) -> bool:
    """Whether all conditions of a row hold for an error."""
    note = seen.note
    return (
        (not row.status or _is_among(row.statuses, seen.status))
        and (not row.words or not row.word_set.isdisjoint(note.words))
        and (row.mark is None or _has_mark(row.mark, note))
        and (row.param is None or note.param == row.param)
        and (row.waits_over_s is None or (seen.wait_s is not None and seen.wait_s > row.waits_over_s))
        and (row.phrase is None or _found(row.phrase, note.message[:_READ_CHARS]))
        and (row.quotas is None or any(_found(row.quotas, name) for name in note.quotas))
    )


def _is_among(statuses: frozenset[str], status: int | None) -> bool:
    """Whether a status, or its class (`5xx`), is named."""
    written = "none" if status is None else str(status)
    return written in statuses or (status is not None and f"{written[0]}xx" in statuses)


def _has_mark(mark: str, note: ErrorNote) -> bool:
    """Whether an error has a shape that only one sender writes."""
    return note.from_gateway if mark == "gateway" else note.in_flight_budget


def _found(pattern: str, text: str) -> bool:
    """Whether a regular expression matches anywhere; the module keeps compiled ones."""
    return re.search(pattern, text, re.IGNORECASE) is not None
