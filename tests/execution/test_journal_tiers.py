"""What became of lines of batches that gave no plain answer."""

from pathlib import Path

import pytest
from support.batch_journals import answered, at, batch, journal, lines, submitted, unanswered

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.batching.counting import CANCELLED, EXPIRED, GONE, MISSING, Counts
from modelroute_cli.execution.batching.submitting import NOBODY_KNOWS
from modelroute_cli.execution.journal_tiers import LineEnds, line_ends
from modelroute_cli.execution.records import (
    AttemptKind,
    BatchStep,
    BatchStepKind,
    Final,
    FinalStatus,
    Intent,
    Record,
)


def _again(attempt: int, row: int, status: FinalStatus) -> list[Record]:
    """The request by itself at the standard tier, to its end."""
    intent = Intent(attempt, row, AttemptKind.STANDARD, "cheap-1", "standard", PicoUSD(1), 200, at(12))
    return [intent, Final(row=row, status=status, attempt=None, reason="")]


def test_each_way_to_end_is_counted_with_what_became_of_the_requests(tmp_path: Path) -> None:
    """Answered after all, failed, or open; plain answers are not among them."""
    path = journal(
        tmp_path / "journal.db",
        [
            *(batch(1, 6), *lines(1, range(6)), *submitted(1, "b1"), *answered(0)),
            *(*unanswered(1, EXPIRED), *unanswered(2, EXPIRED), *unanswered(3, EXPIRED)),
            *(*unanswered(4, CANCELLED), *unanswered(5, "400: too long")),
            *(*_again(7, 1, FinalStatus.ACCEPTED), *_again(8, 2, FinalStatus.FAILED)),
        ],
    )
    assert line_ends(path) == (
        LineEnds(service_tier="batch", end="cancelled", lines=1, accepted=0, failed=0),
        LineEnds(service_tier="batch", end="expired", lines=3, accepted=1, failed=1),
        LineEnds(service_tier="batch", end="failed", lines=1, accepted=0, failed=0),
    )


@pytest.mark.parametrize(
    ("message", "end"), [(MISSING, "missing"), (GONE, "gone"), (NOBODY_KNOWS, "unclear"), ("500: sorry", "failed")]
)
def test_ends_are_told_by_their_words(tmp_path: Path, message: str, end: str) -> None:
    """The words are those that the run writes."""
    path = journal(tmp_path / "journal.db", [batch(1, 1), *lines(1, [0]), *unanswered(0, message)])
    assert [found.end for found in line_ends(path)] == [end]


def test_several_reasons_to_fail_are_one_end(tmp_path: Path) -> None:
    """Their requests are counted together."""
    records = [batch(1, 2), *lines(1, [0, 1]), *unanswered(0, "400: a"), *unanswered(1, "400: b")]
    assert [found.lines for found in line_ends(journal(tmp_path / "journal.db", records))] == [2]


def test_doubled_lines_are_known_from_what_is_said_of_their_batch(tmp_path: Path) -> None:
    """Of all batches of a tier together."""
    steps = [
        BatchStep(batch=number, at=at(12), step=BatchStepKind.SETTLED, text=Counts(answered=9, doubled=doubled).text)
        for number, doubled in ((1, 2), (2, 1000), (3, 0))
    ]
    path = journal(tmp_path / "journal.db", [batch(1, 9), batch(2, 9), batch(3, 9), *steps])
    assert line_ends(path) == (LineEnds(service_tier="batch", end="doubled", lines=1002, accepted=1002, failed=0),)


def test_a_run_without_batches_has_none(tmp_path: Path) -> None:
    """Requests that failed by themselves are no lines."""
    intent = Intent(1, 0, AttemptKind.FIRST, "cheap-1", "standard", PicoUSD(1), 200, at(10))
    assert line_ends(journal(tmp_path / "journal.db", [intent, *unanswered(0, EXPIRED)])) == ()
