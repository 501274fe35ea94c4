"""Intervals of a batch's quality and cost, from samples of its strata."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.statistics import Bounds, Floats, Interval, Sample, t_interval
from modelroute_cli.pilot.intervals import (
    UNIT,
    PairedStratum,
    Stratum,
    cost_interval,
    quality_interval,
    ratio_interval,
)

TRIALS = 200
SHARES = st.lists(st.floats(0, 1), min_size=1, max_size=12)


def holds(interval: Interval | None, truth: float) -> bool:
    """Whether the truth lies in it."""
    assert interval is not None
    return interval.low <= truth <= interval.high


def sampled(batch: list[Floats], count: int, seed: int) -> list[Stratum]:
    """Up to `count` values of each stratum of a batch."""
    random = np.random.default_rng(seed)
    return [Stratum(random.permutation(values)[:count], values.size) for values in batch]


def batch_mean(batch: list[Floats]) -> float:
    """The truth."""
    return float(np.concatenate(batch).mean())


def right_or_wrong(seed: int) -> list[Floats]:
    """Templates of different sizes and rates, 0/1."""
    random = np.random.default_rng(seed)
    kinds = ((900, 0.97), (400, 0.8), (150, 0.5), (60, 0.9))
    return [(random.random(size) < rate).astype(np.float64) for size, rate in kinds]


def graded(seed: int) -> list[Floats]:
    """The same, by shares."""
    random = np.random.default_rng(seed)
    return [random.beta(a, b, size) for size, a, b in ((900, 9.0, 1.0), (400, 4.0, 2.0), (150, 1.0, 1.0))]


def runaway(seed: int) -> list[Floats]:
    """Costs with a long tail: lognormal, and 3% of the answers run away to 15 times as much."""
    random = np.random.default_rng(seed)
    return [
        random.lognormal(mean, 0.5, size) * np.where(random.random(size) < 0.03, 15.0, 1.0)
        for size, mean in ((3_000, 0.0), (2_000, 1.0))
    ]


@pytest.mark.parametrize("count", [20, 50])
@pytest.mark.parametrize("make", [right_or_wrong, graded])
def test_nine_of_ten_quality_intervals_hold_the_truth(make: Callable[[int], list[Floats]], count: int) -> None:
    """At least 88% of 200 samples of a known batch."""
    batch = make(1)
    held = [holds(quality_interval(sampled(batch, count, seed), 0.9), batch_mean(batch)) for seed in range(TRIALS)]
    assert sum(held) >= 0.88 * TRIALS


def test_nine_of_ten_cost_intervals_hold_the_truth_beside_runaway_answers() -> None:
    """200 draws of each model: at least 88% of 100 samples, where a lognormal formula holds 28%."""
    batch = runaway(2)
    held = [holds(cost_interval(sampled(batch, 200, seed), 0.9, seed), batch_mean(batch)) for seed in range(100)]
    assert sum(held) >= 88


def paired(seed: int, count: int) -> list[PairedStratum]:
    """Two templates of right-or-wrong answers, the plan losing some and winning some."""
    base = right_or_wrong(5)[:2]
    random = np.random.default_rng(5)
    plans = [np.where(random.random(values.size) < 0.1, 1 - values, values) for values in base]
    order = np.random.default_rng(seed)
    rows = [order.permutation(values.size)[:count] for values in base]
    return [PairedStratum(plan[at], of[at], of.size) for plan, of, at in zip(plans, base, rows, strict=True)]


def test_nine_of_ten_ratio_intervals_hold_the_truth() -> None:
    """60 pairs of each template."""
    whole = paired(0, 10_000)
    truth = sum(each.plan.sum() for each in whole) / sum(each.baseline.sum() for each in whole)
    held = [holds(ratio_interval(paired(seed, 60), 0.9), float(truth)) for seed in range(TRIALS)]
    assert sum(held) >= 0.88 * TRIALS


def test_pairs_tell_more_than_two_samples() -> None:
    """Where both are right and wrong on the same requests the ratio is nearly known, whatever the quality is."""
    values = np.repeat([1.0, 0.0], [80, 20])
    found = ratio_interval([PairedStratum(values, values, 10_000)], 0.9)
    alone = quality_interval([Stratum(values, 10_000)], 0.9)
    assert found is not None
    assert alone is not None
    assert found.value == 1.0
    assert found.high - found.low < 0.5 * (alone.high - alone.low) / 0.8


def test_one_stratum_is_students_interval() -> None:
    """Of one sample, bounds and all."""
    values = np.repeat([1.0, 0.0, 0.5], [20, 5, 5])
    found = quality_interval([Stratum(values, 1_000)], 0.9)
    expected = t_interval(Sample.of(values), 0.9, UNIT, 1_000)
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx((expected.value, expected.low, expected.high))


def test_strata_count_by_their_size() -> None:
    """Nine tenths of the batch are right in 3 of 4, the rest always."""
    found = quality_interval([Stratum(np.array([1.0, 1.0, 1.0, 0.0]), 90), Stratum(np.ones(4), 10)], 0.9)
    assert found is not None
    assert found.value == pytest.approx(0.775)


def test_a_batch_seen_whole_is_known() -> None:
    """Its interval has no width."""
    whole = [Stratum(np.array([1.0, 0.0]), 2), Stratum(np.array([0.5]), 1)]
    assert quality_interval(whole, 0.9) == Interval(0.5, 0.5, 0.5, 0.9)
    assert cost_interval(whole, 0.9, 1) == Interval(0.5, 0.5, 0.5, 0.9)


def test_right_answers_alone_leave_a_doubt() -> None:
    """In two strata as in one."""
    found = quality_interval([Stratum(np.ones(10), 500), Stratum(np.ones(10), 500)], 0.9)
    assert found is not None
    assert found.high == 1.0
    assert 0.85 < found.low < 0.95


def test_equal_costs_leave_a_doubt() -> None:
    """Twenty answers that cost the same: up to 1 - 0.1^(1/20) of the others may cost nothing or twice as much."""
    found = cost_interval([Stratum(np.full(20, 3.0), 10**9)], 0.9, 1)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((3 * 0.1**0.05, 3 * (2 - 0.1**0.05)))


def test_costs_of_few_answers_have_students_interval() -> None:
    """Resamples of two values have no spread half of the time."""
    found = cost_interval([Stratum(np.array([1.0, 2.0]), 10**9)], 0.9, 1)
    expected = t_interval(Sample.of(np.array([1.0, 2.0])), 0.9)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_a_stratum_of_one_value_takes_the_spread_of_all() -> None:
    """It is no reason to know nothing, nor to know it exactly."""
    many = Stratum(np.linspace(0.0, 2.0, 30), 100)
    alone, wide = (cost_interval([many, Stratum(np.array([1.0]), size)], 0.9, 1) for size in (1, 100))
    assert alone is not None
    assert wide is not None
    assert wide.high - wide.low > 2 * (alone.high - alone.low)


@pytest.mark.parametrize("strata", [[], [Stratum(np.array([]), 5)], [Stratum(np.ones(3), 5), Stratum(np.array([]), 5)]])
def test_a_stratum_that_nobody_measured_leaves_the_mean_unknown(strata: list[Stratum]) -> None:
    """Unknown is None, and no stratum is guessed from others."""
    assert quality_interval(strata, 0.9) is None
    assert cost_interval(strata, 0.9, 1) is None
    assert ratio_interval([PairedStratum(each.values, each.values, each.size) for each in strata], 0.9) is None


def test_a_stratum_without_requests_needs_no_measurement() -> None:
    """Nothing of the batch lies there."""
    some = Stratum(np.array([1.0, 0.0, 1.0]), 50)
    assert quality_interval([some, Stratum(np.array([]), 0)], 0.9) == quality_interval([some], 0.9)


def test_nothing_is_a_share_of_nothing() -> None:
    """A baseline that is never right has no ratio."""
    assert ratio_interval([PairedStratum(np.ones(5), np.zeros(5), 50)], 0.9) is None


def test_more_values_than_requests_are_refused() -> None:
    """Each request is measured once."""
    with pytest.raises(ValueError, match=r"^a stratum of 2 requests cannot give 3 values$"):
        Stratum(np.ones(3), 2)
    with pytest.raises(ValueError, match=r"^a stratum of 2 requests cannot give 3 values$"):
        ratio_interval([PairedStratum(np.ones(3), np.ones(3), 2)], 0.9)


@given(st.lists(SHARES, min_size=1, max_size=4), st.integers(13, 60), st.sampled_from([0.8, 0.9, 0.95]))
def test_a_quality_interval_holds_its_estimate_and_stays_a_share(
    values: list[list[float]], size: int, level: float
) -> None:
    """Low <= estimate <= high, within [0,1], and never without width while something is unseen."""
    found = quality_interval([Stratum(np.array(each), size) for each in values], level)
    assert found is not None
    assert 0.0 <= found.low <= found.value <= found.high <= 1.0
    assert found.low < found.high


@given(st.lists(st.tuples(SHARES, st.integers(0, 5)), min_size=1, max_size=4))
def test_a_ratio_interval_holds_its_estimate(values: list[tuple[list[float], int]]) -> None:
    """Never below 0."""
    strata = [PairedStratum(np.array(plan), np.roll(np.array(plan), by), 50) for plan, by in values]
    found = ratio_interval(strata, 0.9)
    if found is not None:
        assert 0.0 <= found.low <= found.value <= found.high


def test_bounds_of_a_quality_are_0_and_1() -> None:
    """As everywhere."""
    assert Bounds(0.0, 1.0) == UNIT
