"""What the journal says of verdicts."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from support.runs import DIGEST

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.journal import Journal
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
from modelroute_cli.execution.verdict_log import VERDICTS, verdicts_frame


def _attempt(attempt: int, row: int, text: str, verdict: Judged) -> list[Record]:
    """An answered attempt and what the gates said of it."""
    started = "2026-11-23T10:00:00.000000+00:00"
    return [
        Intent(attempt, row, AttemptKind.FIRST, "cheap-1", "standard", PicoUSD(10), 9, started),
        Outcome(attempt=attempt, outcome=OutcomeKind.ANSWERED, text=text, cost_pusd=PicoUSD(1)),
        verdict,
    ]


async def _write(path: Path, records: list[Record]) -> None:
    journal = Journal.open(path, DIGEST)
    for record in records:
        await journal.write(record)
    await journal.close()


def test_every_verdict_is_told_with_what_is_known_of_it(tmp_path: Path) -> None:
    """Row 0 failed with the answer that was accepted later, row 1 with another, row 2 for good."""
    path = tmp_path / "journal.db"
    records = [
        *_attempt(1, 0, "Positive.", Judged(1, False, "judge", "", None, "empty,judge", 0.2, True)),
        *_attempt(2, 0, "```positive```", Judged(2, True, "pass", "", "positive", "empty,judge", 0.9)),
        Final(0, FinalStatus.ACCEPTED, 2, ""),
        *_attempt(3, 1, "a", Judged(3, False, "length", "", None, "empty,length", None, False)),
        *_attempt(4, 1, "b", Judged(4, True, "pass", "", None, "empty,length")),
        Final(1, FinalStatus.ACCEPTED, 4, ""),
        *_attempt(5, 2, "c", Judged(5, False, "length", "", None, "empty,length")),
        Final(2, FinalStatus.FAILED, 5, "gate:length"),
    ]
    asyncio.run(_write(path, records))
    assert verdicts_frame(path).rows() == [
        (1, "empty,judge", True, True),
        (2, "empty,judge", None, None),
        (3, "empty,length", False, False),
        (4, "empty,length", None, None),
        (5, "empty,length", None, None),
    ]


def test_a_journal_of_an_older_version_says_nothing(tmp_path: Path) -> None:
    """It is read as it is: reporting never changes it."""
    path = tmp_path / "journal.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        MIGRATIONS[0](connection)
        connection.execute("PRAGMA user_version = 1")
    frame = verdicts_frame(path)
    assert (frame.is_empty(), dict(frame.schema)) == (True, dict(VERDICTS))
