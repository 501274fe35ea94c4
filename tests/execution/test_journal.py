"""The journal: durable when it says so, one writer, readable by others meanwhile."""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec import structs

from modelroute_cli.base.errors import PlanFileError, StorageError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.journal import Journal
from modelroute_cli.execution.journal_read import (
    Answered,
    Bills,
    Overbill,
    answer_of,
    attempts_frame,
    bills,
    finals_frame,
    overbilled,
    past_attempts,
    read_state,
    tried_rows,
)
from modelroute_cli.execution.journal_schema import MIGRATIONS
from modelroute_cli.execution.records import (
    AttemptKind,
    Final,
    FinalStatus,
    Intent,
    Judged,
    Outcome,
    OutcomeKind,
    Record,
)

DIGEST = "sha256:plan"
STARTED = "2026-11-23T10:00:00.000001+00:00"


def _intent(attempt: int, row: int = 0, kind: AttemptKind = AttemptKind.FIRST) -> Intent:
    return Intent(attempt, row, kind, "m", "standard", PicoUSD(1000), 200, STARTED)


def _answered(attempt: int, cost: int | None = 700) -> Outcome:
    return Outcome(
        attempt=attempt,
        outcome=OutcomeKind.ANSWERED,
        text="Grüße 🙂",
        finish_reason="stop",
        model_served="m-2",
        input_tokens=10,
        output_tokens=20,
        cache_read_tokens=3,
        cache_write_tokens=0,
        reasoning_tokens=5,
        cost_pusd=None if cost is None else PicoUSD(cost),
        latency_s=0.5,
        emulated=True,
    )


def _write(path: Path, *records: Record) -> None:
    async def all_of_them() -> None:
        journal = Journal.open(path, DIGEST)
        try:
            for record in records:
                await journal.write(record)
        finally:
            await journal.close()

    asyncio.run(all_of_them())


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    """An attempt with its outcome and verdict comes back as one row of ATTEMPTS."""
    path = tmp_path / "journal.db"
    verdict = Judged(1, passed=False, gate="length", detail="too long", output=None)
    final = Final(0, FinalStatus.FAILED, 1, "gate:length: too long")
    _write(path, _intent(1), _answered(1), verdict, final)

    [row] = attempts_frame(path).to_dicts()
    assert row == {
        "attempt": 1,
        "row": 0,
        "kind": "first",
        "model": "m",
        "model_served": "m-2",
        "service_tier": "standard",
        "started_at": datetime(2026, 11, 23, 10, 0, 0, 1, tzinfo=UTC),
        "latency_s": 0.5,
        "outcome": "answered",
        "failure": None,
        "verdict": "length",
        "detail": "too long",
        "finish_reason": "stop",
        "input_tokens": 10,
        "output_tokens": 20,
        "cache_read_tokens": 3,
        "cache_write_tokens": 0,
        "reasoning_tokens": 5,
        "reserved_pusd": 1000,
        "cost_pusd": 700,
        "emulated": True,
    }
    assert finals_frame(path).rows() == [(0, "failed", 1, "gate:length: too long")]
    assert set(tried_rows(path)) == {0}
    assert answer_of(path, 1) == Answered("Grüße 🙂", "stop", None, 20, 5, "length: too long", None)


def test_state_counts_money_by_what_is_known(tmp_path: Path) -> None:
    """Known costs are spent; reservations of unknown and open attempts are held."""
    path = tmp_path / "journal.db"
    _write(
        path,
        _intent(1),
        _answered(1),
        _intent(2, 1),
        _answered(2, cost=None),
        _intent(3, 2),
        Outcome(attempt=3, outcome=OutcomeKind.UNKNOWN, failure="unknown"),
        _intent(4, 3),
        Final(0, FinalStatus.ACCEPTED, 1, ""),
    )
    state = read_state(path)
    assert (state.accepted, state.failed, state.done) == (1, 0, 1)
    assert (state.attempts, state.answered, state.unknown, state.open) == (4, 2, 1, 1)
    assert (state.spent_pusd, state.held_pusd, state.cap_pusd, state.emulated) == (700, 3000, None, True)


def test_attempts_that_a_crash_left_open_become_unknown(tmp_path: Path) -> None:
    """Opening again turns them into unknown outcomes with a reason, and numbers go on."""
    path = tmp_path / "journal.db"
    _write(path, _intent(1), _intent(2, 1))
    assert (read_state(path).open, read_state(path).held_pusd) == (2, 2000)
    _write(path)
    assert (read_state(path).open, read_state(path).unknown, read_state(path).held_pusd) == (0, 2, 2000)
    assert list(attempts_frame(path)["detail"]) == ["the program ended before the answer came"] * 2

    async def next_number() -> int:
        journal = Journal.open(path, DIGEST)
        number = journal.next_attempt()
        await journal.close()
        return number

    assert asyncio.run(next_number()) == 3


def _crash_and_open(path: Path, *attempts: int, inside: bool) -> tuple[int, PicoUSD]:
    """A session under an emulator that dies with `attempts` open; what the next one is told, and what is held then."""

    async def die() -> None:
        journal = Journal.open(path, DIGEST)
        journal.begin_emulated(inside=inside)
        for attempt in attempts:
            assert journal.next_attempt() == attempt
            await journal.write(_intent(attempt))
        await journal.close()

    async def come_back() -> int:
        journal = Journal.open(path, DIGEST)
        unbilled = journal.begin_emulated(inside=inside)
        await journal.close()
        return unbilled

    asyncio.run(die())
    unbilled = asyncio.run(come_back())
    return unbilled, read_state(path).held_pusd


def test_an_emulator_that_died_with_the_program_billed_nothing(tmp_path: Path) -> None:
    """What a crash left open is known to cost nothing where the other side ended too."""
    assert _crash_and_open(tmp_path / "journal.db", 1, 2, inside=True) == (2, 0)


def test_an_emulator_outside_may_have_billed_what_a_crash_left_open(tmp_path: Path) -> None:
    """It goes on when the program ends, as a provider does, so the reservations stay held."""
    assert _crash_and_open(tmp_path / "journal.db", 1, 2, inside=False) == (0, 2000)


def test_an_emulator_inside_does_not_free_what_one_outside_may_have_billed(tmp_path: Path) -> None:
    """Only the attempts of the session that died with its emulator are known to be free."""
    path = tmp_path / "journal.db"
    assert _crash_and_open(path, 1, inside=False) == (0, 1000)
    assert _crash_and_open(path, 2, inside=True) == (1, 1000)
    assert _crash_and_open(path, 3, inside=True) == (1, 1000)


def test_records_of_many_writers_are_committed_together(tmp_path: Path) -> None:
    """While one group is written the next one gathers: far fewer commits than records."""
    commits = []

    class Counting(Journal):
        def _commit(self, records: list[Record]) -> None:
            commits.append(len(records))
            super()._commit(records)

    async def many() -> None:
        journal = Counting.open(tmp_path / "journal.db", DIGEST)
        await asyncio.gather(*(journal.write(_intent(number, number)) for number in range(1, 501)))
        await journal.close()

    asyncio.run(many())
    assert sum(commits) == 500
    assert len(commits) <= 3
    assert read_state(tmp_path / "journal.db").attempts == 500


def test_notes_keep_their_place_before_later_writes(tmp_path: Path) -> None:
    """A note is durable when anything handed over after it is."""

    async def noted() -> int:
        journal = Journal.open(tmp_path / "journal.db", DIGEST)
        journal.note(Final(0, FinalStatus.FAILED, None, "because"))
        await journal.write(_intent(1))
        done = read_state(journal.path).done
        await journal.close()
        return done

    assert asyncio.run(noted()) == 1


def test_a_writer_that_is_cancelled_leaves_the_others_alone(tmp_path: Path) -> None:
    """Cancelling one waiting writer neither loses its record nor disturbs the group."""

    async def cancelled() -> None:
        journal = Journal.open(tmp_path / "journal.db", DIGEST)
        writers = [asyncio.create_task(journal.write(_intent(number, number))) for number in (1, 2, 3)]
        await asyncio.sleep(0)
        writers[1].cancel()
        await asyncio.gather(*writers, return_exceptions=True)
        await journal.close()

    asyncio.run(cancelled())
    assert list(attempts_frame(tmp_path / "journal.db")["attempt"]) == [1, 2, 3]


def test_a_refused_write_reaches_every_writer_and_all_later_ones(tmp_path: Path) -> None:
    """After the disk refused once, nothing is acknowledged any more."""

    async def refused() -> list[BaseException | None]:
        journal = Journal.open(tmp_path / "journal.db", DIGEST)
        await journal.write(_intent(1))
        both = asyncio.gather(journal.write(_intent(2)), journal.write(_intent(1)), return_exceptions=True)
        first = await both
        with pytest.raises(StorageError):
            journal.note(_intent(4))
        with pytest.raises(StorageError):
            await journal.flush()
        await journal.close()
        return list(first)

    errors = asyncio.run(refused())
    assert [type(error) for error in errors] == [StorageError, StorageError]
    assert read_state(tmp_path / "journal.db").attempts == 1


def test_a_full_disk_is_a_storage_error(tmp_path: Path) -> None:
    """SQLite's word for a full disk comes with what to do about it."""
    path = tmp_path / "journal.db"

    async def fill() -> None:
        journal = Journal.open(path, DIGEST)
        pages = journal._connection.execute("PRAGMA page_count").fetchone()[0]
        journal._connection.execute(f"PRAGMA max_page_count = {pages}")
        try:
            for number in range(1, 2000):
                await journal.write(_intent(number, number))
        finally:
            await journal.close()

    with pytest.raises(StorageError) as caught:
        asyncio.run(fill())
    assert caught.value.message == f"the run's journal `{path}` cannot be used: database or disk is full"
    assert caught.value.hint == (
        "free some space or make the folder writable, then type the same command: nothing recorded is lost"
    )


def test_a_journal_of_another_plan_is_refused(tmp_path: Path) -> None:
    """A run folder is never continued with a different plan."""
    path = tmp_path / "journal.db"
    _write(path)
    with pytest.raises(PlanFileError) as caught:
        Journal.open(path, "sha256:other")
    assert caught.value.message == f"the journal `{path}` belongs to another plan (`sha256:plan`, not `sha256:other`)"


def test_a_journal_of_the_first_version_goes_on(tmp_path: Path) -> None:
    """What was journaled before an upgrade is read, and the run writes on."""
    path = tmp_path / "journal.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        MIGRATIONS[0](connection)
        connection.execute("PRAGMA user_version = 1")
        connection.execute("INSERT INTO facts VALUES ('plan_digest', ?)", (DIGEST,))
        connection.execute("INSERT INTO intents VALUES (1, 0, 'first', 'm', 'standard', 1000, 200, ?)", (STARTED,))
        connection.execute(
            "INSERT INTO outcomes (attempt, outcome, text, finish_reason, cost_pusd, emulated) "
            "VALUES (1, 'answered', 'before', 'stop', 700, 0)"
        )
    _write(path, _intent(2, 1), structs.replace(_answered(2), request_id="req-2", priced_pusd=PicoUSD(600)))
    assert answer_of(path, 1).text == "before"
    assert read_state(path).spent_pusd == 1400
    assert bills(path) == Bills(0, PicoUSD(0), PicoUSD(0))


def test_bills_are_compared_where_both_are_known(tmp_path: Path) -> None:
    """An answer without tokens, or without a charge of the provider, is in neither sum."""
    path = tmp_path / "journal.db"
    both = structs.replace(_answered(1), reported_pusd=PicoUSD(800), priced_pusd=PicoUSD(700))
    ours = structs.replace(_answered(2), priced_pusd=PicoUSD(700))
    theirs = structs.replace(_answered(3), reported_pusd=PicoUSD(900))
    _write(path, _intent(1), both, _intent(2, 1), ours, _intent(3, 2), theirs)
    assert bills(path) == Bills(1, PicoUSD(800), PicoUSD(700))


def test_a_journal_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    """An unknown format is never touched."""
    path = tmp_path / "journal.db"
    _write(path)
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()
    with pytest.raises(StorageError, match="written by a newer modelroute"):
        Journal.open(path, DIGEST)


def test_a_file_that_is_no_journal_is_refused(tmp_path: Path) -> None:
    """Something else under that name is a StorageError, not a crash."""
    path = tmp_path / "journal.db"
    path.write_bytes(b"this is no database at all, but it is long enough to be looked at" * 20)
    with pytest.raises(StorageError, match="file is not a database"):
        Journal.open(path, DIGEST)
    with pytest.raises(StorageError, match="file is not a database"):
        read_state(path)


def test_a_missing_journal_is_a_storage_error(tmp_path: Path) -> None:
    """Reading makes no file."""
    with pytest.raises(StorageError, match="there is no journal"):
        read_state(tmp_path / "none.db")
    assert list(tmp_path.iterdir()) == []


def test_the_cap_of_the_last_session_counts(tmp_path: Path) -> None:
    """A higher cap on resume is noted beside the old one."""

    async def caps() -> None:
        journal = Journal.open(tmp_path / "journal.db", DIGEST)
        journal.set_cap(PicoUSD(500), datetime(2026, 11, 23, tzinfo=UTC))
        journal.set_cap(PicoUSD(900), datetime(2026, 11, 24, tzinfo=UTC))
        await journal.close()

    asyncio.run(caps())
    assert read_state(tmp_path / "journal.db").cap_pusd == 900


def test_reopening_forgets_the_past_attempts_of_failed_requests_only(tmp_path: Path) -> None:
    """Failed requests become open again with no history; open ones keep theirs; money stays counted."""
    path = tmp_path / "journal.db"
    _write(
        path,
        _intent(1, 0),
        _answered(1),
        Final(0, FinalStatus.FAILED, 1, "x"),
        _intent(2, 1),
        _answered(2),
        Final(1, FinalStatus.ACCEPTED, 2, ""),
        _intent(3, 2),
    )

    async def reopen() -> int:
        journal = Journal.open(path, DIGEST)
        count = journal.reopen_failed()
        await journal.close()
        return count

    assert asyncio.run(reopen()) == 1
    assert set(tried_rows(path)) == {1, 2}
    assert [(past.row, past.attempt, past.outcome) for past in past_attempts(path)] == [(2, 3, OutcomeKind.UNKNOWN)]
    assert read_state(path).spent_pusd == 1400


def test_bills_above_their_reservation_are_found(tmp_path: Path) -> None:
    """What a resumed run must know of providers that bill more than their bound."""
    path = tmp_path / "journal.db"
    _write(path, _intent(1), _answered(1, cost=1001), _intent(2, 1), _answered(2, cost=1000))
    assert overbilled(path) == [Overbill("m", PicoUSD(1000), PicoUSD(1001))]


def test_others_read_while_it_is_written(tmp_path: Path) -> None:
    """A second connection sees what was acknowledged, in the middle of the run."""

    async def watch() -> list[int]:
        journal = Journal.open(tmp_path / "journal.db", DIGEST)
        seen = []
        for number in range(1, 4):
            await journal.write(_intent(number, number))
            seen.append(read_state(journal.path).attempts)
        await journal.close()
        return seen

    assert asyncio.run(watch()) == [1, 2, 3]


def test_listeners_have_what_is_durable_in_the_order_of_writing(tmp_path: Path) -> None:
    """Each commit's records once, after it; whoever reads the file then finds them."""
    path, heard, seen = tmp_path / "journal.db", list[Record](), list[int]()

    def listen(records: Sequence[Record]) -> None:
        heard.extend(records)
        seen.append(read_state(path).attempts)

    async def written() -> None:
        journal = Journal.open(path, DIGEST)
        journal.listen(listen)
        try:
            await journal.write_all([_intent(1), _intent(2)])
            await journal.write(_answered(1))
        finally:
            await journal.close()

    asyncio.run(written())
    assert (heard, seen) == ([_intent(1), _intent(2), _answered(1)], [2, 2])
