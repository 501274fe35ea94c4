"""Bets against a bar: rarely right by luck, soon right after a fall."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelroute_cli.execution.realised.betting import HIGHEST_BAR, LOWEST_BAR, Since, Watched, surely_above

VALUES = st.lists(st.floats(0, 1), max_size=60)


def _coin(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - a coin


def _first_over(bar: float, shares: list[float], threshold: float, seed: int) -> int | None:
    """After how many values the money has reached the threshold; each value is 1 with the next of `shares`."""
    chance, watched = _coin(seed), Watched(bar, len(shares))
    for place, share in enumerate(shares):
        watched.observe(float(chance.random() < share))
        if watched.money >= threshold:
            return place
    return None


def test_it_begins_with_one() -> None:
    """Nothing seen is no evidence."""
    watched = Watched(0.9, 100)
    assert (watched.money, watched.since) == (1.0, Since(0, 0.9))


@given(bar=st.floats(0, 1), values=VALUES, horizon=st.integers(1, 100))
def test_money_is_never_negative(bar: float, values: list[float], horizon: int) -> None:
    """Nobody can lose more than there is."""
    watched = Watched(bar, horizon)
    for value in values:
        watched.observe(value)
        assert watched.money >= 0.0


@given(bar=st.floats(0.05, 0.95), horizon=st.integers(1, 50), values=st.lists(st.floats(0, 1), max_size=20))
def test_at_the_bar_no_bet_is_expected_to_gain(bar: float, horizon: int, values: list[float]) -> None:
    """The next value being 1 with the bar's own chance, else 0, the mean of the money is what it is now."""
    high, low, now = (Watched(bar, horizon) for _ in range(3))
    for value in values:
        for each in (high, low, now):
            each.observe(value)
    high.observe(1.0)
    low.observe(0.0)
    assert bar * high.money + (1 - bar) * low.money == pytest.approx(now.money, rel=1e-9)


@given(values=VALUES)
def test_above_the_bar_the_money_only_shrinks(values: list[float]) -> None:
    """Values at or above it are no evidence of a fall."""
    watched, before = Watched(0.5, 30), 1.0
    for value in values:
        watched.observe(0.5 + value / 2)
        assert watched.money <= before + 1e-12
        before = watched.money


def test_false_alarms_at_the_bar_are_rare() -> None:
    """At most 5% and two standard errors of 200 streams of 400 values reach 20, looked at after every value."""
    alarms = sum(_first_over(0.9, [0.9] * 400, 20.0, seed) is not None for seed in range(200))
    assert alarms <= 200 * (0.05 + 2 * (0.05 * 0.95 / 200) ** 0.5)


def test_a_fall_in_the_middle_is_found_soon() -> None:
    """From 0.95 to 0.6 with a bar of 0.9 and a share of 1/400 of a false alarm: within 80 values, half within 40."""
    found = [_first_over(0.9, [0.95] * 1000 + [0.6] * 1000, 400.0, seed) for seed in range(30)]
    delays = sorted(place - 1000 for place in found if place is not None)
    assert len(delays) == 30
    assert delays[0] > 0
    assert delays[15] <= 40
    assert delays[-1] <= 80


def test_the_stretch_tells_where_the_fall_began() -> None:
    """Ten bad ones after a hundred good ones."""
    watched = Watched(0.9, 200)
    for value in [1.0] * 100 + [0.0] * 10:
        watched.observe(value)
    assert watched.since == Since(10, 0.0)


@pytest.mark.parametrize(("asked", "held"), [(1.0, HIGHEST_BAR), (0.0, LOWEST_BAR), (0.7, 0.7)])
def test_bars_that_cannot_be_bet_on_are_cut(asked: float, held: float) -> None:
    """One bad answer of a model that never failed is no proof."""
    assert Watched(asked, 10).bar == held


def test_more_values_than_expected_are_bet_on_as_well() -> None:
    """The money is staked by then; what is left goes on."""
    watched = Watched(0.9, 5)
    for value in [1.0] * 5 + [0.0] * 10:
        watched.observe(value)
    assert watched.money > 1.0


@pytest.mark.parametrize(
    ("right", "count", "alpha", "bound"),
    [(57, 60, 0.025, 0.81), (190, 200, 0.025, 0.885), (200, 200, 0.025, 0.96), (0, 50, 0.025, 0.0), (0, 0, 0.05, 0.0)],
)
def test_a_mean_surely_lies_above_a_bound(right: int, count: int, alpha: float, bound: float) -> None:
    """More values and fewer bad ones bring it nearer to the mean; nothing seen is no bound."""
    assert surely_above([1.0] * right + [0.0] * (count - right), alpha) == bound


def test_the_bound_is_rarely_above_the_mean() -> None:
    """Of 300 samples of 60 values with a mean of 0.9, at most 5% and two standard errors."""
    wrong = 0
    for seed in range(300):
        chance = _coin(seed)
        wrong += surely_above([float(chance.random() < 0.9) for _ in range(60)], 0.05) > 0.9
    assert wrong <= 300 * (0.05 + 2 * (0.05 * 0.95 / 300) ** 0.5)


@settings(max_examples=30)
@given(values=st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_the_bound_lies_below_the_samples_own_mean(values: list[float]) -> None:
    """And in [0,1]."""
    assert 0.0 <= surely_above(values, 0.05) <= max(sum(values) / len(values), 0.0) + 1e-9
