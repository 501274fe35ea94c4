"""Properties: whatever the providers bill and whenever the program dies, the cap holds and nothing is paid twice."""

import asyncio
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.dying_journal import opened_dying
from support.fake_transport import Act, FakeProvider, always, answer, failure
from support.plans import CHEAP, MAX_TOKENS, OTHER, STRONG, WORST, Row
from support.runs import Job, Setup, run, scratch, session
from support.virtual import run_virtual

from modelroute_cli.base.errors import StorageError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.settings import RunSettings
from modelroute_cli.execution.journal_read import attempts_frame, read_state
from modelroute_cli.execution.results import result_rows
from modelroute_cli.execution.work import RunStatus
from modelroute_cli.providers.base import Call, FailureKind, Reply, TransportError

quick = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


replies = st.one_of(
    st.builds(lambda tokens: answer(output_tokens=tokens), st.integers(0, MAX_TOKENS)),
    st.just(answer("", output_tokens=0)),
    st.just(answer("I cannot help with that.", output_tokens=9)),
    st.just(answer("cut", output_tokens=MAX_TOKENS, finish_reason="length")),
    st.sampled_from(
        [
            failure(FailureKind.TRANSIENT, 503),
            failure(FailureKind.RATE_LIMITED, 429, retry_after_s=3.0),
            failure(FailureKind.REQUEST, 400),
            failure(FailureKind.MALFORMED, 200),
            TransportError("reset", sent=True),
            TransportError("refused", sent=False),
            None,
            None,
        ]
    ),
)


class Weather:
    """Replies and delays drawn once and met in the order in which calls come."""

    def __init__(self, drawn: list[tuple[Reply | TransportError | None, float]]) -> None:
        self._drawn = drawn
        self._next = 0

    def script(self, call: Call, nth: int) -> Act:
        """The next drawn reply; ordinary answers when they are used up."""
        del call, nth
        self._next += 1
        if self._next > len(self._drawn):
            return Act(answer())
        reply, after_s = self._drawn[self._next - 1]
        return Act(reply, after_s)


weathers = st.builds(Weather, st.lists(st.tuples(replies, st.floats(0.0, 30.0)), max_size=30))
rows_drawn = st.lists(
    st.builds(Row, model=st.sampled_from([CHEAP, OTHER, STRONG]), importance=st.sampled_from(["premium", "bulk"])),
    min_size=1,
    max_size=8,
)


@given(rows=rows_drawn, weather=weathers, cap=st.integers(0, 40_000), concurrency=st.integers(1, 6))
@quick
def test_no_schedule_passes_the_cap(rows: list[Row], weather: Weather, cap: int, concurrency: int) -> None:
    """What was really billed is never above what we count, and that never above the cap."""
    with scratch() as folder:
        job = Job.of(rows, folder)
        provider = FakeProvider(weather.script)
        setup = Setup(cap=PicoUSD(cap), settings=RunSettings(concurrency=concurrency, timeout_s=40.0))

        outcome = run(job, provider, setup)

        assert provider.billed_pusd <= outcome.spent_pusd + outcome.held_pusd <= cap
        assert outcome.accepted + outcome.failed + outcome.unsent == len(rows)
        assert (outcome.status is RunStatus.DONE) == (outcome.unsent == 0)
        assert max((p.spent_pusd + p.held_pusd for p in setup.watcher.progress), default=0) <= cap


@given(
    rows=st.lists(st.builds(Row, model=st.sampled_from([CHEAP, OTHER])), min_size=1, max_size=8),
    deaths=st.lists(st.tuples(st.integers(1, 20), st.booleans()), max_size=5),
    delays=st.lists(st.floats(0.0, 10.0), max_size=30),
)
@quick
def test_dying_anywhere_loses_nothing_and_pays_no_answer_twice(
    rows: list[Row], deaths: list[tuple[int, bool]], delays: list[float]
) -> None:
    """Killed at any write, before or after it, and continued: one answer each, and none asked for again."""
    with scratch() as folder:
        job = Job.of(rows, folder)
        provider = FakeProvider(Weather([(answer(), delay) for delay in delays]).script)
        for at, after in deaths:
            _die(job, provider, Setup(open_journal=opened_dying(at, after=after)))
        outcome = run(job, provider)

        assert outcome.accepted == len(rows)
        assert provider.billed_pusd <= outcome.spent_pusd + outcome.held_pusd
        answered = attempts_frame(job.journal).filter(outcome="answered")
        assert sorted(answered["row"]) == list(range(len(rows)))
        lost = len(provider.sent) - answered.height
        assert lost <= read_state(job.journal).unknown
        assert [row.custom_id for row in result_rows(job.journal, job.plan)] == [f"r{i}" for i in range(len(rows))]


@given(
    rows=rows_drawn,
    weather=weathers,
    deaths=st.lists(st.tuples(st.integers(1, 25), st.booleans()), max_size=4),
    cap=st.integers(0, 200_000),
)
@quick
def test_dying_in_bad_weather_keeps_the_cap(
    rows: list[Row], weather: Weather, deaths: list[tuple[int, bool]], cap: int
) -> None:
    """Failures, lost answers, failed gates and crashes together still never pass the cap, nor lose a request."""
    with scratch() as folder:
        job = Job.of(rows, folder)
        provider = FakeProvider(weather.script)
        limits = RunSettings(concurrency=4, timeout_s=40.0)
        for at, after in deaths:
            _die(job, provider, Setup(cap=PicoUSD(cap), settings=limits, open_journal=opened_dying(at, after=after)))
        outcome = run(job, provider, Setup(cap=PicoUSD(cap), settings=limits))

        assert provider.billed_pusd <= outcome.spent_pusd + outcome.held_pusd <= cap
        assert outcome.accepted + outcome.failed + outcome.unsent == len(rows)
        passed = attempts_frame(job.journal).filter(verdict="pass")
        assert max(Counter(passed["row"]).values(), default=0) <= 1


def test_an_answer_journaled_before_the_crash_is_judged_and_not_asked_again(tmp_path: Path) -> None:
    """The program dies after the outcome was stored and before its verdict: the next session only judges it."""
    job = Job.of([Row()], tmp_path)
    provider = FakeProvider(always(answer("once")))
    with pytest.raises(StorageError, match="dead"):
        run(job, provider, Setup(open_journal=opened_dying(2, after=True)))
    assert read_state(job.journal).done == 0

    outcome = run(job, provider)

    assert (outcome.accepted, outcome.sent_now, len(provider.sent)) == (1, 0, 1)
    assert [row.output for row in result_rows(job.journal, job.plan)] == ["once"]


def test_a_request_cut_off_by_a_crash_goes_last_and_stays_held(tmp_path: Path) -> None:
    """Nobody knows whether it was billed: its money is held, and all others are sent before it is asked again."""
    job = Job.of([Row(importance="premium"), Row(), Row()], tmp_path)
    one_by_one = RunSettings(concurrency=1)
    with pytest.raises(StorageError, match="dead"):
        run(job, FakeProvider(always(answer())), Setup(settings=one_by_one, open_journal=opened_dying(2, after=False)))
    provider = FakeProvider(always(answer()))

    outcome = run(job, provider, Setup(settings=one_by_one))

    assert [call.request.custom_id for call in provider.sent] == ["r1", "r2", "r0"]
    assert outcome.held_pusd == WORST[CHEAP]


def test_a_disk_that_is_full_ends_the_run_resumable(tmp_path: Path) -> None:
    """When the journal cannot be written, nothing more is sent, and the run can go on later."""
    job = Job.of([Row() for _ in range(30)], tmp_path)
    provider = FakeProvider(always(answer()))

    with pytest.raises(StorageError, match="dead"):
        run(job, provider, Setup(open_journal=opened_dying(4, after=False)))

    assert len(provider.sent) <= 16
    assert run(job, provider).accepted == 30


def _die(job: Job, provider: FakeProvider, setup: Setup) -> None:
    """A session that may die on the way."""
    with suppress(StorageError):
        run(job, provider, setup)


def test_a_cancelled_session_leaves_its_requests_to_the_next(tmp_path: Path) -> None:
    """When the event loop itself is torn down, what was in flight is held and asked again."""
    job = Job.of([Row() for _ in range(3)], tmp_path)
    provider = FakeProvider(always(answer(), after_s=100.0))

    async def torn_down() -> None:
        async with asyncio.timeout(10):
            await session(job, provider, Setup())

    with pytest.raises(TimeoutError):
        run_virtual(torn_down())

    outcome = run(job, provider)
    assert (outcome.accepted, outcome.held_pusd) == (3, 3 * WORST[CHEAP])


def test_a_resumed_run_remembers_who_bills_above_the_bound(tmp_path: Path) -> None:
    """The first reservation of the next session is raised already."""
    job = Job.of([Row(), Row()], tmp_path)
    provider = FakeProvider(always(answer(output_tokens=410)))
    run(job, provider, Setup(cap=PicoUSD(WORST[CHEAP])))

    run(job, provider, Setup(cap=PicoUSD(10_000)))

    assert list(attempts_frame(job.journal)["reserved_pusd"]) == [2100, 4200]
