"""The rate that 429s teach; times are plain numbers."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.execution.governor import Governor


def sends(governor: Governor, count: int, start: float, each_s: float) -> float:
    """Start so many, at even distances, all answered at once; when the last one was."""
    at = start
    for number in range(count):
        at = start + number * each_s
        governor.take(at)
        governor.answered(at, at)
    return at


def refusal(governor: Governor, at: float) -> None:
    """One more starts and meets a 429."""
    governor.take(at)
    governor.refused(at, begins=True)


def first_episode(governor: Governor) -> None:
    """Forty in two seconds, then a 429, and the first request after a pause of a second."""
    sends(governor, 40, 0.0, 0.05)
    refusal(governor, 2.0)
    governor.take(3.0)
    governor.answered(3.0, 3.0)


def test_nothing_holds_back_before_a_429() -> None:
    """Where nothing is known, the window alone does."""
    governor = Governor()
    sends(governor, 1000, 0.0, 0.0)
    assert (governor.rate, governor.ready_at()) == (None, -inf)


def test_the_first_episode_cuts_what_passed_before_it() -> None:
    """Twenty a second passed: three quarters of it."""
    governor = Governor()
    first_episode(governor)
    assert governor.rate == pytest.approx(15.0)
    assert governor.ready_at() == pytest.approx(3.0 + 1 / 15)


def test_two_episodes_measure_what_comes_in_between_them() -> None:
    """Ten in the two seconds from one 429 to the next: towards five a second, whatever was in the bucket before."""
    governor = Governor()
    first_episode(governor)
    for number in range(9):
        governor.take(3.1 + number / 10)
    refusal(governor, 4.0)
    governor.take(5.0)
    assert governor.rate == pytest.approx((5 * 15) ** 0.5 * 0.97)


def test_a_longer_run_says_that_its_rate_is_a_little_too_much() -> None:
    """After five seconds at fifteen a second: seven hundredths less, and kept for a while."""
    governor = Governor()
    first_episode(governor)
    for number in range(75):
        governor.take(3.1 + number / 15)
    refusal(governor, 8.1)
    governor.take(9.1)
    assert governor.rate == pytest.approx(15 * 0.93)
    sends(governor, 100, 9.2, 1 / 14)
    assert governor.rate == pytest.approx(15 * 0.93)


def test_a_run_that_did_not_use_its_rate_is_measured_by_what_passed() -> None:
    """Eight a second where fifteen might have: that is what was too much."""
    governor = Governor()
    first_episode(governor)
    for number in range(40):
        governor.take(3.1 + number / 8)
    refusal(governor, 8.1)
    governor.take(9.1)
    assert governor.rate == pytest.approx(8 * 1.1 * 0.93, rel=0.05)


def test_the_step_after_a_run_is_small_once_more() -> None:
    """The next 429 soon after says that it was still a little too much, not that a pause is to be counted in."""
    governor = Governor()
    first_episode(governor)
    for number in range(75):
        governor.take(3.1 + number / 15)
    refusal(governor, 8.1)
    sends(governor, 10, 9.1, 1 / 14)
    refusal(governor, 10.0)
    governor.take(11.0)
    assert governor.rate == pytest.approx(15 * 0.93**2)


def test_the_rate_grows_slowly_with_answers() -> None:
    """After five seconds: a twentieth a second, at most a tenth, while the rate is what holds requests back."""
    governor = Governor()
    first_episode(governor)
    rate, now, rates = governor.rate or 0.0, 3.0, dict[int, float]()
    while now < 18.0:
        now = max(now, governor.ready_at())
        governor.take(now)
        governor.answered(now, now)
        rates[int(now)] = governor.rate or 0.0
    assert rates[7] == rate
    assert rate * 1.05**8 < rates[17] < rate * 1.11**10


def test_a_rate_that_is_not_used_does_not_grow() -> None:
    """One a second where fifteen may pass tells nothing."""
    governor = Governor()
    first_episode(governor)
    sends(governor, 20, 6.0, 1.5)  # the first of them was not late
    assert governor.rate == pytest.approx(15.0)


def test_episodes_without_an_answer_between_them_are_one() -> None:
    """A window that stays shut does not teach that the rate is nothing."""
    governor = Governor()
    first_episode(governor)
    sends(governor, 20, 3.1, 1 / 15)
    refusal(governor, 4.5)
    refusal(governor, 5.5)
    rate = governor.rate
    for at in (7.5, 11.5, 19.5):
        refusal(governor, at)
    assert governor.rate == rate


def test_an_answer_to_a_request_sent_before_the_episode_does_not_end_it() -> None:
    """Slow answers come in long after the bucket was empty."""
    governor = Governor()
    first_episode(governor)
    sends(governor, 20, 3.1, 1 / 15)
    refusal(governor, 4.5)
    governor.take(5.5)
    rate = governor.rate
    governor.answered(4.0, 5.5)
    governor.refused(5.5, begins=True)
    governor.take(6.5)
    assert governor.rate == rate


def test_a_429_to_one_of_the_first_requests_measures_nothing() -> None:
    """Somebody else may have used it up: no rate is taken from so little."""
    governor = Governor()
    refusal(governor, 0.0)
    governor.take(1.0)
    assert governor.rate is None


@given(st.lists(st.tuples(st.sampled_from("tar"), st.floats(0, 100)), max_size=200))
def test_the_rate_is_never_nothing(events: list[tuple[str, float]]) -> None:
    """Whatever happens, requests go on at one in two minutes at least, and a turn is never farther than that."""
    governor, now = Governor(), 0.0
    for event, after_s in events:
        now += after_s
        if event == "t":
            governor.take(now)
        elif event == "a":
            governor.answered(now, now)
        else:
            refusal(governor, now)
    governor.take(now)
    assert governor.rate is None or governor.rate >= 1 / 120
    if len(events) < 2:
        assert governor.ready_at() <= now + 120
