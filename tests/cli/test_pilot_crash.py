"""A pilot that dies again and again: the same command goes on, pays for no answer twice, and keeps its ceiling."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from support.cli import Cli
from support.dying_journal import opened_dying
from support.piloting import MODELS, only_pilot, ready

from modelroute_cli.base.errors import StorageError
from modelroute_cli.cli.console import make_console
from modelroute_cli.cli.flags_measured import PilotFlags
from modelroute_cli.cli.pilot import session_of
from modelroute_cli.cli.pilot_order import PilotOrder, begin, make_pilot_order
from modelroute_cli.cli.pilot_rounds import conduct
from modelroute_cli.cli.workspace import planning_workspace
from modelroute_cli.execution.journal_read import attempts_frame, read_state
from modelroute_cli.pilot.observation import Observation

FLAGS = PilotFlags(
    jobs="jobs.jsonl", models=MODELS, pilot_per_template=20, pilot_budget="60%", emulator=True, yes=True, concurrency=4
)
DEATHS = (1, 2, 5, 13)


def order() -> PilotOrder:
    """The pilot as the same command finds it again."""
    return make_pilot_order(FLAGS, planning_workspace(FLAGS, {"run.concurrency": FLAGS.concurrency}))


def life(at: int, *, after: bool) -> bool:
    """One process of the pilot, which ends at commit `at` of its journal (0: when the pilot does)."""
    found = order()
    if not found.folder.run.exists():
        found.folder.make()
        begin(found)
    session = session_of(found, FLAGS)
    if at:
        session = type(session)(
            access=session.access,
            emulator_url=None,
            again_failed=False,
            open_journal=opened_dying(at, after=after),
        )
    return conduct(found, session, make_console())


def spent() -> Iterator[int]:
    """What each life adds to."""
    for number, at in enumerate(DEATHS):
        with pytest.raises(StorageError):
            life(at, after=number % 2 == 1)
        state = read_state(only_pilot().run.journal)
        assert state.spent_pusd + state.held_pusd <= only_pilot().design().ceiling_pusd
        yield state.spent_pusd


def test_a_pilot_that_dies_at_commit_after_commit_comes_to_the_same_end(cli: Cli) -> None:
    """Nothing that was answered is asked again, money only grows, and all that was drawn is measured."""
    ready(cli)
    assert all(before <= after for before, after in pairwise([0, *spent()]))
    assert life(0, after=False)
    attempts = attempts_frame(only_pilot().run.journal)
    answered = attempts.filter((attempts["outcome"] == "answered") & (attempts["kind"] != "resend"))
    assert answered["row"].n_unique() == answered.height == 60
    end = only_pilot().end()
    assert end is not None
    assert (end.status, end.spent_pusd) == ("finished", attempts["cost_pusd"].sum())
    assert end.spent_pusd <= only_pilot().design().ceiling_pusd
    assert len(measured()) == 60


def measured() -> tuple[Observation, ...]:
    """What came of it."""
    return only_pilot().measured("gpt-5")
