"""How many may be in flight; times are plain numbers."""

from math import inf

from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.execution.window import Window


def fill(window: Window, now: float, per_s: float = inf) -> int:
    """Start as many as have room; how many those were."""
    count = 0
    while window.room_in_s(now, per_s) == 0.0 and count < 10_000:
        window.started(now, 50)
        count += 1
    return count


def answer_all(window: Window, latency_s: float) -> None:
    """Everything in flight is answered."""
    for _ in range(window.in_flight):
        window.answered(latency_s)


def test_an_unknown_account_gets_eight_and_then_twice_as_many_a_round() -> None:
    """Slow start: each answer makes room for one more."""
    window, rounds = Window(None), []
    for now in range(4):
        rounds.append(fill(window, float(now)))
        answer_all(window, 1.0)
    assert rounds == [8, 16, 32, 64]


def test_before_any_answer_the_seconds_make_room_too() -> None:
    """Answers may take long: 8, 16, 32 in the first ten seconds, no more until one comes."""
    window = Window(None)
    assert fill(window, 0.0) == 8
    assert window.room_in_s(1.25, inf) == 3.75
    assert [fill(window, 5.0), fill(window, 10.0)] == [8, 16]
    assert window.room_in_s(60.0, inf) == inf


def test_a_known_rate_needs_no_slow_start() -> None:
    """At 10 a second and answers of about 5 s, twice what that needs at most are in flight before one came."""
    window = Window(None)
    assert fill(window, 0.0, per_s=10.0) == 100
    assert window.room_in_s(0.0, 10.0) == inf


def test_a_known_rate_allows_what_its_answers_turn_out_to_need() -> None:
    """Longer answers than expected make room: by Little's law."""
    window = Window(None)
    fill(window, 0.0, per_s=100.0)
    for _ in range(200):
        window.answered(30.0)
    assert window.latency_s > 29
    assert window.in_flight + fill(window, 1.0, per_s=100.0) > 5_800


def test_a_limit_of_the_account_is_never_passed() -> None:
    """Whatever the rate."""
    window = Window(3)
    for _ in range(50):
        assert fill(window, 0.0, per_s=1000.0) == 3
        answer_all(window, 1.0)


def test_an_account_s_lane_needs_no_slow_start() -> None:
    """Its models have theirs."""
    assert fill(Window(None, slow_start=False), 0.0) == 10_000


def test_a_429_shrinks_to_what_was_let_in() -> None:
    """Of 64, 24 were refused: forty are in flight, and so many there may be."""
    window = Window(None)
    for _ in range(3):
        fill(window, 0.0)
        answer_all(window, 1.0)
    assert fill(window, 0.0) == 64
    for number in range(24):
        window.refused(begins=number == 0)
    assert (window.in_flight, window.room_in_s(9.0, inf)) == (40, inf)
    window.answered(1.0)
    window.answered(1.0)
    assert fill(window, 9.0) == 4


def test_other_ends_say_nothing() -> None:
    """Neither grow nor shrink."""
    window = Window(None)
    fill(window, 0.0)
    for _ in range(8):
        window.released()
    assert fill(window, 0.0) == 8


def test_more_in_flight_that_only_makes_answers_slower_is_no_gain() -> None:
    """A server of its own that answers 32 at a time: with more, each waits for the others, and that is seen."""
    window = Window(None)
    for _ in range(30):
        count = fill(window, 9.0)
        for number in range(count):
            window.answered(2.0 * (1 + number // 32))
    assert window.in_flight + fill(window, 9.0) < 400


@given(st.lists(st.sampled_from("sssarx"), max_size=300), st.sampled_from([inf, 5.0]))
def test_there_is_always_room_for_one(events: list[str], per_s: float) -> None:
    """However many 429s came: with nothing in flight one may start."""
    window = Window(None)
    for event in events:
        if event == "s":
            window.started(0.0, 50)
        elif window.in_flight and event == "a":
            window.answered(1.0)
        elif window.in_flight:
            window.refused(begins=event == "r")
    while window.in_flight:
        window.released()
    assert window.room_in_s(100.0, per_s) == 0.0


def test_after_an_outage_it_begins_with_a_quarter() -> None:
    """And grows as at first; one that took fewer than eight keeps to them."""
    window = Window(None)
    for now in range(4):
        fill(window, float(now))
        answer_all(window, 1.0)
    window.restart()
    rounds = []
    for now in range(4, 7):
        rounds.append(fill(window, float(now)))
        answer_all(window, 1.0)
    assert rounds == [32, 64, 128]
    small = Window(2)
    small.restart()
    assert fill(small, 0.0) == 2
