"""Betting against a mean of 0 or less."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.statistics import Floats
from modelroute_cli.pilot.wealth import BETS, Step, Steps, Wealth, log_needed, log_wealth

REACH = 0.97
VALUES = st.lists(st.sampled_from([-REACH, 0.0, 0.03, 1.0]), min_size=1, max_size=40)


def steps(values: list[float] | Floats, population: int | None = None) -> Steps:
    """Draws of weight 1."""
    array = np.array(values)
    return Steps(array, np.ones(array.size), np.full(array.size, REACH), population)


def ever(values: Floats, population: int | None) -> float:
    """The most that the gambler ever had."""
    return float(np.exp(log_wealth(steps(values, population)).max()))


def test_95_percent_takes_a_wealth_of_20() -> None:
    """1 / (1 - confidence)."""
    assert math.exp(log_needed(0.95)) == pytest.approx(20.0)


def test_the_bets_are_shares_that_leave_something() -> None:
    """Nobody stakes all: one loss would end the bet."""
    assert len(BETS) == 25
    assert 0 < BETS.min() < BETS.max() < 1


def test_one_draw_pays_each_bet_its_stake() -> None:
    """A win of 1 where 0.97 can be lost pays 1 / 0.97 per unit; all that can be lost is lost."""
    assert np.exp(log_wealth(steps([1.0]))) == pytest.approx([1 + BETS.mean() / REACH])
    assert np.exp(log_wealth(steps([-REACH]))) == pytest.approx([1 - BETS.mean()])
    assert np.exp(log_wealth(steps([0.0]))) == pytest.approx([1.0])


def test_bets_are_kept_apart() -> None:
    """A win and a loss cost the bold bet more than the careful one: the mean of products, no product of means."""
    expected = np.mean((1 + BETS / REACH) * (1 - BETS))
    assert np.exp(log_wealth(steps([1.0, -REACH])))[1] == pytest.approx(expected)


@given(VALUES, st.sampled_from([None, 40, 41, 1_000]))
def test_observing_one_by_one_is_the_same_as_all_at_once(values: list[float], population: int | None) -> None:
    """The wealth now, and the most it ever was."""
    wealth = Wealth.start(population)
    for value in values:
        wealth = wealth.observe(Step(value, 1.0, REACH))
    path = log_wealth(steps(values, population))
    assert wealth.draws == len(values)
    assert wealth.log_now == pytest.approx(path[-1])
    assert wealth.log_best == pytest.approx(max(path.max(), 0.0))


def test_what_is_known_before_counts_as_drawn() -> None:
    """A sum of 3 known before the first of 100 is what three wins leave behind."""
    array = np.array([0.0, 1.0, -REACH])
    found = log_wealth(Steps(array, np.ones(3), np.full(3, REACH), 100, known=3.0))
    wealth = Wealth.start(100, known=3.0)
    for value in array.tolist():
        wealth = wealth.observe(Step(value, 1.0, REACH))
    assert wealth.log_now == pytest.approx(found[-1])
    assert found[0] == pytest.approx(math.log(1 + BETS.mean() * 0.03 / (REACH - 0.03)))


@given(VALUES)
def test_a_look_spends_nothing(values: list[float]) -> None:
    """Draws that come later do not change what the wealth was."""
    whole, part = log_wealth(steps(values)), log_wealth(steps(values[: len(values) // 2]))
    assert whole[: part.size] == pytest.approx(part)


def test_what_was_certified_once_stays_certified() -> None:
    """The most it ever was decides."""
    wealth = Wealth.start()
    for value in [1.0] * 12 + [-REACH] * 12:
        wealth = wealth.observe(Step(value, 1.0, REACH))
    assert wealth.certifies(0.95)
    assert wealth.log_now < log_needed(0.95)


def test_nothing_is_certified_before_the_first_draw() -> None:
    """Wealth 1, once and best."""
    assert not Wealth.start().certifies(0.5)
    assert Wealth.start().log_now == pytest.approx(0.0)


@pytest.mark.parametrize("value", [-1.0, -0.98])
def test_a_value_beyond_its_reach_is_refused(value: float) -> None:
    """A bet that can lose more than all is no proof."""
    with pytest.raises(ValueError, match=r"^a value lies further below 0 than its reach: such a bet proves nothing$"):
        log_wealth(steps([value]))
    with pytest.raises(ValueError, match=r"^a value lies further below 0 than its reach"):
        Wealth.start().observe(Step(value, 1.0, REACH))


def test_without_replacement_wins_make_later_draws_dearer_for_the_hypothesis() -> None:
    """After 50 wins of 100, a mean of 0 needs the rest at -1, which none can be: refuted by the next."""
    found = log_wealth(steps([1.0] * 51, 100))
    assert found[10] > log_wealth(steps([1.0] * 51))[10]
    assert math.isfinite(found[-2])
    assert math.isinf(found[-1])


def test_a_whole_batch_above_0_is_certified_whatever_its_size() -> None:
    """Three requests, all seen, one of them won: the mean is known."""
    assert math.isinf(log_wealth(steps([0.0, 0.0, 0.03], 3))[-1])


def test_a_whole_batch_of_mean_0_certifies_nothing() -> None:
    """All lost and won in turn, until nothing is left."""
    found = log_wealth(steps([0.97, -0.97] * 20, 40))
    assert found.max() < log_needed(0.95)


@pytest.mark.parametrize(("population", "draws"), [(None, 300), (600, 300), (300, 300)])
def test_a_broken_promise_is_certified_at_most_once_in_twenty(population: int | None, draws: int) -> None:
    """The mean is exactly 0 (the edge), looked at after every draw: at most 5% and 2 standard errors of 400 trials."""
    random = np.random.default_rng(8)
    kinds, shares = np.array([-0.97, 0.0, 0.03, 1.0]), [0.1, 0.6963, 0.11, 0.0937]
    batch = np.repeat(kinds, [60, 418, 66, 56] if population == 600 else [30, 209, 33, 28])
    assert -0.3 < batch.sum() <= 0
    trials = [
        random.choice(kinds, draws, p=shares) if population is None else random.permutation(batch)[:draws]
        for _ in range(300)
    ]
    assert sum(ever(each, population) >= 20 for each in trials) <= 300 * (0.05 + 2 * math.sqrt(0.05 * 0.95 / 300))


def test_a_promise_that_holds_is_certified() -> None:
    """True ratio 1.00 against 0.97: nine of ten are done by 2,000 draws."""
    random = np.random.default_rng(9)
    values = random.choice([-0.97, 0.0, 0.03, 1.0], (60, 2_000), p=[0.04, 0.11, 0.81, 0.04])
    assert np.mean([ever(row, None) >= 20 for row in values]) >= 0.9


def test_weights_count() -> None:
    """A draw that stands for two and can lose two is the draw of one that can lose one."""
    double = Steps(np.array([0.5, -0.5]), np.full(2, 2.0), np.full(2, 2.0), None)
    single = Steps(np.array([0.5, -0.5]), np.ones(2), np.ones(2), None)
    assert log_wealth(double) == pytest.approx(log_wealth(single))
