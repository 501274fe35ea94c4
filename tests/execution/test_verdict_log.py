"""What the journal says of verdicts."""

import asyncio
from pathlib import Path

from support.runs import DIGEST

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.journal import Journal
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
from modelroute_cli.execution.verdict_log import read_verdicts


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


def test_every_failure_is_told_with_what_is_known_of_it(tmp_path: Path) -> None:
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
    log = read_verdicts(path)
    assert log.failed.rows() == [(1, True, True), (3, False, False), (5, None, None)]
    assert log.looked == {"empty": 5, "judge": 2, "length": 3}


def test_a_verdict_that_does_not_say_who_looked_leaves_that_unknown(tmp_path: Path) -> None:
    """As those of a run that an older version began."""
    path = tmp_path / "journal.db"
    first = _attempt(1, 0, "a", Judged(1, True, "pass", "", None))
    asyncio.run(_write(path, [*first, *_attempt(2, 1, "b", Judged(2, True, "pass", "", None, "empty"))]))
    assert read_verdicts(path).looked is None
