"""What the journal holds of a template's answers."""

import asyncio
from pathlib import Path

from support.plans import Row, plan_of
from support.runs import DIGEST

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.earlier import Earlier
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

COMPARED = "truncated,refusal,empty,near_duplicates"


def _asked(attempt: int, row: int, kind: AttemptKind = AttemptKind.FIRST) -> Intent:
    return Intent(attempt, row, kind, "cheap-1", "standard", PicoUSD(10), 9, "2026-11-23T10:00:00.000000+00:00")


def _answered(attempt: int, text: str) -> Outcome:
    return Outcome(attempt=attempt, outcome=OutcomeKind.ANSWERED, text=text, cost_pusd=PicoUSD(1))


async def _write(path: Path, records: list[Record]) -> None:
    journal = Journal.open(path, DIGEST)
    for record in records:
        await journal.write(record)
    await journal.close()


def test_accepted_answers_of_a_template_are_read_in_the_order_of_their_attempts(tmp_path: Path) -> None:
    """As the results have them; those that failed or wait, or were not compared, and other templates are not there."""
    records: list[Record] = [
        _asked(1, 1),
        _answered(1, "one"),
        Judged(1, True, "pass", "", None, COMPARED),
        Final(1, FinalStatus.ACCEPTED, 1, ""),
        _asked(2, 0),
        _answered(2, "```zero```"),
        Judged(2, True, "pass", "", "zero", COMPARED),
        Final(0, FinalStatus.ACCEPTED, 2, ""),
        _asked(3, 2),
        _answered(3, "two"),
        Final(2, FinalStatus.FAILED, 3, "gate:length"),
        _asked(4, 3),
        _answered(4, "three"),
        Judged(4, True, "pass", "", None, COMPARED),
        _asked(5, 4),
        _answered(5, "four"),
        Judged(5, True, "pass", "", None, "truncated,refusal,empty"),
        Final(4, FinalStatus.ACCEPTED, 5, ""),
    ]
    path = tmp_path / "journal.db"
    asyncio.run(_write(path, records))
    plan = plan_of([Row()] * 5)
    templates = plan.assignments.collect()["template"].unique().to_list()
    earlier = Earlier(path, plan.assignments)
    assert [earlier.of(template) for template in templates] == [[(1, "one"), (0, "zero")]]
    assert earlier.of("another") == []


def test_the_text_of_a_request_is_its_latest_answer(tmp_path: Path) -> None:
    """Words about it by a judge are none of it."""
    records: list[Record] = [
        _asked(1, 5),
        _answered(1, "first"),
        _asked(2, 5, AttemptKind.ESCALATION),
        _answered(2, "second"),
        _asked(3, 5, AttemptKind.JUDGE),
        _answered(3, '{"score": 1}'),
    ]
    path = tmp_path / "journal.db"
    asyncio.run(_write(path, records))
    earlier = Earlier(path, plan_of([Row()]).assignments)
    assert (earlier.text(5), earlier.text(6)) == ("second", None)
