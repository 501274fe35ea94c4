"""How many paired requests a promise takes, before any money is spent on them."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from modelroute_cli.base.beta import Bracket, root
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.statistics import Floats, normal_quantile, normal_share
from modelroute_cli.pilot.certify import Method, Promise
from modelroute_cli.pilot.wealth import BETS, log_needed

POWER = 0.8
_LEAST_PERCENT = 50
_PACES = 200
_MOST_LOST = 0.999


@dataclass(frozen=True, slots=True)
class Pairs:
    """What pairs of answers (a plan's, the baseline's) are expected, and how often: `share` adds up to 1."""

    plan: Floats
    baseline: Floats
    share: Floats

    def spread(self, ratio: float) -> "Spread":
        """Of D = plan - ratio x baseline."""
        d = self.plan - ratio * self.baseline
        mean = float(self.share @ d)
        return Spread(mean, float(self.share @ (d - mean) ** 2))


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean and variance of D."""

    mean: float
    variance: float


@dataclass(frozen=True, slots=True)
class HoldOutCost:
    """What paired requests cost: all of it, and what is spent for the test alone.

    The plan's answers are results of their requests, so only the baseline's beside them are extra.
    """

    requests: int
    cost_pusd: PicoUSD
    extra_pusd: PicoUSD


@dataclass(frozen=True, slots=True)
class Affordable:
    """What the asked promise takes (None: no number of requests), and the strongest that `requests` may well show."""

    asked: Promise
    needed: int | None
    requests: int
    promise: Promise | None  # None: not even half of the baseline's quality


def expected_pairs(baseline: float, ratio: float, discordance: float) -> Pairs:
    """Right-or-wrong answers: the baseline's share of right ones, the plan's ratio to it, and how often they differ.

    The discordance is at least what the ratio implies and at most what the two shares allow.
    """
    plan = min(ratio * baseline, 1.0)
    most = min(plan, 1.0 - baseline) + min(baseline, 1.0 - plan)
    differ = min(max(discordance, abs(plan - baseline)), most)
    won, lost = (differ + plan - baseline) / 2, (differ - plan + baseline) / 2
    share = np.array([baseline - lost, won, lost, 1.0 - baseline - won])
    return Pairs(np.array([1.0, 1.0, 0.0, 0.0]), np.array([1.0, 0.0, 1.0, 0.0]), np.maximum(share, 0.0))


def measured_pairs(plan: Floats, baseline: Floats) -> Pairs:
    """Pairs as a pilot measured them, and one more that was won and one that was lost (Agresti & Min 2005).

    They size a hold-out; they certify nothing.
    """
    count = plan.size + 2
    return Pairs(np.append(plan, [1.0, 0.0]), np.append(baseline, [0.0, 1.0]), np.full(count, 1.0 / count))


def needed(
    pairs: Pairs, promise: Promise, method: Method, requests: int | None = None, chance: float = POWER
) -> int | None:
    """Paired requests that certify a promise with a `chance`, of a batch of `requests` (None: endless).

    None where no number does. A chance of 0.5 by betting is where half of all tests are done.
    """
    spread = pairs.spread(promise.ratio)
    if spread.mean <= 0:
        return None
    if method is Method.FIXED:
        return _fixed(spread, promise, requests, chance)
    return _any_time(pairs, promise, requests, chance)


def affordable(pairs: Pairs, asked: Promise, method: Method, most: int, requests: int) -> Affordable:
    """The strongest promise, in whole percents up to the asked one, that `most` of a batch of `requests` can show."""
    allowed = min(most, requests)
    for percent in range(math.floor(round(asked.ratio * 100, 6)), _LEAST_PERCENT - 1, -1):
        promise = Promise(percent / 100, asked.confidence)
        takes = needed(pairs, promise, method, requests)
        if takes is not None and takes <= allowed:
            return Affordable(asked, needed(pairs, asked, method, requests), allowed, promise)
    return Affordable(asked, needed(pairs, asked, method, requests), allowed, None)


def hold_out_cost(requests: int, plan_pusd: PicoUSD, baseline_pusd: PicoUSD, own: int = 0) -> HoldOutCost:
    """Of `requests` pairs at the mean cost of one answer each; `own` of them the plan leaves to the baseline itself.

    There one answer is both.
    """
    extra = (requests - own) * baseline_pusd
    return HoldOutCost(requests, PicoUSD(requests * plan_pusd + extra), PicoUSD(extra))


def paid_for(money_pusd: PicoUSD, plan_pusd: PicoUSD, baseline_pusd: PicoUSD) -> int | None:
    """How many pairs an amount of money pays for; None: they cost nothing."""
    pair = plan_pusd + baseline_pusd
    return max(money_pusd, 0) // pair if pair else None


def textbook(pairs: Pairs, promise: Promise, chance: float = POWER) -> float:
    """(z_confidence + z_chance)^2 x variance / mean^2 of D: what a z-test of an endless batch takes.

    The factor is 6.2 for 95% and 80%. ValueError where the mean is not above 0.
    """
    spread = pairs.spread(promise.ratio)
    if spread.mean <= 0:
        msg = "no number of requests shows what is not expected to hold"
        raise ValueError(msg)
    return _deviations(promise, chance) ** 2 * spread.variance / spread.mean**2


def _fixed(spread: Spread, promise: Promise, requests: int | None, chance: float) -> int:
    """The textbook's number, and what the exact test takes more, as it counts one more pair that is lost.

    n x mean - ratio = z x sqrt(n x variance), solved for sqrt(n), less where the batch is small. And never fewer than
    the exact test takes where no pair is lost at all: ratio^n <= 1 - confidence.
    """
    half = _deviations(promise, chance) * math.sqrt(spread.variance) / 2
    endless = ((half + math.sqrt(half * half + spread.mean * promise.ratio)) / spread.mean) ** 2
    least = math.log1p(-promise.confidence) / math.log(promise.ratio) if promise.ratio < 1 else 1.0
    return _of_few(max(endless, least), requests)


def _deviations(promise: Promise, chance: float) -> float:
    """How many standard errors the mean must lie above 0."""
    return normal_quantile(promise.confidence) + normal_quantile(chance)


def _of_few(count: float, requests: int | None) -> int:
    """The finite population correction of a number of draws (Cochran 1977, 4.4)."""
    if requests is None:
        return math.ceil(count)
    return math.ceil(count / (1.0 + count / requests) - 1e-9)


def _any_time(pairs: Pairs, promise: Promise, requests: int | None, chance: float) -> int | None:
    """When the wealth of a gambler who meets just the expected pairs reaches what it takes.

    Every bet grows by its mean logarithm at each draw; without replacement, what is left gets worse as the draws get
    better, so the same draw pays more. Simulated stops lie up to 15% below (benchmarks/certify.py).
    """
    level = log_needed(promise.confidence) * _luck(log_needed(promise.confidence), chance)
    if requests is None:
        rate = _growth(pairs, promise, 0.0)
        counts = np.geomspace(1, 1e9, 4 * _PACES)
        return _first(counts, np.outer(rate, counts), level)
    counts = np.linspace(0, requests, _PACES + 1)[1:]
    middles = counts - counts[0] / 2
    mean = pairs.spread(promise.ratio).mean
    paths = np.cumsum([_growth(pairs, promise, mean * at / (requests - at)) for at in middles], axis=0).T * counts[0]
    return _first(counts, paths, level) or requests


@lru_cache(64)
def _luck(level: float, chance: float) -> float:
    """The mean growth, as a share of `level`, by which a best bet's wealth has touched the level with a `chance`.

    A best bet's logarithm drifts by half its variance, so the first touch is inverse Gaussian (Schroedinger 1915).
    """

    def touched(share: float) -> float:
        deviation = math.sqrt(2 * share * level)
        ahead, behind = (share - 1) * level / deviation, -(share + 1) * level / deviation
        return normal_share(ahead) + math.exp(level) * normal_share(behind) - chance

    return root(touched, lambda _: 0.0, Bracket(1e-6, 100.0))


def _growth(pairs: Pairs, promise: Promise, gained: float) -> Floats:
    """The mean logarithm by which each bet grows with a draw, `gained`: what was drawn so far over what is left."""
    d = pairs.plan - promise.ratio * pairs.baseline
    stake = promise.ratio - gained
    if stake <= 0:
        return np.full(BETS.size, np.inf)
    found: Floats = np.log1p(np.maximum(np.outer(BETS, (d + gained) / stake), -_MOST_LOST)) @ pairs.share
    return found


def _first(counts: Floats, paths: Floats, level: float) -> int | None:
    """The first of `counts` at which the mean over bets is enough, between the two around it; None: at none."""
    logs = np.logaddexp.reduce(paths, axis=0) - math.log(BETS.size)
    enough = logs >= level
    if not enough.any():
        return None
    at = int(enough.argmax())
    if not at or not np.isfinite(logs[at]):
        return math.ceil(float(counts[at]))
    share = (level - logs[at - 1]) / (logs[at] - logs[at - 1])
    return math.ceil(float(counts[at - 1] + share * (counts[at] - counts[at - 1])))
