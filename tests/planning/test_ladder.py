"""The next model of every failed answer, for the money that is left."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Importance
from modelroute_cli.planning.ladder import Ladder, Rung, Share, Stuck, chance, climb

LOW = Rung("low", PicoUSD(10), 0.5)
HIGH = Rung("high", PicoUSD(100), 0.9)
BOTH = (LOW, HIGH)

rungs = st.lists(
    st.builds(Rung, st.sampled_from("abcdef"), st.integers(0, 1000).map(PicoUSD), st.floats(0, 1)),
    max_size=4,
    unique_by=lambda rung: rung.model,
).map(tuple)
groups = st.lists(
    st.builds(Stuck, rungs=rungs, count=st.integers(1, 50), importance=st.sampled_from(Importance)), max_size=12
)


def spent(group: Stuck, shares: tuple[Share, ...]) -> int:
    """What one group's shares are expected to cost."""
    cost = {rung.model: rung.cost_pusd for rung in group.rungs}
    return sum(cost[share.model] * share.count for share in shares if share.model is not None)


def gained(group: Stuck, shares: tuple[Share, ...]) -> float:
    """What they are expected to gain."""
    gain = {rung.model: rung.gain for rung in group.rungs}
    return sum(gain[share.model] * share.count for share in shares if share.model is not None)


@given(groups, st.integers(-100, 20_000))
def test_no_ladder_is_expected_to_cost_more_than_there_is(stuck: list[Stuck], money: int) -> None:
    """Every request of every group gets one of its own models, or keeps its answer; the sums are what is said."""
    found = climb(stuck, PicoUSD(money))
    assert [sum(share.count for share in shares) for shares in found.shares] == [group.count for group in stuck]
    for group, shares in zip(stuck, found.shares, strict=True):
        assert {share.model for share in shares} <= {None, *(rung.model for rung in group.rungs)}
    total = sum(spent(group, shares) for group, shares in zip(stuck, found.shares, strict=True))
    assert total == found.cost_pusd <= max(money, 0)
    gain = sum(gained(group, shares) for group, shares in zip(stuck, found.shares, strict=True))
    assert found.gain == pytest.approx(gain, abs=1e-6)


@given(groups, st.integers(0, 20_000))
def test_the_same_problem_has_the_same_ladder(stuck: list[Stuck], money: int) -> None:
    """Nothing is drawn."""
    assert climb(stuck, PicoUSD(money)) == climb(stuck, PicoUSD(money))


@given(groups)
def test_with_money_for_all_everyone_gets_the_best(stuck: list[Stuck]) -> None:
    """The highest chance there is, whatever it costs."""
    found = climb(stuck, PicoUSD(10**9))
    best = sum(group.count * max((rung.gain for rung in group.rungs), default=0.0) for group in stuck)
    assert found.gain == pytest.approx(best, abs=1e-6)


@given(groups, st.integers(0, 20_000), st.integers(0, 20_000))
def test_more_money_never_gains_less_where_all_are_as_important(stuck: list[Stuck], less: int, more: int) -> None:
    """But for the one group that is split, whose requests are whole (its loss is below one request's gain)."""
    alike = [Stuck(rungs=group.rungs, count=group.count) for group in stuck]
    low, high = sorted((less, more))
    assert climb(alike, PicoUSD(high)).gain >= climb(alike, PicoUSD(low)).gain - 1


def test_money_goes_where_it_gains_most() -> None:
    """Ten cheap steps that gain 0.5 each come before the one dear step that gains 0.4 more."""
    assert climb([Stuck(rungs=BOTH, count=10)], PicoUSD(100)).shares == ((Share("low", 10),),)
    assert climb([Stuck(rungs=BOTH, count=10)], PicoUSD(190)).shares == ((Share("low", 9), Share("high", 1)),)
    assert climb([Stuck(rungs=BOTH, count=10)], PicoUSD(50)).shares == ((Share("low", 5), Share(None, 5)),)


def test_a_fixed_list_would_have_served_a_tenth() -> None:
    """The first of the list for all who come, until the money is gone: what a ladder without an optimiser does."""
    money = PicoUSD(1000)
    assert climb([Stuck(rungs=BOTH, count=100)], money) == Ladder(((Share("low", 100),),), money, 50.0)
    assert money // HIGH.cost_pusd * HIGH.gain == 9.0


def test_the_most_important_are_served_first() -> None:
    """Premium takes its best before standard gets anything, and that before bulk."""
    stuck = [
        Stuck(rungs=BOTH, count=2, importance=Importance.BULK),
        Stuck(rungs=BOTH, count=2),
        Stuck(rungs=BOTH, count=1, importance=Importance.PREMIUM),
    ]
    found = climb(stuck, PicoUSD(125))
    assert found.shares == ((Share(None, 2),), (Share("low", 2),), (Share("high", 1),))


def test_without_money_or_models_answers_are_kept() -> None:
    """A debt counts as nothing."""
    assert climb([Stuck(rungs=BOTH, count=3)], PicoUSD(-5)) == Ladder(((Share(None, 3),),), PicoUSD(0), 0.0)
    assert climb([Stuck(rungs=(), count=3)], PicoUSD(50)) == Ladder(((Share(None, 3),),), PicoUSD(0), 0.0)
    assert climb([], PicoUSD(50)) == Ladder((), PicoUSD(0), 0.0)


def test_failures_are_not_independent() -> None:
    """A model of 0.95 is right in 0.72 of the cases where one of 0.85 was wrong; an equal one in 0.17."""
    assert chance(0.95, [0.85]) == pytest.approx(0.2 * 0.95 + 0.8 * (0.10 / 0.15))
    assert chance(0.85, [0.85]) == pytest.approx(0.2 * 0.85)
    assert chance(0.85, []) == pytest.approx(0.85)
    assert chance(1.0, [1.0]) == pytest.approx(0.2)


@given(st.floats(0, 1), st.lists(st.floats(0, 1), max_size=3))
def test_a_chance_is_never_above_the_quality(quality: float, tried: list[float]) -> None:
    """What failed before makes nothing more likely."""
    assert 0.0 <= chance(quality, tried) <= quality + 1e-12


@given(st.floats(0, 1), st.floats(0, 1), st.lists(st.floats(0, 1), min_size=1, max_size=3))
def test_a_better_model_has_a_better_chance(one: float, other: float, tried: list[float]) -> None:
    """And one more failure never a better one."""
    low, high = sorted((one, other))
    assert chance(low, tried) <= chance(high, tried) + 1e-12
    assert chance(high, [*tried, low]) <= chance(high, tried) + 1e-12


def test_the_dependence_is_about_that_of_a_copula_of_0_8() -> None:
    """Draws from it, for a model of 0.95 after one of 0.85: the figure that the docstring speaks of."""
    draws = np.random.default_rng(1).standard_normal((2, 200_000))
    first = draws[0]
    second = 0.8 * first + np.sqrt(1 - 0.8**2) * draws[1]
    failed = first > np.quantile(first, 0.85)
    right = second <= np.quantile(second, 0.95)
    assert float((failed & right).sum() / failed.sum()) == pytest.approx(chance(0.95, [0.85]), abs=0.02)
