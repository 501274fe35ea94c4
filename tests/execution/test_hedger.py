"""Runs in virtual time that ask slow requests twice: the first answer counts, both are paid, none is lost."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.dying_journal import opened_dying
from support.fake_transport import Act, FakeProvider, Script, answer, failure
from support.plans import CHEAP, WORST, PlanParts, Row, card, plan_of
from support.runs import Job, Setup, run, scratch, session
from support.virtual import VirtualClock, run_virtual

from modelroute_cli.base.errors import StorageError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.cards import Limits
from modelroute_cli.catalog.settings import HedgeSettings, RunSettings
from modelroute_cli.execution.journal import Journal
from modelroute_cli.execution.journal_read import attempts_frame, finals_frame, read_state
from modelroute_cli.execution.records import AttemptKind, Intent, Outcome, OutcomeKind
from modelroute_cli.execution.results import result_rows
from modelroute_cli.execution.work import RunOutcome, RunStatus, StopSignal
from modelroute_cli.providers.base import Call, FailureKind, Reply, TransportError

ONE = 600  # what an answer costs
SLOW = "r7"
HEDGED = RunSettings(hedge=HedgeSettings(most=0.2))


def _slow_once(first: Reply | None = None, second: Reply | None = None, first_s: float = 60.0) -> Script:
    """Everything takes a second, the first attempt at one request a minute."""

    def script(call: Call, nth: int) -> Act:
        if call.request.custom_id != SLOW:
            return Act(answer())
        return Act(first or answer("late"), first_s) if nth == 1 else Act(second or answer("early"))

    return script


def _job(folder: Path, requests: int = 60) -> Job:
    return Job.of([Row() for _ in range(requests)], folder)


def _hedges(job: Job) -> pl.DataFrame:
    return attempts_frame(job.journal).filter(pl.col("kind") == "hedge")


def _output(job: Job) -> str | None:
    return next(row.output for row in result_rows(job.journal, job.plan) if row.custom_id == SLOW)


def test_a_slow_request_is_answered_by_its_second_attempt(tmp_path: Path) -> None:
    """Half a minute sooner, and both attempts are paid and counted."""
    job, provider = _job(tmp_path), FakeProvider(_slow_once(first_s=20.0))

    outcome = run(job, provider, Setup(settings=HEDGED))

    assert (outcome.status, outcome.accepted, outcome.sent_now) == (RunStatus.DONE, 60, 61)
    assert _output(job) == "early"
    assert outcome.spent_pusd == provider.billed_pusd == 61 * ONE
    assert outcome.held_pusd == 0
    [hedge] = _hedges(job).to_dicts()
    [final] = finals_frame(job.journal).filter(pl.col("row") == 7).to_dicts()
    assert (hedge["row"], hedge["model"], hedge["cost_pusd"], final["attempt"]) == (7, CHEAP, ONE, hedge["attempt"])


def test_without_hedging_nothing_is_asked_twice(tmp_path: Path) -> None:
    """The default."""
    job = _job(tmp_path)

    assert run(job, FakeProvider(_slow_once())).sent_now == 60
    assert _output(job) == "late"


def test_the_first_attempt_may_still_win(tmp_path: Path) -> None:
    """Then its answer counts, and the second one is paid all the same."""
    job = _job(tmp_path)
    provider = FakeProvider(
        lambda call, nth: Act(answer("early" if nth == 1 else "late"), 1.0 if call.request.custom_id != SLOW else 5.0)
    )

    outcome = run(job, provider, Setup(settings=HEDGED))

    assert (_output(job), _hedges(job).height) == ("early", 1)
    assert outcome.spent_pusd == provider.billed_pusd == 61 * ONE


def test_an_attempt_that_never_comes_back_is_held_as_unknown(tmp_path: Path) -> None:
    """The run does not wait for it longer than half a minute, and its reservation stays counted."""
    job, provider = _job(tmp_path), FakeProvider(_slow_once(first_s=500.0))

    outcome = run(job, provider, Setup(settings=HEDGED))

    assert (outcome.status, outcome.accepted) == (RunStatus.DONE, 60)
    assert (outcome.spent_pusd, outcome.held_pusd) == (60 * ONE, WORST[CHEAP])
    assert max(provider.times) < 10.0


@pytest.mark.parametrize("kind", [FailureKind.TRANSIENT, FailureKind.UNKNOWN, FailureKind.RATE_LIMITED])
def test_a_second_attempt_that_fails_leaves_the_first(tmp_path: Path, kind: FailureKind) -> None:
    """Nothing is lost by it."""
    job = _job(tmp_path)

    outcome = run(job, FakeProvider(_slow_once(second=failure(kind, 500), first_s=20.0)), Setup(settings=HEDGED))

    assert (outcome.accepted, _output(job)) == (60, "late")


def test_when_both_fail_the_request_goes_on_as_after_one_failure(tmp_path: Path) -> None:
    """One try is used up, and it is asked again."""
    job = _job(tmp_path)

    def script(call: Call, nth: int) -> Act:
        if call.request.custom_id != SLOW or nth > 2:
            return Act(answer("third"))
        return Act(failure(FailureKind.TRANSIENT, 500), 20.0 if nth == 1 else 1.0)

    outcome = run(job, FakeProvider(script), Setup(settings=HEDGED))

    kinds = attempts_frame(job.journal).filter(pl.col("row") == 7)["kind"].to_list()
    assert (outcome.accepted, kinds) == (60, ["first", "hedge", "retry"])


def test_no_more_than_the_share_is_asked_twice(tmp_path: Path) -> None:
    """Every third request is slow; one in twenty may be hedged."""
    job = _job(tmp_path, 200)
    chosen = RunSettings(hedge=HedgeSettings(most=0.05, after_s=3.0))

    def script(call: Call, nth: int) -> Act:
        slow = nth == 1 and int(call.request.custom_id[1:]) % 3 == 0
        return Act(answer(), 20.0 if slow else 1.0)

    run(job, FakeProvider(script), Setup(settings=chosen))

    assert 5 <= _hedges(job).height <= 10


def test_concurrency_stays_bounded(tmp_path: Path) -> None:
    """Second attempts and overtaken ones count as in flight."""
    job = _job(tmp_path, 100)
    chosen = RunSettings(concurrency=12, hedge=HedgeSettings(most=1.0, after_s=1.5))
    provider = FakeProvider(
        lambda call, nth: Act(answer(), 10.0 if nth == 1 and int(call.request.custom_id[1:]) % 2 else 1.0)
    )

    assert run(job, provider, Setup(settings=chosen)).accepted == 100
    assert provider.most_in_flight <= 12


def test_the_money_of_waiting_requests_is_not_spent_on_speed(tmp_path: Path) -> None:
    """A cap that just fits every request once is not passed, and every request is answered."""
    job, provider = _job(tmp_path), FakeProvider(_slow_once(first_s=20.0))
    cap = PicoUSD(59 * ONE + WORST[CHEAP])

    outcome = run(job, provider, Setup(settings=HEDGED, cap=cap))

    assert (outcome.status, outcome.accepted) == (RunStatus.DONE, 60)
    assert provider.billed_pusd <= cap


def test_nothing_is_hedged_while_the_model_is_limited(tmp_path: Path) -> None:
    """A 429 says that there is no room for more."""
    job = _job(tmp_path, 30)

    def script(call: Call, nth: int) -> Act:
        if call.request.custom_id == SLOW:
            return Act(answer(), 30.0)
        return Act(failure(FailureKind.RATE_LIMITED, 429, retry_after_s=5.0)) if nth == 1 else Act(answer())

    run(job, FakeProvider(script), Setup(settings=RunSettings(hedge=HedgeSettings(most=1.0, after_s=0.5))))

    times = _hedges(job)["started_at"]
    assert all(moment.second + moment.minute * 60 > 5 for moment in times)


def test_a_model_with_one_place_hedges_nothing(tmp_path: Path) -> None:
    """Its only place is taken by the slow attempt."""
    rows = [Row() for _ in range(5)]
    parts = PlanParts(cards={CHEAP: card(CHEAP, limits=Limits(concurrency=1))})
    job = Job.of(rows, tmp_path, plan_of(rows, parts))

    run(job, FakeProvider(lambda call, nth: Act(answer(), 10.0)), Setup(settings=RunSettings(hedge=_EAGER)))  # noqa: ARG005

    assert _hedges(job).height == 0


_EAGER = HedgeSettings(most=1.0, after_s=2.0)


def test_the_second_stop_cuts_both_attempts_off(tmp_path: Path) -> None:
    """Their money stays held, and nothing hangs."""
    job, provider = _job(tmp_path, 1), FakeProvider(lambda call, nth: Act(answer(), 300.0))  # noqa: ARG005

    outcome = run_virtual(_stopped(job, provider, Setup(settings=RunSettings(hedge=_EAGER)), [10.0, 11.0]))

    assert (outcome.status, outcome.unsent, outcome.held_pusd) == (RunStatus.STOPPED, 1, 2 * WORST[CHEAP])


def test_an_answer_that_a_crash_left_unjudged_is_not_paid_again(tmp_path: Path) -> None:
    """Of two attempts the first was answered and the second cut off: its answer is judged, and nothing is sent."""
    job = _job(tmp_path, 1)

    def crashed(journal: Journal) -> None:
        for attempt, kind in ((1, AttemptKind.FIRST), (2, AttemptKind.HEDGE)):
            journal.note(
                Intent(attempt, 0, kind, CHEAP, "standard", WORST[CHEAP], 200, VirtualClock().now().isoformat())
            )
        journal.note(
            Outcome(
                attempt=1,
                outcome=OutcomeKind.ANSWERED,
                text="paid",
                finish_reason="stop",
                cost_pusd=PicoUSD(ONE),
                output_tokens=50,
            )
        )
        journal.note(Outcome(attempt=2, outcome=OutcomeKind.UNKNOWN, failure="unknown"))

    run_virtual(_written(job, crashed))
    provider = FakeProvider(_slow_once())

    outcome = run(job, provider)

    assert (outcome.accepted, provider.sent) == (1, [])
    assert [row.output for row in result_rows(job.journal, job.plan)] == ["paid"]


quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@given(
    deaths=st.lists(st.tuples(st.integers(1, 14), st.booleans()), max_size=3),
    delays=st.lists(st.floats(0.1, 20.0), max_size=24),
    cap=st.integers(WORST[CHEAP] * 2, 20_000),
)
@quick
def test_dying_anywhere_asks_for_no_journaled_answer_again(
    deaths: list[tuple[int, bool]], delays: list[float], cap: int
) -> None:
    """Two attempts race, and the program dies at any write: the cap holds, and what was answered is not sent again."""
    with scratch() as folder:
        job = _job(folder, 6)
        settings_ = RunSettings(timeout_s=15.0, hedge=HedgeSettings(most=1.0, after_s=1.0))
        pauses = iter(delays)
        answered: set[str] = set()
        for setup in (*(Setup(open_journal=opened_dying(at, after=after)) for at, after in deaths), Setup()):
            provider = FakeProvider(lambda call, nth: Act(answer(), next(pauses, 1.0)))  # noqa: ARG005
            with suppress(StorageError):
                run(job, provider, replace(setup, settings=settings_, cap=PicoUSD(cap)))
            assert answered.isdisjoint(call.request.custom_id for call in provider.sent)
            rows = attempts_frame(job.journal).filter(outcome="answered")["row"]
            answered = {f"r{row}" for row in rows}
        state = read_state(job.journal)
        assert state.spent_pusd + state.held_pusd <= cap


@given(replies=st.lists(st.tuples(st.integers(0, 4), st.floats(0.0, 12.0)), max_size=40), cap=st.integers(0, 30_000))
@quick
def test_no_race_passes_the_cap(replies: list[tuple[int, float]], cap: int) -> None:
    """Whatever comes back, in whatever order: what is billed is never above what is counted, nor that above the cap."""
    kinds: list[Reply | TransportError | None] = [
        answer(),
        answer(""),
        failure(FailureKind.TRANSIENT, 503),
        TransportError("reset", sent=True),
        None,
    ]
    drawn = iter(replies)

    def script(call: Call, nth: int) -> Act:
        del call, nth
        which, after_s = next(drawn, (0, 1.0))
        return Act(kinds[which], after_s)

    with scratch() as folder:
        job, provider = _job(folder, 5), FakeProvider(script)
        settings_ = RunSettings(concurrency=4, timeout_s=10.0, hedge=HedgeSettings(most=1.0, after_s=2.0))

        outcome = run(job, provider, Setup(settings=settings_, cap=PicoUSD(cap)))

        assert provider.billed_pusd <= outcome.spent_pusd + outcome.held_pusd <= cap
        assert outcome.accepted + outcome.failed + outcome.unsent == 5
        assert provider.most_in_flight <= 4


async def _written(job: Job, write: Callable[[Journal], None]) -> None:
    journal = Journal.open(job.journal, "sha256:plan")
    write(journal)
    await journal.flush()
    await journal.close()


async def _stopped(job: Job, provider: FakeProvider, setup: Setup, at: list[float]) -> RunOutcome:

    stop = StopSignal()
    for moment in at:
        asyncio.get_running_loop().call_later(moment, stop.request)
    return await session(job, provider, replace(setup, stop=stop))
