"""The cutting-plane dual: one price for each constraint, such that the sum of all rows' cheapest choices is largest.

At any prices that sum, less prices times limits, is below every plan that keeps the constraints (weak duality): each
pass over the rows gives a valid bound. Kelley's cutting plane finds the best prices, each trial drawn from the
master's proposal and the best prices so far (in-out, Ben-Ameur & Neto 2007), which halves the passes.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from modelroute_cli.planning.hull import Floats
from modelroute_cli.planning.master import Master

TOLERANCE = 1e-5
_INWARDS = 0.3
_MOST_PASSES = 150
_FIRST_PENALTY = 16.0
_LAST_PENALTY = 1e8


@dataclass(frozen=True, slots=True)
class Point:
    """The rows' cheapest choices at some prices: their Lagrangian, objective and uses, and how wrong the first is."""

    value: float  # the objective plus prices times uses, before the limits are taken off
    objective: float
    use: Floats
    error: float


class Passes(Protocol):
    """Rows that can be gone through at any prices."""

    @property
    def spread(self) -> Floats:
        """How far the objective and each use can vary at most, over all rows; at least 1."""

    @property
    def limit(self) -> Floats:
        """Of each constraint."""

    def at(self, prices: Floats) -> Point:
        """The cheapest choices at these prices, as exact as the search needs."""

    def sure(self, prices: Floats) -> Point:
        """The same in double precision, its value wrong by `error` at most."""


@dataclass(frozen=True, slots=True)
class Guess:
    """Prices that are right but for about the share `reach`; when to stop: at a gap, or a share of the objective."""

    prices: Floats
    reach: float = 0.02
    gap: float = 0.0
    tolerance: float = TOLERANCE
    enough: float = 0.0  # the gap of a plan that calls for no better one


@dataclass(frozen=True, slots=True)
class Dual:
    """The best prices found, and the bound they prove; no plan exists when `is_infeasible`."""

    prices: Floats
    bound: float
    is_infeasible: bool
    passes: int


def bound_at(passes: Passes, prices: Floats) -> float:
    """What no plan within the constraints can have an objective under, rounding errors taken off."""
    return _bound(passes, prices, passes.sure(prices))


def _bound(passes: Passes, prices: Floats, point: Point) -> float:
    due = prices @ passes.limit
    return float(point.value - due - point.error - 1e-15 * (prices @ np.abs(passes.limit)))


def maximise(passes: Passes, guess: Guess | None = None) -> Dual:
    """The best prices, to 1e-5 of the objective or as near as the guess says."""
    return _Search(passes, guess or Guess(np.zeros(len(passes.limit)))).run(guess)


class _Search:
    """One run of the cutting plane: the plans seen, the best prices, the penalty in force."""

    def __init__(self, passes: Passes, aim: Guess) -> None:
        self._passes, self._aim = passes, aim
        self._rates = passes.spread[0] / passes.spread[1:]
        self._penalty = _FIRST_PENALTY
        self._master = Master(len(passes.limit), self._penalty)
        self._best, self._bound, self._count = np.zeros(len(passes.limit)), -np.inf, 0
        self._origin = 0.0

    def run(self, guess: Guess | None) -> Dual:
        self._origin = self._passes.at(np.zeros(len(self._passes.limit))).objective
        self._try(np.zeros(len(self._rates)))
        if guess is not None:
            self._start(guess.prices / self._rates, guess.reach)
        while self._count < _MOST_PASSES and not self._is_infeasible():
            if not self._improve():
                break
        return Dual(self._best * self._rates, self._bound, self._is_infeasible(), self._count)

    def _start(self, prices: Floats, reach: float) -> None:
        """The guess, and what the rows do a little above and below it."""
        self._raise_penalty(max(self._penalty, 4 * float(np.max(prices, initial=0.0))))
        self._try(prices)
        for at in range(len(prices)):
            for factor in (1 - reach, 1 + reach):
                self._try(np.where(np.arange(len(prices)) == at, prices * factor, prices))

    def _improve(self) -> bool:
        """One step; whether there is reason for another."""
        mixture = self._master.best()
        ceiling = self._origin + mixture.objective * self._passes.spread[0]
        if ceiling - self._bound <= (self._aim.gap or self._aim.tolerance * max(abs(ceiling), 1.0)):
            return mixture.excess > 0 and self._raise_penalty(self._penalty * 32)
        inwards = _INWARDS if self._count % 4 else 0.0
        self._try(inwards * self._best + (1 - inwards) * mixture.prices)
        return True

    def _try(self, prices: Floats) -> None:
        point = self._passes.at(prices * self._rates)
        self._count += 1
        bound = _bound(self._passes, prices * self._rates, point)
        if bound > self._bound:
            self._best, self._bound = prices, bound
        excess = (point.use - self._passes.limit) / self._passes.spread[1:]
        self._master.add((point.objective - self._origin) / self._passes.spread[0], excess)

    def _raise_penalty(self, penalty: float) -> bool:
        self._penalty = min(penalty, _LAST_PENALTY)
        self._master.penalise(self._penalty)
        return self._penalty < _LAST_PENALTY

    def _is_infeasible(self) -> bool:
        """The bound is past the dearest of all choices: there is no plan."""
        return bool(self._bound > self._origin + 1.001 * self._passes.spread[0])
