"""The journal: SQLite, one writer, grouped commits. What it has acknowledged survives a crash.

Problem: each attempt needs two durable writes, and one `fsync` each would bound a run to a few hundred
requests a second and stop the event loop while it lasts.
Solution: records wait in a list; a single worker thread writes all that wait in one transaction, and only
then are their writers told. While it writes, the next group gathers.
What still fails: a disk that acknowledges before it stores.

Why a power cut loses nothing that was acknowledged: with `journal_mode = WAL` and `synchronous = FULL` a commit
appends its pages to the write-ahead file and waits for `fsync` before it returns (`NORMAL` would wait only at
checkpoints: whole, but late). Each page there carries a checksum over all before it, so what a cut leaves is a
beginning of whole transactions, with all that were acknowledged in it; the next session reads up to the last whole
one. A checkpoint copies pages into the file only from there, and waits for both files before it begins anew
(sqlite.org/wal.html and its pragma pages, 2026-11).
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from pathlib import Path

import msgspec

from modelroute_cli.base.errors import PlanFileError, StorageError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.adopting import Adopted, copy_pilot, has_copied
from modelroute_cli.execution.database import storage_errors
from modelroute_cli.execution.in_doubt import ROWS_IN_DOUBT
from modelroute_cli.execution.integrity import check_pages, was_cut_off
from modelroute_cli.execution.journal_schema import migrate
from modelroute_cli.execution.records import (
    PUT_BACK,
    Batch,
    BatchStep,
    Drift,
    Event,
    Final,
    Intent,
    Judged,
    Outcome,
    Pair,
    Record,
    Redacted,
)
from modelroute_cli.execution.transactions import transaction

_INSERT = {
    kind: f"INSERT {clause} {table} VALUES ({', '.join('?' * len(kind.__struct_fields__))})"  # noqa: S608 - our own names
    for kind, clause, table in (
        (Intent, "INTO", "intents"),
        (Outcome, "INTO", "outcomes"),
        (Judged, "OR REPLACE INTO", "verdicts"),  # a resumed run judges an answer again
        (Final, "INTO", "finals"),
        (Event, "INTO", "events"),
        (Batch, "INTO", "batches"),
        (BatchStep, "INTO", "batch_steps"),
        (Pair, "OR REPLACE INTO", "pairs"),
        (Drift, "INTO", "drifts"),
        (Redacted, "OR REPLACE INTO", "redactions"),
    )
}

_LOST = (
    "INSERT INTO outcomes (attempt, outcome, failure, message, emulated) "
    "SELECT attempt, 'unknown', 'unknown', ?, 0 FROM intents "
    "WHERE batch IS NULL AND attempt NOT IN (SELECT attempt FROM outcomes)"
)


_CRASHED = "the program ended before the answer came"
_UNBILLED = (
    "UPDATE outcomes SET outcome = 'failed', failure = 'transient', cost_pusd = 0, emulated = 1, message = ? "
    "WHERE outcome = 'unknown' AND message = ? "
    "AND attempt >= (SELECT CAST(value AS INTEGER) FROM facts WHERE name = 'emulated_inside_from')"
)

_UNBILLED_LINES = (
    "INSERT INTO outcomes (attempt, outcome, failure, message, cost_pusd, emulated) "  # noqa: S608 - our own text
    f"SELECT i.attempt, 'failed', '{PUT_BACK}', ?, 0, 1 FROM intents i LEFT JOIN outcomes o USING (attempt) "
    "WHERE i.batch IS NOT NULL AND o.attempt IS NULL "
    "AND i.attempt >= (SELECT CAST(value AS INTEGER) FROM facts WHERE name = 'emulated_inside_from')"
)
_SETTLE_EMPTY = (
    "INSERT INTO batch_steps (batch, at, step, text) SELECT batch, made_at, 'settled', ? FROM batches b "
    "WHERE NOT EXISTS (SELECT 1 FROM batch_steps s WHERE s.batch = b.batch AND s.step = 'settled') "
    "AND NOT EXISTS (SELECT 1 FROM intents i LEFT JOIN outcomes o USING (attempt) "
    "WHERE i.batch = b.batch AND o.attempt IS NULL)"
)


class Journal:
    """The only writer of a run's journal; use it from one event loop, under the run's lock."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")
        self._waiting: list[tuple[Record, asyncio.Future[None] | None]] = []
        self._writer: asyncio.Task[None] | None = None
        self._broken: StorageError | None = None
        self._listeners: list[Callable[[Sequence[Record]], None]] = []
        row = connection.execute("SELECT COALESCE(MAX(attempt), 0) FROM intents").fetchone()
        self._last_attempt = int(row[0])

    @classmethod
    def open(cls, path: Path, plan_digest: str) -> "Journal":
        """Open the journal, or make it for this plan; attempts that a crash left open become unknown.

        StorageError when the disk refuses or the journal is damaged, PlanFileError when it belongs to another plan.
        """
        with storage_errors(path):
            cut_off = was_cut_off(path)
            connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                check_pages(connection, path, cut_off=cut_off)
                _prepare(connection, path, plan_digest)
            except BaseException:
                connection.close()
                raise
        return cls(path, connection)

    def listen(self, listener: Callable[[Sequence[Record]], None]) -> None:
        """Call `listener` with the records of each later commit, once they are durable, in the thread that writes.

        It must be quick, for the next commit waits for it, and must not raise.
        """
        self._listeners.append(listener)

    def next_attempt(self) -> int:
        """A number that no attempt of this run has had."""
        self._last_attempt += 1
        return self._last_attempt

    def set_cap(self, cap: PicoUSD, at: datetime) -> None:
        """Note the hard cap this session runs under; StorageError."""
        with storage_errors(self.path), transaction(self._connection):
            self._connection.execute("INSERT INTO caps VALUES (?, ?)", (at.isoformat(), cap))

    def begin_emulated(self, *, inside: bool) -> int:
        """Note where this session's emulator runs; how many attempts an earlier one inside the program never billed.

        An emulator that was part of the program ended with it, and its bill too: what a crash left open there is known
        to cost nothing. An emulator outside goes on, and what it may have billed stays held. StorageError.
        """
        with storage_errors(self.path), transaction(self._connection):
            message = "the emulator ended with the program and billed nothing"
            unbilled = self._connection.execute(_UNBILLED, (message, _CRASHED)).rowcount
            unbilled += self._connection.execute(_UNBILLED_LINES, (message,)).rowcount
            self._connection.execute(_SETTLE_EMPTY, (message,))
            self._connection.execute("DELETE FROM facts WHERE name = 'emulated_inside_from'")
            if inside:
                fact = ("emulated_inside_from", str(self._last_attempt + 1))
                self._connection.execute("INSERT INTO facts VALUES (?, ?)", fact)
        return unbilled

    def reopen_failed(self) -> int:
        """Take the failed requests up again as if they had not been tried; how many. Their attempts stay counted."""
        with storage_errors(self.path), transaction(self._connection):
            self._connection.execute(
                "INSERT OR REPLACE INTO reopened "
                "SELECT row, (SELECT COALESCE(MAX(attempt), 0) FROM intents) FROM finals WHERE status = 'failed'"
            )
            return self._connection.execute("DELETE FROM finals WHERE status = 'failed'").rowcount

    def has_adopted(self, name: str) -> bool:
        """Whether the attempts of the pilot of that name were taken in; StorageError."""
        with storage_errors(self.path):
            return has_copied(self._connection, name)

    def adopt(self, adopted: Adopted) -> None:
        """Take in the attempts of another journal, once, before any of this run's own; StorageError.

        Those of its `rows` alone, at their true cost; a request whose answer is taken over comes to its end with it,
        the others are as if they had not been tried.
        """
        with storage_errors(self.path):
            copy_pilot(self._connection, adopted)
        row = self._connection.execute("SELECT COALESCE(MAX(attempt), 0) FROM intents").fetchone()
        self._last_attempt = int(row[0])

    def end_unknown(self, reason: str) -> int:
        """End the requests whose last outcome is unknown as failed, for this reason; how many. StorageError."""
        with storage_errors(self.path), transaction(self._connection):
            command = f"INSERT INTO finals SELECT row, 'failed', NULL, ? FROM ({ROWS_IN_DOUBT})"  # noqa: S608 - our own text
            return self._connection.execute(command, (reason,)).rowcount

    def abandon_open(self, message: str) -> None:
        """Record every attempt without an outcome as unknown; after the last write, before closing. StorageError."""
        with storage_errors(self.path), transaction(self._connection):
            self._connection.execute(_LOST, (message,))

    async def write(self, record: Record) -> None:
        """Return when `record` is durable; StorageError when it cannot be."""
        done = asyncio.get_running_loop().create_future()
        self._queue(record, done)
        await done

    async def write_all(self, records: Sequence[Record]) -> None:
        """Return when all of `records` are durable, in one commit; StorageError when they cannot be."""
        if not records:
            return
        for record in records[:-1]:
            self._queue(record, None)
        await self.write(records[-1])

    def note(self, record: Record) -> None:
        """Write `record` soon, after all that was handed over before; failing shows at the next `write` or `flush`."""
        self._queue(record, None)

    async def flush(self) -> None:
        """Return when all that was handed over is durable; StorageError when some of it is not."""
        while self._writer is not None:
            await asyncio.shield(self._writer)
        if self._broken is not None:
            raise self._broken

    async def close(self) -> None:
        """Write what waits and let go of the file; never raises for what was already reported."""
        while self._writer is not None:
            await asyncio.shield(self._writer)
        self._pool.shutdown()
        self._connection.close()

    def close_now(self) -> None:
        """Let go of the file, where nothing was handed over to be written."""
        self._pool.shutdown()
        self._connection.close()

    def _queue(self, record: Record, done: asyncio.Future[None] | None) -> None:
        if self._broken is not None:
            raise self._broken
        self._waiting.append((record, done))
        if self._writer is None:
            self._writer = asyncio.get_running_loop().create_task(self._write_groups())

    async def _write_groups(self) -> None:
        """Write group after group until nothing waits."""
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                group, self._waiting = self._waiting, []
                await self._write_group(loop, group)
        finally:
            self._writer = None

    async def _write_group(
        self, loop: asyncio.AbstractEventLoop, group: list[tuple[Record, asyncio.Future[None] | None]]
    ) -> None:
        """One transaction in the worker thread, then tell every writer of the group."""
        try:
            await loop.run_in_executor(self._pool, self._commit, [record for record, _ in group])
        except StorageError as error:
            self._broken = error
            group, self._waiting = group + self._waiting, []
        for _, done in group:
            if done is not None and not done.done():  # a writer that was cancelled waits no more
                _finish(done, self._broken)

    def _commit(self, records: list[Record]) -> None:
        by_kind: dict[type[Record], list[tuple[object, ...]]] = {}
        for record in records:
            by_kind.setdefault(type(record), []).append(msgspec.structs.astuple(record))
        with storage_errors(self.path), transaction(self._connection):
            for kind, rows in by_kind.items():
                self._connection.executemany(_INSERT[kind], rows)
        for listener in self._listeners:
            listener(records)


def _finish(done: asyncio.Future[None], error: StorageError | None) -> None:
    """Let one writer go on, or tell it why it cannot."""
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)


def _prepare(connection: sqlite3.Connection, path: Path, plan_digest: str) -> None:
    """Settings that make commits durable, tables, the plan's digest, and what a crash left behind."""
    connection.execute("PRAGMA synchronous = FULL")
    migrate(connection, path)
    with transaction(connection):
        connection.execute("INSERT OR IGNORE INTO facts VALUES ('plan_digest', ?)", (plan_digest,))
        connection.execute(_LOST, (_CRASHED,))
    with closing(connection.execute("SELECT value FROM facts WHERE name = 'plan_digest'")) as rows:
        known = rows.fetchone()[0]
    if known != plan_digest:
        message = f"the journal `{path}` belongs to another plan (`{known}`, not `{plan_digest}`)"
        raise PlanFileError(message, hint="run the plan it was started with, or use `--restart`")
