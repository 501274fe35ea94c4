"""What the journal says of some requests at once: how they ended, and what all of their attempts came to."""

import sqlite3
from collections.abc import Sequence

import msgspec
import polars as pl

from modelroute_cli.base.frames import Schema, check
from modelroute_cli.base.schema import HANDED_IN

ENDINGS: Schema = {
    "row": pl.Int64,
    "status": pl.String,  # accepted, failed
    "reason": pl.String,  # why it failed or what a gate found; empty when accepted. Hostile text
    "model": pl.String,  # that gave the answer; null without one, as are all columns from here on
    "model_served": pl.String,
    "service_tier": pl.String,
    "input_tokens": pl.Int64,
    "output_tokens": pl.Int64,
    "cache_read_tokens": pl.Int64,
    "cache_write_tokens": pl.Int64,
    "reasoning_tokens": pl.Int64,
    "latency_s": pl.Float64,
    "verdict": pl.String,  # `pass`, or the gate that failed
}
EXPENSES: Schema = {
    "row": pl.Int64,
    "attempts": pl.Int64,  # those that asked a judge, or the baseline to compare with, left out
    "escalations": pl.Int64,
    "cost_pusd": pl.Int64,  # of all attempts
    "held_pusd": pl.Int64,  # reserved for those whose cost is not known
    "started_at": pl.String,  # of the first, ISO, UTC
    "emulated": pl.Int64,
}

_HANDED_IN = ", ".join(f"'{tier.value}'" for tier in sorted(HANDED_IN))
_OF_ROWS = "IN (SELECT value FROM json_each(?))"
_ENDINGS = f"""
SELECT f.row, f.status, f.reason, i.model, o.model_served,
       CASE WHEN i.service_tier IN ({_HANDED_IN}) THEN i.service_tier
            ELSE COALESCE(NULLIF(o.served_tier, ''), i.service_tier) END,
       o.input_tokens, o.output_tokens, o.cache_read_tokens, o.cache_write_tokens, o.reasoning_tokens, o.latency_s,
       CASE WHEN v.passed IS NULL THEN NULL WHEN v.passed THEN 'pass' ELSE v.gate END
FROM finals f LEFT JOIN intents i USING (attempt) LEFT JOIN outcomes o USING (attempt)
LEFT JOIN verdicts v USING (attempt) WHERE f.row {_OF_ROWS}
"""  # noqa: S608 - names of our own
_EXPENSES = f"""
SELECT row, SUM(kind NOT IN ('judge', 'control')), SUM(kind = 'escalation'), COALESCE(SUM(cost_pusd), 0),
       SUM(CASE WHEN cost_pusd IS NULL THEN reserved_pusd ELSE 0 END), MIN(started_at), COALESCE(MAX(emulated), 0)
FROM intents LEFT JOIN outcomes USING (attempt) WHERE row {_OF_ROWS} GROUP BY row
"""  # noqa: S608 - names of our own


def endings_of(connection: sqlite3.Connection, rows: Sequence[int]) -> pl.DataFrame:
    """ENDINGS of those of `rows` that came to their end, in any order."""
    return _frame(connection, _ENDINGS, rows, ENDINGS)


def expenses_of(connection: sqlite3.Connection, rows: Sequence[int]) -> pl.DataFrame:
    """EXPENSES of those of `rows` that were tried, in any order."""
    return _frame(connection, _EXPENSES, rows, EXPENSES)


def _frame(connection: sqlite3.Connection, query: str, rows: Sequence[int], schema: Schema) -> pl.DataFrame:
    found = connection.execute(query, (msgspec.json.encode(list(rows)).decode(),)).fetchall()
    return check(pl.DataFrame(found, schema=schema, orient="row"), schema)
