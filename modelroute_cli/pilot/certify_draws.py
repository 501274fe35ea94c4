"""Which requests of the batch a hold-out draws, in order, and what each draw says of all.

Requests are drawn one after the other from those not drawn yet, each with a chance in proportion to its stratum's
rate (successive sampling without replacement). A draw of weight w and value d then has w x d for expectation over
what was left: the mean of what was left (Horvitz & Thompson 1952; for tests by betting: Shekhar, Xu, Lipton, Liang &
Ramdas 2023, risk-limiting financial audits by weighted sampling without replacement). So requests that every plan
leaves to the baseline, and that therefore say little, are drawn seldom, and nothing is biased.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from modelroute_cli.base.statistics import Floats
from modelroute_cli.planning.hull import Ints

Bools = NDArray[np.bool_]

SAFE_RATE = 0.1
"""Judgement: what a baseline's own answers add, 0 or 0.03 each, is nearly known; they are still looked at."""


@dataclass(frozen=True, slots=True)
class Strata:
    """The requests of a batch by stratum.

    A stratum that `may_lose` holds requests that some plan under test takes from the baseline; in the others every
    plan's answer is the baseline's own.
    """

    size: Ints  # requests, by stratum
    rate: Floats  # > 0: the relative chance of one request, by stratum
    may_lose: Bools  # by stratum

    def __post_init__(self) -> None:
        if not (self.rate > 0).all() or (self.size < 0).any():
            msg = "a stratum has 0 or more requests and a rate above 0"
            raise ValueError(msg)

    @property
    def requests(self) -> int:
        """Of the whole batch."""
        return int(self.size.sum())


@dataclass(frozen=True, slots=True)
class Draws:
    """What was drawn, in order, out of which strata."""

    rows: Ints  # places of the requests in the batch, in the order drawn
    stratum: Ints  # of each draw
    strata: Strata

    def __post_init__(self) -> None:
        drawn = np.bincount(self.stratum, minlength=self.strata.size.size)
        if self.rows.size != self.stratum.size or (drawn > self.strata.size).any():
            msg = "a stratum cannot give more draws than it has requests"
            raise ValueError(msg)

    @property
    def left(self) -> Ints:
        """Requests not drawn yet, before each draw."""
        found: Ints = self.strata.requests - np.arange(self.rows.size, dtype=np.int64)
        return found

    @property
    def scale(self) -> Floats:
        """The mean rate of what was left before each draw: over a stratum's own rate it is a draw's weight."""
        rates = self.strata.rate[self.stratum]
        total = float(self.strata.rate @ self.strata.size)
        found: Floats = (total - (np.cumsum(rates) - rates)) / self.left
        return found

    @property
    def weight(self) -> Floats:
        """Of each draw; 1 where all rates are the same."""
        found: Floats = self.scale / self.strata.rate[self.stratum]
        return found

    def heaviest(self, among: Bools) -> Floats:
        """The largest weight that a draw from the strata `among` could have had at each step; 0 for no strata."""
        rates = self.strata.rate[among]
        found: Floats = self.scale / rates.min() if rates.size else np.zeros(self.rows.size)
        return found

    def first(self, count: int) -> "Draws":
        """The first `count` draws: a hold-out that is looked at before it is complete."""
        return Draws(self.rows[:count], self.stratum[:count], self.strata)


def by_risk(always_baseline: Bools) -> Strata:
    """Requests that some plan takes from the baseline (stratum 0), and those that all leave to it (1), by request.

    The latter are drawn a tenth as often. Their stratum, for `draw`, is `always_baseline` as whole numbers.
    """
    sizes: Ints = np.bincount(always_baseline.astype(np.int64), minlength=2).astype(np.int64)
    return Strata(sizes, np.array([1.0, SAFE_RATE]), np.array([True, False]))


def draw(stratum: Ints, strata: Strata, count: int, seed: int) -> Draws:
    """`count` requests (or all, where there are fewer) of a batch whose requests lie in `stratum`, by request.

    The same seed draws the same requests, and a larger count begins with the smaller one's.
    """
    waits = np.random.default_rng(seed).exponential(1.0, stratum.size) / strata.rate[stratum]
    rows: Ints = np.argsort(waits, kind="stable")[:count].astype(np.int64)
    return Draws(rows, stratum[rows], strata)


def uniform(count: int, requests: int) -> Draws:
    """The first `count` of `requests` that lie in random order: one stratum, every weight 1."""
    strata = Strata(np.array([requests], dtype=np.int64), np.ones(1), np.ones(1, dtype=np.bool_))
    return Draws(np.arange(count, dtype=np.int64), np.zeros(count, dtype=np.int64), strata)
