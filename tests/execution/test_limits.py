"""Pace under rate limits, headers and 429s; times are plain numbers."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.plans import CHEAP, card

from modelroute_cli.catalog.cards import Limits, Provider
from modelroute_cli.execution.buckets import Bucket, DayCount
from modelroute_cli.execution.limits import Closing, Expected, Lane, Lanes
from modelroute_cli.providers.base import RateSignal

SILENT = RateSignal()


def _provider(**limits: int) -> Provider:
    return Provider(name="cheap", base_url="http://127.0.0.1", limits=Limits(**limits))


def _opened(lane: Lane, answers: int) -> None:
    """Let a lane's window grow."""
    for _ in range(answers):
        lane.start(0, 0.0)
        lane.answered()


def test_a_bucket_without_a_limit_never_waits() -> None:
    """Unknown is unlimited until an answer says otherwise."""
    bucket = Bucket(None)
    for _ in range(1000):
        bucket.take(10_000, 0.0)
    assert bucket.ready_at() == -inf


def test_a_bucket_lets_a_second_of_work_through_then_paces() -> None:
    """600 a minute is 9.8 a second with the safety margin: one second's burst, then one each 0.102 s."""
    bucket = Bucket(600)
    passed, now = [], 100.0
    for _ in range(30):
        now = max(now, bucket.ready_at())
        passed.append(now - 100.0)
        bucket.take(1, now)
    assert passed[:10] == [0.0] * 10
    assert passed[20] - passed[10] == pytest.approx(10 / 9.8)


@given(st.lists(st.integers(1, 5000), min_size=2, max_size=60), st.integers(60, 100_000))
def test_no_window_of_a_minute_takes_more_than_the_limit(units: list[int], limit: int) -> None:
    """Whatever the sizes, all but the last request of any minute, less the burst, are inside the limit."""
    bucket, now, taken = Bucket(limit), 0.0, list[tuple[float, int]]()
    for size in units:
        now = max(now, bucket.ready_at())
        taken.append((now, size))
        bucket.take(size, now)
    for start, _ in taken:
        within = [size for at, size in taken if start <= at < start + 60]
        assert sum(within[:-1]) <= limit * 0.98 * (61 / 60) + 1e-6


def test_a_header_teaches_an_unknown_limit_and_lowers_a_known_one() -> None:
    """A limit the user set stays an upper bound; an unknown one is taken from the answer."""
    unknown, known = Bucket(None), Bucket(600)
    unknown.learn(1200, 1000, 0.0)
    known.learn(1200, 1000, 0.0)
    assert unknown.per_s == pytest.approx(19.6)
    assert known.per_s == pytest.approx(9.8)
    known.learn(60, 50, 0.0)
    assert known.per_s == pytest.approx(0.98)
    known.learn(1200, 1000, 0.0)
    assert known.per_s == pytest.approx(9.8)


def test_nothing_remaining_waits_for_one_unit() -> None:
    """When the header says zero is left, the next request waits until one has come back."""
    bucket = Bucket(60)
    bucket.learn(60, 0, 50.0)
    assert bucket.ready_at() == pytest.approx(50.0 + 1 / 0.98)


def test_a_lane_starts_slowly_and_doubles_each_round() -> None:
    """Eight requests at first; each answer makes room for one more."""
    lane = Lane(Limits())
    for _ in range(8):
        assert lane.wait_s(0.0) == 0.0
        lane.start(10, 0.0)
    assert lane.wait_s(0.0) == inf
    lane.answered()
    lane.start(10, 1.0)
    assert lane.wait_s(1.0) == 0.0
    lane.start(10, 1.0)
    assert lane.wait_s(1.0) == inf


def test_concurrency_of_an_account_is_never_passed() -> None:
    """The window stops growing at the account's own limit."""
    lane = Lane(Limits(concurrency=3))
    _opened(lane, 50)
    for _ in range(3):
        lane.start(1, 0.0)
    assert lane.wait_s(0.0) == inf


def test_tokens_are_paced_too() -> None:
    """A request of a minute's tokens makes the next one wait for most of a minute."""
    lane = Lane(Limits(tpm=60_000))
    lane.start(60_000, 0.0)
    assert lane.wait_s(0.0) == pytest.approx(60 / 0.98 - 1.0)


def test_a_429_pauses_until_retry_after() -> None:
    """Nothing starts before the time the provider names."""
    lane = Lane(Limits())
    lane.start(1, 0.0)
    assert lane.rate_limited(0.0, 20.0, 1.0) == 20.0
    assert lane.wait_s(1.0) == 20.0
    assert lane.wait_s(21.0) == 0.0


def test_one_episode_cuts_once() -> None:
    """A storm of 429s to requests that were in flight together is one event."""
    lane = Lane(Limits(rpm=6000))
    _opened(lane, 100)
    for _ in range(64):
        lane.start(1, 0.0)
    for _ in range(64):
        lane.rate_limited(0.0, 5.0, 1.0)
    assert lane.requests.per_s == pytest.approx(98 * 0.7)
    room = 0
    while lane.wait_s(6.0 + room) == 0.0:
        lane.start(1, 6.0 + room)
        room += 1
    assert room == 32


def test_the_next_episode_cuts_again() -> None:
    """A 429 to a request sent after the last cut is news."""
    lane = Lane(Limits(rpm=6000))
    lane.start(1, 0.0)
    lane.rate_limited(0.0, 1.0, 1.0)
    lane.start(1, 3.0)
    lane.rate_limited(3.0, 1.0, 4.0)
    assert lane.requests.per_s == pytest.approx(98 * 0.49)


def test_pauses_double_where_no_time_is_named() -> None:
    """1, 2, 4, ... up to 60 seconds; an answer starts over."""
    lane, now, pauses = Lane(Limits()), 0.0, []
    for _ in range(8):
        lane.start(1, now)
        pauses.append(lane.rate_limited(now, None, now))
        now += pauses[-1]
    assert pauses == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]
    _opened(lane, 1)
    lane.start(1, now)
    assert lane.rate_limited(now, None, now) == 1.0


def test_pace_recovers_with_answers() -> None:
    """After a cut the pace climbs back to the limit and not above it."""
    bucket = Bucket(6000)
    bucket.cut()
    for _ in range(100):
        bucket.recover()
    assert bucket.per_s == pytest.approx(98.0)


def test_a_failure_that_is_no_rate_limit_does_not_shrink() -> None:
    """A transient error says nothing of the account."""
    lane = Lane(Limits(rpm=6000))
    lane.start(1, 0.0)
    lane.released()
    assert (lane.in_flight, lane.wait_s(5.0)) == (0, 0.0)
    assert lane.requests.per_s == pytest.approx(98.0)


def test_how_long_a_lane_was_limited_counts_from_the_first_429() -> None:
    """Patience is measured from the first 429 and forgotten with an answer."""
    lane = Lane(Limits())
    lane.start(1, 0.0)
    lane.rate_limited(0.0, 1.0, 10.0)
    lane.start(1, 20.0)
    lane.rate_limited(20.0, 1.0, 25.0)
    assert lane.limited_for_s(110.0) == 100.0
    lane.start(1, 110.0)
    lane.answered()
    assert lane.limited_for_s(120.0) == 0.0


def test_models_of_an_account_share_its_lane_and_have_their_own() -> None:
    """A model's limits hold it back alone; a 429 pauses the account."""
    lanes = Lanes()
    limited = lanes.passage(card(CHEAP, limits=Limits(concurrency=1)), _provider())
    free = lanes.passage(card("cheap-2"), _provider())
    limited.start(5, 0.0)
    assert (limited.wait_s(0.0), free.wait_s(0.0)) == (inf, 0.0)
    assert (free.account.in_flight, free.model.in_flight) == (1, 0)
    assert limited.rate_limited(0.0, 7.0, SILENT, 1.0) == free.wait_s(1.0) == 7.0


def test_headers_are_about_the_model_that_answered() -> None:
    """A premium model's small limit does not slow down the cheap one of the same account."""
    lanes = Lanes()
    slow, fast = lanes.passage(card(CHEAP), _provider()), lanes.passage(card("cheap-2"), _provider())
    slow.start(5, 0.0)
    slow.answered(RateSignal(limit_requests=60, limit_tokens=6000), 0.0)
    assert slow.model.requests.per_s == pytest.approx(0.98)
    assert (fast.model.requests.per_s, fast.account.requests.per_s) == (None, None)


def test_closing_an_account_closes_its_models() -> None:
    """A refused key stops every model of the account; a used-up quota only its model."""
    lanes = Lanes()
    assert lanes.close("cheap", CHEAP, "quota")
    assert (lanes.closed(card(CHEAP)), lanes.closed(card("cheap-2"))) == ("quota", None)
    assert not lanes.refused(card(CHEAP))
    assert lanes.close("cheap", None, "key")
    assert not lanes.close("cheap", None, "key")
    assert (lanes.closed(card("cheap-2")), lanes.refused(card(CHEAP))) == ("key", True)


def test_what_is_shut_may_open_again_and_what_is_closed_not() -> None:
    """A closing for good takes the place of one that may pass; each has a number of its own."""
    lanes, cheap = Lanes(), card(CHEAP)
    assert lanes.shut("cheap", CHEAP, "down")
    assert not lanes.shut("cheap", CHEAP, "down")
    assert lanes.closing(cheap) == Closing("down", 1, may_pass=True)
    assert (lanes.gone(cheap), lanes.reopen("cheap", CHEAP), lanes.closing(cheap)) == (None, True, None)
    lanes.shut("cheap", CHEAP, "down again")
    assert lanes.close("cheap", CHEAP, "given up")
    assert lanes.closing(cheap) == Closing("given up", 3, may_pass=False)
    assert (lanes.gone(cheap), lanes.reopen("cheap", CHEAP)) == ("given up", False)


def test_of_two_closings_the_one_that_stays_counts() -> None:
    """An account that is gone, and a model of it that is only shut."""
    lanes = Lanes()
    lanes.close("cheap", None, "key")
    lanes.shut("cheap", CHEAP, "down")
    assert lanes.closed(card(CHEAP)) == "key"


def test_renewed_closings_are_new_to_those_that_wait() -> None:
    """Only what may pass gets a new number."""
    lanes = Lanes()
    lanes.shut("cheap", CHEAP, "down")
    lanes.close("cheap", "cheap-2", "quota")
    lanes.renew()
    assert lanes.closing(card(CHEAP)) == Closing("down", 3, may_pass=True)
    assert lanes.closing(card("cheap-2")) == Closing("quota", 2, may_pass=False)


def test_after_an_outage_a_lane_begins_with_few() -> None:
    """Eight at a time, growing with each answer as at first."""
    lane = Lane(Limits())
    for _ in range(92):
        lane.start(1, 0.0)
        lane.answered()
    lane.restart()
    for _ in range(8):
        assert lane.wait_s(0.0) == 0.0
        lane.start(1, 0.0)
    assert lane.wait_s(0.0) == inf
    lane.answered()
    lane.start(1, 0.0)
    assert lane.wait_s(0.0) == 0.0


def test_a_lane_that_is_held_waits() -> None:
    """Until a time, or while a probe is on its way."""
    lane = Lane(Limits())
    lane.held_until = 5.0
    assert (lane.wait_s(3.0), lane.wait_s(5.0)) == (2.0, 0.0)
    lane.held_until = inf
    assert lane.wait_s(3.0) == inf


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


def test_a_header_of_the_day_is_not_read_as_one_of_the_minute() -> None:
    """Groq's 14,400 requests a day are not 14,400 a minute, nor 10 a minute."""
    lane = Lane(Limits())
    lane.learn(RateSignal(limit_requests_day=14_400, remaining_requests_day=14_370), 0.0)
    assert (lane.requests.per_s, lane.day_wait_s(0.0), lane.wait_s(0.0)) == (None, 0.0, 0.0)
    lane.learn(RateSignal(limit_requests_day=14_400, remaining_requests_day=0), 0.0)
    assert lane.wait_s(0.0) == pytest.approx(6.0)


def test_input_and_output_are_paced_apart_by_what_is_expected() -> None:
    """Anthropic counts the output that was made, not the limit; its sum of both is then not paced."""
    lane = Lane(Limits())
    signal = RateSignal(limit_tokens=1000, limit_input_tokens=60_000, limit_output_tokens=6_000)
    lane.learn(signal, 0.0)
    assert lane.tokens.per_s is None
    lane.start(100_000, 0.0, Expected(input_tokens=1_000, output_tokens=600))
    assert lane.wait_s(0.0) == pytest.approx(600 / (6_000 / 60 * 0.98) - 1.0)


def test_limits_of_input_output_and_day_may_be_the_user_s_own() -> None:
    """Every limit of a card holds a run back."""
    expected = Expected(input_tokens=3_000, output_tokens=3_000)
    for limits, wait_s in (
        (Limits(input_tpm=6_000), 3_000 / 98 - 1.0),
        (Limits(output_tpm=6_000), 3_000 / 98 - 1.0),
        (Limits(rpd=1), 86_400.0),
        (Limits(tpd=6_000), 86_400 / 6_000),
    ):
        lane = Lane(limits)
        lane.start(6_000, 0.0, expected)
        assert lane.wait_s(0.0) == pytest.approx(wait_s)
