"""What one account or model takes, by rates, headers and 429s; times are plain numbers."""

from math import inf

import pytest

from modelroute_cli.catalog.cards import Limits
from modelroute_cli.execution.lane import Expected, Lane
from modelroute_cli.execution.observed import Load
from modelroute_cli.providers.base import RateSignal


def opened(lane: Lane, answers: int) -> None:
    """Let a lane's window grow."""
    for _ in range(answers):
        lane.start(0, 0.0)
        lane.answered(0.0)


def test_a_lane_of_which_nothing_is_known_starts_slowly() -> None:
    """Eight requests at first; each answer makes room for one more."""
    lane = Lane(Limits())
    for _ in range(8):
        assert lane.wait_s(0.0) == 0.0
        lane.start(10, 0.0)
    assert lane.wait_s(0.0) > 0
    lane.answered(0.5)
    lane.start(10, 0.5)
    assert lane.wait_s(0.5) == 0.0
    lane.start(10, 0.5)
    assert lane.wait_s(0.5) == inf


def test_a_lane_whose_rate_is_known_is_paced_by_it_from_the_first_second() -> None:
    """Six thousand a minute: one each hundredth of a second, without a slow start."""
    lane, now = Lane(Limits(rpm=6000)), 0.0
    for _ in range(200):
        now += lane.wait_s(now)
        lane.start(10, now)
    assert now == pytest.approx(1.99 / 0.995)


def test_a_rate_of_the_account_makes_its_models_known_too() -> None:
    """The account's own pace holds them back."""
    lane = Lane(Limits())
    for _ in range(20):
        assert lane.wait_s(0.0, 100.0) == 0.0
        lane.start(10, 0.0)


def test_concurrency_of_an_account_is_never_passed() -> None:
    """The window stops growing at the account's own limit."""
    lane = Lane(Limits(concurrency=3))
    opened(lane, 50)
    for _ in range(3):
        lane.start(1, 0.0)
    assert lane.wait_s(0.0) == inf


def test_tokens_are_paced_too() -> None:
    """A request of a minute's tokens makes the next one wait for a minute."""
    lane = Lane(Limits(tpm=60_000))
    lane.start(60_000, 0.0)
    assert lane.wait_s(0.0) == pytest.approx(60 / 0.995)


def test_a_429_pauses_until_retry_after() -> None:
    """Nothing starts before the time the provider names."""
    lane = Lane(Limits())
    lane.start(1, 0.0)
    assert lane.rate_limited(0.0, 20.0, 1.0) == 20.0
    assert lane.wait_s(1.0) == 20.0
    assert lane.wait_s(21.0) == 0.0


def test_one_episode_cuts_once() -> None:
    """A storm of 429s to requests that were in flight together is one event; later stragglers of it add nothing."""
    lane = Lane(Limits(rpm=60_000))
    opened(lane, 100)
    for number in range(64):
        lane.start(1, number / 64)
    for _ in range(28):
        lane.rate_limited(0.0, 5.0, 1.0)
    lane.start(1, 6.0)
    rate = lane.governor.rate
    assert lane.in_flight == 37
    assert rate == pytest.approx(0.75 * 136)
    lane.rate_limited(0.5, 5.0, 6.5)
    lane.start(1, 12.0)
    assert lane.governor.rate == rate


def test_pauses_double_where_no_time_is_named() -> None:
    """1, 2, 4, ... up to 30 seconds; an answer starts over."""
    lane, now, pauses = Lane(Limits()), 0.0, list[float]()
    for _ in range(8):
        lane.start(1, now)
        pauses.append(lane.rate_limited(now, None, now) or 0.0)
        now += pauses[-1]
    assert pauses == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]
    sent = lane.start(1, now)
    lane.answered(now, sent)
    lane.start(1, now)
    assert lane.rate_limited(now, None, now) == 1.0


def refused_by_chance(lane: Lane) -> float:
    """Each fiftieth is refused, however slowly they go, until that is found out; when that was."""
    now, number, pause_s = 0.0, 0, lane.rate_limited(0.0, None, lane.start(1, 0.0).at)
    while pause_s is not None and number < 5_000:
        number += 1
        now += lane.rate_wait_s(now) + 0.02
        sent = lane.start(1, now)
        if number % 50:
            lane.answered(now, sent)
        else:
            for _ in range(5):
                lane.start(1, now)
            pause_s = lane.rate_limited(now, 0.5, now)
            while lane.in_flight:
                lane.released()
    assert number < 5_000
    return now


def test_429s_that_no_pace_avoids_pause_nothing_and_teach_nothing() -> None:
    """What the earlier ones taught is forgotten; the next ones change neither rate nor window."""
    lane = Lane(Limits())
    opened(lane, 40)
    now = refused_by_chance(lane)
    rate, room = lane.governor.rate, lane.window.room
    assert (lane.wait_s(now + 1.0), lane.in_flight) == (0.0, 0)
    lane.start(1, now + 1.0)
    assert lane.rate_limited(now + 1.0, 30.0, now + 1.5) is None
    assert (lane.governor.rate, lane.window.room, lane.in_flight) == (rate, room, 0)
    assert lane.wait_s(now + 2.0) == 0.0


def test_when_many_more_are_refused_the_lane_pauses_again() -> None:
    """Ten in a row, where one of fifty was refused by chance."""
    lane = Lane(Limits())
    opened(lane, 40)
    now = refused_by_chance(lane) + 1.0
    pauses = []
    for _ in range(10):
        lane.start(1, now)
        pauses.append(lane.rate_limited(now, 3.0, now))
    assert pauses == [None] * 5 + [3.0] * 5


def test_a_failure_that_is_no_rate_limit_does_not_shrink() -> None:
    """A transient error says nothing of the account."""
    lane = Lane(Limits(rpm=6000))
    lane.start(1, 0.0)
    lane.released()
    assert (lane.in_flight, lane.wait_s(5.0), lane.governor.rate) == (0, 0.0, None)


def test_how_long_a_lane_was_limited_counts_from_the_first_429() -> None:
    """Patience is measured from the first 429, and forgotten with an answer to a request that was sent since."""
    lane = Lane(Limits())
    slow = lane.start(1, 0.0)
    lane.start(1, 0.0)
    for at in (10.0, 25.0):
        lane.rate_limited(at - 5.0, 1.0, at)
        lane.limit(at)
        lane.start(1, at + 5.0)
    lane.answered(100.0, slow)
    assert lane.limited_for_s(110.0) == 100.0
    lane.answered(115.0, lane.start(1, 110.0))
    assert lane.limited_for_s(120.0) == 0.0


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
    assert lane.wait_s(0.0) == pytest.approx(600 / (6_000 / 60 * 0.995))


def test_limits_of_input_output_and_day_may_be_the_user_s_own() -> None:
    """Every limit of a card holds a run back."""
    expected = Expected(input_tokens=3_000, output_tokens=3_000)
    for limits, wait_s in (
        (Limits(input_tpm=6_000), 3_000 / 99.5),
        (Limits(output_tpm=6_000), 3_000 / 99.5),
        (Limits(rpd=1), 86_400.0),
        (Limits(tpd=6_000), 86_400 / 6_000),
    ):
        lane = Lane(limits)
        lane.start(6_000, 0.0, expected)
        assert lane.wait_s(0.0) == pytest.approx(wait_s)


def test_output_that_was_not_made_is_given_back() -> None:
    """Where what is used counts: 100 tokens of the 600 that were expected."""
    lane = Lane(Limits(output_tpm=6_000))
    sent = lane.start(1_000, 0.0, Expected(input_tokens=10, output_tokens=600))
    lane.answered(0.5, sent)
    lane.used(sent.expected, Expected(10, 100), 0.5)
    assert lane.wait_s(0.5) == pytest.approx(100 / 99.5 - 0.5)


def test_headers_that_say_somebody_else_takes_the_most_slow_a_lane_down() -> None:
    """A quarter is left though we took next to nothing; an answer to a request sent before changes nothing."""
    lane = Lane(Limits())
    early, late = lane.start(10, 0.0), lane.start(10, 1.0)
    lane.learn(RateSignal(limit_requests=600, remaining_requests=150, reset_requests_s=45.0), 1.0, late)
    assert lane.requests.rate_at(1.0) == pytest.approx(10 * 150 / 450)
    lane.learn(RateSignal(limit_requests=600, remaining_requests=599, reset_requests_s=0.1), 2.0, early)
    assert lane.requests.rate_at(2.0) == pytest.approx(10 * 150 / 450)


def test_how_long_a_load_takes_goes_by_the_tightest_limit() -> None:
    """Requests, tokens as they are counted at admission, input, or output; each model's own."""
    load = Load(input_tokens=10_000, output_tokens=5_000, requests=100, paced_tokens=45_000)
    assert Lane(Limits(rpm=60)).rated_s(load, 0.0) == pytest.approx(100 / 0.995)
    assert Lane(Limits(rpm=60, tpm=6_000)).rated_s(load, 0.0) == pytest.approx(45_000 / 99.5)
    assert Lane(Limits(rpm=60, output_tpm=60_000)).rated_s(load, 0.0) == pytest.approx(100 / 0.995)
    assert Lane(Limits(output_tpm=600)).rated_s(load, 0.0) == pytest.approx(5_000 / 9.95)


def test_how_long_a_load_takes_where_a_429_taught_the_rate_goes_by_that() -> None:
    """Nothing is known before it."""
    lane, load = Lane(Limits()), Load(requests=1500)
    assert lane.rated_s(load, 0.0) == 0.0
    for number in range(41):
        lane.start(10, number / 20)
    lane.rate_limited(2.0, 1.0, 2.0)
    lane.start(10, 3.0)
    assert lane.rated_s(load, 3.0) == pytest.approx(1500 / 15)


def test_a_lane_that_is_held_waits() -> None:
    """Until a time, or while a probe is on its way."""
    lane = Lane(Limits())
    lane.held_until = 5.0
    assert (lane.wait_s(3.0), lane.wait_s(5.0)) == (2.0, 0.0)
    lane.held_until = inf
    assert lane.wait_s(3.0) == inf
