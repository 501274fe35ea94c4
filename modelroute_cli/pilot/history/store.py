"""The history's file: opened for one reader or one writer at a time, checked, and set aside when it is damaged.

Problem: several processes may make, write and read it at once, and may be killed meanwhile. Turning a file to WAL
while others open it fails without waiting, so it is made aside, tables and all, and linked into its place: whoever
comes second finds it whole. Each writing is one transaction; writers wait for each other.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from tempfile import mkstemp

import msgspec

from modelroute_cli.base.errors import HistoryError
from modelroute_cli.execution.transactions import transaction
from modelroute_cli.pilot.history.place import USUAL
from modelroute_cli.pilot.history.tables import MIGRATIONS, bring_up, version

_BUSY_S = 10.0
_CODE = 0xFF  # of SQLite's error codes: the rest says more of the same
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_MARK = 0x6D726869  # SQLite's `application_id`, `mrhi`: so that no other program's file is taken for a history
_MAGIC = b"SQLite format 3\0"
_MARK_AT = 68
_HEADER_BYTES = 72
_BESIDE = ("", "-wal", "-shm")
_ELSEWHERE = "name another file in `history.file`, or do without: `MODELROUTE_HISTORY=off`"


class DamagedHistoryError(HistoryError):
    """The file is no database any more, or not a whole one."""


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """One transaction on the history at `path`, made where there is none; all of it is written, or nothing.

    HistoryError when it cannot be written, DamagedHistoryError when it is not whole.
    """
    with _errors(path), closing(_open(path)) as connection:
        connection.execute("PRAGMA secure_delete = ON")  # what is forgotten is overwritten
        _check(connection, path)
        with transaction(connection):
            _bring_up(connection)
            yield connection
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """The history at `path`, which stays as it is; an empty one where there is none.

    HistoryError when it cannot be read, DamagedHistoryError when it is not whole.
    """
    with _errors(path), closing(_view(path)) as connection:
        yield connection


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Only one process at a time is here, for the history at `path`; HistoryError where its folder takes no lock."""
    with _errors(path), path.with_name(f"{path.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # given back when the file is closed, or the process ends
        yield


def set_aside(path: Path, at: datetime) -> Path:
    """Rename a damaged history, `history.db` to `history.db.damaged-20261123T101500`; nothing is deleted.

    Itself last: once it is gone somebody may make a new one, and what then lies beside it is the new one's.
    """
    stamp = f"{path.name}.damaged-{at.astimezone(UTC):%Y%m%dT%H%M%S}"
    names = (path.with_name(f"{stamp}-{number}" if number else stamp) for number in count())
    aside = next(name for name in names if not name.exists())
    with _errors(path):
        for suffix in reversed(_BESIDE):
            with suppress(FileNotFoundError):
                Path(f"{path}{suffix}").rename(f"{aside}{suffix}")
    return aside


def _open(path: Path, tries: int = 3) -> sqlite3.Connection:
    """A connection to the history, made where there is none; a damaged one may just be set aside by somebody else."""
    if not path.exists():
        _make(path)
    uri = f"{path.resolve().as_uri()}?mode=rw"
    try:
        return sqlite3.connect(uri, uri=True, timeout=_BUSY_S, isolation_level=None)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & _CODE != sqlite3.SQLITE_CANTOPEN or tries == 1:
            raise
    return _open(path, tries - 1)


def _view(path: Path) -> sqlite3.Connection:
    """A connection that cannot write; of an older version, a copy in memory that was brought up."""
    if not path.exists():
        return _in_memory()
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=_BUSY_S, isolation_level=None)
    try:
        _check(connection, path)
        if version(connection) == len(MIGRATIONS):
            return connection
        copy = sqlite3.connect(":memory:", isolation_level=None)
        connection.backup(copy)
        bring_up(copy)
    except BaseException:
        connection.close()
        raise
    connection.close()
    return copy


def _in_memory() -> sqlite3.Connection:
    """An empty history."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    bring_up(connection)
    return connection


def _make(path: Path) -> None:
    """A new history in its place, for the user's eyes alone (mode 600); one that somebody else made meanwhile stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    number, aside = mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(number)
    try:
        with closing(sqlite3.connect(aside, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            with transaction(connection):
                _bring_up(connection)
        _place(Path(aside), path)
    finally:
        for suffix in _BESIDE:
            Path(f"{aside}{suffix}").unlink(missing_ok=True)


def _place(made: Path, path: Path) -> None:
    """Give a file its name unless another has it."""
    try:
        os.link(made, path)
    except FileExistsError:
        return
    except OSError:  # a file system without links
        if not path.exists():
            made.replace(path)


def _bring_up(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA application_id = {_MARK}")
    bring_up(connection)


def _check(connection: sqlite3.Connection, path: Path) -> None:
    """HistoryError for another program's file, for a newer version, and for a file that is not whole."""
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise _damaged(path, found)
    mark = connection.execute("PRAGMA application_id").fetchone()[0]
    if mark != _MARK and connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise _foreign(path)
    if version(connection) > len(MIGRATIONS):
        message = f"the history `{path}` was written by a newer modelroute (format {version(connection)})"
        raise HistoryError(message, hint=f"upgrade modelroute, or {_ELSEWHERE}")


def _is_ours(path: Path) -> bool:
    """Whether a damaged file was a history: by its header, or by its place, where nobody else puts anything.

    A settings file may name any file, and none of another program is ever renamed.
    """
    with suppress(OSError), path.open("rb") as file:
        header = file.read(_HEADER_BYTES)
        if header.startswith(_MAGIC) and header[_MARK_AT:] == _MARK.to_bytes(4, "big"):
            return True
    return path.parts[-2:] == USUAL.parts


def _foreign(path: Path) -> HistoryError:
    return HistoryError(f"`{path}` is a file of something else, not a history", hint=_ELSEWHERE)


def _damaged(path: Path, what: str) -> HistoryError:
    """DamagedHistoryError for a history, a plain one for a file that never was one."""
    if not _is_ours(path):
        return _foreign(path)
    message = f"the history `{path}` is damaged: {what}"
    hint = "put back a copy of it; otherwise the next pilot or run sets it aside and begins a new one"
    return DamagedHistoryError(message, hint=hint)


@contextmanager
def _errors(path: Path) -> Iterator[None]:
    """What SQLite and the disk refuse, as HistoryError: the one place that maps it."""
    try:
        yield
    except msgspec.ValidationError as error:  # of a row, which somebody else wrote
        raise _damaged(path, str(error)) from error
    except (sqlite3.Error, OSError, OverflowError) as error:
        if getattr(error, "sqlite_errorcode", 0) & _CODE in _DAMAGED:
            raise _damaged(path, str(error)) from error
        message = f"the history `{path}` cannot be used: {error}"
        raise HistoryError(message, hint=_ELSEWHERE) from error
