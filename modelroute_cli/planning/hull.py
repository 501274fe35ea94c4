"""The cost/quality hull of every row: the switches that an optimal plan can make, dearest per quality last.

A row's candidates, drawn as points (value, cost), matter to a Lagrangian only where they lie on the lower convex
hull. Walking that hull from the cheapest candidate upwards gives steps of rising slope; all rows' steps sorted by
slope, taken as far as needed, are the exact optimum of the relaxed problem (Sinha & Zoltners 1979, the multiple-choice
knapsack). Nothing is searched: one sort replaces the bisection on the multiplier.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

UNITS = 10**9
"""Quality is summed as whole units of 10^-9, so that a floor is met exactly and never by a rounding error."""


@dataclass(frozen=True, slots=True)
class Choices:
    """Rows and their candidates, side by side: `owner` (rising, without holes) says whose candidate each is.

    A row stands for `count` requests that are alike; cost and value are those of one of them.
    """

    owner: Ints
    cost: Ints  # pico-dollars of choosing it
    value: Ints  # quality in UNITS times the requests that one answer answers
    count: Ints  # by row

    @property
    def starts(self) -> Ints:
        """Where each row's candidates begin."""
        return _starts(self.owner)


@dataclass(frozen=True, slots=True)
class Hull:
    """The cheapest candidate of each row, and every step up from there, sorted by slope."""

    base: Ints
    row: Ints
    target: Ints  # the candidate a step leads to
    extra: Ints  # what it costs one request more, pico-dollars
    gain: Ints  # what one request gains
    slope: Floats  # extra / gain


def _starts(owner: Ints) -> Ints:
    """Where each run of equal owners begins."""
    return np.flatnonzero(np.diff(owner, prepend=-1)).astype(np.int64)


def _pick(starts: Ints, low: NDArray[np.generic], high: Ints) -> Ints:
    """The position in each group with the lowest `low`, among those the highest `high`, among those the first."""
    counts = np.diff(starts, append=len(high))
    is_lowest = low == np.repeat(np.minimum.reduceat(low, starts), counts)
    ranked = np.where(is_lowest, high, np.iinfo(np.int64).min)
    is_best = ranked == np.repeat(np.maximum.reduceat(ranked, starts), counts)
    place = np.where(is_best, np.arange(len(high)), len(high))
    return np.minimum.reduceat(place, starts).astype(np.int64)


def cheapest(choices: Choices) -> Ints:
    """The cheapest candidate of each row, the best of those where several cost the same."""
    return _pick(choices.starts, choices.cost, choices.value)


def best(choices: Choices) -> Ints:
    """The best candidate of each row, the cheapest of those where several are as good."""
    return _pick(choices.starts, -choices.value, -choices.cost)


def _next_steps(choices: Choices, current: Ints, left: Ints, floor: Floats) -> tuple[Ints, Ints, Floats]:
    """One hull step for each row that still has candidates in `left`: rows, targets, slopes (never under `floor`)."""
    owner = choices.owner[left]
    extra = choices.cost[left] - choices.cost[current[owner]]
    gain = choices.value[left] - choices.value[current[owner]]
    slope = extra / gain
    at = _pick(_starts(owner), slope, gain)
    rows = owner[at]
    # Rounding may put a step an ulp below the one before it; their order is what makes a prefix a plan.
    return rows, left[at], np.maximum(slope[at], floor[rows])


def walk(choices: Choices) -> Hull:
    """The hull of every row; time in proportion to candidates times the corners of the longest hull."""
    base = cheapest(choices)
    current, floor = base.copy(), np.zeros(len(base))
    parts: list[tuple[Ints, Ints, Ints, Floats]] = []
    left = np.arange(len(choices.owner), dtype=np.int64)
    while True:
        left = left[choices.value[left] > choices.value[current[choices.owner[left]]]]
        if not len(left):
            return _sorted_hull(choices, base, parts)
        rows, targets, slopes = _next_steps(choices, current, left, floor)
        parts.append((rows, current[rows], targets, slopes))
        current[rows], floor[rows] = targets, slopes


def _sorted_hull(choices: Choices, base: Ints, parts: list[tuple[Ints, Ints, Ints, Floats]]) -> Hull:
    """All steps by slope; the sort is stable, so a row's steps stay in order."""
    if not parts:
        none = np.empty(0, dtype=np.int64)
        return Hull(base, none, none, none, none, np.empty(0))
    row, source, target, slope = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(slope, kind="stable")
    row, source, target, slope = row[order], source[order], target[order], slope[order]
    extra = choices.cost[target] - choices.cost[source]
    return Hull(base, row, target, extra, choices.value[target] - choices.value[source], slope)
