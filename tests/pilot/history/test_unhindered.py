"""A run never fails with its history."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.measured import EMAIL, NOON, observed, part

from modelroute_cli.pilot.history import keeping
from modelroute_cli.pilot.history.recall import NOTHING, Question
from modelroute_cli.pilot.history.unhindered import Known, keep, known

MEASURED = observed("gpt-5", [1.0, 0.5])
QUESTION = Question(templates=frozenset({EMAIL}), at=NOON, baseline="gpt-5", emulated=False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A place for a history."""
    return tmp_path / "modelroute" / "history.db"


def test_what_was_kept_is_known(file: Path) -> None:
    """Without a word."""
    assert keep(file, MEASURED, part()) is None
    found = known(file, QUESTION)
    assert (found.warning, list(found.recalled.templates)) == (None, [(EMAIL, "gpt-5")])


def test_where_nothing_is_kept_nothing_is_known() -> None:
    """And nothing is said of it."""
    assert (keep(None, MEASURED, part()), known(None, QUESTION)) == (None, Known())


def test_a_damaged_history_is_set_aside_and_a_new_one_begun(file: Path) -> None:
    """The run is told where the old one is; nothing is deleted."""
    file.parent.mkdir()
    file.write_text("damaged")
    told = keep(file, iter(MEASURED), part())
    aside = "history.db.damaged-20261123T120000"
    assert told == f"the history `{file}` was damaged: it is set aside as `{aside}`, and a new one was begun"
    assert file.with_name(aside).read_text() == "damaged"
    assert [row.n for row in keeping.rows(file)] == [2]


def test_several_who_find_it_damaged_set_it_aside_once(file: Path) -> None:
    """The new history of the first is not set aside by the second."""
    file.parent.mkdir()
    file.write_text("damaged")
    with ThreadPoolExecutor(4) as several:
        told = list(several.map(lambda number: keep(file, MEASURED, part(f"run-{number}")), range(4)))
    assert sum(each is not None for each in told) == 1
    assert {row.run for row in keeping.rows(file)} == {f"run-{number}" for number in range(4)}
    assert len(list(file.parent.glob("*.damaged-*"))) == 1


def test_a_damaged_history_is_not_read(file: Path) -> None:
    """The plan is made without it, and the file stays as it is until something is recorded."""
    file.parent.mkdir()
    file.write_text("damaged")
    found = known(file, QUESTION)
    why = "file is not a database; planned without what was measured before"
    assert found == Known(NOTHING, f"the history `{file}` is damaged: {why}")
    assert file.read_text() == "damaged"


def test_a_history_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A file of something else is left alone."""
    other = tmp_path / "notes.txt"
    other.write_text("my notes")
    told = keep(other, MEASURED, part())
    assert told == f"`{other}` is a file of something else, not a history; what was measured is not kept there"
    assert other.read_text() == "my notes"


def test_a_history_that_cannot_be_set_aside_is_told(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder may refuse it."""
    file.parent.mkdir()
    file.write_text("damaged")

    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "rename", refused)
    told = keep(file, MEASURED, part())
    why = "[Errno 13] Permission denied; what was measured is not kept there"
    assert told == f"the history `{file}` cannot be used: {why}"
