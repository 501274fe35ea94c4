"""Attempts of a pilot in a run's journal: all or none of them, once, at their true cost."""

import asyncio
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from modelroute_cli.base.errors import StorageError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.adopting import Adopted, Adoption
from modelroute_cli.execution.journal import Journal
from modelroute_cli.execution.journal_answers import ended_rows, kept_answers
from modelroute_cli.execution.journal_read import attempts_frame, finals_frame, read_state, tried_rows
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

AT = "2026-11-23T10:00:00+00:00"
ROWS = (Adoption(0, 7, is_final=True), Adoption(1, 7, is_final=False), Adoption(2, 9, is_final=False))


def answer(attempt: int, row: int, model: str, cost: int | None, *, passed: bool = True) -> list[Record]:
    """One answered attempt and all that follows from it; without a cost its outcome is unknown."""
    intent = Intent(attempt, row, AttemptKind.FIRST, model, "standard", PicoUSD(100), 50, AT)
    if cost is None:
        return [
            intent,
            Outcome(attempt=attempt, outcome=OutcomeKind.UNKNOWN),
            Final(row, FinalStatus.FAILED, None, "lost"),
        ]
    outcome = Outcome(
        attempt=attempt, outcome=OutcomeKind.ANSWERED, text=f"by {model}", cost_pusd=PicoUSD(cost), output_tokens=5
    )
    status = FinalStatus.ACCEPTED if passed else FinalStatus.FAILED
    return [
        intent,
        outcome,
        Judged(attempt, passed, "" if passed else "refusal", "", None),
        Final(row, status, attempt, ""),
    ]


def written(path: Path, records: Sequence[Record]) -> Path:
    """A journal with these records, at rest."""

    async def write() -> None:
        journal = Journal.open(path, "sha256:pilot")
        await journal.write_all(records)
        await journal.close()

    asyncio.run(write())
    return path


def pilot_at(folder: Path) -> Path:
    """Two models on one request, one of which passed no gate, and a third on another, whose outcome is unknown."""
    records = [*answer(1, 0, "good", 30), *answer(2, 1, "bad", 5, passed=False), *answer(3, 2, "lost", None)]
    return written(folder / "pilot.db", records)


def opened(folder: Path) -> Journal:
    """The run's own journal."""
    return Journal.open(folder / "journal.db", "sha256:run")


def test_adopted_answers_are_results_and_all_that_was_sent_counts(tmp_path: Path) -> None:
    """Money known and money held, once; a request without a usable answer is as if it had not been tried."""
    journal = opened(tmp_path)
    journal.adopt(Adopted(pilot_at(tmp_path), "p1", ROWS))
    journal.close_now()
    state = read_state(journal.path)
    assert (state.accepted, state.failed, state.attempts) == (1, 0, 3)
    assert (state.spent_pusd, state.held_pusd) == (35, 100)
    frame = attempts_frame(journal.path)
    assert frame["kind"].to_list() == ["pilot"] * 3
    assert frame.select("row", "model", "cost_pusd").rows() == [(7, "good", 30), (7, "bad", 5), (9, "lost", None)]
    assert finals_frame(journal.path).rows() == [(7, "accepted", 1, "")]
    assert tried_rows(journal.path).tolist() == [7]


def test_the_same_pilot_is_taken_in_once(tmp_path: Path) -> None:
    """In whichever session it was; another one is another."""
    pilot = pilot_at(tmp_path)
    for _ in range(2):
        journal = opened(tmp_path)
        journal.adopt(Adopted(pilot, "p1", ROWS))
        assert journal.has_adopted("p1")
        assert not journal.has_adopted("p2")
        journal.close_now()
    assert read_state(tmp_path / "journal.db").spent_pusd == 35


def test_attempts_of_the_run_go_on_counting_behind_those_of_the_pilot(tmp_path: Path) -> None:
    """No number is given twice."""
    journal = opened(tmp_path)
    journal.adopt(Adopted(pilot_at(tmp_path), "p1", ROWS))
    assert journal.next_attempt() == 4
    journal.close_now()


@pytest.mark.parametrize("table", ["intents", "outcomes", "verdicts", "finals", "reopened", "facts"])
def test_a_crash_anywhere_in_it_leaves_nothing_of_it(tmp_path: Path, table: str) -> None:
    """It is taken in whole by the next session."""
    pilot = pilot_at(tmp_path)
    opened(tmp_path).close_now()
    with sqlite3.connect(tmp_path / "journal.db") as connection:
        when = "WHEN NEW.name LIKE 'pilot%'" if table == "facts" else ""
        cut = "BEGIN SELECT RAISE(ABORT, 'power cut'); END"
        connection.execute(f"CREATE TRIGGER fall BEFORE INSERT ON {table} {when} {cut}")
    connection.close()
    journal = opened(tmp_path)
    with pytest.raises(StorageError, match="power cut"):
        journal.adopt(Adopted(pilot, "p1", ROWS))
    journal.close_now()
    assert read_state(tmp_path / "journal.db").attempts == 0
    with sqlite3.connect(tmp_path / "journal.db") as connection:
        connection.execute("DROP TRIGGER fall")
    connection.close()
    journal = opened(tmp_path)
    journal.adopt(Adopted(pilot, "p1", ROWS))
    journal.close_now()
    assert read_state(tmp_path / "journal.db").spent_pusd == 35


def test_only_what_the_plan_has_is_taken_in(tmp_path: Path) -> None:
    """Requests that --limit left out stay with the pilot."""
    journal = opened(tmp_path)
    journal.adopt(Adopted(pilot_at(tmp_path), "p1", ROWS[2:]))
    journal.close_now()
    assert attempts_frame(journal.path)["row"].to_list() == [9]
    assert read_state(journal.path).spent_pusd == 0


def test_the_answers_of_a_journal_are_told_by_row(tmp_path: Path) -> None:
    """With what their attempt cost; one that ended without an answer is ended, and told by nothing."""
    pilot = pilot_at(tmp_path)
    found = [(each.row, each.model, each.output, each.passed, each.cost_pusd) for each in kept_answers(pilot)]
    assert found == [(0, "good", "by good", True, 30), (1, "bad", "by bad", False, 5)]
    assert ended_rows(pilot) == {0, 1, 2}
    assert list(kept_answers(tmp_path / "none.db")) == []
    assert ended_rows(tmp_path / "none.db") == frozenset()
