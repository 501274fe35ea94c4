"""What the journal knows of requests that were handed in."""

from pathlib import Path

from support.batch_journals import answered, at, batch, journal, lines, step, submitted, unanswered

from modelroute_cli.execution.journal_batches import not_settled
from modelroute_cli.execution.records import BatchStepKind, Outcome, OutcomeKind


def test_lines_of_unknown_cost_are_not_settled(tmp_path: Path) -> None:
    """Until their batch is; those that were answered, or came back unanswered, have a cost."""
    told = [*answered(0), *unanswered(2, "expired"), Outcome(attempt=4, outcome=OutcomeKind.UNKNOWN)]
    handed_in = [batch(1, 4), *lines(1, range(4)), *submitted(1, "b1"), *told]
    assert not_settled(journal(tmp_path / "open.db", handed_in)) == (2, 4)
    assert not_settled(journal(tmp_path / "made.db", [batch(1, 1), *lines(1, [0])])) == (1,)
    settled = [*handed_in, step(1, BatchStepKind.SETTLED, at(12))]
    assert not_settled(journal(tmp_path / "settled.db", settled)) == ()


def test_where_nothing_was_handed_in_all_is_settled(tmp_path: Path) -> None:
    """A journal without batches."""
    assert not_settled(journal(tmp_path / "journal.db", [])) == ()
