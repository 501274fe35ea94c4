"""The test after a fixed number of draws: how likely such draws are if the mean were 0 or less.

Problem: values of few kinds, the worst of them rare. Fifty draws without a loss look perfect to a t-test, and come up
once in four times where the promise is just broken. A z-test at 1,000 draws is wrong in 5.5-6.7% instead of 5%.
Solution: the draws, and one more at the least value possible, share the unseen requests at random (Dirichlet weights;
Gaffke 2005, three test statistics for a nonparametric one-sided hypothesis on the mean of a nonnegative variable;
Phan, Thomas & Learned-Miller 2021). For values of two kinds this is the exact test of Clopper & Pearson, and with the
unseen requests drawn from an urn that returns each draw twice, the exact hypergeometric test of a finite batch.
What still fails: for values of more than two kinds no proof that it never errs more than promised; measured, it does
not (benchmarks/certify.py). With many strata it is cautious, as each has its own least value.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from modelroute_cli.base.statistics import Floats
from modelroute_cli.planning.hull import Ints

TRIALS = 9_999
_KINDS = 64
_SEED = 20_261_123


@dataclass(frozen=True, slots=True)
class Part:
    """Values drawn uniformly out of `size` requests, none of which can be below `least` (<= 0)."""

    values: Floats
    least: float
    size: int


@dataclass(frozen=True, slots=True)
class Kinds:
    """Distinct values and how often each was drawn."""

    value: Floats
    count: Ints


def p_value(parts: Sequence[Part], known: float = 0.0) -> float:
    """The chance of such draws where the sum over all parts and what is `known` beside them is 0 or less.

    From TRIALS, the same for the same draws.
    """
    random = np.random.default_rng(_SEED)
    total = np.full(TRIALS, known)
    for part in parts:
        total += float(part.values.sum()) + _unseen(part, random)
    return float((1 + np.count_nonzero(total <= 0)) / (1 + TRIALS))


def kinds(values: Floats) -> Kinds:
    """The distinct values; where there are more than 64, those within the same 64th of the range as their mean.

    The mean stays the same; of the variance less than 1/49,152 of the squared range is lost.
    """
    value, count = np.unique(values, return_counts=True)
    if value.size <= _KINDS:
        return Kinds(value, count.astype(np.int64))
    place = np.floor((values - value[0]) / (value[-1] - value[0]) * _KINDS).astype(np.int64)
    members = np.bincount(place)
    means = np.bincount(place, weights=values)[members > 0] / members[members > 0]
    return Kinds(means, members[members > 0].astype(np.int64))


def _unseen(part: Part, random: np.random.Generator) -> Floats:
    """The sum over the requests not drawn, TRIALS times."""
    left = part.size - part.values.size
    if not left:
        return np.zeros(TRIALS)
    seen = kinds(part.values)
    weights = random.gamma(np.append(seen.count, 1.0), size=(TRIALS, seen.count.size + 1))
    shares = weights / weights.sum(axis=1, keepdims=True)
    drawn = random.multinomial(left, shares)
    found: Floats = drawn @ np.append(seen.value, part.least)
    return found
