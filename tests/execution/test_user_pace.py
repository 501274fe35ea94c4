"""The pace that a user wants: what is typed, what it means, and how a run follows it."""

import asyncio
import sqlite3
from collections.abc import Awaitable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.fake_transport import FakeProvider, always, answer
from support.plans import CHEAP, PlanParts, Row, plan_of, provider_of
from support.runs import Job, Setup, Watcher, scratch, session
from support.virtual import run_virtual

from modelroute_cli.base.errors import UsageError
from modelroute_cli.catalog.cards import Limits
from modelroute_cli.catalog.settings import RunSettings
from modelroute_cli.execution.pace import FULL, Pace, PaceSignal, read_pace, told

T = TypeVar("T")


@pytest.mark.parametrize(
    ("typed", "pace", "said"),
    [
        ("50%", Pace(50), "paced at 50%"),
        (" 5 % ", Pace(5), "paced at 5%"),
        ("half", Pace(50), "paced at 50%"),
        ("full", FULL, ""),
        ("resume", FULL, ""),
        ("100%", FULL, ""),
        ("pause", Pace(0), "paused"),
        ("0%", Pace(0), "paused"),
        ("32", Pace(in_flight=32), "at most 32 in flight"),
    ],
)
def test_a_pace_is_typed_in_words_per_cent_or_requests(typed: str, pace: Pace, said: str) -> None:
    """And told in words."""
    assert (read_pace(typed), told(pace)) == (pace, said)


@pytest.mark.parametrize("typed", ["", "fast", "101%", "-5", "0", "4097", "1.5", "50 percent", "٣"])
def test_what_is_no_pace_is_refused(typed: str) -> None:
    """With what can be typed."""
    with pytest.raises(UsageError) as caught:
        read_pace(typed)
    assert caught.value.message == f"`{typed}` is no pace"
    assert caught.value.hint == "type `50%`, `half`, `full`, `pause`, `resume`, or how many requests may be in flight"


@given(st.integers(1, 100), st.one_of(st.none(), st.integers(1, 5000)), st.integers(1, 4096))
def test_a_slow_run_still_moves(percent: int, in_flight: int | None, concurrency: int) -> None:
    """At least one request may be in flight, never more than without a pace; halving never pauses."""
    pace = Pace(percent, in_flight)
    assert 1 <= pace.room(concurrency) <= min(concurrency, in_flight or concurrency)
    assert 1 <= pace.halved().room(concurrency) <= pace.room(concurrency)


def test_half_of_a_pace_keeps_its_requests_in_flight() -> None:
    """Each request to halve halves again; a paused run stays paused."""
    assert Pace(50, 8).halved() == Pace(25, 8)
    assert Pace(1).halved() == Pace(1)
    assert Pace(0).halved() == Pace(0)


async def _both(run: Awaitable[T], pace: PaceSignal, *steps: tuple[float, Pace]) -> T:
    """The run, while the pace changes at these times."""

    async def change() -> None:
        begin = asyncio.get_running_loop().time()
        for at, wanted in steps:
            await asyncio.sleep(begin + at - asyncio.get_running_loop().time())
            pace.set(wanted)

    changing = asyncio.get_running_loop().create_task(change())
    done = await run
    await changing
    return done


def _fakes() -> FakeProvider:
    return FakeProvider(always(answer(), after_s=1.0))


def test_a_share_lowers_concurrency_and_the_journal_tells(tmp_path: Path) -> None:
    """Eight at once, then two, then eight again; the event is in the journal, the notice is told."""
    job, provider, pace, watcher = Job.of([Row()] * 60, tmp_path), _fakes(), PaceSignal(), Watcher()
    setup = Setup(pace=pace, settings=RunSettings(concurrency=8), watcher=watcher)
    run_virtual(_both(session(job, provider, setup), pace, (2.5, Pace(25)), (8.5, FULL)))
    began = [sum(at <= time < at + 1 for time in provider.times) for at in range(12)]
    assert began[:3] == [8, 8, 8]
    assert began[4:8] == [2, 2, 2, 2]
    assert began[9] == 8
    with closing(sqlite3.connect(job.journal)) as journal:
        events = journal.execute("SELECT at, kind, subject, text FROM events").fetchall()
    assert events == [
        ("2026-11-23T10:00:02+00:00", "paced", "run", "paced at 25%"),
        ("2026-11-23T10:00:08+00:00", "paced", "run", "at full pace"),
    ]
    assert watcher.notices == ["from now on paced at 25%", "from now on at full pace"]
    assert {progress.paced for progress in watcher.progress} == {"", "paced at 25%"}


def test_a_share_lowers_the_rates_too() -> None:
    """A run that a limit of 600 a minute holds back goes half as fast at 50%."""
    rows = [Row()] * 150
    plan = plan_of(rows, PlanParts(limits={provider_of(CHEAP): Limits(rpm=600)}))
    provider, setup = _fakes(), Setup(pace=PaceSignal(Pace(50)), settings=RunSettings(concurrency=100))
    with scratch() as folder:
        run_virtual(session(Job.of(rows, folder, plan), provider, setup))
    assert 149 / (provider.times[-1] - provider.times[0]) == pytest.approx(600 / 60 / 2, rel=0.05)


def test_a_paused_run_ends_what_is_in_flight_and_waits(tmp_path: Path) -> None:
    """Nothing starts for an hour; then it goes on and loses nothing."""
    job, provider, pace, watcher = Job.of([Row()] * 40, tmp_path), _fakes(), PaceSignal(), Watcher()
    setup = Setup(pace=pace, settings=RunSettings(concurrency=4), watcher=watcher)
    outcome = run_virtual(_both(session(job, provider, setup), pace, (1.5, Pace(0)), (3600.0, FULL)))
    assert outcome.accepted == 40
    assert not [time for time in provider.times if 1.5 < time < 3600]
    assert watcher.notices[0] == ("paused: what is in flight ends, nothing more starts until `modelroute pace resume`")


def test_a_paused_run_can_be_stopped(tmp_path: Path) -> None:
    """^C ends it although something waits."""
    job, pace = Job.of([Row()] * 40, tmp_path), PaceSignal(Pace(0))
    setup = Setup(pace=pace)

    async def stopped() -> int:
        asyncio.get_running_loop().call_later(5.0, setup.stop.request)
        return (await session(job, _fakes(), setup)).unsent

    assert run_virtual(stopped()) == 40


def test_a_pace_that_does_not_change_is_not_told(tmp_path: Path) -> None:
    """Looking up is no change."""
    job, pace, watcher = Job.of([Row()] * 10, tmp_path), PaceSignal(), Watcher()
    setup = Setup(pace=pace, settings=RunSettings(concurrency=2), watcher=watcher)
    run_virtual(_both(session(job, _fakes(), setup), pace, (1.5, FULL), (2.5, Pace(100))))
    assert watcher.notices == []
