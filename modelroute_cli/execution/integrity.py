"""Whether a journal can be trusted when it is opened: one that was cut, emptied or damaged is refused, not used.

What SQLite finds by itself is little: it reads a page when it needs it. `PRAGMA quick_check` reads all of them, which
takes 0.15 s for 100,000 requests (64 MB) and 1.5 s for a million. That is nothing beside paying answers again, so
after an end that was no clean one (a write-ahead file is left) every journal is read whole, and a small one always.
A large one that was closed properly is taken as it is: what wrote it last, wrote it well.
"""

import sqlite3
from pathlib import Path

from modelroute_cli.base.errors import StorageError
from modelroute_cli.execution.database import damaged

_SMALL_BYTES = 64 * 1024 * 1024
_LOG = "log.jsonl"  # written once the journal stands


def was_cut_off(path: Path) -> bool:
    """Whether the last session had no time to close the journal; StorageError when what it held is gone.

    SQLite takes a file of no length for a new database, and throws away a write-ahead file beside it.
    """
    left = _size(path.with_name(f"{path.name}-wal"))
    if _size(path) == 0 and (left or (path.exists() and _size(path.with_name(_LOG)))):
        raise damaged(path, "it is empty, and the run has begun")
    return left > 0


def check_pages(connection: sqlite3.Connection, path: Path, *, cut_off: bool) -> None:
    """Nothing when every page is as it was written; StorageError with the first that is not."""
    (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
    if not cut_off and _size(path) % page_bytes:
        raise damaged(path, "it ends within a page")  # SQLite would read the rest as zeros
    if not cut_off and _size(path) > _SMALL_BYTES:
        return
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise damaged(path, str(found).replace("\n", " "))


def _size(path: Path) -> int:
    """Bytes; 0 where there is no file. StorageError where it cannot be looked at."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
    except OSError as error:
        message = f"the run's journal `{path}` cannot be used: {error.strerror}"
        raise StorageError(message) from error
