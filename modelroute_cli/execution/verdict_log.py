"""What the journal says of verdicts beyond pass or fail: which gates looked, and which of those that failed erred."""

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from modelroute_cli.base.frames import Schema, check
from modelroute_cli.execution.database import reading
from modelroute_cli.execution.gates.labels import label_form

VERDICTS: Schema = {
    "attempt": pl.Int64,  # whose answer a gate failed
    "right": pl.Boolean,  # whether it equals `expected`; null: unknown
    "same": pl.Boolean,  # whether it is, but for case, accents and blanks, the one accepted later; null: none was
}

_OF_REQUESTS = "attempt NOT IN (SELECT attempt FROM intents WHERE kind = 'control')"
_LOOKED = f"SELECT applied, COUNT(*) FROM verdicts WHERE {_OF_REQUESTS} GROUP BY applied"  # noqa: S608 - our own text
_FAILED = f"SELECT attempt, is_right FROM verdicts WHERE NOT passed AND {_OF_REQUESTS} ORDER BY attempt"  # noqa: S608 - as above
_REPLACED = """
SELECT v.attempt, COALESCE(v.output, o.text), COALESCE(later.output, a.text)
FROM verdicts v JOIN intents i USING (attempt) JOIN outcomes o USING (attempt)
JOIN finals f ON f.row = i.row AND f.status = 'accepted' AND f.attempt <> v.attempt
JOIN outcomes a ON a.attempt = f.attempt LEFT JOIN verdicts later ON later.attempt = f.attempt
WHERE NOT v.passed AND i.kind <> 'control'
"""


@dataclass(frozen=True, slots=True)
class VerdictLog:
    """All verdicts, however many: how often gates looked, and VERDICTS of the answers that failed."""

    looked: Mapping[str, int] | None  # answers by gate, in the order of the gates; None where the journal does not say
    failed: pl.DataFrame


def read_verdicts(path: Path) -> VerdictLog:
    """What the journal says. StorageError."""
    with reading(path) as connection:
        same = dict(_replaced(connection))
        failed = [
            (attempt, None if right is None else bool(right), same.get(attempt))
            for attempt, right in connection.execute(_FAILED)
        ]
        looked = _looked(connection.execute(_LOOKED).fetchall())
    return VerdictLog(looked, check(pl.DataFrame(failed, schema=VERDICTS, orient="row"), VERDICTS))


NO_VERDICTS = VerdictLog(None, pl.DataFrame(schema=VERDICTS))
"""Where nothing is known of verdicts."""


def _looked(applied: list[tuple[str | None, int]]) -> Mapping[str, int] | None:
    """How many answers each gate looked at, of counts by all gates that looked; None where some do not say."""
    counts: dict[str, int] = {}
    for gates, answers in applied:
        if gates is None:
            return None
        for gate in gates.split(","):
            counts[gate] = counts.get(gate, 0) + answers
    return counts


def _replaced(connection: sqlite3.Connection) -> Iterator[tuple[int, bool]]:
    """The failed answers whose request was accepted with another one, and whether that says the same."""
    for attempt, failed, accepted in connection.execute(_REPLACED):
        yield attempt, _plain(failed) == _plain(accepted)


def _plain(text: str) -> str:
    return label_form(" ".join(text.split()))
