"""Bounds of a mean that hold at every look: a confidence sequence for values within [-1, 1], by betting.

For each possible mean m, somebody bets against it: with a stake l, each value x multiplies his money by 1 + l(x - m).
Where m is the truth his money grows by chance alone, and passes 1/alpha at any time with probability alpha at most
(Ville's inequality). The means against which nobody got so rich are the bounds. Several stakes are played at once and
their money added up (a mixture), for means that are too high and too low apart. After Waudby-Smith & Ramdas,
"Estimating means of bounded random variables by betting", Journal of the Royal Statistical Society B 86 (2024).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_MEANS = 201  # of the grid between -1 and 1; bounds are rounded outward to it
_STAKES = 6
_LEAST_STAKE = 0.05
_MOST_STAKE = 0.99  # of what cannot be lost whole


@dataclass(frozen=True, slots=True)
class Span:
    """The mean lies from `low` to `high`, both within [-1, 1]."""

    low: float
    high: float


WHOLE = Span(-1.0, 1.0)


def span(values: Sequence[float], alpha: float) -> Span:
    """Where the mean of values within [-1, 1] lies, whenever it is asked: wrong at any time with `alpha` at most.

    `values` stand in the order in which they were seen; they may have any distribution, with one mean given the past.
    ValueError for an `alpha` outside of (0, 1) and for a value outside of [-1, 1].
    """
    if not 0 < alpha < 1:
        msg = f"alpha is {alpha}, not between 0 and 1"
        raise ValueError(msg)
    if not values:
        return WHOLE
    seen = np.asarray(values, np.float64)
    if np.isnan(seen).any() or np.abs(seen).max() > 1:
        msg = "a value lies outside of [-1, 1]"
        raise ValueError(msg)
    rich = np.log(2 / alpha)
    return Span(_low(seen, float(rich)), -_low(-seen, float(rich)))


def _low(seen: Floats, rich: float) -> float:
    """The largest mean of the grid that betting on more has refuted, or -1."""
    stakes, means = _grid()
    grown = np.log1p(stakes[:, :, None] * (seen[None, None, :] - means[None, :, None])).cumsum(axis=2)
    money = np.logaddexp.reduce(grown, axis=0) - np.log(len(stakes))
    refuted = np.flatnonzero((money >= rich).any(axis=1))
    return float(means[refuted[-1]]) if refuted.size else -1.0


@lru_cache(maxsize=1)
def _grid() -> tuple[Floats, Floats]:
    """Stakes (by stake and mean) that never lose all, and the means."""
    means = np.linspace(-1.0, 1.0, _MEANS).round(6)
    shares = _MOST_STAKE * np.geomspace(_LEAST_STAKE, 1.0, _STAKES)
    return shares[:, None] / (1.0 + means[None, :]).clip(min=1e-9), means
