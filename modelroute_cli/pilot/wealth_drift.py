"""Noticing, while a run goes on, that a mean which was 0 or more has fallen below.

Problem: a test that bets from the first draw on has won nothing, or lost nearly all, by the time when quality falls.
Solution: before each of the planned draws a new gambler enters with the same share of the money and bets on a fall
from there on (the Shiryaev-Roberts procedure; as bets: Shin, Ramdas & Rinaldo 2024, e-detectors). All of them together
started with 1, so the chance of ever having 1/alpha, without any fall, is at most alpha over the whole run. The price:
a fall must pay for the number of moments at which it could have begun, log(planned / alpha) instead of log(1 / alpha).
What still fails: a fall by less than what the values leave as room is not one, and a short one may end unnoticed.
"""

import math
from dataclasses import dataclass

import numpy as np

from modelroute_cli.base.statistics import Floats
from modelroute_cli.pilot.wealth import BETS, log_needed
from modelroute_cli.planning.hull import Ints

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Watch:
    """What all gamblers have after some of the `planned` draws; feed it with `observe`."""

    planned: int
    log_entered: Floats  # by bet: of those who have entered, as if each had come with 1
    log_from_best: Floats  # by bet: of the one who has most, never below 0
    begun: Ints  # by bet: before which draw that one entered
    draws: int = 0
    log_best: float = 0.0  # the most that they ever had together
    since: int | None = None  # draws before the fall, as far as the draws tell where they told most

    @classmethod
    def start(cls, planned: int) -> "Watch":
        """Before the first of `planned` > 0 draws; draws beyond them are watched by those who are there."""
        if planned < 1:
            msg = "a watch is planned for one draw or more"
            raise ValueError(msg)
        none = np.full(BETS.size, -np.inf)
        return cls(planned, none, np.zeros(BETS.size), np.zeros(BETS.size, dtype=np.int64))

    def observe(self, value: float, reach: float) -> "Watch":
        """After one more draw, whose mean is 0 or more unless something fell; no value is above `reach` > 0."""
        if value > reach + _ROUNDING:
            msg = "a value lies further above 0 than its reach: such a bet proves nothing"
            raise ValueError(msg)
        grown = np.log1p(BETS * max(-value / reach, -1.0))
        entering = 0.0 if self.draws < self.planned else -np.inf
        entered = np.logaddexp(self.log_entered, entering) + grown
        anew = self.log_from_best <= 0
        best = np.where(anew, 0.0, self.log_from_best) + grown
        begun: Ints = np.where(anew, self.draws, self.begun)
        together = _together(entered, self.planned, self.draws + 1)
        most = together > self.log_best
        return Watch(
            planned=self.planned,
            log_entered=entered,
            log_from_best=best,
            begun=begun,
            draws=self.draws + 1,
            log_best=together if most else self.log_best,
            since=int(begun[int(best.argmax())]) if most else self.since,
        )

    def noticed(self, confidence: float) -> bool:
        """Whether a fall is shown; without one, true at any time of the run with a chance of at most 1 - confidence."""
        return self.log_best >= log_needed(confidence)


def noticed_after(values: Floats, share: Floats, reach: float, planned: int, confidence: float = 0.95) -> int | None:
    """How many draws after a fall it is most likely noticed, if draws then take `values` by `share`; None where never.

    log(planned / (1 - confidence)) over what the best bet grows by on average (Lorden 1971); simulated, 65-85% of
    falls were noticed by then.
    """
    grown = np.log1p(np.outer(BETS, np.maximum(-values / reach, -1.0))) @ share
    best = float(grown.max())
    if best <= 0:
        return None
    return math.ceil((log_needed(confidence) + math.log(planned)) / best)


def _together(entered: Floats, planned: int, draws: int) -> float:
    """The logarithm of all money: each entered with 1 / planned, and those to come still have theirs."""
    waiting = max(planned - draws, 0)
    mean = float(np.logaddexp.reduce(entered)) - math.log(BETS.size)
    return float(np.logaddexp(mean, math.log(waiting) if waiting else -math.inf)) - math.log(planned)
