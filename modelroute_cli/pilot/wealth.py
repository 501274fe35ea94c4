"""A test by betting: it may be looked at after every answer, and stopped whenever one likes.

A gambler starts with 1 and bets that the mean is above 0; where it is not, no strategy makes money, and the chance of
ever having 1/alpha is at most alpha (Ville 1939). So wealth of 20 certifies at 95%, no matter how often people look;
a z-test looked at every 50 rows certifies falsely in a third of all cases. The gambler splits the money over BETS of
fixed size, which needs no guess at the spread (Waudby-Smith & Ramdas 2024, estimating means of bounded random
variables by betting). Draws without replacement: what is left has the mean that the hypothesis leaves to it
(Waudby-Smith & Ramdas 2020, confidence sequences for sampling without replacement).
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from modelroute_cli.base.statistics import Floats

BETS: Floats = np.linspace(0.1, 0.98, 25) ** 2
"""Shares of what can be lost at most; closer together where they are small, as for claims that are nearly untrue."""
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Step:
    """One draw: its value, its weight, and how far weight x value could have fallen below 0 (> 0)."""

    value: float
    weight: float
    reach: float


@dataclass(frozen=True, slots=True)
class Steps:
    """Draws in order, one number each, out of `population` (None: endless, what was drawn says nothing of the rest).

    `known`: the sum of the values of requests outside the population that belong to the claim and were known before.
    """

    value: Floats
    weight: Floats
    reach: Floats
    population: int | None
    known: float = 0.0


@dataclass(frozen=True, slots=True)
class Wealth:
    """What the gambler has after some draws: feed it with `observe`, look whenever you like."""

    log_by_bet: Floats
    population: int | None = None
    draws: int = 0
    total: float = 0.0  # of the values so far, those known before included
    log_best: float = 0.0  # the most it ever was

    @classmethod
    def start(cls, population: int | None = None, known: float = 0.0) -> "Wealth":
        """Before the first draw: 1; `population` and `known` as in `Steps`."""
        return cls(np.zeros(BETS.size), population, total=known)

    @property
    def log_now(self) -> float:
        """The logarithm of what is there now: a small chance to win back later what was lost is part of it."""
        return float(_log_mean(self.log_by_bet))

    def certifies(self, confidence: float) -> bool:
        """Whether it ever was 1 / (1 - confidence)."""
        return self.log_best >= log_needed(confidence)

    def observe(self, step: Step) -> "Wealth":
        """After one draw more; ValueError for a value that no draw could have, which would break the promise."""
        one = Steps(np.array([step.value]), np.array([step.weight]), np.array([step.reach]), self.population)
        gain = _gains(one, np.array([self.total]), np.array([self.draws], dtype=np.float64))
        logs = self.log_by_bet + np.log1p(BETS * gain)
        after = replace(self, log_by_bet=logs, draws=self.draws + 1, total=self.total + step.value)
        return replace(after, log_best=max(self.log_best, after.log_now))


def log_needed(confidence: float) -> float:
    """The logarithm of the wealth that certifies."""
    return -math.log1p(-confidence)


def log_wealth(steps: Steps) -> Floats:
    """The logarithm of the wealth after each draw, all at once; ValueError as `Wealth.observe`."""
    before = steps.known + np.cumsum(steps.value) - steps.value
    gains = _gains(steps, before, np.arange(steps.value.size, dtype=np.float64))
    return _log_mean(np.cumsum(np.log1p(np.outer(BETS, gains)), axis=1))


def _gains(steps: Steps, before: Floats, drawn: Floats) -> Floats:
    """What each draw pays per unit staked, never less than -1: its distance to the hypothesis over the most it can be.

    Where the hypothesis leaves no room for any value below the one that must be there, it is refuted by one above.
    """
    found = steps.weight * steps.value
    if (found < -steps.reach - _ROUNDING).any():
        msg = "a value lies further below 0 than its reach: such a bet proves nothing"
        raise ValueError(msg)
    left = np.full(found.size, np.inf) if steps.population is None else steps.population - drawn
    above, stake = found + before / left, steps.reach - before / left
    impossible = (stake <= _ROUNDING) | (left <= 1)
    refuted = np.where(impossible & (above > _ROUNDING), np.inf, 0.0)
    gains: Floats = np.where(stake > _ROUNDING, above / np.where(stake > _ROUNDING, stake, 1.0), 0.0)
    return np.maximum(np.where(impossible, np.maximum(gains, refuted), gains), -1.0)


def _log_mean(logs: Floats) -> Floats:
    """The logarithm of the mean over bets (the first axis)."""
    found: Floats = np.logaddexp.reduce(logs, axis=0) - math.log(logs.shape[0])
    return found
