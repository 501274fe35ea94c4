"""Who is watched, against what, and with which part of the chance of a false alarm."""

import random

import pytest

from modelroute_cli.execution.realised.watching import ALPHA, Bar, Fall, Place, Watch

A, B, C = Place("t1", "a"), Place("t2", "a"), Place("t1", "b")


def _feed(watch: Watch, place: Place, values: list[float]) -> list[tuple[int, Fall]]:
    """Each fall with how many values came before it was told."""
    found = ((at, watch.observe(place, value)) for at, value in enumerate(values))
    return [(at, fall) for at, fall in found if fall is not None]


def test_without_a_bar_the_first_answers_are_the_reference() -> None:
    """An eighth of them; a fall is told once, with what was expected and what was seen."""
    watch = Watch({A: 800}, {})
    ((at, fall),) = _feed(watch, A, [1.0] * 300 + [0.0] * 100)
    assert at <= 306
    assert (fall.place, fall.expected, fall.seen, fall.before) == (A, 1.0, 0.0, 300)
    assert fall.answers == at - 299
    assert len(watch) == 0


def test_with_a_bar_the_first_answers_count_already() -> None:
    """A model that is worse from the first answer on."""
    watch = Watch({A: 400}, {A: Bar(0.95, 0.9)})
    ((at, fall),) = _feed(watch, A, [0.0, 1.0] * 60)
    assert at < 40
    assert fall.expected == 0.95
    assert fall.seen == pytest.approx(0.5, abs=0.1)


def test_what_stays_above_its_bar_is_no_fall() -> None:
    """A model that is right four times of five, and was expected to be."""
    chance = random.Random(1)  # noqa: S311 - a coin
    values = [float(chance.random() < 0.8) for _ in range(3000)]
    assert _feed(Watch({A: 3000}, {A: Bar(0.8, 0.75)}), A, values) == []
    assert _feed(Watch({A: 3000}, {}), A, values) == []


def test_small_places_are_not_watched_without_a_bar() -> None:
    """Too few for a reference; with a bar they are."""
    assert len(Watch({A: 79}, {})) == 0
    assert len(Watch({A: 79}, {A: Bar(0.9, 0.85)})) == 1


def test_a_place_that_nobody_planned_is_not_watched() -> None:
    """Unless requests are moved there."""
    watch = Watch({A: 400}, {})
    assert watch.observe(C, 0.0) is None
    watch.expect(C, 300)
    ((_, fall),) = _feed(watch, C, [1.0] * 100 + [0.0] * 60)
    assert fall.place == C


def test_what_fell_is_not_watched_again() -> None:
    """Not even where requests would be moved there."""
    watch = Watch({A: 400}, {})
    watch.leave(A)
    watch.expect(A, 400)
    assert len(watch) == 0


def test_few_requests_that_are_moved_are_no_stream() -> None:
    """As of those that were planned."""
    watch = Watch({}, {})
    watch.expect(C, 30)
    assert len(watch) == 0


def test_a_model_that_never_was_right_cannot_fall() -> None:
    """Nothing is left to bet on, and nothing is kept of it."""
    watch = Watch({A: 400}, {})
    assert _feed(watch, A, [0.0] * 400) == []
    assert len(watch) == 0


def test_places_are_watched_each_by_itself() -> None:
    """What another model or template gives is no evidence."""
    watch = Watch({A: 400, B: 400}, {})
    for _ in range(200):
        assert watch.observe(B, 1.0) is None
        watch.observe(A, 1.0)
    falls = [fall for _ in range(60) if (fall := watch.observe(A, 0.0)) is not None]
    assert [fall.place for fall in falls] == [A]
    assert len(watch) == 1


def test_more_places_ask_for_more_evidence() -> None:
    """The chance of a false alarm is that of the whole run."""
    values = [1.0] * 200 + [0.0] * 100
    (alone, _) = _feed(Watch({A: 400}, {}), A, values)[0]
    crowd = {A: 400, **{Place(f"t{number}", "a"): 4000 for number in range(2, 40)}}
    (among, _) = _feed(Watch(crowd, {}), A, values)[0]
    assert among > alone


def test_false_alarms_of_a_whole_run_are_rare() -> None:
    """At most ALPHA and two standard errors of 60 runs with 6 places, each with its own quality and no fall."""
    alarms = 0
    for seed in range(60):
        chance = random.Random(seed)  # noqa: S311 - a coin
        places = {Place(f"t{number}", "a"): 0.7 + 0.05 * number for number in range(6)}
        watch = Watch(dict.fromkeys(places, 150), {})
        alarms += any(
            watch.observe(place, float(chance.random() < share)) for _ in range(150) for place, share in places.items()
        )
    assert alarms <= 60 * (ALPHA + 2 * (ALPHA * (1 - ALPHA) / 60) ** 0.5)
