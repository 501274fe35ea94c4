"""Tests of modelroute_cli.emulator.chance."""

import statistics

import pytest

from modelroute_cli.emulator.chance import around, chance


def test_the_same_question_has_the_same_answer() -> None:
    """Seed, request and question fix every number, in any process."""
    assert chance(1, b"request", "text").random() == chance(1, b"request", "text").random()
    assert (
        chance(1, b"request", "text").random() == 0.15105553645603098
    )  # pinned: a change alters every emulated answer


@pytest.mark.parametrize("other", [(2, b"request", "text"), (1, b"request2", "text"), (1, b"request", "latency")])
def test_another_question_has_another_answer(other: tuple[int, bytes, str]) -> None:
    """Text, latency and faults do not move together."""
    assert chance(*other).random() != chance(1, b"request", "text").random()


def test_around_has_the_median_and_the_spread() -> None:
    """Half of the numbers lie below the median, none below 0."""
    numbers = [around(100.0, 0.5, chance(1, b"", nth)) for nth in range(2001)]
    assert statistics.median(numbers) == pytest.approx(100.0, rel=0.05)
    assert min(numbers) > 0


def test_around_nothing_is_nothing() -> None:
    """Latency 0 stays 0."""
    assert around(0.0, 0.5, chance(1, b"")) == 0.0
