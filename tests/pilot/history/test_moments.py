"""Weighted means and variances."""

from statistics import fmean, variance

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from modelroute_cli.pilot.history.moments import Moments, Summed, between, pooled

values = st.lists(st.floats(-1, 1, allow_nan=False, width=32), min_size=2, max_size=30)


def summed(found: list[float], weight: float = 1.0) -> Summed:
    """The sums of these values."""
    return Summed(len(found), sum(found), sum(value * value for value in found), weight)


@given(values, st.floats(0.001, 1))
def test_with_one_weight_for_all_they_are_the_usual_ones(found: list[float], weight: float) -> None:
    """Mean and unbiased variance; the weight shows in the effective number alone."""
    moments = pooled([summed(found, weight)])
    assert moments is not None
    assert moments.n == len(found)
    assert moments.effective_n == pytest.approx(weight * len(found))
    assert moments.mean == pytest.approx(fmean(found), abs=1e-9)
    assert moments.variance == pytest.approx(variance(found), abs=1e-6)


@given(values, values)
def test_parts_add_up_in_any_order(one: list[float], other: list[float]) -> None:
    """Two histories pooled are the history of both."""
    parts = [summed(one, 0.5), summed(other, 0.125)]
    assert pooled(parts) == pooled(parts[::-1])
    together = pooled([summed(one), summed(other)])
    whole = pooled([summed(one + other)])
    assert together is not None
    assert whole is not None
    assert (together.n, round(together.mean, 9)) == (whole.n, round(whole.mean, 9))


@given(values, values, st.floats(0.01, 1))
def test_a_weighted_mean_lies_between_those_of_its_parts(one: list[float], other: list[float], weight: float) -> None:
    """Nothing is made up."""
    moments = pooled([summed(one), summed(other, weight)])
    assert moments is not None
    low, high = sorted((fmean(one), fmean(other)))
    assert low - 1e-9 <= moments.mean <= high + 1e-9
    assert moments.variance is None or moments.variance >= 0


@given(values, st.floats(0.01, 1), st.floats(0.01, 1))
def test_less_weight_never_makes_surer(found: list[float], one: float, other: float) -> None:
    """The standard error grows as measurements age."""
    low, high = sorted((one, other))
    old, new = pooled([summed(found, low)]), pooled([summed(found, high)])
    assert old is not None
    assert new is not None
    assert (old.standard_error or 0) >= (new.standard_error or 0) - 1e-7  # of equal values: what rounding leaves


def test_the_variance_is_unbiased_whatever_the_weights() -> None:
    """Means over 4,000 samples of 3 values of weight 1 and 5 of weight 0.25 are the true variance, 1/12."""
    random = np.random.default_rng(1)
    drawn = random.random((4_000, 8))
    found = [pooled([summed(list(each[:3])), summed(list(each[3:]), 0.25)]) for each in drawn]
    mean = fmean(each.variance for each in found if each is not None and each.variance is not None)
    assert mean == pytest.approx(1 / 12, rel=0.03)


def test_of_one_value_no_variance_is_known() -> None:
    """Unknown is None, never 0."""
    assert pooled([summed([0.5])]) == Moments(1, 1.0, 0.5, None)
    assert Moments(1, 1.0, 0.5, None).standard_error is None


def test_of_no_value_nothing_is_known() -> None:
    """Nor of values without weight."""
    assert pooled([]) is None
    assert pooled([summed([0.5, 1.0], 0.0)]) is None


def test_the_standard_error_is_that_of_so_many_values_as_count() -> None:
    """Variance 0.04 and 4 values that count as 1: 0.2."""
    assert Moments(4, 1.0, 0.5, 0.04).standard_error == pytest.approx(0.2)


def test_templates_whose_means_differ_by_chance_alone_do_not_differ() -> None:
    """Within their errors the estimate is 0."""
    groups = [Moments(50, 50.0, mean, 0.2) for mean in (0.80, 0.82, 0.78)]
    assert between(groups) == 0.0


def test_what_templates_differ_by_beyond_chance_is_told() -> None:
    """1,000 values each leave next to nothing of chance: the variance of 0.6, 0.8 and 1.0 is 0.04."""
    groups = [Moments(1_000, 1_000.0, mean, 0.1) for mean in (0.6, 0.8, 1.0)]
    assert between(groups) == pytest.approx(0.04 - 0.0001, abs=1e-9)


def test_one_template_says_nothing_of_how_templates_differ() -> None:
    """Nor do those of which one value is known."""
    assert between([Moments(50, 50.0, 0.8, 0.2), Moments(1, 1.0, 0.2, None)]) is None


def test_values_that_are_all_the_same_are_no_certainty() -> None:
    """Two templates with 20 right answers of 20 do not weigh endlessly more than others."""
    groups = [Moments(20, 20.0, 1.0, 0.0), Moments(20, 20.0, 1.0, 0.0), Moments(20, 20.0, 0.5, 0.26)]
    found = between(groups)
    assert found is not None
    assert 0.01 < found < 0.2


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.0, 0.25), st.integers(2, 500)), min_size=2, max_size=8))
def test_how_templates_differ_is_never_below_nothing(found: list[tuple[float, float, int]]) -> None:
    """And finite."""
    assume(len(found) > 1)
    spread = between([Moments(n, float(n), mean, variance) for mean, variance, n in found])
    assert spread is not None
    assert 0 <= spread < 10
