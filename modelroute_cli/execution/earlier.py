"""Answers that the journal holds already, for gates that compare an answer with others of its template."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from modelroute_cli.execution.database import reading

_ROWS_AT_ONCE = 500
_ACCEPTED = """
SELECT row, COALESCE(output, text) FROM finals JOIN outcomes USING (attempt) JOIN verdicts USING (attempt)
WHERE finals.status = 'accepted' AND applied LIKE '%near_duplicates%' AND row IN ({rows}) ORDER BY attempt
"""
_LATEST = """
SELECT COALESCE(output, text) FROM intents JOIN outcomes USING (attempt) LEFT JOIN verdicts USING (attempt)
WHERE row = ? AND outcome = 'answered' AND kind NOT IN ('judge', 'control') ORDER BY attempt DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Earlier:
    """The journal at `path`, and the ASSIGNMENTS whose answers it holds."""

    path: Path
    assignments: pl.LazyFrame

    def of(self, template: str) -> list[tuple[int, str]]:
        """Row and text of the accepted answers of a template that were compared, by attempt; StorageError."""
        rows = self.assignments.filter(pl.col("template") == template).select("row").collect()["row"].to_list()
        with reading(self.path) as connection:
            return [found for part in _parts(rows) for found in _accepted(connection, part)]

    def text(self, row: int) -> str | None:
        """The latest answer of a request, None where it has none; StorageError."""
        with reading(self.path) as connection:
            found = connection.execute(_LATEST, (row,)).fetchone()
        return None if found is None else found[0]


def _parts(rows: Sequence[int]) -> Iterator[Sequence[int]]:
    return (rows[start : start + _ROWS_AT_ONCE] for start in range(0, len(rows), _ROWS_AT_ONCE))


def _accepted(connection: sqlite3.Connection, rows: Sequence[int]) -> Iterator[tuple[int, str]]:
    query = _ACCEPTED.format(rows=", ".join("?" * len(rows)))
    yield from connection.execute(query, rows)
