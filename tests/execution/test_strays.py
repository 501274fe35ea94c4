"""429s that come however slowly requests go; times are plain numbers."""

from collections.abc import Iterator
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.execution.governor import Taught
from modelroute_cli.execution.strays import Before, Strays, Taken
from modelroute_cli.execution.window import Room

ROOM = Room(size=100.0, limited=False, threshold=inf, peak=0, agreed=0)
SLOWER = 0.85  # from one episode to the next


def before(at: float, passed: int, per_s: float, in_flight: int, tokens: int = 0) -> Before:
    """A lane that asked for so many a second."""
    return Before(at, passed, per_s, in_flight, Taken(passed, tokens), Taught(per_s, 0.0, 0), ROOM)


def at_random(run: int, episodes: int = 99) -> Iterator[tuple[Before, int]]:
    """Each episode after as many answers, however slow; each time it is asked for less."""
    at, per_s = 0.0, 100.0
    for number in range(episodes):
        yield before(at, number * run, per_s, round(per_s)), run
        per_s *= SLOWER
        at += run / per_s + 0.25


def at_a_limit(limit: float, overshoot: list[float], run: int) -> Iterator[tuple[Before, int]]:
    """Each episode lets in what the limit does, however much more is asked for."""
    at, passed = 0.0, 0
    for factor in overshoot:
        yield before(at, passed, limit * factor, round(limit * factor)), run
        at, passed = at + run / limit, passed + run


def told(strays: Strays, episodes: Iterator[tuple[Before, int]]) -> list[Before]:
    """What was found, as episodes went on until then."""
    for item, run in episodes:
        of(strays, "a" * run)
        first = strays.began(item)
        if first is not None:
            return [first]
        strays.refused()
    return []


def of(strays: Strays, outcomes: str) -> None:
    """Answers and refusals."""
    for outcome in outcomes:
        (strays.answered if outcome == "a" else strays.refused)()


def test_refusals_at_a_pace_that_was_let_in_before_are_strays() -> None:
    """The fifth, at half of the rate: what is given back is how it was before the first."""
    strays = Strays()
    (first,) = told(strays, at_random(50))
    assert (first.at, first.per_s, first.room) == (0.0, 100.0, ROOM)
    assert strays.known == pytest.approx(0.02, abs=0.003)


def test_three_episodes_tell_nothing_yet() -> None:
    """Four at least."""
    strays = Strays()
    assert told(strays, at_random(50, 3)) == []
    assert strays.known is None


def test_where_many_are_refused_they_are_no_strays() -> None:
    """One of six."""
    strays = Strays()
    assert told(strays, at_random(5, 20)) == []


def test_a_run_that_grew_says_that_it_helped_to_go_slower() -> None:
    """A limit is near: four times as many answers as before."""
    strays = Strays()
    assert told(strays, at_random(50, 4)) == []
    for _ in range(200):
        strays.answered()
    assert strays.began(before(9.0, 400, 10.0, 10)) is None


def test_what_was_let_in_long_ago_says_nothing_of_now() -> None:
    """A limit that was cut to a third: ten a second for a while, then three, asked for four."""
    strays = Strays()
    assert strays.began(before(0.0, 0, 10.0, 10)) is None
    of(strays, "r" + "a" * 600)
    assert strays.began(before(60.0, 600, 10.0, 10)) is None
    found = []
    for number, per_s in enumerate((7.0, 5.0, 4.5, 4.2, 4.0, 3.8)):
        of(strays, "r" + "a" * 12)
        found.append(strays.began(before(64.0 + 4 * number, 612 + 12 * number, per_s, 5)))
    assert found == [None] * 6


def test_an_account_that_bears_so_many_in_flight_is_not_taken_for_one_with_strays() -> None:
    """Always refused at twenty in flight: however slow the rate."""
    strays, found = Strays(), []
    for item, run in at_random(50, 12):
        of(strays, "a" * run)
        found.append(strays.began(item._replace(in_flight=20)))
        strays.refused()
    assert found == [None] * 12


@pytest.mark.parametrize("size", [10, 30])
def test_a_limit_of_tokens_is_not_taken_for_strays_when_requests_get_longer(size: int) -> None:
    """A thousand tokens a second let in a hundred short requests, then 33 that are longer; at one size they are."""
    strays, found, at, passed, tokens = Strays(), [], 0.0, 0, 0
    for number, per_s in enumerate((150.0, 120.0, 110.0, 60.0, 50.0, 45.0)):
        of(strays, "a" * 60)
        found.append(strays.began(before(at, passed, per_s, 100 - 10 * number, tokens)))
        strays.refused()
        at, passed, tokens = at + (0.6 if number < 2 else 1.8), passed + 60, tokens + 60 * (10 if number < 2 else size)
    assert any(found) == (size == 10)


def test_strays_are_doubted_when_many_more_are_refused() -> None:
    """Of 2%: the sixth of forty outcomes; a fifth is chance."""
    strays = Strays()
    told(strays, at_random(50))
    of(strays, "a" * 35 + "r" * 5)
    assert strays.known is not None
    of(strays, "r")
    assert strays.known is None


def test_their_share_going_on_changes_nothing() -> None:
    """Every twentieth, for long, where two of a hundred were known."""
    strays = Strays()
    told(strays, at_random(50))
    of(strays, ("a" * 19 + "r") * 50)
    assert strays.known is not None


def test_a_finding_that_was_wrong_makes_the_next_harder() -> None:
    """Refused at once when it was given back: one more episode that no limit explains is needed."""
    strays = Strays()
    once = 1 + sum(1 for _ in _until_known(strays))
    of(strays, "r" * 20)
    again = 1 + sum(1 for _ in _until_known(strays))
    assert again == once + 1


def test_a_finding_that_held_for_long_was_right() -> None:
    """An overload that came later does not make the next one harder."""
    strays = Strays()
    once = 1 + sum(1 for _ in _until_known(strays))
    of(strays, "a" * 400 + "r" * 20)
    assert 1 + sum(1 for _ in _until_known(strays)) == once


def _until_known(strays: Strays) -> Iterator[Before]:
    """The episodes before the one that is found to be a stray."""
    for item, run in at_random(50):
        of(strays, "a" * run)
        if strays.began(item) is not None:
            return
        strays.refused()
        yield item


@given(
    limit=st.floats(0.5, 500),
    overshoot=st.lists(st.floats(1.0, 4.0), min_size=2, max_size=40),
    run=st.integers(1, 300),
)
def test_a_limit_that_is_passed_is_never_taken_for_strays(limit: float, overshoot: list[float], run: int) -> None:
    """Who asks for more than is let in is refused for that, as often as it may be."""
    assert told(Strays(), at_a_limit(limit, overshoot, run)) == []


@given(st.text("ar", max_size=300))
def test_the_share_that_is_known_is_one(outcomes: str) -> None:
    """Above none and at most an eighth, as long as it is known."""
    strays = Strays()
    told(strays, at_random(50))
    of(strays, outcomes)
    assert strays.known is None or 0 < strays.known <= 0.125
