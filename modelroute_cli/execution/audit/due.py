"""Of which requests a journal has something new, and what the plan says of them: as arrays of their rows."""

import sqlite3
from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from modelroute_cli.base.spill import blocks
from modelroute_cli.execution.audit.cursor import Cursor
from modelroute_cli.execution.audit.numbers import numbers_of
from modelroute_cli.planning.plan import Plan

Rows = npt.NDArray[np.int64]
Values = tuple[Any, ...]  # a row of a query: its columns are those of the query

FINALS = "SELECT f.row, COALESCE(r.after_attempt, 0) FROM finals f LEFT JOIN reopened r USING (row) ORDER BY f.row"
"""Rows that came to their end, and after which attempt they had been taken up again (0: they had not)."""
_NEW_ATTEMPTS = """
SELECT i.attempt, i.row FROM intents i LEFT JOIN outcomes o USING (attempt)
WHERE i.attempt >= ? AND (i.batch IS NULL OR o.attempt IS NOT NULL)
"""
_OPEN_ROW = "SELECT row FROM intents WHERE attempt = ?"
_DECIDED = (
    "row",
    "custom_id",
    "task_type",
    "template",
    "tenant",
    "model",
    "service_tier",
    "rule",
    "reason",
    "cost_pusd",
    "cost_high_pusd",
    "quality",
    "quality_low",
    "duplicate_of",
)
_BLOCK = 20_000  # requests whose decisions are held at once


def pairs_of(found: sqlite3.Cursor) -> Rows:
    """Two columns of numbers, of which no row is kept as an object."""
    return numbers_of(chain.from_iterable(found)).reshape(-1, 2)


def rows_due(connection: sqlite3.Connection, cursor: Cursor, finals: Rows) -> Rows:
    """The rows of which something may be new, in order; they stand in a table of their own, to be joined with."""
    pairs = pairs_of(connection.execute(_NEW_ATTEMPTS, (cursor.attempts.first_missing(),)))
    tried = pairs[cursor.attempts.missing(pairs[:, 0]), 1]
    again = numbers_of(row for attempt in cursor.open for (row,) in connection.execute(_OPEN_ROW, (attempt,)))
    ended = finals[_is_news(finals[:, 0], finals[:, 1], cursor), 0]
    rows = np.unique(np.concatenate([tried, again, ended]))
    connection.execute("DROP TABLE IF EXISTS temp.news")
    connection.execute("CREATE TEMP TABLE news (row INTEGER PRIMARY KEY)")
    connection.executemany("INSERT INTO temp.news VALUES (?)", ((row,) for row in rows.tolist()))
    connection.commit()
    return rows


def _is_news(rows: Rows, after: Rows, cursor: Cursor) -> npt.NDArray[np.bool_]:
    """Which ends were not told: of rows that are new, and of rows that ended once more."""
    fresh = cursor.ended.missing(rows)
    for at in np.flatnonzero(after > 0):
        fresh[at] |= cursor.again.get(int(rows[at]), 0) != after[at]
    return fresh


def copies_due(plan: Plan, finals: Rows, cursor: Cursor) -> Rows:
    """Duplicates whose answer came to its end, which was not told of them: their rows, and those they are of."""
    of_others = plan.assignments.filter(pl.col("duplicate_of").is_not_null()).select("row", "duplicate_of")
    pairs = of_others.collect().to_numpy().astype(np.int64).reshape(-1, 2)
    at = np.searchsorted(finals[:, 0], pairs[:, 1])
    has_end = at < len(finals)
    has_end[has_end] = finals[at[has_end], 0] == pairs[has_end, 1]
    pairs, at = pairs[has_end], at[has_end]
    return pairs[_is_news(pairs[:, 0], finals[at, 1], cursor)]


def decided_of(plan: Plan, rows: Rows | None) -> Iterator[Values]:
    """What the plan says of these rows (None: all), some at a time, in input order."""
    if rows is None:
        for block in blocks(plan.assignments.select(_DECIDED)):
            yield from block.iter_rows()
        return
    for begin in range(0, len(rows), _BLOCK):
        part = rows[begin : begin + _BLOCK]
        between = plan.assignments.filter(pl.col("row").is_between(int(part[0]), int(part[-1])))
        wanted = pl.DataFrame({"row": part}, schema={"row": pl.Int64})
        yield from between.select(_DECIDED).collect().join(wanted, on="row", how="semi").iter_rows()
