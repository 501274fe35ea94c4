"""The circuit breaker: it opens when everything fails, lets one probe at a time through, and closes with an answer."""

from math import inf
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.execution.breaker import Breaker, BreakerPolicy, Change

POLICY = BreakerPolicy()
Outcome = Literal["answered", "failed", "ended"]


def _opened(at: float = 0.0) -> Breaker:
    breaker = Breaker(POLICY)
    changes = [breaker.failed(row, at) for row in range(5)]
    assert changes == [Change.NONE] * 4 + [Change.OPENED]
    return breaker


def _probe_fails(breaker: Breaker, now: float, retry_after_s: float = 0.0) -> Change:
    breaker.sent(100)
    return breaker.failed(100, now, retry_after_s)


def test_it_opens_after_five_failures_in_a_row() -> None:
    """From then on nothing passes for a while."""
    breaker = _opened(10.0)
    assert (breaker.is_open, breaker.down_for_s(12.0)) == (True, 2.0)
    assert 10.5 <= breaker.held_until <= 11.0


def test_an_answer_in_between_keeps_it_closed() -> None:
    """Four failures and an answer, as often as you like."""
    breaker = Breaker(POLICY)
    for _ in range(10):
        assert [breaker.failed(row, 0.0) for row in range(4)] == [Change.NONE] * 4
        assert breaker.answered(5, 0.0) is Change.NONE
    assert (breaker.is_open, breaker.held_until, breaker.down_for_s(9.0)) == (False, -inf, 0.0)


def test_five_failures_among_many_answers_are_chance() -> None:
    """Of the last ten outcomes eight must have failed: after answers it takes eight failures in a row."""
    breaker = Breaker(POLICY)
    for row in range(20):
        breaker.answered(row, 0.0)
    changes = [breaker.failed(row, 1.0) for row in range(8)]
    assert changes == [Change.NONE] * 7 + [Change.OPENED]


def test_where_it_may_not_open_it_counts_on() -> None:
    """An account with one failing model: it opens with the failure that shows that it is not the model alone."""
    breaker = Breaker(POLICY)
    assert [breaker.failed(row, 0.0, may_open=False) for row in range(9)] == [Change.NONE] * 9
    assert breaker.in_a_row == 9
    assert breaker.failed(9, 0.0) is Change.OPENED


def test_one_probe_at_a_time() -> None:
    """While a probe is on its way nothing else may pass, however long it takes."""
    breaker = _opened()
    breaker.sent(7)
    assert breaker.held_until == inf


def test_probes_go_at_growing_intervals() -> None:
    """One second, two, four, five, each shortened by up to half."""
    breaker, now, gaps = _opened(), 1.0, list[float]()
    for _ in range(8):
        assert _probe_fails(breaker, now) is Change.STILL_DOWN
        gaps.append(breaker.held_until - now)
        now = breaker.held_until
    longest = [2.0, 4.0, 5.0, 5.0, 5.0, 5.0, 5.0, 5.0]
    assert all(0.5 * most <= gap <= most for gap, most in zip(gaps, longest, strict=True))


def test_a_provider_that_names_a_wait_is_not_probed_before() -> None:
    """Retry-After on a 503 holds the next probe."""
    breaker = _opened()
    _probe_fails(breaker, 1.0, retry_after_s=60.0)
    assert breaker.held_until == 61.0


def test_an_answered_probe_closes_it() -> None:
    """All may pass again, and the next failures are counted anew."""
    breaker = _opened()
    breaker.sent(7)
    assert breaker.answered(7, 3.0) is Change.RECOVERED
    assert (breaker.is_open, breaker.held_until, breaker.in_a_row) == (False, -inf, 0)


def test_old_news_changes_nothing_while_it_is_open() -> None:
    """What was sent before it opened neither closes it nor counts, good or bad."""
    breaker = _opened()
    breaker.sent(7)
    assert (breaker.answered(3, 1.0), breaker.failed(4, 1.0)) == (Change.NONE, Change.NONE)
    breaker.ended(5, 1.0)
    assert (breaker.is_open, breaker.held_until) == (True, inf)


def test_a_probe_that_says_nothing_makes_room_for_the_next() -> None:
    """A 400 or a 429 shows neither an outage nor its end."""
    breaker = _opened()
    breaker.sent(7)
    breaker.ended(7, 3.0)
    assert (breaker.is_open, breaker.held_until) == (True, 3.0)


def test_an_outage_soon_after_another_is_probed_less_often() -> None:
    """Its first probe waits twice as long; after a quiet minute all begins anew."""
    for after_s, expected in ((30.0, 2.0), (61.0, 1.0)):
        breaker = _opened()
        for now in (1.0, 3.0):
            _probe_fails(breaker, now)
        assert breaker.openings == 1
        breaker.sent(7)
        breaker.answered(7, 7.0)
        again = 7.0 + after_s
        while breaker.failed(8, again) is not Change.OPENED:
            pass
        assert expected / 2 <= breaker.held_until - again <= expected


@given(st.lists(st.tuples(st.sampled_from(["answered", "failed", "ended"]), st.floats(0.001, 100.0)), max_size=120))
def test_whatever_happens_it_probes_one_by_one_and_closes_only_with_an_answer(
    outcomes: list[tuple[Outcome, float]],
) -> None:
    """For every order of outcomes: open and held belong together, one answer closes, waits stay within bounds."""
    breaker, now = Breaker(POLICY), 0.0
    for row, (outcome, passed_s) in enumerate(outcomes):
        now = max(now + passed_s, breaker.held_until)
        was_open = breaker.is_open
        breaker.sent(row)
        assert breaker.held_until == (inf if was_open else -inf)
        _end(breaker, row, outcome, now)
        if was_open or outcome == "answered":
            assert breaker.is_open == (outcome != "answered")
        bounds = (now, now + POLICY.probe_longest_s) if breaker.is_open else (-inf, -inf)
        assert bounds[0] <= breaker.held_until <= bounds[1]


def _end(breaker: Breaker, row: int, outcome: Outcome, now: float) -> None:
    match outcome:
        case "answered":
            breaker.answered(row, now)
        case "failed":
            breaker.failed(row, now)
        case "ended":
            breaker.ended(row, now)


@given(st.lists(st.booleans(), min_size=1, max_size=300))
def test_it_never_opens_while_one_in_four_is_answered(failures: list[bool]) -> None:
    """Random failures, even three of four, are the requests' own affair: their tries deal with them."""
    breaker = Breaker(POLICY)
    for row, failed in enumerate(failures):
        if failed and row % 4:
            assert breaker.failed(row, float(row)) is Change.NONE
        else:
            assert breaker.answered(row, float(row)) is Change.NONE


@pytest.mark.parametrize("share", [0.2, 0.5])
def test_steady_faults_do_not_open_it(share: float) -> None:
    """Ten thousand requests of which a steady share fails, evenly mixed."""
    breaker = Breaker(POLICY)
    for row in range(10_000):
        if (row * 0.618_033_988_75) % 1.0 < share:
            assert breaker.failed(row, float(row)) is Change.NONE
        else:
            breaker.answered(row, float(row))
