"""Quantiles against tables and an oracle; intervals against known truths."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from modelroute_cli.base.statistics import (
    Bounds,
    Floats,
    Interval,
    Sample,
    bootstrap_t_interval,
    clopper_pearson,
    normal_quantile,
    softened,
    standard_error,
    t_interval,
    t_quantile,
    wider,
)

UNIT = Bounds(0.0, 1.0)
PROBABILITIES = st.floats(1e-6, 1 - 1e-6)


def draws(seed: int, rate: float, count: int) -> Floats:
    """0/1 values."""
    return (np.random.default_rng(seed).random(count) < rate).astype(np.float64)


@pytest.mark.parametrize(
    ("p", "quantile"), [(0.5, 0.0), (0.95, 1.6448536270), (0.975, 1.9599639845), (0.001, -3.0902323062)]
)
def test_the_normal_quantile_is_the_tabulated_one(p: float, quantile: float) -> None:
    """Ten digits."""
    assert normal_quantile(p) == pytest.approx(quantile, abs=1e-9)


@pytest.mark.parametrize(
    ("p", "df", "quantile"),
    [
        (0.975, 1, 12.7062047364),
        (0.95, 2, 2.9199855804),
        (0.975, 10, 2.2281388520),
        (0.95, 30, 1.6972608865),
        (0.05, 30, -1.6972608865),
        (0.5, 7.5, 0.0),
        (0.995, 120, 2.6174211456),
        (0.975, math.inf, 1.9599639845),
    ],
)
def test_students_quantile_is_the_tabulated_one(p: float, df: float, quantile: float) -> None:
    """Ten digits, on both sides."""
    assert t_quantile(p, df) == pytest.approx(quantile, abs=1e-8)


@given(PROBABILITIES, st.floats(0.5, 1e6))
def test_students_quantile_agrees_with_the_oracle_for_any_real_df(p: float, df: float) -> None:
    """To 1e-8 of its size."""
    assert t_quantile(p, df) == pytest.approx(float(special.stdtrit(df, p)), rel=1e-8, abs=1e-8)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (0, 10, 0.0, 0.3084971078),  # 1 - 0.025^(1/10)
        (10, 10, 0.6915028922, 1.0),
        (7, 10, 0.3475471499, 0.9332604888),
        (50, 100, 0.3983211295, 0.6016788705),
        (0, 0, 0.0, 1.0),
    ],
)
def test_exact_limits_of_a_share(successes: int, trials: int, low: float, high: float) -> None:
    """At 95%, as tables have them."""
    found = clopper_pearson(successes, trials, 0.95)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)


def test_a_sample_of_nothing_is_refused() -> None:
    """An unknown mean is no number."""
    with pytest.raises(ValueError, match=r"^no values: nothing is known of their mean$"):
        Sample.of(np.array([]))


def test_a_sample_knows_its_mean_and_unbiased_variance() -> None:
    """A single value has no spread that is known; equal values have none at all, without rounding errors."""
    assert Sample.of(np.array([1.0, 2.0, 6.0])) == Sample(3, 3.0, 7.0)
    assert Sample.of(np.array([0.3])) == Sample(1, 0.3, None)
    assert Sample.of(np.full(7, 0.1)).variance == 0.0


@pytest.mark.parametrize(("population", "error"), [(None, 0.5), (100, math.sqrt(0.24)), (4, 0.0), (3, 0.0)])
def test_what_was_seen_of_few_is_known_better(population: int | None, error: float) -> None:
    """The finite population correction; a population seen whole is known."""
    assert standard_error(Sample(4, 0.0, 1.0), population) == pytest.approx(error)


def test_one_value_has_no_standard_error() -> None:
    """Unknown is None."""
    assert standard_error(Sample(1, 0.0, None)) is None


def test_students_interval_of_a_textbook_sample() -> None:
    """Mean 3, standard deviation sqrt(7), three values: t = 4.3027 at 95%."""
    found = t_interval(Sample(3, 3.0, 7.0), 0.95)
    reach = 4.302652729911 * math.sqrt(7 / 3)
    assert (found.low, found.high) == pytest.approx((3 - reach, 3 + reach))
    assert (found.value, found.level) == (3.0, 0.95)


def test_shares_count_with_one_more_at_either_bound() -> None:
    """Eight ones of ten are nine of twelve: 0.75, twelve values' spread, ten values' error."""
    found = t_interval(Sample.of(np.array([1.0] * 8 + [0.0] * 2)), 0.95, UNIT)
    reach = t_quantile(0.975, 11) * math.sqrt(0.75 * 0.25 * 12 / 11 / 10)
    assert (found.value, found.low, found.high) == pytest.approx((0.8, 0.75 - reach, 1.0))


def test_right_answers_alone_leave_a_doubt() -> None:
    """Twenty of twenty: 21 of 22, and never above 1."""
    found = t_interval(Sample(20, 1.0, 0.0), 0.90, UNIT)
    reach = t_quantile(0.95, 21) * math.sqrt(21 / 22 * (1 / 22) * 22 / 21 / 20)
    assert (found.low, found.high) == pytest.approx((21 / 22 - reach, 1.0))


def test_one_bounded_value_says_nearly_nothing() -> None:
    """Its interval is everything that a share can be."""
    assert t_interval(Sample(1, 0.4, None), 0.90, UNIT) == Interval(0.4, 0.0, 1.0, 0.90)


@pytest.mark.parametrize(("value", "low", "high"), [(2.0, 0.2, 3.8), (-2.0, -3.8, -0.2), (0.0, -0.9, 0.9)])
def test_equal_values_without_bounds_leave_a_doubt_of_their_own_size(value: float, low: float, high: float) -> None:
    """One cost alone: nine tenths of the others may be 0 or twice as high."""
    found = t_interval(Sample(1, value, None), 0.90)
    assert (found.low, found.high) == pytest.approx((low, high))


def test_ten_equal_costs_leave_a_fifth_in_doubt() -> None:
    """1 - 0.1^(1/10) = 0.206, halved where half of them all were seen."""
    assert t_interval(Sample(10, 5.0, 0.0), 0.90).high == pytest.approx(5 + 5 * (1 - 0.1**0.1))
    assert t_interval(Sample(10, 5.0, 0.0), 0.90, population=20).high == pytest.approx(5 + 2.5 * (1 - 0.1**0.1))


@pytest.mark.parametrize("bounds", [None, UNIT])
def test_equal_values_of_a_whole_population_are_known(bounds: Bounds | None) -> None:
    """Only there has an interval no width."""
    assert t_interval(Sample(8, 1.0, 0.0), 0.90, bounds, population=8) == Interval(1.0, 1.0, 1.0, 0.90)


def test_a_softened_sample_has_two_values_more() -> None:
    """The mean and variance of 0, 0.5, 1, 1, 1 from those of 0.5, 1, 1."""
    found = softened(Sample.of(np.array([0.5, 1.0, 1.0])), UNIT)
    assert found.count == 5
    assert [found.mean, found.variance] == pytest.approx([0.7, 0.2])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.sampled_from([0.8, 0.9, 0.95]), st.integers(31, 90))
def test_no_interval_of_a_part_is_without_width(values: list[float], level: float, population: int) -> None:
    """Within the bounds, around the mean, and wider than nothing, unless the values lie closer than floats can tell."""
    array = np.array(values)
    for found in (
        t_interval(Sample.of(array), level, UNIT, population),
        bootstrap_t_interval(array, level, 1, UNIT, population),
    ):
        assert 0.0 <= found.low <= found.value + 1e-12
        assert found.value - 1e-12 <= found.high <= 1.0
        assert found.low < found.high or np.ptp(array) < 1e-9


@given(st.integers(0, 30), st.integers(1, 30))
def test_exact_limits_hold_the_share_between_them_and_mirror(successes: int, more: int) -> None:
    """Wrong answers counted instead of right ones give the mirrored limits."""
    trials = successes + more
    right, wrong = clopper_pearson(successes, trials, 0.9), clopper_pearson(more, trials, 0.9)
    assert right.low <= successes / trials <= right.high
    assert (1 - wrong.high, 1 - wrong.low) == pytest.approx((right.low, right.high), abs=1e-9)


def test_the_bootstrap_follows_the_skew() -> None:
    """Few large values: the mean may well lie far above; below, Student's limit stays."""
    values = np.random.default_rng(5).lognormal(0.0, 1.0, 60)
    plain, found = t_interval(Sample.of(values), 0.9), bootstrap_t_interval(values, 0.9, 7)
    assert found.high > plain.high
    assert found.low == plain.low
    assert bootstrap_t_interval(values, 0.9, 7) == found
    assert bootstrap_t_interval(values, 0.9, 8) != found


def test_the_bootstrap_of_a_symmetric_sample_is_nearly_students() -> None:
    """Within a fifth of the width."""
    values = np.random.default_rng(3).normal(10.0, 2.0, 80)
    plain, found = t_interval(Sample.of(values), 0.9), bootstrap_t_interval(values, 0.9, 1)
    tolerance = (plain.high - plain.low) / 5
    assert (found.low, found.high) == pytest.approx((plain.low, plain.high), abs=tolerance)


def test_a_bootstrap_without_finite_limits_is_students_interval() -> None:
    """Two values: half of all resamples have no spread."""
    values = np.array([0.2, 0.8])
    assert bootstrap_t_interval(values, 0.9, 1) == t_interval(Sample.of(values), 0.9)


def test_a_bootstrap_of_equal_values_is_the_interval_of_equal_values() -> None:
    """No resample says more than the sample."""
    values = np.ones(20)
    assert bootstrap_t_interval(values, 0.9, 1, UNIT) == t_interval(Sample.of(values), 0.9, UNIT)


def test_many_values_are_resampled_in_parts_with_the_same_numbers() -> None:
    """5,000 values need three parts; the interval is as narrow as Student's."""
    values = np.random.default_rng(2).exponential(1.0, 5_000)
    plain, found = t_interval(Sample.of(values), 0.9), bootstrap_t_interval(values, 0.9, 4)
    assert (found.low, found.high) == pytest.approx((plain.low, plain.high), abs=0.01)


def test_of_two_intervals_the_outer_limits_hold() -> None:
    """Cut at the bounds; a limit that is endless says nothing."""
    plain = Interval(0.5, 0.4, 0.6, 0.9)
    assert wider(plain, Bounds(0.45, 0.7)) == Interval(0.5, 0.4, 0.7, 0.9)
    assert wider(plain, Bounds(-0.2, 0.55), UNIT) == Interval(0.5, 0.0, 0.6, 0.9)
    assert wider(plain, Bounds(0.1, math.inf)) == plain


@pytest.mark.parametrize("rate", [0.5, 0.8, 0.95])
def test_nine_of_ten_students_intervals_hold_the_truth(rate: float) -> None:
    """400 samples of 60 answers each, right at a known rate."""
    found = [t_interval(Sample.of(draws(seed, rate, 60)), 0.9, UNIT) for seed in range(400)]
    assert sum(each.low <= rate <= each.high for each in found) >= 0.88 * 400
