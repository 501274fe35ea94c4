"""Whether the mean of a stream fell below a bar at some time: a test by betting that may be looked at always. Pure.

A gambler bets, answer by answer, that the next value lies below the bar. Whoever sets the bar too low pays nobody: with
a mean at or above it no strategy is expected to gain, and money that begins at 1 reaches 1/alpha with a chance of at
most alpha, however often one looks (Ville 1939; bets on bounded values: Waudby-Smith & Ramdas 2024, estimating means of
bounded random variables by betting). A fall in the middle is found soon because the money is not staked at once: each
of the answers to come has the same part of it, so that some bets begin where the fall does. That is a mixture of tests
by their beginning, the same sum that Shiryaev and Roberts watch, with weights that add up to 1, so that the chance of a
false alarm in the whole run is bounded and not its frequency (Shin, Ramdas & Rinaldo 2022, e-detectors).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

STAKES = (0.03, 0.08, 0.2, 0.4, 0.7)
"""Shares of what can be lost at most; a fall from b to p is bet on best with (b - p) / b."""

HIGHEST_BAR = 0.995
"""Above it one bad answer in a thousand would be a fortune."""

LOWEST_BAR = 0.02
"""Below it there is nothing left to fall."""

_GRID: npt.NDArray[np.float64] = np.linspace(0.0, 1.0, 201)
_REFERENCE_STAKE = 2  # of STAKES: by which the place of the fall is told


@dataclass(frozen=True, slots=True)
class Since:
    """The answers since the fall seems to have begun: how many, and their mean."""

    answers: int
    mean: float


class Watched:
    """The money that bets on one stream have made; `horizon` is how many values are expected of it (>= 1)."""

    __slots__ = ("_answers", "_bar", "_cash", "_fall", "_money", "_part", "_sum")

    def __init__(self, bar: float, horizon: int) -> None:
        """`bar` in [0,1] is cut to what can be bet on: see HIGHEST_BAR."""
        self._bar = min(max(bar, LOWEST_BAR), HIGHEST_BAR)
        self._part = 1.0 / (max(horizon, 1) * len(STAKES))
        self._cash = 1.0
        self._money = [0.0] * len(STAKES)
        self._fall = 0.0  # how much speaks for a fall since `_answers` values
        self._answers = 0
        self._sum = 0.0

    @property
    def bar(self) -> float:
        """What the mean is held against."""
        return self._bar

    @property
    def money(self) -> float:
        """What 1 has become: at least 1/alpha with a chance of at most alpha while the mean stays at the bar."""
        return self._cash + sum(self._money)

    @property
    def since(self) -> Since:
        """The stretch of values that speaks for a fall (Page 1954: since the sum of the evidence was last at 0)."""
        return Since(self._answers, self._sum / self._answers if self._answers else self._bar)

    def observe(self, value: float) -> None:
        """One value more, in [0,1]."""
        gain = (self._bar - value) / (1.0 - self._bar)
        part = self._part if self._cash > 0.0 else 0.0
        self._cash = max(self._cash - part * len(STAKES), 0.0)
        self._money = [(held + part) * (1.0 + stake * gain) for held, stake in zip(self._money, STAKES, strict=True)]
        self._fall += math.log1p(STAKES[_REFERENCE_STAKE] * gain)
        self._answers, self._sum = self._answers + 1, self._sum + value
        if self._fall <= 0.0:
            self._fall, self._answers, self._sum = 0.0, 0, 0.0


def surely_above(values: Sequence[float], alpha: float) -> float:
    """A bound that the mean of bounded values lies above with a chance of at least 1 - alpha, on a grid of 1/200.

    The largest mean that bets on higher values refute; 0 where none is refuted. Values in [0,1], in any order.
    """
    seen = np.asarray(values, np.float64)
    if not seen.size:
        return 0.0
    means = np.maximum(_GRID[1:-1], 1e-6)
    gains = (seen[:, None] - means[None, :]) / means[None, :]
    logs = np.stack([np.log1p(stake * gains).sum(axis=0) for stake in STAKES])
    refuted = np.logaddexp.reduce(logs, axis=0) - math.log(len(STAKES)) >= -math.log(alpha)
    return float(means[refuted][-1]) if refuted.any() else 0.0
