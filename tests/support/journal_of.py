"""A journal on the disk that says what frames made by hand say."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import polars as pl

from modelroute_cli.execution.journal_schema import migrate
from modelroute_cli.report.run_types import RunFacts

_INTENT = ("attempt", "row", "kind", "model", "service_tier", "reserved_pusd", "max_tokens", "started_at")
_OUTCOME = (
    "attempt", "outcome", "failure", "model_served", "finish_reason", "input_tokens", "output_tokens",
    "cache_read_tokens", "cache_write_tokens", "reasoning_tokens", "cost_pusd", "latency_s", "emulated", "text",
)  # fmt: skip


def journal_of(facts: RunFacts, path: Path, texts: Mapping[int, str] | None = None) -> Path:
    """The attempts and ends of `facts` as a journal at `path`, with these texts of answers by attempt."""
    said = pl.col("attempt").replace_strict(texts or {}, default="", return_dtype=pl.String)
    sent = facts.attempts.with_columns(
        said.alias("text"),
        pl.lit(400).alias("max_tokens"),
        pl.col("started_at").dt.strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00"),
    )
    judged = sent.filter(pl.col("verdict").is_not_null()).select(
        "attempt", pl.col("verdict") == "pass", pl.col("verdict").alias("gate"), pl.col("detail").fill_null("")
    )
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrate(connection, path)
        connection.execute("BEGIN")
        _insert(connection, "intents", sent.select(_INTENT))
        _insert(connection, "outcomes", sent.filter(pl.col("outcome") != "open").select(_OUTCOME))
        _insert(connection, "verdicts", judged.rename({"verdict": "passed"}))
        _insert(connection, "finals", facts.finals.select("row", "status", "attempt", "reason"))
        connection.execute("COMMIT")
    return path


def _insert(connection: sqlite3.Connection, table: str, rows: pl.DataFrame) -> None:
    """All rows of a frame."""
    marks = ", ".join("?" * rows.width)
    connection.executemany(f"INSERT INTO {table} ({', '.join(rows.columns)}) VALUES ({marks})", rows.iter_rows())  # noqa: S608 - names of our own
