"""The journal's database: SQLite's refusals mapped once, and readers that cannot write."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from modelroute_cli.base.errors import StorageError
from modelroute_cli.execution.journal_schema import is_newest, migrate

_CODE = 0xFF  # of SQLite's error codes: the rest says more of the same
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_HINT = "free some space or make the folder writable, then type the same command: nothing recorded is lost"


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


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A read-only view of a journal, also while another process writes it; StorageError when there is none.

    One that an older modelroute wrote, and may be writing, stays as it is: what is read is a copy in memory, brought
    to the newest version. StorageError for one of a newer modelroute.
    """
    with storage_errors(path):
        if not path.is_file():
            raise FileNotFoundError(2, "there is no journal", str(path))
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            if is_newest(connection):
                yield connection
                return
            with closing(_copied(connection)) as copy:
                migrate(copy, path)
                yield copy


def damaged(path: Path, what: str) -> StorageError:
    """A journal that cannot be trusted; nothing is sent by it."""
    message = f"the run's journal `{path}` is damaged: {what}"
    hint = "put back a copy of the run's folder, or add `--restart`, which sends and pays every request again"
    return StorageError(message, hint=hint)


def _copied(connection: sqlite3.Connection) -> sqlite3.Connection:
    """All of a database, in memory."""
    copy = sqlite3.connect(":memory:", isolation_level=None)
    connection.backup(copy)
    return copy
