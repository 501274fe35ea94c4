"""What a session of a run begins with."""

from pathlib import Path

from support.fake_transport import FakeProvider, always, answer
from support.outfits import with_outfit
from support.plans import Row
from support.runs import Job, Setup, run

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.opening import Opening, state_of
from modelroute_cli.execution.outfit import Outfit
from modelroute_cli.execution.work import Before

ONE = 100 * 1 + 50 * 10  # what an answer of the cheap model costs
SPENT_BEFORE = Before(PicoUSD(30), PicoUSD(7))


def opening(job: Job, setup: Setup) -> Opening:
    """That of the job's next session."""
    found: list[Opening] = []

    def note(outfit: Outfit) -> None:
        found.append(outfit.opening)

    with_outfit(job, setup, note)
    return found[0]


def test_a_first_session_may_send_everything(tmp_path: Path) -> None:
    """Nothing was spent, and all requests are its goal."""
    first = opening(Job.of([Row(), Row(), Row()], tmp_path), Setup())
    assert (first.goal, first.before.done, first.before.spent_pusd, first.before.held_pusd) == (3, 0, 0, 0)
    assert first.chosen.collect()["row"].to_list() == [0, 1, 2]


def test_a_session_of_some_rows_ends_with_those_and_what_was_done_before(tmp_path: Path) -> None:
    """Two were answered, and one of the other two may be sent."""
    job, provider = Job.of([Row()] * 4, tmp_path), FakeProvider(always(answer()))
    run(job, provider, Setup(only=frozenset({0, 2})))
    second = opening(job, Setup(only=frozenset({3})))
    assert (second.before.done, second.goal) == (2, 3)
    assert second.chosen.collect()["row"].to_list() == [3]


def test_questions_before_the_run_count_as_spent(tmp_path: Path) -> None:
    """They were paid from the same money; what may have been billed for them is held."""
    job = Job.of([Row()] * 2, tmp_path)
    run(job, FakeProvider(always(answer())))
    later = opening(job, Setup(asked=SPENT_BEFORE))
    assert (later.before.spent_pusd, later.before.held_pusd) == (2 * ONE + 30, 7)


def test_the_state_is_read_anew_each_time(tmp_path: Path) -> None:
    """What a session did since it began stands in it."""
    job = Job.of([Row()], tmp_path)
    before = opening(job, Setup())
    run(job, FakeProvider(always(answer())))
    assert (before.before.done, state_of(before.work).done) == (0, 1)
