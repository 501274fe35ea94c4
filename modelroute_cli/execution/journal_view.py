"""A journal as readers open it: they never write, and one of an earlier version reads as the newest."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from modelroute_cli.execution.database import storage_errors
from modelroute_cli.execution.journal_schema import is_newest, migrate


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


def _copied(connection: sqlite3.Connection) -> sqlite3.Connection:
    """All of a database, in memory."""
    copy = sqlite3.connect(":memory:", isolation_level=None)
    connection.backup(copy)
    return copy
