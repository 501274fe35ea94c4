"""What the journal holds of realised quality, and what an older one does not."""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.journal import Journal
from modelroute_cli.execution.journal_schema import MIGRATIONS
from modelroute_cli.execution.realised.controls import Earlier, Scored
from modelroute_cli.execution.realised.journaled import (
    control_spent,
    drifts,
    earlier_controls,
    pairs_frame,
    pairs_in_time,
    seen_frame,
    unpaired,
    worth_frame,
)
from modelroute_cli.execution.realised.scoring import Score
from modelroute_cli.execution.records import (
    AttemptKind,
    Drift,
    Final,
    FinalStatus,
    Intent,
    Judged,
    Outcome,
    OutcomeKind,
    Pair,
    Record,
)

AT = "2026-11-23T10:00:00.000000+00:00"


def _attempt(number: int, row: int, kind: AttemptKind, cost: int | None = 5) -> list[Record]:
    intent = Intent(number, row, kind, "m", "standard", PicoUSD(50), 10, AT)
    known = OutcomeKind.UNKNOWN if cost is None else OutcomeKind.ANSWERED
    outcome = Outcome(
        attempt=number,
        outcome=known,
        text="yes",
        finish_reason="stop",
        cost_pusd=None if cost is None else PicoUSD(cost),
    )
    return [intent, outcome]


def _written(folder: Path, records: Sequence[Record]) -> Path:
    """A journal with these records."""

    async def write() -> None:
        journal = Journal.open(folder / "journal.db", "sha256:plan")
        await journal.write_all(records)
        await journal.close()

    asyncio.run(write())
    return folder / "journal.db"


RECORDS: list[Record] = [
    *_attempt(1, 0, AttemptKind.FIRST),
    Judged(1, True, "pass", "", None, "empty", None, None, 0.8, "judge"),
    Final(0, FinalStatus.ACCEPTED, 1, ""),
    *_attempt(2, 0, AttemptKind.CONTROL, 7),
    Pair(0, "2026-11-23T10:00:09+00:00", 1, 2, 0.8, 1.0, "judge"),
    *_attempt(3, 1, AttemptKind.FIRST),
    Judged(3, False, "length", "", None),
    *_attempt(4, 1, AttemptKind.ESCALATION),
    Judged(4, True, "pass", "", None),
    Final(1, FinalStatus.ACCEPTED, 4, ""),
    *_attempt(5, 1, AttemptKind.CONTROL, None),
    *_attempt(6, 2, AttemptKind.FIRST),
    Judged(6, False, "truncated", "", None),
    Final(2, FinalStatus.FAILED, 6, "gate:truncated"),
    Pair(2, "2026-11-23T10:00:05+00:00", 6, 6, 0.0, 0.0, "gates"),
    Drift(AT, "t1", "m", 0.9, 0.5, 20, 100, ""),
]


def test_pairs_come_by_row_and_in_the_order_of_time(tmp_path: Path) -> None:
    """With the model of the request's own answer."""
    path = _written(tmp_path, RECORDS)
    assert pairs_frame(path).rows() == [
        (0, "m", True, 1, 2, 0.8, 1.0, "judge"),
        (2, "m", True, 6, 6, 0.0, 0.0, "gates"),
    ]
    assert pairs_in_time(path)["row"].to_list() == [2, 0]


def test_each_request_that_ended_has_its_worth(tmp_path: Path) -> None:
    """Null where nothing but gates spoke."""
    assert worth_frame(_written(tmp_path, RECORDS)).rows() == [
        (0, "m", True, 0.8, "judge"),
        (1, "m", True, None, None),
        (2, "m", False, None, None),
    ]


def test_what_the_watch_sees_again_leaves_out_what_it_left_out(tmp_path: Path) -> None:
    """Escalated answers, the sample's, and those that a limit cut."""
    assert seen_frame(_written(tmp_path, RECORDS)).rows() == [(0, "m", True, 0.8, "judge"), (1, "m", False, None, None)]


def test_what_was_not_compared_can_be(tmp_path: Path) -> None:
    """With what is known of its own answer, and of the attempts that were made for it."""
    path = _written(tmp_path, RECORDS)
    (found,) = unpaired(path)
    assert found.final == Final(1, FinalStatus.ACCEPTED, 4, "")
    assert found.own == Scored("m", Score(1.0, "gates", passed=True), first=False)
    assert earlier_controls(path) == {1: Earlier(None, lost=True)}


def test_the_cost_of_the_sample_counts_what_may_have_been_billed(tmp_path: Path) -> None:
    """A bill, and a reservation."""
    assert control_spent(_written(tmp_path, RECORDS)) == 7 + 50


def test_falls_are_kept_in_order(tmp_path: Path) -> None:
    """As they were told."""
    assert drifts(_written(tmp_path, RECORDS)) == (Drift(AT, "t1", "m", 0.9, 0.5, 20, 100, ""),)


def test_an_older_journal_has_none_of_it(tmp_path: Path) -> None:
    """It is read as it is: the modelroute that made it may still be at work."""
    path = tmp_path / "journal.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        for step in MIGRATIONS[:4]:
            step(connection)
        connection.execute("PRAGMA user_version = 4")
    before = path.read_bytes()
    assert (pairs_frame(path).height, worth_frame(path).height, drifts(path)) == (0, 0, ())
    assert path.read_bytes() == before
