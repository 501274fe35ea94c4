"""A promise, and whether draws certify it."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.statistics import Floats
from modelroute_cli.pilot.certify import (
    Known,
    Method,
    Promise,
    any_time_p,
    broken,
    differences,
    downwards,
    estimate,
    put_to_test,
    upwards,
)
from modelroute_cli.pilot.certify_draws import Draws, Strata, draw, uniform

FLOOR = Promise(0.97)
RISKY_AND_SAFE = Strata(np.array([300, 700]), np.array([1.0, 0.25]), np.array([True, False]))


def pairs(won: int, both: int, lost: int, none: int) -> Floats:
    """D of right-or-wrong answers against 97%, in a random order that is always the same."""
    d = np.repeat([1.0, 0.03, -0.97, 0.0], [won, both, lost, none])
    return np.random.default_rng(4).permutation(d)


def batch_of_strata(seed: int, lost: int, won: int) -> tuple[Floats, Draws]:
    """300 requests that may lose and 700 that the plan leaves to the baseline (0.03 each), 400 of them drawn."""
    d = np.concatenate([np.repeat([-0.97, 1.0, 0.0], [lost, won, 300 - lost - won]), np.full(700, 0.03)])
    found = draw(np.repeat([0, 1], [300, 700]), RISKY_AND_SAFE, 400, seed)
    return d[found.rows], found


@pytest.mark.parametrize(("ratio", "confidence"), [(0.0, 0.95), (1.01, 0.95), (0.97, 1.0), (0.97, 0.0)])
def test_a_promise_is_a_share_and_a_chance(ratio: float, confidence: float) -> None:
    """Others mean nothing."""
    with pytest.raises(ValueError, match=r"^a promise has a ratio in \(0,1\] and a confidence in \(0,1\)$"):
        Promise(ratio, confidence)


def test_the_difference_of_a_pair() -> None:
    """The plan's quality less 97% of the baseline's."""
    found = differences(np.array([1.0, 1.0, 0.0, 0.0, 0.5]), np.array([1.0, 0.0, 1.0, 0.0, 0.5]), 0.97)
    assert found == pytest.approx([0.03, 1.0, -0.97, 0.0, 0.015])


@pytest.mark.parametrize("wrong", [-0.1, 1.1, math.nan])
def test_a_quality_beyond_its_range_is_refused(wrong: float) -> None:
    """It would break the promise silently."""
    with pytest.raises(ValueError, match=r"^a quality lies in \[0,1\]$"):
        differences(np.array([wrong]), np.array([1.0]), 0.97)
    with pytest.raises(ValueError, match=r"^a quality lies in \[0,1\]$"):
        differences(np.array([1.0]), np.array([wrong]), 0.97)


@pytest.mark.parametrize("method", list(Method))
def test_a_good_plan_is_certified_and_a_bad_one_is_not(method: Method) -> None:
    """1,000 pairs of a large batch: as many won as lost; 4% more lost than won."""
    good, bad = pairs(30, 870, 30, 70), pairs(10, 850, 50, 90)
    draws = uniform(1_000, 100_000)
    assert put_to_test(good, draws, FLOOR, method).passed
    assert not put_to_test(bad, draws, FLOOR, method).passed


def test_a_test_says_what_it_found() -> None:
    """The chance, the mean and the draws."""
    found = put_to_test(pairs(30, 870, 30, 70), uniform(1_000, 100_000), FLOOR, Method.FIXED)
    assert (found.passed, found.draws) == (True, 1_000)
    assert found.mean == pytest.approx((30 + 870 * 0.03 - 30 * 0.97) / 1_000)
    assert found.p < 0.01


def test_nothing_drawn_certifies_nothing() -> None:
    """A chance of 1 and no mean."""
    for method in Method:
        found = put_to_test(np.array([]), uniform(0, 10), FLOOR, method)
        assert (found.p, found.passed, found.mean, found.draws) == (1.0, False, None, 0)


def test_the_opposite_test_stops_a_plan_that_fails() -> None:
    """Every tenth answer lost is proof enough by 300 pairs; a plan that is just good is not stopped."""
    draws = uniform(300, 10_000)
    assert broken(pairs(0, 240, 30, 30), draws, FLOOR).passed
    assert not broken(pairs(5, 255, 10, 30), draws, FLOOR).passed


def test_how_far_a_draw_can_fall_depends_on_its_stratum() -> None:
    """Up: a loss of 0.97 at the weight of those that may lose. Down: a win of 1 there, or 0.03 at four times it."""
    found = draw(np.repeat([0, 1], [300, 700]), RISKY_AND_SAFE, 3, 1)
    d = np.zeros(3)
    scale = found.scale
    assert upwards(d, found, FLOOR).reach == pytest.approx(0.97 * scale)
    assert downwards(d, found, FLOOR).reach == pytest.approx(np.maximum(scale, 0.03 * 4 * scale))


def test_requests_that_cannot_lose_make_the_same_draws_prove_more() -> None:
    """Where 70% of the batch is the baseline's own, weights and bounds say so, and the promise is shown sooner."""
    d, found = batch_of_strata(3, 6, 5)
    unaware = Draws(found.rows, found.stratum, Strata(RISKY_AND_SAFE.size, RISKY_AND_SAFE.rate, np.ones(2, np.bool_)))
    assert any_time_p(upwards(d, found, FLOOR)) < any_time_p(upwards(d, unaware, FLOOR))


def test_the_estimate_weighs_strata_by_their_size() -> None:
    """Half of the draws come from a stratum of 300 in 1,000."""
    found = Draws(np.arange(4), np.array([0, 0, 1, 1]), RISKY_AND_SAFE)
    assert estimate(np.array([1.0, 0.0, 0.03, 0.03]), found) == pytest.approx(0.3 * 0.5 + 0.7 * 0.03)


def test_the_estimate_of_a_stratum_without_draws_is_unknown() -> None:
    """Unknown is None; a stratum without requests needs none."""
    found = Draws(np.arange(2), np.array([0, 0]), RISKY_AND_SAFE)
    assert estimate(np.zeros(2), found) is None
    empty = Strata(np.array([300, 0]), RISKY_AND_SAFE.rate, RISKY_AND_SAFE.may_lose)
    assert estimate(np.ones(2), Draws(np.arange(2), np.array([0, 0]), empty)) == 1.0


@pytest.mark.parametrize(("method", "trials"), [(Method.ANY_TIME, 200), (Method.FIXED, 40)])
def test_strata_do_not_make_false_promises(method: Method, trials: int) -> None:
    """A batch whose mean is just below 0 (24 lost, 2 won): at most 5% and 2 standard errors are certified."""
    false = sum(put_to_test(*batch_of_strata(seed, 24, 2), FLOOR, method).passed for seed in range(trials))
    assert false <= trials * (0.05 + 2 * math.sqrt(0.05 * 0.95 / trials))


@pytest.mark.parametrize(("method", "least"), [(Method.ANY_TIME, 0.8), (Method.FIXED, 0.9)])
def test_strata_certify_what_holds(method: Method, least: float) -> None:
    """The same batch with as many won as lost."""
    found = [put_to_test(*batch_of_strata(seed, 6, 6), FLOOR, method).passed for seed in range(40)]
    assert sum(found) / 40 >= least


@given(st.integers(0, 20), st.integers(0, 60), st.integers(0, 20), st.integers(0, 20))
def test_no_draws_show_a_promise_and_its_opposite(won: int, both: int, lost: int, none: int) -> None:
    """One of the two at most, at 95%."""
    d = pairs(won, both, lost, none)
    draws = uniform(d.size, 1_000)
    assert not (put_to_test(d, draws, FLOOR, Method.ANY_TIME).passed and broken(d, draws, FLOOR).passed)


@pytest.mark.parametrize("method", list(Method))
def test_what_a_pilot_answered_already_is_part_of_the_batch(method: Method) -> None:
    """200 pairs of the 800 that are left prove little; with 200 known ones that won 30 and lost 2 they do enough."""
    d, draws = pairs(5, 177, 8, 10), uniform(200, 800)
    alone = put_to_test(d, draws, FLOOR, method)
    beside = put_to_test(d, draws, FLOOR, method, Known(200, 30 + 160 * 0.03 - 2 * 0.97))
    assert not alone.passed
    assert beside.passed
    assert alone.mean is not None
    assert beside.mean == pytest.approx(0.8 * alone.mean + 0.2 * (30 + 160 * 0.03 - 2 * 0.97) / 200)


def test_known_losses_are_held_against_the_plan() -> None:
    """The same draws, beside 200 requests of which 70 are lost for certain: refuted."""
    d, draws = pairs(5, 180, 5, 10), uniform(200, 800)
    assert not broken(d, draws, FLOOR).passed
    assert broken(d, draws, FLOOR, Known(200, 130 * 0.03 - 70 * 0.97)).passed


@pytest.mark.parametrize(("method", "trials"), [(Method.ANY_TIME, 200), (Method.FIXED, 40)])
def test_known_wins_make_no_false_promises(method: Method, trials: int) -> None:
    """A lucky pilot, 10 above what the floor takes, and 800 others that lose 10.1: at most 5% and 2 standard errors."""
    d = np.repeat([-0.97, 1.0, 0.03, 0.0], [52, 21, 645, 82])
    assert -10.2 < d.sum() < -10
    orders = [np.random.default_rng(seed).permutation(d)[:250] for seed in range(trials)]
    false = sum(put_to_test(each, uniform(250, 800), FLOOR, method, Known(200, 10.0)).passed for each in orders)
    assert false <= trials * (0.05 + 2 * math.sqrt(0.05 * 0.95 / trials))
