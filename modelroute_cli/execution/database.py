"""SQLite as this room uses it: whole transactions, and its refusals mapped once."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from modelroute_cli.base.errors import StorageError

_CODE = 0xFF  # of SQLite's error codes: the rest says more of the same
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_HINT = "free some space or make the folder writable, then type the same command: nothing recorded is lost"


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """SQLite's refusals as StorageError: the one place that maps them."""
    try:
        yield
    except (sqlite3.DatabaseError, OSError) as error:
        if getattr(error, "sqlite_errorcode", 0) & _CODE in _DAMAGED:
            raise damaged(path, str(error)) from error
        message = f"the run's journal `{path}` cannot be used: {error}"
        raise StorageError(message, hint=_HINT) from error


def damaged(path: Path, what: str) -> StorageError:
    """A journal that cannot be trusted; nothing is sent by it."""
    message = f"the run's journal `{path}` is damaged: {what}"
    hint = "put back a copy of the run's folder, or add `--restart`, which sends and pays every request again"
    return StorageError(message, hint=hint)
