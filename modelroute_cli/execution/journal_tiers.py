"""What became of lines of batches that gave no answer, by service tier: sums that SQLite makes."""

import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from modelroute_cli.execution.batching.counting import CANCELLED, EXPIRED, GONE, MISSING
from modelroute_cli.execution.batching.submitting import NOBODY_KNOWS
from modelroute_cli.execution.database import reading

_ENDS = {EXPIRED: "expired", CANCELLED: "cancelled", MISSING: "missing", GONE: "gone", NOBODY_KNOWS: "unclear"}
_UNANSWERED = """
SELECT i.service_tier, o.message, COUNT(*), COALESCE(SUM(f.status = 'accepted'), 0),
       COALESCE(SUM(f.status = 'failed'), 0)
FROM intents i JOIN outcomes o USING (attempt) LEFT JOIN finals f ON f.row = i.row
WHERE i.batch IS NOT NULL AND o.outcome <> 'answered' GROUP BY i.service_tier, o.message
"""
_SETTLED = """
SELECT b.service_tier, s.text FROM batch_steps s JOIN batches b USING (batch)
WHERE s.step = 'settled' AND s.text LIKE '%doubled%' ORDER BY s.rowid
"""
_DOUBLED = re.compile(r"([\d,]+) doubled")


class LineEnds(Struct, frozen=True, kw_only=True):
    """Lines of batches that ended in one way, and what their requests came to in the end, other attempts included."""

    service_tier: str
    end: str  # expired, cancelled, missing, gone (the batch), unclear (whether taken), failed, doubled (counted once)
    lines: int
    accepted: int
    failed: int


def line_ends(path: Path) -> tuple[LineEnds, ...]:
    """All that are no plain answer, by tier and end; StorageError."""
    with reading(path) as connection:
        unanswered = connection.execute(_UNANSWERED).fetchall()
        settled = connection.execute(_SETTLED).fetchall()
    found: dict[tuple[str, str], list[int]] = {}
    for tier, message, *counts in unanswered:
        known = found.setdefault((tier, _ENDS.get(message or "", "failed")), [0, 0, 0])
        found[tier, _ENDS.get(message or "", "failed")] = [old + new for old, new in zip(known, counts, strict=True)]
    ends = [_ends(key, counts) for key, counts in found.items()]
    return tuple(sorted([*ends, *_doubled(settled)], key=lambda each: (each.service_tier, each.end)))


def _ends(key: tuple[str, str], counts: list[int]) -> LineEnds:
    lines, accepted, failed = counts
    return LineEnds(service_tier=key[0], end=key[1], lines=lines, accepted=accepted, failed=failed)


def _doubled(settled: list[tuple[str, str]]) -> Iterator[LineEnds]:
    """Lines that results held twice: nothing but what is said of a batch counts them."""
    counts: dict[str, int] = {}
    for tier, text in settled:
        said = _DOUBLED.search(text)
        if said is not None:
            counts[tier] = counts.get(tier, 0) + int(said[1].replace(",", ""))
    for tier, count in counts.items():
        yield LineEnds(service_tier=tier, end="doubled", lines=count, accepted=count, failed=0)
