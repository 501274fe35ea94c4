"""Sums over a journal, made by SQLite: no attempt becomes an object, however many there are."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from msgspec import Struct

from modelroute_cli.base.frames import Schema
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.database import reading
from modelroute_cli.execution.meter import ModelTotals

_BY_MODEL = """
SELECT model, COUNT(*), COALESCE(SUM(f.status = 'accepted'), 0), COALESCE(SUM(f.status = 'failed'), 0),
       SUM(kind = 'escalation'), COALESCE(SUM(input_tokens), 0), COALESCE(SUM(output_tokens), 0),
       COALESCE(SUM(cost_pusd), 0), SUM(CASE WHEN cost_pusd IS NULL THEN reserved_pusd ELSE 0 END)
FROM intents i LEFT JOIN outcomes o USING (attempt) LEFT JOIN finals f ON f.row = i.row AND f.attempt = i.attempt
GROUP BY model ORDER BY model
"""
_FAILURES = """
SELECT reason, COUNT(*) FROM finals WHERE status = 'failed' GROUP BY reason ORDER BY COUNT(*) DESC, reason
"""
_ROWS_OF = "SELECT row FROM finals WHERE status = 'failed' AND reason = ? ORDER BY row LIMIT ?"
_FAILED = """
SELECT row FROM finals WHERE status = 'failed' UNION SELECT row FROM reopened WHERE row NOT IN (SELECT row FROM finals)
"""
_SLIM = """
SELECT row, model, kind, outcome, input_tokens, output_tokens, cost_pusd FROM intents JOIN outcomes USING (attempt)
"""
_SLIM_COLUMNS: Schema = {
    "row": pl.Int64,
    "model": pl.String,
    "kind": pl.String,
    "outcome": pl.String,
    "input_tokens": pl.Int64,
    "output_tokens": pl.Int64,
    "cost_pusd": pl.Int64,
}
_AT_ONCE = 50_000  # rows as Python objects


class ModelSums(Struct, frozen=True):
    """What one model did; `accepted` and `failed` are requests that ended with an answer of its."""

    model: str
    attempts: int
    accepted: int
    failed: int
    escalations: int
    input_tokens: int
    output_tokens: int
    cost_pusd: PicoUSD
    held_pusd: PicoUSD  # of attempts whose cost is not known, those in flight included


@dataclass(frozen=True, slots=True)
class Ended:
    """How many requests came to their end."""

    accepted: int
    failed: int


@dataclass(frozen=True, slots=True)
class Failed:
    """Requests that failed for one reason, with the rows of the first."""

    reason: str
    requests: int
    rows: tuple[int, ...]


def model_sums(path: Path) -> tuple[ModelSums, ...]:
    """What each model did so far, by name, also while the run goes on; StorageError."""
    with reading(path) as connection:
        return tuple(ModelSums(*row) for row in connection.execute(_BY_MODEL))


def totals_by_model(path: Path) -> dict[str, ModelTotals]:
    """The same as far as a session that goes on must know; StorageError."""
    return {
        sums.model: ModelTotals(sums.accepted + sums.failed, sums.escalations, sums.cost_pusd)
        for sums in model_sums(path)
    }


def ended(path: Path) -> Ended:
    """How many requests came to their end; StorageError."""
    query = "SELECT COALESCE(SUM(status = 'accepted'), 0), COALESCE(SUM(status = 'failed'), 0) FROM finals"
    with reading(path) as connection:
        return Ended(*connection.execute(query).fetchone())


def last_cap(path: Path) -> PicoUSD | None:
    """The hard cap of the last session; StorageError."""
    with reading(path) as connection:
        found = connection.execute("SELECT cap_pusd FROM caps ORDER BY rowid DESC LIMIT 1").fetchone()
    return None if found is None else PicoUSD(found[0])


def failures(path: Path, shown: int) -> tuple[Failed, ...]:
    """Why requests failed, the most frequent reason first, each with the first rows; StorageError."""
    with reading(path) as connection:
        found = connection.execute(_FAILURES).fetchall()
        return tuple(Failed(reason, count, _rows(connection, reason, shown)) for reason, count in found)


def _rows(connection: sqlite3.Connection, reason: str, shown: int) -> tuple[int, ...]:
    return tuple(row for (row,) in connection.execute(_ROWS_OF, (reason, shown)))


def failed_rows(path: Path) -> frozenset[int]:
    """The requests that ended as failed, and those that were opened again for it and have not ended; StorageError."""
    with reading(path) as connection:
        return frozenset(row for (row,) in connection.execute(_FAILED))


def slim_attempts(path: Path) -> pl.DataFrame:
    """What projections need of the attempts that ended, without texts or times; StorageError."""
    with reading(path) as connection:
        return _frame(connection.execute(_SLIM), _SLIM_COLUMNS)


def ended_rows(path: Path) -> pl.DataFrame:
    """The rows of the requests that came to their end; StorageError."""
    with reading(path) as connection:
        return _frame(connection.execute("SELECT row FROM finals"), {"row": pl.Int64})


def _frame(cursor: sqlite3.Cursor, schema: Schema) -> pl.DataFrame:
    """What a query gives, a part at a time, so that no more than a part is ever there as Python objects."""
    parts = [pl.DataFrame(schema=schema)]
    while rows := cursor.fetchmany(_AT_ONCE):
        parts.append(pl.DataFrame(rows, schema=schema, orient="row"))
    return pl.concat(parts)
