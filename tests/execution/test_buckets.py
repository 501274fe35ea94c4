"""Rates and daily counts; times are plain numbers."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.execution.buckets import Bucket, DayCount, Said, next_turn

STATED = 0.995  # of a limit is used


def passes(bucket: Bucket, count: int, now: float) -> list[float]:
    """When so many requests of one unit pass, from `now` on."""
    times = []
    for _ in range(count):
        now = max(now, bucket.ready_at())
        times.append(now)
        bucket.take(1, now)
    return times


def test_a_bucket_without_a_limit_never_waits() -> None:
    """Unknown is unlimited until an answer says otherwise."""
    bucket = Bucket(None)
    for _ in range(1000):
        bucket.take(10_000, 0.0)
    assert (bucket.ready_at(), bucket.rate_at(0.0), bucket.per_s) == (-inf, inf, None)


def test_requests_are_spread_evenly() -> None:
    """600 a minute is one each 0.1 s and a little, from the first on: some providers count by the second."""
    times = passes(Bucket(600), 30, 100.0)
    assert times[0] == 100.0
    assert times[29] == pytest.approx(100.0 + 29 / 10 / STATED)


def test_a_little_lateness_is_made_up_for() -> None:
    """A quarter of a second at most; who did not ask for a second was not late."""
    assert next_turn(10.0, 9.0) == 10.0
    assert next_turn(10.0, 10.2) == 10.0
    assert next_turn(10.0, 10.5) == 10.25
    assert next_turn(10.0, 11.5) == 11.5


@given(st.lists(st.floats(0, 3), min_size=2, max_size=60), st.integers(1, 3000))
def test_no_minute_takes_more_than_the_limit(late: list[float], limit: int) -> None:
    """However late the requests come, any sixty seconds have at most the limit."""
    bucket, now, times = Bucket(limit), 0.0, list[float]()
    for delay in late:
        now = max(now, bucket.ready_at()) + delay
        bucket.take(1, now)
        times.append(now)
    for start in times:
        assert sum(start <= at < start + 60 for at in times) <= limit


@given(st.lists(st.integers(1, 5000), min_size=2, max_size=60), st.integers(60, 100_000))
def test_no_minute_takes_more_tokens_than_the_limit(units: list[int], limit: int) -> None:
    """Whatever the sizes, all but the last request of any minute are inside the limit."""
    bucket, now, taken = Bucket(limit), 0.0, list[tuple[float, int]]()
    for size in units:
        now = max(now, bucket.ready_at())
        taken.append((now, size))
        bucket.take(size, now)
    for start, _ in taken:
        within = [size for at, size in taken if start <= at < start + 60]
        assert sum(within[:-1]) <= limit


def test_a_header_teaches_an_unknown_limit_and_lowers_a_known_one() -> None:
    """A limit the user set stays an upper bound; an unknown one is taken from the answer."""
    unknown, known = Bucket(None), Bucket(600)
    unknown.learn(Said(1200, 1000), 0.0)
    known.learn(Said(1200, 1000), 0.0)
    assert unknown.per_s == pytest.approx(20 * STATED)
    assert known.per_s == pytest.approx(10 * STATED)
    known.learn(Said(60, 50), 0.0)
    assert known.per_s == pytest.approx(STATED)
    known.learn(Said(1200, 1000), 0.0)
    assert known.per_s == pytest.approx(10 * STATED)


def test_nothing_remaining_waits_for_one_unit() -> None:
    """When the header says zero is left, the next request waits until one has come back."""
    bucket = Bucket(60)
    bucket.learn(Said(60, 0), 50.0)
    assert bucket.ready_at() == pytest.approx(51.0)


def test_a_steady_bucket_that_others_drain_is_followed() -> None:
    """A third is left where we took nothing: the rate is half of the limit, at which such a level stays."""
    bucket = Bucket(600)
    bucket.learn(Said(600, 200, 40.0, taken=0), 10.0)
    assert bucket.rate_at(10.0) == pytest.approx(10 * 200 / 400)
    assert bucket.rate_at(71.0) == pytest.approx(10 * STATED)  # nothing was heard for a minute


def test_a_bucket_that_is_more_than_half_full_holds_nobody_back() -> None:
    """We run by the limit then."""
    bucket = Bucket(600)
    bucket.learn(Said(600, 400, 20.0, taken=0), 10.0)
    assert bucket.rate_at(10.0) == pytest.approx(10 * STATED)


def test_what_was_taken_since_the_request_was_sent_is_gone() -> None:
    """Of 200 that were left two seconds ago we took 100 since, and 20 came back: 120 are left."""
    bucket = Bucket(600)
    for _ in range(100):
        bucket.take(1, 8.0)
    bucket.learn(Said(600, 200, 40.0, taken=0, age_s=2.0), 10.0)
    assert bucket.rate_at(10.0) == pytest.approx(10 * 120 / 480)


def test_what_is_left_of_a_fixed_window_is_spread_over_its_rest() -> None:
    """Sixty left for twenty seconds are three a second; then the window begins anew."""
    bucket = Bucket(600)
    bucket.learn(Said(600, 60, 20.0, taken=0), 10.0)
    assert bucket.rate_at(10.0) == pytest.approx(3.0)
    assert bucket.rate_at(30.0) == pytest.approx(10 * STATED)


def test_an_empty_fixed_window_is_waited_for() -> None:
    """Never more is sent than the provider says is left."""
    bucket = Bucket(600)
    bucket.learn(Said(600, 0, 20.0, taken=0), 10.0)
    assert bucket.ready_at() == 30.0


def test_an_empty_steady_bucket_is_waited_for_until_one_came_back() -> None:
    """A tenth of a second at ten a second; tokens by their own rate."""
    bucket = Bucket(600)
    bucket.learn(Said(600, 0, 60.0, taken=0), 10.0)
    assert bucket.ready_at() == pytest.approx(10.1)


def test_the_headers_of_an_older_request_say_nothing_new() -> None:
    """Answers come out of order; the newest request's word counts."""
    bucket = Bucket(600)
    bucket.learn(Said(600, 60, 20.0, taken=0, age_s=1.0), 10.0)
    bucket.learn(Said(600, 600, 30.0, taken=0, age_s=9.0), 11.0)
    assert bucket.rate_at(11.0) == pytest.approx(60 / 19)


@given(
    st.integers(0, 10_000),
    st.integers(1, 10_000),
    st.floats(0, 100, allow_nan=False),
    st.integers(0, 10_000),
    st.floats(0, 60),
)
def test_no_header_stops_or_speeds_a_lane_for_good(
    left: int, limit: int, reset_s: float, taken: int, age: float
) -> None:
    """Whatever is said, the rate stays between a fiftieth and the whole of the limit, and nobody waits for ever."""
    bucket = Bucket(600)
    bucket.take(taken, 0.0)
    before = bucket.ready_at()
    bucket.learn(Said(limit, left, reset_s, taken=0, age_s=age), 100.0)
    stated = min(600, limit) / 60
    assert min(stated, limit / 60) * 0.02 * 0.99 <= bucket.rate_at(100.0) <= stated
    assert bucket.ready_at() <= max(before, 100.0 + 60.0 * max(1, 1 + taken - left))


def test_what_was_not_used_is_given_back() -> None:
    """Where output that was made counts, an answer shorter than expected makes room."""
    bucket = Bucket(6_000)
    bucket.take(600, 10.0)
    bucket.correct(-400, 12.0)
    assert bucket.ready_at() == pytest.approx(10.0 + 200 / 100 / STATED)
    assert bucket.taken == 200


def test_a_day_without_a_limit_never_waits() -> None:
    """Unknown is unlimited."""
    day = DayCount(None)
    day.take(10**9, 0.0)
    assert day.ready_at(0.0) == -inf


def test_a_day_lets_all_of_it_through_then_one_as_it_comes_back() -> None:
    """1,440 a day: a burst is free, then one comes back each minute, as Groq counts."""
    day = DayCount(1440)
    day.take(1440, 0.0)
    assert day.ready_at(0.0) == pytest.approx(60.0)
    assert day.ready_at(30.0) == pytest.approx(60.0)
    assert day.ready_at(61.0) == -inf


def test_a_header_of_the_day_teaches_what_is_left_of_it() -> None:
    """The user's own limit stays an upper bound; what other programs used counts too."""
    unknown, known = DayCount(None), DayCount(100)
    unknown.learn(1440, 0, 0.0)
    known.learn(1440, 1439, 0.0)
    assert unknown.ready_at(0.0) == pytest.approx(60.0)
    known.take(100, 0.0)
    assert known.ready_at(0.0) == pytest.approx(864.0)


@given(st.lists(st.integers(1, 50), min_size=1, max_size=40), st.integers(1, 2000))
def test_no_day_takes_more_than_the_limit_and_what_comes_back(units: list[int], limit: int) -> None:
    """Whatever the sizes, within the first day at most its limit, what comes back, and one request more pass."""
    day, now, taken = DayCount(limit), 0.0, 0
    for size in units:
        now = max(now, day.ready_at(now))
        if now > 86_400:
            break
        day.take(size, now)
        taken += size
    assert taken <= limit * (1 + now / 86_400) + max(units)
