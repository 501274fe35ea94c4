"""The history's table, made and migrated by an ordered list of functions; the version is SQLite's `user_version`."""

import sqlite3
from collections.abc import Callable

_ROWS = """
CREATE TABLE sums (
    run TEXT NOT NULL, source TEXT NOT NULL, template TEXT NOT NULL, task_type TEXT NOT NULL, language TEXT NOT NULL,
    model TEXT NOT NULL, model_served TEXT, baseline TEXT NOT NULL, scorer TEXT NOT NULL, day TEXT NOT NULL,
    emulated INTEGER NOT NULL, n INTEGER NOT NULL CHECK (n > 0), quality_sum REAL NOT NULL,
    quality_squares REAL NOT NULL, n_paired INTEGER NOT NULL CHECK (n_paired BETWEEN 0 AND n),
    difference_sum REAL NOT NULL, difference_squares REAL NOT NULL, n_tokens INTEGER NOT NULL,
    output_tokens_sum INTEGER NOT NULL, output_tokens_squares INTEGER NOT NULL, n_cost INTEGER NOT NULL,
    cost_pusd INTEGER NOT NULL)
"""
_ONE_EACH = """
CREATE UNIQUE INDEX one_each ON sums (run, source, template, task_type, language, model, ifnull(model_served, ''),
    baseline, scorer, day, emulated)
"""


def _sums(connection: sqlite3.Connection) -> None:
    """Version 1: the sums, one row for each of what tells them apart."""
    connection.execute(_ROWS)
    connection.execute(_ONE_EACH)


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (_sums,)


def version(connection: sqlite3.Connection) -> int:
    """How many migrations a file has seen."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def bring_up(connection: sqlite3.Connection) -> None:
    """Bring the table to the newest version, inside the caller's transaction; a newer one stays as it is."""
    for number, step in enumerate(MIGRATIONS[version(connection) :], start=version(connection) + 1):
        step(connection)
        connection.execute(f"PRAGMA user_version = {number}")
