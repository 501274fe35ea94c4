"""The journal's tables, made and migrated by an ordered list of functions; the version is SQLite's `user_version`."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from modelroute_cli.base.errors import StorageError
from modelroute_cli.execution.transactions import transaction

_FIRST_TABLES = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE caps (at TEXT NOT NULL, cap_pusd INTEGER NOT NULL);
CREATE TABLE intents (
    attempt INTEGER PRIMARY KEY, row INTEGER NOT NULL, kind TEXT NOT NULL, model TEXT NOT NULL,
    service_tier TEXT NOT NULL, reserved_pusd INTEGER NOT NULL, max_tokens INTEGER NOT NULL, started_at TEXT NOT NULL);
CREATE INDEX intents_by_row ON intents (row);
CREATE TABLE outcomes (
    attempt INTEGER PRIMARY KEY, outcome TEXT NOT NULL, failure TEXT, status INTEGER, message TEXT, text TEXT,
    finish_reason TEXT, refusal TEXT, model_served TEXT, input_tokens INTEGER, output_tokens INTEGER,
    cache_read_tokens INTEGER, cache_write_tokens INTEGER, reasoning_tokens INTEGER, cost_pusd INTEGER,
    latency_s REAL, emulated INTEGER NOT NULL);
CREATE TABLE verdicts (
    attempt INTEGER PRIMARY KEY, passed INTEGER NOT NULL, gate TEXT NOT NULL, detail TEXT NOT NULL, output TEXT);
CREATE TABLE finals (row INTEGER PRIMARY KEY, status TEXT NOT NULL, attempt INTEGER, reason TEXT NOT NULL);
CREATE TABLE reopened (row INTEGER PRIMARY KEY, after_attempt INTEGER NOT NULL)
"""


def _first_tables(connection: sqlite3.Connection) -> None:
    """Version 1: facts, caps, intents, outcomes, verdicts, finals, and rows that were opened again."""
    for statement in _FIRST_TABLES.split(";"):
        connection.execute(statement)


_ADDED_TO_OUTCOMES = (
    "priced_pusd INTEGER",
    "reported_pusd INTEGER",
    "served_tier TEXT",
    "request_id TEXT",
    "reasoning TEXT",
    "tool_calls TEXT",
    "image_tokens INTEGER",
    "audio_tokens INTEGER",
)


def _more_of_answers(connection: sqlite3.Connection) -> None:
    """Version 2: what providers say beside the text: their own bill and names, thoughts, calls of tools."""
    for column in _ADDED_TO_OUTCOMES:
        connection.execute(f"ALTER TABLE outcomes ADD COLUMN {column}")


def _more_of_gates(connection: sqlite3.Connection) -> None:
    """Version 3: judges and hedges, which gates looked at an answer, and what happened to the run as a whole."""
    connection.execute("ALTER TABLE intents ADD COLUMN about INTEGER")
    connection.execute("ALTER TABLE verdicts ADD COLUMN applied TEXT")
    connection.execute("ALTER TABLE verdicts ADD COLUMN score REAL")
    connection.execute("ALTER TABLE verdicts ADD COLUMN is_right INTEGER")
    connection.execute(
        "CREATE TABLE events (at TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, "
        "requests INTEGER NOT NULL, text TEXT NOT NULL)"
    )


def _batches(connection: sqlite3.Connection) -> None:
    """Version 4: requests that are handed in together, and what happened to them."""
    connection.execute("ALTER TABLE intents ADD COLUMN batch INTEGER")
    connection.execute("CREATE INDEX intents_by_batch ON intents (batch) WHERE batch IS NOT NULL")
    connection.execute(
        "CREATE TABLE batches (batch INTEGER PRIMARY KEY, provider TEXT NOT NULL, service_tier TEXT NOT NULL, "
        "model TEXT NOT NULL, requests INTEGER NOT NULL, input_tokens INTEGER NOT NULL, bytes INTEGER NOT NULL, "
        "digest TEXT NOT NULL, tag TEXT NOT NULL, made_at TEXT NOT NULL, due_at TEXT)"
    )
    connection.execute(
        "CREATE TABLE batch_steps (batch INTEGER NOT NULL, at TEXT NOT NULL, step TEXT NOT NULL, name TEXT, "
        "done INTEGER, failed INTEGER, text TEXT NOT NULL)"
    )
    connection.execute("CREATE INDEX batch_steps_by_batch ON batch_steps (batch)")


def _realised(connection: sqlite3.Connection) -> None:
    """Version 5: what answers are worth, a control sample of the baseline's, and models that got worse."""
    connection.execute("ALTER TABLE verdicts ADD COLUMN quality REAL")
    connection.execute("ALTER TABLE verdicts ADD COLUMN scorer TEXT")
    connection.execute(
        "CREATE TABLE pairs (row INTEGER PRIMARY KEY, at TEXT NOT NULL, attempt INTEGER, control INTEGER NOT NULL, "
        "quality REAL NOT NULL, control_quality REAL NOT NULL, scorer TEXT NOT NULL)"
    )
    connection.execute(
        "CREATE TABLE drifts (at TEXT NOT NULL, template TEXT NOT NULL, model TEXT NOT NULL, expected REAL NOT NULL, "
        "seen REAL NOT NULL, answers INTEGER NOT NULL, before INTEGER NOT NULL, versus TEXT NOT NULL)"
    )


def _digests(connection: sqlite3.Connection) -> None:
    """Version 6: what was sent in each attempt, as a digest, for the audit log."""
    connection.execute("ALTER TABLE intents ADD COLUMN prompt_sha256 TEXT")


def _redactions(connection: sqlite3.Connection) -> None:
    """Version 7: what was replaced in what was sent, and which placeholders came back."""
    connection.execute(
        "CREATE TABLE redactions (attempt INTEGER PRIMARY KEY, kinds TEXT NOT NULL, lost INTEGER, unknown INTEGER)"
    )


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    _first_tables,
    _more_of_answers,
    _more_of_gates,
    _batches,
    _realised,
    _digests,
    _redactions,
)


def is_newest(connection: sqlite3.Connection) -> bool:
    """Whether the tables are those of this modelroute."""
    return _version(connection) == len(MIGRATIONS)


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring the tables to the newest version, each step whole; StorageError for a journal of a newer modelroute."""
    version = _version(connection)
    if version > len(MIGRATIONS):
        message = f"the journal `{path}` was written by a newer modelroute (format {version})"
        raise StorageError(message, hint="upgrade modelroute, or use `--restart`")
    for number, step in enumerate(MIGRATIONS[version:], start=version + 1):
        with transaction(connection):
            step(connection)
            connection.execute(f"PRAGMA user_version = {number}")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
