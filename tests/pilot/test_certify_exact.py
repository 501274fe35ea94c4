"""The exact test at a fixed number of draws."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import bdtr, comb

from modelroute_cli.pilot.certify_exact import TRIALS, Part, kinds, p_value

ENDLESS = 10**9
NOISE = 4 * math.sqrt(0.25 / TRIALS)


@pytest.mark.parametrize(("won", "draws"), [(30, 50), (33, 50), (40, 50), (8, 10), (10, 10), (300, 560)])
def test_for_two_kinds_of_values_it_is_the_exact_binomial_test(won: int, draws: int) -> None:
    """Values 1 and -1: the chance of at most as many losses where half are lost (Clopper & Pearson 1934)."""
    values = np.repeat([1.0, -1.0], [won, draws - won])
    found = p_value([Part(values, -1.0, ENDLESS)])
    assert found == pytest.approx(float(bdtr(draws - won, draws, 0.5)), abs=NOISE)


@pytest.mark.parametrize(("won", "draws", "size"), [(30, 50, 80), (26, 40, 60), (9, 10, 30)])
def test_of_a_small_batch_it_is_the_exact_hypergeometric_test(won: int, draws: int, size: int) -> None:
    """Half of the batch is lost: the chance that so few losses are drawn."""
    lost = draws - won
    ways = sum(comb(size // 2, k) * comb(size // 2, draws - k) for k in range(lost + 1))
    found = p_value([Part(np.repeat([1.0, -1.0], [won, lost]), -1.0, size)])
    assert found == pytest.approx(float(ways / comb(size, draws)), abs=NOISE)


def test_no_loss_among_few_draws_proves_nothing() -> None:
    """50 pairs alike at 0.03 each, where a loss costs 0.97: 0.97^50 = 0.218, where a t-test sees no spread at all."""
    assert p_value([Part(np.full(50, 0.03), -0.97, ENDLESS)]) == pytest.approx(0.97**50, abs=NOISE)


def test_a_batch_seen_whole_is_known() -> None:
    """Nothing is left to chance."""
    assert p_value([Part(np.array([0.03, 0.0]), -0.97, 2)]) == 1 / (1 + TRIALS)
    assert p_value([Part(np.array([0.03, -0.97]), -0.97, 2)]) == 1.0


def test_a_part_without_draws_is_taken_at_its_worst() -> None:
    """Ten wins beside ten requests that nobody saw and that may lose all of it."""
    assert p_value([Part(np.ones(10), -1.0, 10), Part(np.array([]), -1.0, 10)]) == 1.0


def test_a_part_that_cannot_lose_helps() -> None:
    """The baseline's own answers add what they are worth."""
    risky = Part(np.repeat([1.0, 0.0, -0.97], [10, 180, 9]), -0.97, 10_000)
    safe = Part(np.full(50, 0.03), 0.0, 10_000)
    assert p_value([risky, safe]) < p_value([risky])


@given(st.lists(st.floats(-0.97, 1.0), min_size=2, max_size=6), st.integers(30, 200))
def test_it_is_a_chance_and_the_same_for_the_same_draws_in_any_order(values: list[float], size: int) -> None:
    """In (0,1]."""
    array = np.array(values)
    found = p_value([Part(array, -0.97, size)])
    assert 0 < found <= 1
    assert found == pytest.approx(p_value([Part(array[::-1], -0.97, size)]))


def test_better_draws_are_never_less_likely_to_certify() -> None:
    """Each loss turned into a win lowers the chance."""
    found = [
        p_value([Part(np.repeat([1.0, 0.0, -0.97], [5 + n, 80, 15 - n]), -0.97, ENDLESS)]) for n in range(0, 16, 3)
    ]
    assert found == sorted(found, reverse=True)


def test_many_kinds_are_taken_together_at_their_mean() -> None:
    """1,000 graded differences: at most 65 kinds, the same mean, a variance that is nearly the same."""
    values = np.random.default_rng(3).beta(5.0, 2.0, 1_000) - 0.6
    found = kinds(values)
    assert found.count.sum() == 1_000
    assert found.value.size <= 65
    assert found.count @ found.value == pytest.approx(values.sum())
    spread = float(found.count @ (found.value - values.mean()) ** 2 / 1_000)
    assert values.var() - np.ptp(values) ** 2 / 49_152 <= spread <= values.var()


def test_few_kinds_are_kept_as_they_are() -> None:
    """0/1 qualities have four differences."""
    found = kinds(np.array([0.03, 1.0, 0.03, -0.97]))
    assert found.value.tolist() == [-0.97, 0.03, 1.0]
    assert found.count.tolist() == [1, 2, 1]


@pytest.mark.parametrize("draws", [50, 100, 300])
def test_a_promise_just_broken_is_certified_at_most_once_in_twenty(draws: int) -> None:
    """Losses in 2.9% of all and nothing won, the case that a t-test gets wrong in a quarter: 60 trials."""
    random = np.random.default_rng(draws)
    shares = np.array([0.0291, 0.0300, 0.9409])
    found = [
        p_value([Part(random.choice([-0.97, 0.0, 0.03], draws, p=shares), -0.97, ENDLESS)]) <= 0.05 for _ in range(60)
    ]
    assert sum(found) <= 60 * (0.05 + 2 * math.sqrt(0.05 * 0.95 / 60))
