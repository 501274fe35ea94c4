"""Runs of requests that begin alike, in virtual time: caches are hit as often as they can be, and nobody is stuck."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.cached_provider import CachedProvider, cached_plan, rows_of
from support.fake_transport import Act, FakeProvider, answer, failure
from support.plans import CHEAP, STRONG, WORST, Row
from support.runs import Job, Setup, run, scratch

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.settings import RunSettings
from modelroute_cli.execution.journal_read import attempts_frame
from modelroute_cli.execution.warmth import LONGEST_WAIT_S
from modelroute_cli.execution.work import RunStatus, StopSignal
from modelroute_cli.providers.base import Call, FailureKind, TransportError


def job_of(rows: list[Row], folder: Path, *, discount: bool = True) -> Job:
    """A job of such rows."""
    return Job.of(rows, folder, cached_plan(rows, discount=discount))


def at_once(concurrency: int) -> Setup:
    """A run with so many requests in flight."""
    return Setup(settings=RunSettings(concurrency=concurrency))


@pytest.mark.parametrize("concurrency", [1, 8, 64])
def test_all_but_the_first_of_each_beginning_are_hits(tmp_path: Path, concurrency: int) -> None:
    """Whatever the number of requests in flight."""
    cache = CachedProvider()
    outcome = run(job_of(rows_of(5, 20), tmp_path), FakeProvider(cache), at_once(concurrency))
    assert (outcome.status, outcome.accepted) == (RunStatus.DONE, 100)
    assert (cache.hits, cache.misses) == (95, 5)


def test_without_a_discount_nobody_waits(tmp_path: Path) -> None:
    """Then speed is all that counts: the eight that a new account is sent at once all miss."""
    cache = CachedProvider()
    run(job_of(rows_of(1, 20), tmp_path, discount=False), FakeProvider(cache), at_once(64))
    assert (cache.hits, cache.misses) == (12, 8)


def test_those_of_one_beginning_are_sent_together(tmp_path: Path) -> None:
    """So that a provider need not keep it for long."""
    provider = FakeProvider(CachedProvider())
    run(job_of(rows_of(3, 4), tmp_path), provider, at_once(1))
    assert [call.prefix for call in provider.sent] == [*[0] * 4, *[1] * 4, *[2] * 4]


def test_others_are_sent_meanwhile(tmp_path: Path) -> None:
    """Waiting for a cache takes no place of those who do not."""
    provider = FakeProvider(CachedProvider())
    run(job_of([*rows_of(1, 3), *[Row()] * 5], tmp_path), provider, at_once(6))
    assert provider.times == [0.0] * 6 + [2.0] * 2
    assert [call.prefix for call in provider.sent] == [0, None, None, None, None, None, 0, 0]


def test_a_slow_first_is_not_waited_for(tmp_path: Path) -> None:
    """After the time limit all go, though it is not back."""
    provider = FakeProvider(CachedProvider(answer_s=100.0))
    run(job_of(rows_of(1, 4), tmp_path), provider, at_once(8))
    assert provider.times == [0.0, *[LONGEST_WAIT_S] * 3]


def test_a_first_that_fails_lets_one_other_go_first(tmp_path: Path) -> None:
    """Then all others are hits, the one that failed among them."""
    cache = CachedProvider()

    def script(call: Call, nth: int) -> Act:
        broken = call.request.custom_id == "r0" and nth == 1
        return Act(failure(FailureKind.TRANSIENT, 500)) if broken else cache(call, nth)

    outcome = run(job_of(rows_of(1, 10), tmp_path), FakeProvider(script), at_once(8))
    assert outcome.accepted == 10
    assert (cache.hits, cache.misses) == (9, 1)


def test_a_beginning_is_warmed_on_each_model_it_goes_to(tmp_path: Path) -> None:
    """Those who are escalated wait for the first of them on the stronger model."""
    cache = CachedProvider()

    def script(call: Call, nth: int) -> Act:
        return Act(answer("")) if call.card.name == CHEAP else cache(call, nth)

    outcome = run(job_of(rows_of(1, 10), tmp_path), FakeProvider(script), at_once(64))
    assert outcome.accepted == 10
    assert (cache.hits, cache.misses) == (9, 1)


def test_a_refused_model_strands_nobody(tmp_path: Path) -> None:
    """The account of the first is closed: the others go to another model of their rule, one first."""
    cache = CachedProvider()

    def script(call: Call, nth: int) -> Act:
        return Act(failure(FailureKind.ACCOUNT, 402)) if call.card.name == CHEAP else cache(call, nth)

    provider = FakeProvider(script)
    outcome = run(job_of(rows_of(1, 10), tmp_path), provider, at_once(64))
    assert (outcome.status, outcome.accepted) == (RunStatus.DONE, 10)
    assert [call.card.name for call in provider.sent] == [CHEAP, *[STRONG] * 10]
    assert (cache.hits, cache.misses) == (9, 1)


def test_a_reached_cap_ends_the_run(tmp_path: Path) -> None:
    """Those who wait for a cache are unsent like all others."""
    setup = replace(at_once(8), cap=PicoUSD(WORST[CHEAP] + 1))
    outcome = run(job_of(rows_of(1, 10), tmp_path), FakeProvider(CachedProvider()), setup)
    assert outcome.status is RunStatus.CAP_REACHED
    assert outcome.accepted + outcome.unsent == 10
    assert outcome.accepted > 0


def test_a_stopped_run_is_taken_up_with_a_first_again(tmp_path: Path) -> None:
    """^C while the others wait: one answer; the next session warms the cache anew."""
    job, stop = job_of(rows_of(1, 10), tmp_path), StopSignal()

    def stopping(call: Call, nth: int) -> Act:
        stop.request()
        return CachedProvider()(call, nth)

    first = run(job, FakeProvider(stopping), replace(at_once(8), stop=stop))
    assert (first.status, first.accepted, first.unsent) == (RunStatus.STOPPED, 1, 9)
    cache = CachedProvider()
    assert run(job, FakeProvider(cache), at_once(8)).accepted == 10
    assert (cache.hits, cache.misses) == (8, 1)


def test_what_was_read_stands_in_the_journal(tmp_path: Path) -> None:
    """Billed at the price of cached input."""
    job = job_of(rows_of(1, 3), tmp_path)
    run(job, FakeProvider(CachedProvider()), at_once(8))
    attempts = attempts_frame(job.journal)
    assert attempts["cache_read_tokens"].to_list() == [0, 90, 90]
    assert attempts["cost_pusd"].to_list() == [100 + 500, 10 + 500, 10 + 500]


REPLIES = st.sampled_from(
    [
        answer(),
        answer(""),
        failure(FailureKind.TRANSIENT, 500),
        failure(FailureKind.RATE_LIMITED, 429, retry_after_s=2.0),
        failure(FailureKind.REQUEST, 400),
        TransportError("broke", sent=True),
        None,
    ]
)


@given(
    st.lists(st.sampled_from([None, 0, 1]), min_size=1, max_size=12),
    st.lists(st.tuples(REPLIES, st.floats(0.0, 90.0)), min_size=1, max_size=12),
    st.sampled_from([1, 3, 64]),
)
@settings(max_examples=40, deadline=None)
def test_every_request_comes_to_its_end(
    prefixes: list[int | None], acts: list[tuple[object, float]], concurrency: int
) -> None:
    """Whatever comes back, and when."""
    rows = [Row(prefix=prefix) for prefix in prefixes]

    def script(call: Call, nth: int) -> Act:
        reply, after_s = acts[(int(call.request.custom_id[1:]) + nth) % len(acts)]
        return Act(reply, after_s)  # type: ignore[arg-type]

    with scratch() as folder:
        outcome = run(job_of(rows, folder), FakeProvider(script), at_once(concurrency))
    assert outcome.status is RunStatus.DONE
    assert outcome.accepted + outcome.failed == len(rows)
