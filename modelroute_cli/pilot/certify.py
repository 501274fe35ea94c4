"""The promise that a plan's quality is at least a share of the baseline's on this batch, and the two tests of it.

Per request: D = quality of the plan's answer - ratio x quality of the baseline's, in [-ratio, 1]; the promise holds
where the mean of D over the batch is 0 or more, and it is certified when draws that did not build the plan refute a
mean of 0 or less. Where the plan takes the baseline itself, D = (1 - ratio) x quality, which is never negative.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from msgspec import Struct

from modelroute_cli.base.statistics import Floats
from modelroute_cli.pilot.certify_draws import Draws
from modelroute_cli.pilot.certify_exact import Part, p_value
from modelroute_cli.pilot.wealth import Steps, log_wealth


class Promise(Struct, frozen=True, forbid_unknown_fields=True):
    """At least `ratio` (0 < ratio <= 1) of the baseline's quality, wrong with a chance of at most 1 - `confidence`."""

    ratio: float
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if not (0 < self.ratio <= 1 and 0 < self.confidence < 1):
            msg = "a promise has a ratio in (0,1] and a confidence in (0,1)"
            raise ValueError(msg)


class Method(StrEnum):
    """How a promise is tested: by betting, looked at at any time; or once, after as many draws as were fixed before."""

    ANY_TIME = "any_time"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a test found: `p`, the chance of such draws (at any time so far, or now) if the promise were just broken."""

    p: float
    passed: bool
    mean: float | None  # of D over the batch, as the draws estimate it; None: a stratum was never drawn
    draws: int


@dataclass(frozen=True, slots=True)
class Known:
    """Requests of the batch whose answers stood before anything was drawn, as a pilot's do: how many, their sum of D.

    Their answers are results as well, so they are part of the promise. They are taken as they are, not as a sample.
    """

    requests: int = 0
    total: float = 0.0


NOTHING_KNOWN = Known()


def differences(plan: Floats, baseline: Floats, ratio: float) -> Floats:
    """D of each request from its two qualities, each in [0,1]; ValueError for others, NaN among them."""
    for values in (plan, baseline):
        if not ((values >= 0) & (values <= 1)).all():
            msg = "a quality lies in [0,1]"
            raise ValueError(msg)
    return plan - ratio * baseline


def put_to_test(d: Floats, draws: Draws, promise: Promise, method: Method, known: Known = NOTHING_KNOWN) -> Finding:
    """The draws' differences `d`, in their order, held against a promise about them, the undrawn and the known."""
    if method is Method.ANY_TIME:
        p = any_time_p(upwards(d, draws, promise, known))
    else:
        p = p_value(_parts(d, draws, promise), known.total)
    return Finding(p, p <= 1.0 - promise.confidence, estimate(d, draws, known), d.size)


def broken(d: Floats, draws: Draws, promise: Promise, known: Known = NOTHING_KNOWN) -> Finding:
    """The opposite test, at any time: whether the draws refute that the promise holds, so that more would be wasted."""
    p = any_time_p(downwards(d, draws, promise, known))
    return Finding(p, p <= 1.0 - promise.confidence, estimate(d, draws, known), d.size)


def any_time_p(steps: Steps) -> float:
    """1 over the most that the gambler ever had; 1 before any draw."""
    return math.exp(-max(float(log_wealth(steps).max(initial=0.0)), 0.0))


def upwards(d: Floats, draws: Draws, promise: Promise, known: Known = NOTHING_KNOWN) -> Steps:
    """Bets that the mean is above 0: a request that may lose can fall to -ratio, the others to no less than 0."""
    reach = promise.ratio * draws.heaviest(draws.strata.may_lose)
    return Steps(d, draws.weight, reach, draws.strata.requests, known.total)


def downwards(d: Floats, draws: Draws, promise: Promise, known: Known = NOTHING_KNOWN) -> Steps:
    """Bets that it is below 0: a request that may lose can rise to 1, the others to 1 - ratio."""
    may_lose = draws.strata.may_lose
    reach = np.maximum(draws.heaviest(may_lose), (1.0 - promise.ratio) * draws.heaviest(~may_lose))
    return Steps(-d, draws.weight, reach, draws.strata.requests, -known.total)


def estimate(d: Floats, draws: Draws, known: Known = NOTHING_KNOWN) -> float | None:
    """The mean of D over the batch: each stratum's mean by its size; None where one with requests was never drawn."""
    sizes = draws.strata.size
    counts = np.bincount(draws.stratum, minlength=sizes.size)
    if not d.size or (counts[sizes > 0] == 0).any():
        return None
    means = np.bincount(draws.stratum, weights=d, minlength=sizes.size) / np.maximum(counts, 1)
    return float(means @ sizes + known.total) / (draws.strata.requests + known.requests)


def _parts(d: Floats, draws: Draws, promise: Promise) -> list[Part]:
    """The draws of each stratum, and the least that any other of its requests could have."""
    floors = np.where(draws.strata.may_lose, -promise.ratio, 0.0)
    sizes = draws.strata.size.tolist()
    return [Part(d[draws.stratum == at], float(floors[at]), size) for at, size in enumerate(sizes) if size]
