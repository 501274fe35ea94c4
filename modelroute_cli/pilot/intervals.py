"""Intervals of what a whole batch is worth or costs, from samples of its strata (templates, models).

Each stratum is drawn without replacement; its mean counts by its size. Degrees of freedom after Satterthwaite 1946,
finite population correction after Cochran 1977, chapter 5; skewed values by the studentised bootstrap, stratum by
stratum. No shape of a distribution is assumed.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from modelroute_cli.base.statistics import (
    RESAMPLES,
    Bounds,
    Floats,
    Interval,
    Sample,
    softened,
    t_interval,
    t_quantile,
    wider,
)

UNIT = Bounds(0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Stratum:
    """Values drawn uniformly out of `size` requests of one kind."""

    values: Floats
    size: int

    def __post_init__(self) -> None:
        if self.values.size > self.size:
            msg = f"a stratum of {self.size} requests cannot give {self.values.size} values"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class PairedStratum:
    """Qualities of the same requests, drawn uniformly out of `size`: a plan's and the baseline's."""

    plan: Floats
    baseline: Floats
    size: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over all strata, its standard error and the degrees of freedom behind that."""

    mean: float
    error: float
    df: float


def quality_interval(strata: Sequence[Stratum], level: float) -> Interval | None:
    """Of the mean quality, in [0,1], over all requests; None where a stratum with requests has no value.

    One value more at either bound is spread over the strata in proportion to their draws (see `t_interval`).
    """
    return _t(strata, level, UNIT)


def ratio_interval(strata: Sequence[PairedStratum], level: float) -> Interval | None:
    """Of the plan's mean quality over the baseline's, paired; None where a stratum has no pair or the baseline's is 0.

    The delta method: the error of the ratio is that of the mean of plan - ratio x baseline over the baseline's mean
    (Cochran 1977, chapter 6, the combined ratio estimate).
    """
    whole = [each for each in strata if each.size]
    if not whole or any(not each.plan.size for each in whole):
        return None
    weight = np.array([each.size for each in whole]) / sum(each.size for each in whole)
    plan = float(weight @ [each.plan.mean() for each in whole])
    baseline = float(weight @ [each.baseline.mean() for each in whole])
    if baseline <= 0:
        return None
    ratio = plan / baseline
    rest = [Stratum(each.plan - ratio * each.baseline, each.size) for each in whole]
    found = _t(rest, level, Bounds(-ratio, max(1.0, ratio)))
    return found and Interval(ratio, max(ratio + found.low / baseline, 0.0), ratio + found.high / baseline, level)


def cost_interval(strata: Sequence[Stratum], level: float, seed: int) -> Interval | None:
    """Of the mean cost of a request over all requests, by the studentised bootstrap, within each stratum.

    None where a stratum with requests has no value. Times the number of requests it is the interval of the bill.
    Never narrower on either side than Student's interval, which it is where no limit is finite.
    """
    known = _drawn(strata)
    plain = _t(strata, level, None)
    if known is None or plain is None:
        return None
    estimate = _estimate(known, None)
    return wider(plain, _bootstrap(known, estimate, level, seed)) if estimate.error > 0 else plain


def _t(strata: Sequence[Stratum], level: float, bounds: Bounds | None) -> Interval | None:
    """Student's interval of the mean over all strata, within the bounds."""
    known = _drawn(strata)
    if known is None:
        return None
    plain = _estimate(known, None)
    estimate = _estimate(known, bounds)
    if estimate.error <= 0:
        return _equal(known, plain.mean, level, bounds)
    width = t_quantile((1 + level) / 2, estimate.df) * estimate.error
    edge = bounds or Bounds(-math.inf, math.inf)
    low, high = max(estimate.mean - width, edge.low), min(estimate.mean + width, edge.high)
    return Interval(plain.mean, min(low, plain.mean), max(high, plain.mean), level)


def _drawn(strata: Sequence[Stratum]) -> list[Stratum] | None:
    """The strata that have requests; None where one of them has no value, or there are none."""
    known = [each for each in strata if each.size]
    return known if known and all(each.values.size for each in known) else None


def _equal(strata: Sequence[Stratum], mean: float, level: float, bounds: Bounds | None) -> Interval:
    """Where no spread was seen anywhere: what as many equal values say; all of it where all were seen."""
    count, size = (sum(sizes) for sizes in zip(*((each.values.size, each.size) for each in strata), strict=True))
    return t_interval(Sample(count, mean, 0.0), level, bounds, size)


def _estimate(strata: Sequence[Stratum], bounds: Bounds | None) -> Estimate:
    """Mean, error and degrees of freedom; a stratum of one value takes its spread from all values together."""
    draws, requests = sum(each.values.size for each in strata), sum(each.size for each in strata)
    pooled = Sample.of(np.concatenate([each.values for each in strata])).variance or 0.0
    mean, variance, spread = 0.0, 0.0, 0.0
    for each in strata:
        sample = Sample.of(each.values)
        soft = sample if bounds is None else softened(sample, bounds, sample.count / draws)
        left = 1.0 - sample.count / each.size
        weight = each.size / requests
        part = weight**2 * left * (pooled if soft.variance is None else soft.variance) / sample.count
        mean += weight * (sample.mean + (soft.mean - sample.mean) * left)
        variance += part
        spread += part**2 / max(soft.count - 1, 1.0)
    return Estimate(mean, math.sqrt(variance), variance**2 / spread if spread else 1.0)


def _bootstrap(strata: Sequence[Stratum], estimate: Estimate, level: float, seed: int) -> Bounds:
    """The limits of the studentised bootstrap around an estimate."""
    random = np.random.default_rng(seed)
    requests = sum(each.size for each in strata)
    away, variance = np.zeros(RESAMPLES), np.zeros(RESAMPLES)
    for each in strata:
        weight, count = each.size / requests, each.values.size
        drawn = each.values[random.integers(0, count, (RESAMPLES, count))]
        away += weight * (drawn.mean(axis=1) - each.values.mean())
        variance += weight**2 * drawn.var(axis=1) / max(count - 1, 1) * (1.0 - count / each.size)
    known = variance > 0
    t = np.where(known, away / np.sqrt(np.where(known, variance, 1.0)), np.copysign(np.inf, away))
    low, high = np.quantile(t, [(1 - level) / 2, (1 + level) / 2], method="nearest")
    return Bounds(estimate.mean - float(high) * estimate.error, estimate.mean - float(low) * estimate.error)
