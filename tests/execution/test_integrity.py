"""Tests of modelroute_cli.execution.integrity: journals that were cut, emptied or damaged."""

import asyncio
import random
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.runs import DIGEST, scratch

from modelroute_cli.base.errors import StorageError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.integrity import check_pages, was_cut_off
from modelroute_cli.execution.journal import Journal
from modelroute_cli.execution.journal_read import read_state
from modelroute_cli.execution.records import AttemptKind, Intent, Outcome, OutcomeKind

HINT = "put back a copy of the run's folder, or add `--restart`, which sends and pays every request again"
GROUPS = 12
TEXT = "Dear Anna, thank you for your order. " * 40


def _intent(attempt: int) -> Intent:
    return Intent(attempt, attempt, AttemptKind.FIRST, "m", "standard", PicoUSD(1000), 200, "2026-11-23T10:00:00+00:00")


def _outcome(attempt: int) -> Outcome:
    return Outcome(attempt=attempt, outcome=OutcomeKind.ANSWERED, text=TEXT, finish_reason="stop", cost_pusd=PicoUSD(7))


@dataclass(frozen=True, slots=True)
class Written:
    """A journal as it lay on the disk in the middle of a session, and how long its write-ahead file was at each ack."""

    journal: Path
    acknowledged: list[int]

    @property
    def log(self) -> Path:
        """The write-ahead file."""
        return self.journal.with_name("journal.db-wal")


async def _write(folder: Path) -> Written:
    """Groups of an intent and an outcome, acknowledged one after the other; the copy is made before it is closed."""
    path, kept = folder / "journal.db", folder / "kept"
    journal = Journal.open(path, DIGEST)
    log, sizes = path.with_name("journal.db-wal"), []
    for attempt in range(1, GROUPS + 1):
        journal.note(_intent(attempt))
        await journal.write(_outcome(attempt))
        sizes.append(log.stat().st_size)
    kept.mkdir()
    for item in (path, log):
        shutil.copy(item, kept / item.name)
    await journal.close()
    return Written(kept / path.name, sizes)


def _reopened(written: Written, folder: Path, log: bytes) -> tuple[int, int]:
    """Intents and outcomes that a journal with this write-ahead file holds, after it was opened as a run does."""
    folder.mkdir()
    path = folder / "journal.db"
    shutil.copy(written.journal, path)
    path.with_name("journal.db-wal").write_bytes(log)
    asyncio.run(_open_and_close(path))
    with closing(sqlite3.connect(path)) as connection:
        return (
            connection.execute("SELECT COUNT(*) FROM intents").fetchone()[0],
            connection.execute("SELECT COUNT(*) FROM outcomes WHERE text = ?", (TEXT,)).fetchone()[0],
        )


async def _open_and_close(path: Path) -> None:
    await Journal.open(path, DIGEST).close()


def _cuts(sizes: list[int], length: int) -> list[int]:
    """Each acknowledged length, one byte before and after, and a number of others."""
    draw = random.Random(3)  # noqa: S311 - places to cut at, no secrets
    around = [size + offset for size in sizes for offset in (-1, 0, 1) if size + offset <= length]
    return [*around, *(draw.randrange(length) for _ in range(20))]


def test_a_write_ahead_file_cut_anywhere_holds_all_that_was_acknowledged_before_the_cut() -> None:
    """And nothing half: what a power cut leaves is a beginning of whole groups."""
    with scratch() as folder:
        written = asyncio.run(_write(folder))
        log = written.log.read_bytes()
        for number, cut in enumerate(_cuts(written.acknowledged, len(log))):
            acknowledged = sum(size <= cut for size in written.acknowledged)
            assert _reopened(written, folder / str(number), log[:cut]) == (acknowledged, acknowledged), cut


def test_a_write_ahead_file_with_a_wrong_byte_is_read_up_to_it() -> None:
    """Its pages carry checksums: what follows the damage is not taken for true, and no group is half."""
    draw = random.Random(4)  # noqa: S311 - places to damage, no secrets
    with scratch() as folder:
        written = asyncio.run(_write(folder))
        log = written.log.read_bytes()
        for number in range(12):
            place = draw.randrange(written.acknowledged[0], len(log))
            damaged = log[:place] + bytes([log[place] ^ 0x40]) + log[place + 1 :]
            whole = sum(size <= place for size in written.acknowledged)
            assert _reopened(written, folder / str(number), damaged) == (whole, whole), place


def _closed(folder: Path) -> Path:
    """A journal that was closed properly."""

    async def write() -> None:
        journal = Journal.open(folder / "journal.db", DIGEST)
        for attempt in range(1, GROUPS + 1):
            journal.note(_intent(attempt))
            await journal.write(_outcome(attempt))
        await journal.close()

    asyncio.run(write())
    return folder / "journal.db"


@pytest.mark.parametrize("lacks", [1, 2000, 4095, 4096, 4097, 8192, 20_000, 40_960])
def test_a_journal_that_was_cut_is_refused(tmp_path: Path, lacks: int) -> None:
    """A copy that broke off, a full disk: nothing is sent by what is left, however little is missing."""
    path = _closed(tmp_path)
    content = path.read_bytes()
    assert len(content) > 40_960
    path.write_bytes(content[:-lacks])
    with pytest.raises(StorageError) as caught:
        Journal.open(path, DIGEST)
    assert caught.value.message.startswith(f"the run's journal `{path}` is damaged: ")
    assert caught.value.hint == HINT


def test_a_journal_whose_pages_were_overwritten_is_refused(tmp_path: Path) -> None:
    """Wherever it is that something else was written."""
    path = _closed(tmp_path)
    content = bytearray(path.read_bytes())
    for page in range(4096, len(content), 4096):
        content[page : page + 64] = b"\xff" * 64
    path.write_bytes(content)
    with pytest.raises(StorageError, match="is damaged: ") as caught:
        Journal.open(path, DIGEST)
    assert caught.value.hint == HINT


def test_status_of_a_damaged_journal_says_so(tmp_path: Path) -> None:
    """Readers tell it the same way."""
    path = _closed(tmp_path)
    path.write_bytes(b"SQLite format 3\x00" + b"\xff" * 5000)
    with pytest.raises(StorageError) as caught:
        read_state(path)
    assert caught.value.message == f"the run's journal `{path}` is damaged: file is not a database"
    assert caught.value.hint == HINT


@pytest.mark.parametrize("beside", ["journal.db-wal", "log.jsonl"])
def test_an_emptied_journal_is_no_new_one(tmp_path: Path, beside: str) -> None:
    """SQLite would begin anew in it, and the run would pay for everything again."""
    path = tmp_path / "journal.db"
    path.touch()
    (tmp_path / beside).write_text("something was journaled\n")
    with pytest.raises(StorageError) as caught:
        Journal.open(path, DIGEST)
    assert caught.value.message == f"the run's journal `{path}` is damaged: it is empty, and the run has begun"
    assert (tmp_path / beside).exists()


def test_a_journal_that_was_not_begun_is_new(tmp_path: Path) -> None:
    """A program that died right after making the file."""
    path = tmp_path / "journal.db"
    path.touch()
    asyncio.run(_open_and_close(path))
    assert read_state(path).attempts == 0


def test_a_session_that_was_cut_off_leaves_its_write_ahead_file(tmp_path: Path) -> None:
    """One that was closed does not."""
    path = _closed(tmp_path)
    assert not was_cut_off(path)
    journal = Journal.open(path, DIGEST)
    journal.set_cap(PicoUSD(1), datetime(2026, 11, 23, tzinfo=UTC))
    assert was_cut_off(path)
    asyncio.run(journal.close())
    assert not was_cut_off(path)


def test_a_large_journal_is_read_whole_only_after_a_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Properly closed, it is taken as it is."""
    path = _closed(tmp_path)
    content = bytearray(path.read_bytes())
    content[-4096:-4032] = b"\xff" * 64
    path.write_bytes(content)
    monkeypatch.setattr("modelroute_cli.execution.integrity._SMALL_BYTES", 10)
    with closing(sqlite3.connect(path)) as connection:
        check_pages(connection, path, cut_off=False)
        with pytest.raises(StorageError, match="is damaged"):
            check_pages(connection, path, cut_off=True)
