"""What was in flight when a run was cut off."""

import asyncio
from contextlib import suppress
from pathlib import Path

from support.fake_transport import Act, FakeProvider, always, answer
from support.plans import CHEAP, OTHER, WORST, Row
from support.runs import DIGEST, Job, Setup, run, session
from support.virtual import run_virtual

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.settings import RunSettings
from modelroute_cli.execution.in_doubt import Doubt, in_doubt
from modelroute_cli.execution.journal import Journal
from modelroute_cli.execution.journal_read import read_state
from modelroute_cli.execution.results import result_rows
from modelroute_cli.providers.base import Call

ROWS = [Row(), Row(), Row(model=OTHER), Row(), Row()]


def _first_two_never_answer(call: Call, nth: int) -> Act:
    del nth
    return Act(None if call.request.custom_id in {"r1", "r2"} else answer(), after_s=1.0)


def _cut_off(folder: Path) -> Job:
    """A run of five that was killed while two were in flight."""
    job = Job.of(ROWS, folder)

    async def killed() -> None:
        task = asyncio.get_running_loop().create_task(session(job, FakeProvider(_first_two_never_answer), Setup()))
        await asyncio.sleep(60)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    run_virtual(killed())
    return job


def test_what_was_in_flight_is_in_doubt_with_the_most_it_can_have_cost(tmp_path: Path) -> None:
    """Model by model; what was answered is not."""
    job = _cut_off(tmp_path)
    assert in_doubt(job.journal) == (Doubt(CHEAP, 1, WORST[CHEAP]), Doubt(OTHER, 1, WORST[OTHER]))
    assert read_state(job.journal).done == 3


def test_a_crash_leaves_the_same_in_doubt_before_and_after_the_journal_is_opened_again(tmp_path: Path) -> None:
    """Whoever looks sees it, also before the next session begins."""
    job = _cut_off(tmp_path)
    before = in_doubt(job.journal)

    async def opened() -> None:
        await Journal.open(job.journal, DIGEST).close()

    run_virtual(opened())
    assert in_doubt(job.journal) == before


def test_once_they_are_answered_nothing_is_in_doubt(tmp_path: Path) -> None:
    """They are sent again, last, and the money of the lost attempts stays held."""
    job = _cut_off(tmp_path)
    outcome = run(job, FakeProvider(always(answer())))
    assert (outcome.accepted, outcome.held_pusd) == (5, WORST[CHEAP] + WORST[OTHER])
    assert in_doubt(job.journal) == ()


def test_a_run_that_was_not_cut_off_has_nothing_in_doubt(tmp_path: Path) -> None:
    """Neither before nor after."""
    job = Job.of(ROWS, tmp_path)
    run(job, FakeProvider(always(answer())), Setup(settings=RunSettings(concurrency=2)))
    assert in_doubt(job.journal) == ()


def test_they_can_be_left_alone(tmp_path: Path) -> None:
    """They end as failed with the reason, nothing of them is sent again, their money stays held."""
    job, provider = _cut_off(tmp_path), FakeProvider(always(answer()))
    outcome = run(job, provider, Setup(before=lambda journal: journal.end_unknown("left alone")))
    assert (outcome.accepted, outcome.failed, provider.sent) == (3, 2, [])
    assert outcome.held_pusd == PicoUSD(WORST[CHEAP] + WORST[OTHER])
    reasons = {row.custom_id: row.reason for row in result_rows(job.journal, job.plan) if row.status == "failed"}
    assert reasons == {"r1": "left alone", "r2": "left alone"}


def test_what_was_left_alone_can_be_sent_again_on_purpose(tmp_path: Path) -> None:
    """`--only failed` takes them up like any other."""
    job = _cut_off(tmp_path)
    run(job, FakeProvider(always(answer())), Setup(before=lambda journal: journal.end_unknown("left alone")))
    outcome = run(job, FakeProvider(always(answer())), Setup(before=lambda journal: journal.reopen_failed()))
    assert (outcome.accepted, outcome.failed) == (5, 0)
