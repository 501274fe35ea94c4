"""Quantiles and intervals of means, from samples that may be small, constant, bounded or drawn from few.

Quantiles are within 1e-8 of the tabulated ones. Intervals are given by what is known of a sample, never by a guessed
shape of the distribution.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from modelroute_cli.base.beta import Bracket, beta_quantile, beta_share, root

Floats = NDArray[np.float64]

RESAMPLES = 999
_RESAMPLED_AT_ONCE = 2_000_000  # values: 16 MB
_NORMAL = NormalDist()
_EXPANSION_FROM_DF = 1e5


@dataclass(frozen=True, slots=True)
class Bounds:
    """What no value can pass."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and where the truth lies with the probability `level`, half of the rest on either side."""

    value: float
    low: float
    high: float
    level: float


@dataclass(frozen=True, slots=True)
class Sample:
    """What an interval needs of a sample: how many values, their mean and unbiased variance (None: fewer than two)."""

    count: float  # whole, unless values were added by shares
    mean: float
    variance: float | None

    @classmethod
    def of(cls, values: Floats) -> "Sample":
        """The sums of one-dimensional `values`; ValueError where there are none."""
        if not values.size:
            msg = "no values: nothing is known of their mean"
            raise ValueError(msg)
        variance = float(values.var(ddof=1)) if values.size > 1 else None
        same = values.size > 1 and values.min() == values.max()
        return cls(values.size, float(values.mean()), 0.0 if same else variance)


def normal_quantile(p: float) -> float:
    """Where the standard normal distribution reaches `p`, in (0,1)."""
    return _NORMAL.inv_cdf(p)


def normal_share(z: float) -> float:
    """The share of the standard normal distribution below `z`."""
    return _NORMAL.cdf(z)


@lru_cache(1024)
def t_quantile(p: float, df: float) -> float:
    """Where Student's t with `df` > 0 degrees of freedom (any real, infinity too) reaches `p`, in (0,1)."""
    if p == 0.5:  # noqa: PLR2004 - the middle
        return 0.0
    if p < 0.5:  # noqa: PLR2004
        return -t_quantile(1.0 - p, df)
    if df >= _EXPANSION_FROM_DF:
        return _expanded(normal_quantile(p), df)
    high = 1.0
    while _t_above(high, df) > 1.0 - p:
        high *= 4.0
    scale = math.exp(math.lgamma((df + 1) / 2) - math.lgamma(df / 2)) / math.sqrt(df * math.pi)
    return root(
        lambda t: 1.0 - p - _t_above(t, df), lambda t: scale * (1 + t * t / df) ** (-(df + 1) / 2), Bracket(0.0, high)
    )


def clopper_pearson(successes: int, trials: int, level: float) -> Interval:
    """The exact interval of a share from `successes` of `trials` (Clopper & Pearson 1934); of no trial, all of [0,1].

    Holds at least as often as `level`, whatever the share.
    """
    half = (1.0 - level) / 2
    low = beta_quantile(half, successes, trials - successes + 1) if successes else 0.0
    high = beta_quantile(1 - half, successes + 1, trials - successes) if successes < trials else 1.0
    return Interval(successes / trials if trials else 0.5, low, high, level)


def standard_error(sample: Sample, population: int | None = None) -> float | None:
    """Of the mean of a sample drawn without replacement from `population` (None: endless); None below two values."""
    if sample.variance is None:
        return None
    return math.sqrt(sample.variance / sample.count * _left(sample.count, population))


def t_interval(sample: Sample, level: float, bounds: Bounds | None = None, population: int | None = None) -> Interval:
    """Student's interval of the mean of `population` values (None: endless) of which `sample` was drawn.

    Values with `bounds` count with one more at either bound (Agresti & Coull 1998, Agresti & Caffo 2000): fifty right
    answers of fifty are no proof that none is wrong. Without bounds, values that are all the same have the
    `constant_interval`. Of no width only where the whole population was seen.
    """
    if bounds is not None:
        return _bounded(sample, level, bounds, population)
    error = standard_error(sample, population)
    if not error:
        return constant_interval(sample, level, population)
    width = t_quantile((1 + level) / 2, sample.count - 1) * error
    return Interval(sample.mean, sample.mean - width, sample.mean + width, level)


def bootstrap_t_interval(
    values: Floats, level: float, seed: int, bounds: Bounds | None = None, population: int | None = None
) -> Interval:
    """The studentised bootstrap's interval of a mean (Efron & Tibshirani 1993, chapter 12): for skewed values.

    Each of RESAMPLES gives its own t; their quantiles stand where Student's would. A resample without spread has no t:
    its distance counts as endless. Never narrower on either side than `t_interval`, which it is where that or too few
    values leave no finite limit.
    """
    sample = Sample.of(values)
    plain, error = t_interval(sample, level, bounds, population), standard_error(sample, population)
    if not error:
        return plain
    low_t, high_t = np.quantile(_studentised(values, seed), [(1 - level) / 2, (1 + level) / 2], method="nearest")
    return wider(plain, Bounds(sample.mean - float(high_t) * error, sample.mean - float(low_t) * error), bounds)


def wider(plain: Interval, limits: Bounds, bounds: Bounds | None = None) -> Interval:
    """An interval with the outer of its own limits and others, these cut at the bounds; endless ones change nothing."""
    if not (math.isfinite(limits.low) and math.isfinite(limits.high)):
        return plain
    other = _around(plain.value, limits, plain.level, bounds)
    return Interval(plain.value, min(plain.low, other.low), max(plain.high, other.high), plain.level)


def constant_interval(sample: Sample, level: float, population: int | None) -> Interval:
    """What `count` values that are all the same say of a mean that has no bounds (the rule of three, exactly).

    A value that would differ has come up in none of n draws, so at most a share 1 - (1 - level)^(1/n) of those not
    seen are such (Clopper & Pearson). Judgement: they are taken to be 0 or twice the value, 1 beside zeros.
    """
    unseen = 1.0 - (1.0 - level) ** (1.0 / sample.count)
    width = unseen * _left(sample.count, population) * (abs(sample.mean) or 1.0)
    return Interval(sample.mean, sample.mean - width, sample.mean + width, level)


def softened(sample: Sample, bounds: Bounds, share: float = 1.0) -> Sample:
    """The sample with one more value at either bound, or a `share` of both; `count` is then no whole number."""
    count = sample.count + 2 * share
    mean = (sample.mean * sample.count + share * (bounds.low + bounds.high)) / count
    ends = (bounds.low - mean) ** 2 + (bounds.high - mean) ** 2
    squares = (sample.count - 1) * (sample.variance or 0.0) + sample.count * (sample.mean - mean) ** 2 + share * ends
    return Sample(count, mean, squares / (count - 1))


def _bounded(sample: Sample, level: float, bounds: Bounds, population: int | None) -> Interval:
    """Student's interval of a `softened` sample, as wide as the draws alone make it.

    Both what softens it and its width end where all was seen.
    """
    soft, left = softened(sample, bounds), _left(sample.count, population)
    middle = sample.mean + (soft.mean - sample.mean) * left
    width = t_quantile((1 + level) / 2, soft.count - 1) * math.sqrt((soft.variance or 0.0) / sample.count * left)
    return _around(sample.mean, Bounds(middle - width, middle + width), level, bounds)


def _left(count: float, population: int | None) -> float:
    """The share of the population that was not drawn: the finite population correction of a variance."""
    return 1.0 if population is None else max(1.0 - count / population, 0.0)


def _around(value: float, limits: Bounds, level: float, bounds: Bounds | None) -> Interval:
    """The interval with these limits, cut at the bounds, that holds its own estimate."""
    edge = bounds or Bounds(-math.inf, math.inf)
    return Interval(value, min(max(limits.low, edge.low), value), max(min(limits.high, edge.high), value), level)


def _studentised(values: Floats, seed: int) -> Floats:
    """The t of each resample around the sample's own mean; endless, with its sign, where a resample has no spread."""
    random = np.random.default_rng(seed)
    rows = max(_RESAMPLED_AT_ONCE // values.size, 1)
    parts = [_some_studentised(values, random, min(rows, RESAMPLES - done)) for done in range(0, RESAMPLES, rows)]
    return np.concatenate(parts)


def _some_studentised(values: Floats, random: np.random.Generator, rows: int) -> Floats:
    """The t of `rows` resamples."""
    drawn = values[random.integers(0, values.size, (rows, values.size))]
    away = drawn.mean(axis=1) - values.mean()
    spread = drawn.std(axis=1, ddof=1) / math.sqrt(values.size)
    known = drawn.min(axis=1) < drawn.max(axis=1)
    found: Floats = np.where(known, away / np.where(known, spread, 1.0), np.copysign(np.inf, away))
    return found


def _t_above(t: float, df: float) -> float:
    """The share of Student's t above `t` >= 0."""
    square = t * t
    return beta_share(df / 2, 0.5, df / (df + square), square / (df + square)) / 2


def _expanded(z: float, df: float) -> float:
    """Student's quantile from the normal one, for many degrees of freedom (Abramowitz & Stegun 26.7.5)."""
    if math.isinf(df):
        return z
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    return z + first / df + second / df**2
