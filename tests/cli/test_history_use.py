"""The history in a command that measures or plans."""

from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from support.catalog_room import settings_of
from support.measured import EMAIL, NOON, day, observed, part

from modelroute_cli.base.schema import TaskType
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.history_use import past, remember
from modelroute_cli.pilot.history.recall import Question
from modelroute_cli.pilot.posterior import NOTHING_KNOWN, Known
from modelroute_cli.pilot.strata import Stratum

MAILS = Stratum(template=EMAIL, task_type=TaskType.EMAIL, language="en", requests=500)
QUESTION = Question(templates=frozenset({EMAIL}), at=NOON, baseline="gpt-5", emulated=False, scorers=("expected",))


@pytest.fixture
def said() -> StringIO:
    """What a console says aside."""
    return StringIO()


@pytest.fixture
def console(said: StringIO) -> Console:
    """A console that nobody sees."""
    return Console(StringIO(), said, {})


def test_what_one_batch_measured_the_next_one_knows(tmp_path: Path, console: Console) -> None:
    """Aged as the settings say."""
    settings = settings_of(f"history: {{file: {tmp_path}/h.db, half_life_days: 10}}\n", tmp_path)
    remember(settings, observed("gpt-6-luna", [1.0, 0.0]), part(at=day("2026-11-13")), console)
    assert past(settings, QUESTION).before(MAILS, "gpt-6-luna") == Known(0.5, 1.0)
    assert past(settings, replace(QUESTION, without_run="k3f9")).before(MAILS, "gpt-6-luna") == NOTHING_KNOWN


def test_where_nothing_is_kept_nothing_is_written_and_nothing_known(tmp_path: Path, console: Console) -> None:
    """The file that is there is left alone."""
    settings = settings_of(f"history: {{keep: false, file: {tmp_path}/h.db}}\n", tmp_path)
    remember(settings, observed("gpt-6-luna", [1.0]), part(), console)
    assert past(settings, QUESTION).before(MAILS, "gpt-6-luna") == NOTHING_KNOWN
    assert not (tmp_path / "h.db").exists()


def test_trouble_with_it_is_a_warning(tmp_path: Path, console: Console, said: StringIO) -> None:
    """The command goes on."""
    (tmp_path / "h.db").write_text("my notes")
    settings = settings_of(f"history: {{file: {tmp_path}/h.db}}\n", tmp_path)
    remember(settings, observed("gpt-6-luna", [1.0]), part(), console)
    why = f"`{tmp_path}/h.db` is a file of something else, not a history"
    assert said.getvalue() == f"warning: {why}; what was measured is not kept there\n"
    assert past(settings, QUESTION).warning == f"{why}; planned without what was measured before"
