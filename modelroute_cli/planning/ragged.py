"""Passes over rows given as lists of candidates."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from modelroute_cli.planning.dual import Point
from modelroute_cli.planning.hull import Floats, Ints
from modelroute_cli.planning.linear import Linear, members, narrowed, total, used
from modelroute_cli.planning.mix import Portions

_ERROR = 1e-14  # of a sum, relative to the magnitudes it adds up (pairwise summation)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The cheapest candidate of each row at some prices, and how near the next is.

    `margin` is about the share by which prices must change for the next to be the cheapest; infinite: there is none.
    """

    candidate: Ints | NDArray[np.uint8]
    margin: Floats | NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Near:
    """Which rows a core is made of, and which of their candidates: those that cost little more at some prices."""

    rows: Ints
    prices: Floats
    reach: float  # in the terms of Chosen.margin; infinite: all candidates


@dataclass(frozen=True, slots=True)
class Core:
    """Some rows as a problem of their own: its limits are what the other rows, held at their choice, leave."""

    linear: Linear
    candidates: Ints  # which candidates of the whole job its own are
    held: int  # the objective of the other rows


@dataclass(frozen=True, slots=True)
class Ragged:
    """The candidates of a Linear as columns: objective and uses, in double precision."""

    linear: Linear
    table: Floats  # 1 + constraints x candidates
    owner: Ints
    starts: Ints
    sizes: Ints
    count: Floats
    limit: Floats
    spread: Floats
    magnitude: Floats  # the sum over requests of the largest magnitude in their row, of the objective and each use

    @property
    def size(self) -> int:
        """How many rows there are."""
        return len(self.count)

    def at(self, prices: Floats) -> Point:
        """The cheapest choices at these prices."""
        reduced = self.reduced(prices)
        least = np.minimum.reduceat(reduced, self.starts)
        sums = (self.table[:, self._first(reduced, least)] * self.count).sum(axis=1)
        error = _ERROR * float(self.magnitude[0] + prices @ self.magnitude[1:])
        return Point(float((least * self.count).sum()), float(sums[0]), sums[1:], error)

    def sure(self, prices: Floats) -> Point:
        """The same: all is in double precision."""
        return self.at(prices)

    def reduced(self, prices: Floats) -> Floats:
        """What one request costs with each candidate, its uses paid for."""
        costs: Floats = self.table[0].copy()
        for price, use in zip(prices.tolist(), self.table[1:], strict=True):
            if price:
                costs += price * use
        return costs

    def choose(self, prices: Floats) -> Chosen:
        """The cheapest candidate of each row."""
        reduced = self.reduced(prices)
        least = np.minimum.reduceat(reduced, self.starts)
        first = self._first(reduced, least)
        reduced[first] = np.inf
        next_least = np.minimum.reduceat(reduced, self.starts)
        following = self._first(reduced, next_least)
        return Chosen(first, relative(next_least - least, self.table[0, following] - self.table[0, first]))

    def core(self, chosen: Chosen, near: Near) -> Core:
        """The given rows, the others held at their choice."""
        is_held = np.ones(len(self.count), dtype=bool)
        is_held[near.rows] = False
        held = Portions(chosen.candidate[is_held].astype(np.int64), self.linear.count[is_held])
        candidates = self._near(chosen, near)
        own = narrowed(self.linear, near.rows, candidates)
        left = (limit - use for limit, use in zip(self.linear.limit, used(self.linear, held), strict=True))
        return Core(replace(own, limit=tuple(left)), candidates, total(self.linear, held))

    def _near(self, chosen: Chosen, near: Near) -> Ints:
        """The candidates within reach of the cheapest of their row."""
        candidates = members(self.linear, near.rows)
        if not np.isfinite(near.reach):
            return candidates
        first = chosen.candidate.astype(np.int64)[self.owner[candidates]]
        change = self.table[0, candidates] - self.table[0, first]
        dearer = change.copy()
        for price, use in zip(near.prices.tolist(), self.table[1:], strict=True):
            if price:
                dearer += price * (use[candidates] - use[first])
        return candidates[relative(dearer, change) <= near.reach]

    def _first(self, reduced: Floats, least: Floats) -> Ints:
        hits = np.flatnonzero(reduced == np.repeat(least, self.sizes))
        first: Ints = hits[np.diff(self.owner[hits], prepend=-1) > 0]
        return first


def relative(dearer: Floats, change: Floats | Ints) -> Floats:
    """How much dearer a choice is at some prices, against how much it changes the objective."""
    size = np.maximum(np.abs(change), dearer)
    known = np.isfinite(dearer) & (size > 0)
    shares: Floats = np.divide(dearer, size, out=np.where(np.isfinite(dearer), 0.0, np.inf), where=known)
    return shares


def ragged(linear: Linear) -> Ragged:
    """The passes over a Linear."""
    table = np.vstack((linear.objective, linear.use)).astype(np.float64)
    starts, count = linear.starts, linear.count.astype(np.float64)
    low, high = np.minimum.reduceat(table, starts, axis=1), np.maximum.reduceat(table, starts, axis=1)
    return Ragged(
        linear=linear,
        table=table,
        owner=linear.owner,
        starts=starts,
        sizes=linear.sizes,
        count=count,
        limit=np.array(linear.limit, dtype=np.float64),
        spread=np.maximum((high - low) @ count, 1.0),
        magnitude=np.maximum(np.abs(low), np.abs(high)) @ count,
    )
