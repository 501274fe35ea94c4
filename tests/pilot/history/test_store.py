"""The history's file: whole whatever happens, the user's alone, nobody else's taken for it."""

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest
from support.measured import NOON, observed, part

from modelroute_cli.base.errors import HistoryError
from modelroute_cli.pilot.history import keeping, store, tables
from modelroute_cli.pilot.history.keeping import record
from modelroute_cli.pilot.history.store import DamagedHistoryError, reading, set_aside, writing
from modelroute_cli.pilot.observation import Observation

MEASURED = observed("gpt-5", [1.0] * 20)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A place for a history, as the data folder has it."""
    return tmp_path / "modelroute" / "history.db"


def test_a_new_history_is_for_its_users_eyes_alone(file: Path) -> None:
    """Mode 600 in a folder of mode 700, and nothing else beside it."""
    record(file, MEASURED, part())
    assert [stat.S_IMODE(path.stat().st_mode) for path in (file, file.parent)] == [0o600, 0o700]
    assert list(file.parent.iterdir()) == [file]


def test_writers_wait_for_each_other(file: Path) -> None:
    """Eight at once, each making the file if it is first: all of it is there in the end."""
    with ThreadPoolExecutor(8) as several:
        list(several.map(lambda number: record(file, MEASURED, part(f"run-{number}")), range(24)))
    assert {row.run for row in keeping.rows(file)} == {f"run-{number}" for number in range(24)}


def test_a_reader_sees_a_whole_state_while_another_writes(file: Path) -> None:
    """What is not committed is not seen, and nobody waits."""
    record(file, MEASURED, part("before"))
    with writing(file) as connection:
        connection.execute("DELETE FROM sums")
        assert [row.run for row in keeping.rows(file)] == ["before"]
    assert keeping.rows(file) == ()


class _BrokenError(Exception):
    """The end of a process, in the middle."""


def _breaking(after: int) -> Iterator[Observation]:
    """Observations that end the process after some of them."""
    yield from MEASURED[:after]
    raise _BrokenError


def _delete_and_break(file: Path) -> None:
    """Everything is gone, but not yet for good."""
    with writing(file) as connection:
        connection.execute("DELETE FROM sums")
        raise _BrokenError


def test_a_recording_that_breaks_off_leaves_what_was_there(file: Path) -> None:
    """All or nothing."""
    record(file, MEASURED, part())
    before = keeping.rows(file)
    with pytest.raises(_BrokenError):
        record(file, _breaking(3), part())
    with pytest.raises(_BrokenError):
        _delete_and_break(file)
    assert keeping.rows(file) == before


_DIES = """
import os, signal, sys
from pathlib import Path
from typing import Any, cast
from modelroute_cli.pilot.history.store import writing
with writing(Path(sys.argv[1])) as connection:
    connection.execute("DELETE FROM sums")
    connection.execute("CREATE TABLE half (done)")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_process_that_is_killed_while_it_writes_leaves_a_whole_history(file: Path) -> None:
    """The next one finds what was there before, and goes on."""
    record(file, MEASURED, part("before"))
    died = subprocess.run([sys.executable, "-c", _DIES, str(file)], check=False, env=os.environ, timeout=60)
    assert died.returncode == -signal.SIGKILL
    record(file, MEASURED, part("after"))
    assert [row.run for row in keeping.rows(file)] == ["after", "before"]
    with reading(file) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'half'").fetchone() == (0,)


class _Dying(sqlite3.Connection):
    """A connection whose process ends at its nth statement: before it, or right after it."""

    left = 0
    after = False

    def _statement(self, work: Callable[[], object]) -> object:
        _Dying.left -= 1
        if _Dying.left == 0 and not _Dying.after:
            os._exit(9)
        found = work()
        if _Dying.left == 0:
            os._exit(9)
        return found

    def execute(self, sql: str, values: Any = (), /) -> sqlite3.Cursor:  # noqa: ANN401 - as sqlite3 has it
        return cast("sqlite3.Cursor", self._statement(lambda: super(_Dying, self).execute(sql, values)))

    def executemany(self, sql: str, values: Any, /) -> sqlite3.Cursor:  # noqa: ANN401 - as sqlite3 has it
        return cast("sqlite3.Cursor", self._statement(lambda: super(_Dying, self).executemany(sql, values)))

    def commit(self) -> None:
        self._statement(super().commit)


_STATEMENTS = 20  # more than a recording takes


@pytest.mark.parametrize("after", [False, True])
def test_a_death_at_any_statement_leaves_the_old_state_or_the_new_one(
    file: Path, monkeypatch: pytest.MonkeyPatch, *, after: bool
) -> None:
    """Never a part, and never a file that nobody can open."""
    record(file, MEASURED, part("old"))
    old, connect = keeping.rows(file), sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *names, **options: connect(*names, factory=_Dying, **options))
    codes = [_code(file, number, after=after) for number in range(1, _STATEMENTS)]
    monkeypatch.undo()
    assert codes == sorted(codes, reverse=True)
    assert {9, 0} == set(codes)
    assert keeping.rows(file)[1:] == old
    record(file, [], part("new"))
    assert keeping.rows(file) == old


def _code(file: Path, number: int, *, after: bool) -> int:
    """How a process ended that died at that statement of a recording; the history is whole after each."""
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # other threads: none is used here
        child = os.fork()
    if child == 0:
        _Dying.left, _Dying.after = number, after
        record(file, MEASURED, part("new"))
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert len(keeping.rows(file)) in {1, 2}
    return status


def test_who_finds_the_file_made_meanwhile_writes_into_it(file: Path, tmp_path: Path) -> None:
    """Two make one at the same time; the second's empty one goes, the first's stays."""
    record(file, MEASURED, part("first"))
    other = tmp_path / "made-aside"
    other.write_bytes(b"empty")
    store._place(other, file)
    assert [row.run for row in keeping.rows(file)] == ["first"]


def test_a_file_system_without_links_is_enough(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is renamed then."""

    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    record(file, MEASURED, part())
    assert list(file.parent.iterdir()) == [file]
    assert len(keeping.rows(file)) == 1


def test_an_empty_file_becomes_a_history(file: Path) -> None:
    """Somebody made it with `touch`."""
    file.parent.mkdir()
    file.touch()
    assert keeping.rows(file) == ()
    record(file, MEASURED, part())
    assert len(keeping.rows(file)) == 1


DAMAGED = "the history `{file}` is damaged: {why}"


@pytest.mark.parametrize(
    ("offset", "garbage"), [(0, b"no database, and it never was "), (4096, b"\xff" * 4000), (100, b"\x00" * 900)]
)
def test_a_damaged_history_is_told(file: Path, offset: int, garbage: bytes) -> None:
    """Wherever the damage is; nothing is read from it, nothing written to it."""
    record(file, MEASURED, part())
    with file.open("r+b") as stream:
        stream.seek(offset)
        stream.write(garbage)
    for use in (lambda: keeping.rows(file), lambda: record(file, MEASURED, part())):
        with pytest.raises(DamagedHistoryError) as caught:
            use()
        assert caught.value.message.startswith(f"the history `{file}` is damaged: ")
        hint = "put back a copy of it; otherwise the next pilot or run sets it aside and begins a new one"
        assert caught.value.hint == hint


def test_a_row_that_cannot_be_is_damage(file: Path) -> None:
    """Somebody else wrote it."""
    record(file, MEASURED, part())
    with writing(file) as connection:
        connection.execute("UPDATE sums SET task_type = 'poetry'")
    with pytest.raises(DamagedHistoryError) as caught:
        keeping.rows(file)
    why = "Invalid enum value 'poetry' - at `$.task_type`"
    assert caught.value.message == DAMAGED.format(file=file, why=why)


def test_a_damaged_history_is_set_aside_whole(file: Path) -> None:
    """With all that SQLite keeps beside it; nothing is deleted."""
    file.parent.mkdir()
    for suffix in ("", "-wal"):
        Path(f"{file}{suffix}").write_text(f"damaged{suffix}")
    aside = set_aside(file, NOON)
    assert aside == file.with_name("history.db.damaged-20261123T120000")
    assert {path.name: path.read_text() for path in file.parent.iterdir()} == {
        "history.db.damaged-20261123T120000": "damaged",
        "history.db.damaged-20261123T120000-wal": "damaged-wal",
    }


def test_nothing_that_was_set_aside_before_is_overwritten(file: Path) -> None:
    """Not even within the same second."""
    for number in range(3):
        record(file, MEASURED, part())
        file.write_text(f"damaged {number}")
        set_aside(file, NOON)
    assert sorted(path.read_text() for path in file.parent.iterdir()) == ["damaged 0", "damaged 1", "damaged 2"]


@pytest.mark.parametrize("content", ["text", "database"])
def test_a_file_of_something_else_is_never_touched(tmp_path: Path, content: str) -> None:
    """A settings file may name any file by mistake."""
    file = tmp_path / "bookmarks.db"
    if content == "text":
        file.write_text("my notes, all of them, for years")
    else:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("CREATE TABLE bookmarks (url)")
    before = file.read_bytes()
    for use in (lambda: keeping.rows(file), lambda: record(file, MEASURED, part())):
        with pytest.raises(HistoryError) as caught:
            use()
        assert not isinstance(caught.value, DamagedHistoryError)
        assert caught.value.message == f"`{file}` is a file of something else, not a history"
        assert caught.value.hint == "name another file in `history.file`, or do without: `MODELROUTE_HISTORY=off`"
    assert file.read_bytes() == before


def test_a_history_of_a_newer_modelroute_stays_as_it_is(file: Path) -> None:
    """It is not damaged, only not understood."""
    record(file, MEASURED, part())
    with writing(file) as connection:
        connection.execute("PRAGMA user_version = 99")
    for use in (lambda: keeping.rows(file), lambda: record(file, MEASURED, part())):
        with pytest.raises(HistoryError) as caught:
            use()
        assert caught.value.message == f"the history `{file}` was written by a newer modelroute (format 99)"


def _noted(connection: sqlite3.Connection) -> None:
    """A version to come."""
    connection.execute("ALTER TABLE sums ADD COLUMN note TEXT")


def test_an_older_history_is_read_as_it_is_and_brought_up_when_it_is_written(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Migrations run in order, in the transaction of the first writing."""
    record(file, MEASURED, part("old"))
    monkeypatch.setattr(tables, "MIGRATIONS", (*tables.MIGRATIONS, _noted))
    monkeypatch.setattr(store, "MIGRATIONS", tables.MIGRATIONS)
    before = file.read_bytes()
    assert [row.run for row in keeping.rows(file)] == ["old"]
    assert file.read_bytes() == before
    record(file, MEASURED, part("new"))
    with reading(file) as connection:
        assert tables.version(connection) == 2
        assert connection.execute("SELECT run, note FROM sums ORDER BY run").fetchall() == [
            ("new", None),
            ("old", None),
        ]


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A file stands where the folder should."""
    (tmp_path / "data").write_text("")
    file = tmp_path / "data" / "history.db"
    with pytest.raises(HistoryError) as caught:
        record(file, MEASURED, part())
    assert caught.value.message.startswith(f"the history `{file}` cannot be used: ")


def test_sums_too_large_for_the_file_are_an_error_of_the_history(file: Path) -> None:
    """A provider that bills more than there is must not end a run."""
    (first,) = observed("gpt-5", [1.0])
    with pytest.raises(HistoryError), writing(file) as connection:
        connection.execute("INSERT INTO sums (n) VALUES (?)", (2**70,))
    assert record(file, [first], part()) == 1
