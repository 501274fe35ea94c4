"""What the journal knows of requests that were handed in."""

from pathlib import Path

from support.batch_journals import answered, batch, journal, lines, submitted, unanswered

from modelroute_cli.execution.journal_batches import not_collected


def test_lines_without_an_outcome_are_not_collected(tmp_path: Path) -> None:
    """Those that were answered, or came back unanswered, are."""
    told = [*answered(0), *unanswered(2, "expired")]
    path = journal(tmp_path / "journal.db", [batch(1, 4), *lines(1, range(4)), *submitted(1, "b1"), *told])
    assert not_collected(path) == (2, 4)


def test_where_nothing_was_handed_in_nothing_is_to_be_collected(tmp_path: Path) -> None:
    """A journal without batches."""
    assert not_collected(journal(tmp_path / "journal.db", [])) == ()
