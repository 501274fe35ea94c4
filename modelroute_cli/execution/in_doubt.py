"""Requests that were in flight when a run was cut off, questions to judges among them: billed or not, nobody knows."""

from pathlib import Path

from msgspec import Struct

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.database import reading

_LAST = """
SELECT i.model, i.row, i.kind, i.reserved_pusd FROM intents i LEFT JOIN outcomes o USING (attempt)
WHERE i.row NOT IN (SELECT row FROM finals) AND (i.batch IS NULL OR o.attempt IS NOT NULL)
AND COALESCE(o.outcome, 'unknown') = 'unknown'
AND i.attempt = (SELECT MAX(attempt) FROM intents own WHERE own.row = i.row)
"""
ROWS_IN_DOUBT = f"SELECT row FROM ({_LAST}) WHERE kind NOT IN ('judge', 'control')"  # noqa: S608 - our own text


class Doubt(Struct, frozen=True):
    """Requests of one model whose outcome is unknown, and the most that they can have cost."""

    model: str
    requests: int
    most_pusd: PicoUSD


def in_doubt(path: Path) -> tuple[Doubt, ...]:
    """The requests that are to be sent again although they may have been billed, by model; StorageError.

    Only meant while nobody executes the run: what is in flight then looks the same.
    """
    query = f"SELECT model, COUNT(*), SUM(reserved_pusd) FROM ({_LAST}) GROUP BY model ORDER BY model"  # noqa: S608 - as above
    with reading(path) as connection:
        return tuple(Doubt(*row) for row in connection.execute(query))
