"""Tests of modelroute_cli.emulator.buckets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.emulator.buckets import DAY_S, Bucket, Mark, Rhythm

STEADY, BY_SECOND, BY_MINUTE = Rhythm(), Rhythm(burst_s=1.0, step_s=1.0), Rhythm(step_s=60.0)
RHYTHMS = [STEADY, Rhythm(burst_s=1.0), BY_SECOND, BY_MINUTE, Rhythm(period_s=DAY_S, burst_s=DAY_S)]


def passed_at(bucket: Bucket, at: float, tries: int = 1000) -> int:
    """How many units come through at one moment."""
    bucket.refill(at)
    for count in range(tries):
        if bucket.wait_s(1):
            return count
        bucket.take(1)
    return tries


def test_a_steady_limit_comes_back_bit_by_bit() -> None:
    """A minute's worth at first, then one a second."""
    bucket = Bucket(60, STEADY, 0.0)
    assert [passed_at(bucket, at) for at in (0.0, 0.5, 1.0, 4.0)] == [60, 0, 1, 3]


def test_a_small_burst_keeps_no_more() -> None:
    """Who waits ten seconds does not get ten seconds' worth."""
    bucket = Bucket(600, Rhythm(burst_s=1.0), 0.0)
    assert [passed_at(bucket, at) for at in (0.0, 10.0, 10.1)] == [10, 10, 1]


def test_by_the_second_is_a_sixtieth_each() -> None:
    """Nothing is kept for the next second, and it begins with the clock's."""
    bucket = Bucket(600, BY_SECOND, 0.0)
    assert [passed_at(bucket, at) for at in (0.2, 0.9, 1.0, 5.9, 6.0)] == [10, 0, 10, 10, 10]


def test_by_the_minute_is_all_at_once() -> None:
    """Fixed windows, as the clock has them."""
    bucket = Bucket(30, BY_MINUTE, 10.0)
    assert [passed_at(bucket, at) for at in (10.0, 59.9, 60.0, 119.0, 120.0)] == [30, 0, 30, 0, 30]


@pytest.mark.parametrize(
    ("rhythm", "wait_s"), [(STEADY, 1.0), (BY_SECOND, 0.75), (BY_MINUTE, 59.75)], ids=["steady", "second", "minute"]
)
def test_the_wait_ends_when_the_next_may_come(rhythm: Rhythm, wait_s: float) -> None:
    """Bit by bit, or at the next step."""
    bucket = Bucket(60, rhythm, 0.25)
    passed_at(bucket, 0.25)
    assert bucket.wait_s(1) == pytest.approx(wait_s)


def test_a_request_above_what_is_kept_passes_when_all_of_it_is_there_and_is_owed() -> None:
    """Else it would wait for ever; what it took too much is missing afterwards."""
    bucket = Bucket(6000, Rhythm(burst_s=1.0), 0.0)
    assert bucket.wait_s(500) == 0.0
    bucket.take(500)
    assert bucket.wait_s(100) == pytest.approx(5.0)


def test_nobody_owes_more_than_a_period() -> None:
    """However large one request is."""
    bucket = Bucket(60, STEADY, 0.0)
    bucket.take(10**9)
    assert bucket.wait_s(60) == 60.0


def test_what_is_given_back_can_be_taken_again() -> None:
    """And never more than is kept."""
    bucket = Bucket(60, STEADY, 0.0)
    bucket.take(50)
    bucket.give_back(30)
    assert bucket.mark() == Mark(limit=60, remaining=40, reset_s=20.0)
    bucket.give_back(1000)
    assert bucket.mark() == Mark(limit=60, remaining=60, reset_s=0.0)


def test_draining_owes_nothing() -> None:
    """It takes what is there."""
    bucket = Bucket(60, STEADY, 0.0)
    bucket.take(59.5)
    bucket.drain(1)
    assert bucket.wait_s(1) == 1.0
    bucket.take(10)
    bucket.drain(1)
    assert bucket.wait_s(1) == 11.0


def test_a_change_takes_the_rest_down_with_it() -> None:
    """A third of the limit: what was kept above it is gone, and it comes back at a third of the pace."""
    bucket = Bucket(60, STEADY, 0.0)
    bucket.refill(1.0, 1 / 3)
    assert bucket.mark(1 / 3) == Mark(limit=20, remaining=20, reset_s=0.0)
    bucket.take(20)
    assert bucket.wait_s(1) == pytest.approx(3.0)


@given(
    rhythm=st.sampled_from(RHYTHMS),
    limit=st.integers(1, 10_000),
    steps=st.lists(st.tuples(st.floats(0, 90), st.integers(1, 50)), max_size=40),
)
def test_waiting_as_told_is_enough(rhythm: Rhythm, limit: int, steps: list[tuple[float, int]]) -> None:
    """After the wait the request comes in, whatever came before."""
    bucket, now = Bucket(limit, rhythm, 0.0), 0.0
    for delay_s, amount in steps:
        now += delay_s
        bucket.refill(now)
        now += bucket.wait_s(amount) + 1e-6
        bucket.refill(now)
        assert bucket.wait_s(amount) == 0.0
        bucket.take(amount)


@given(
    rhythm=st.sampled_from(RHYTHMS[:4]),
    limit=st.integers(60, 10_000),
    delays=st.lists(st.floats(0, 20), max_size=60),
)
def test_no_time_lets_more_through_than_it_may(rhythm: Rhythm, limit: int, delays: list[float]) -> None:
    """What passes is at most what is kept, and what the time brings, up to the end of a step."""
    bucket, now, passed = Bucket(limit, rhythm, 0.0), 0.0, 0
    for delay_s in delays:
        now += delay_s
        passed += passed_at(bucket, now, tries=50)
    assert passed <= limit / 60 * (rhythm.burst_s + now + rhythm.step_s) + 1e-6
