"""What the journal says of verdicts beyond pass or fail: which gates looked, and which of those that failed erred."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from modelroute_cli.base.frames import Schema, check
from modelroute_cli.execution.database import reading
from modelroute_cli.execution.gates.labels import label_form

VERDICTS: Schema = {
    "attempt": pl.Int64,
    "applied": pl.String,  # gates that looked, separated by commas; null where the journal does not say
    "right": pl.Boolean,  # whether a failed answer equals `expected`; null: unknown
    "same": pl.Boolean,  # whether it is, but for case, accents and blanks, the one accepted later; null: none was
}

_JUDGED = "SELECT attempt, applied, is_right FROM verdicts ORDER BY attempt"
_HAS_APPLIED = "SELECT COUNT(*) FROM pragma_table_info('verdicts') WHERE name = 'is_right'"
_REPLACED = """
SELECT v.attempt, COALESCE(v.output, o.text), COALESCE(later.output, a.text)
FROM verdicts v JOIN intents i USING (attempt) JOIN outcomes o USING (attempt)
JOIN finals f ON f.row = i.row AND f.status = 'accepted' AND f.attempt <> v.attempt
JOIN outcomes a ON a.attempt = f.attempt LEFT JOIN verdicts later ON later.attempt = f.attempt
WHERE NOT v.passed
"""


def verdicts_frame(path: Path) -> pl.DataFrame:
    """One row for each answer that was judged, as VERDICTS; none of a journal of an older version. StorageError."""
    with reading(path) as connection:
        if not connection.execute(_HAS_APPLIED).fetchone()[0]:
            return pl.DataFrame(schema=VERDICTS)
        judged = connection.execute(_JUDGED).fetchall()
        same = dict(_replaced(connection))
    rows = [
        (attempt, applied, None if right is None else bool(right), same.get(attempt))
        for attempt, applied, right in judged
    ]
    return check(pl.DataFrame(rows, schema=VERDICTS, orient="row"), VERDICTS)


def _replaced(connection: sqlite3.Connection) -> Iterator[tuple[int, bool]]:
    """The failed answers whose request was accepted with another one, and whether that says the same."""
    for attempt, failed, accepted in connection.execute(_REPLACED):
        yield attempt, _plain(failed) == _plain(accepted)


def _plain(text: str) -> str:
    return label_form(" ".join(text.split()))
