"""How often tests err where the promise is just broken, and how soon they certify one that holds."""

import math
from dataclasses import dataclass

import numpy as np

from modelroute_cli.base.statistics import Floats, normal_quantile
from modelroute_cli.pilot.certify import Method, Promise, put_to_test
from modelroute_cli.pilot.certify_draws import Bools, uniform
from modelroute_cli.pilot.sizes import Pairs, expected_pairs, needed
from modelroute_cli.pilot.wealth import Steps, log_needed, log_wealth

FLOOR = Promise(0.97)
LOOK_EVERY = 50
ENDLESS = 10**7


@dataclass(frozen=True, slots=True)
class Rates:
    """The share of trials that were certified."""

    exact: float  # once, at the end
    z: float
    betting: float  # looked at after every draw
    z_looked_at: float  # every LOOK_EVERY draws


def boundary(baseline: float, discordance: float) -> Pairs:
    """Right-or-wrong pairs whose true ratio is the floor itself."""
    return expected_pairs(baseline, FLOOR.ratio, discordance)


def samples(pairs: Pairs, requests: int | None, draws: int, trials: int) -> list[Floats]:
    """D of hold-outs: of an endless batch, or without replacement from one whose mean is just not above 0."""
    random = np.random.default_rng(20)
    d = pairs.plan - FLOOR.ratio * pairs.baseline
    if requests is None:
        return [random.choice(d, draws, p=pairs.share) for _ in range(trials)]
    whole = _whole(pairs, d, requests)
    return [random.permutation(whole)[:draws] for _ in range(trials)]


def _whole(pairs: Pairs, d: Floats, requests: int) -> Floats:
    """A batch of pairs in their shares; where rounding helped the plan, pairs that both got right are lost instead."""
    counts = np.floor(pairs.share * requests + 1e-9).astype(np.int64)
    counts[3] += requests - counts.sum()
    while counts @ d > 1e-9 and pairs.spread(FLOOR.ratio).mean <= 1e-9:
        counts += np.array([-1, 0, 1, 0])
    return np.repeat(d, counts)


def certified(found: list[Floats], requests: int | None) -> Rates:
    """How many of these hold-outs certify the floor."""
    z = [_z_path(d, requests) for d in found]
    size = requests or ENDLESS
    return Rates(
        exact=float(np.mean([put_to_test(d, uniform(d.size, size), FLOOR, Method.FIXED).passed for d in found])),
        z=float(np.mean([path[-1] for path in z])),
        betting=float(np.mean([math.isfinite(stop(d, requests)) for d in found])),
        z_looked_at=float(np.mean([path[LOOK_EVERY - 1 :: LOOK_EVERY].any() for path in z])),
    )


def stop(d: Floats, requests: int | None) -> float:
    """After how many draws betting certifies the floor; endless where it does not."""
    enough = log_wealth(Steps(d, np.ones(d.size), np.full(d.size, FLOOR.ratio), requests)) >= log_needed(0.95)
    return float(enough.argmax() + 1) if enough.any() else math.inf


def _z_path(d: Floats, requests: int | None) -> Bools:
    """Whether the plain z-test certifies, after each draw."""
    n = np.arange(1, d.size + 1)
    mean = np.cumsum(d) / n
    variance = np.maximum(np.cumsum(d * d) / n - mean**2, 0.0) * n / np.maximum(n - 1, 1)
    left = 1.0 if requests is None else 1.0 - n / requests
    found: Bools = mean > normal_quantile(FLOOR.confidence) * np.sqrt(variance / n * left)
    return found


def error_lines(trials: int) -> list[str]:
    """False certificates where the true ratio is the floor itself."""
    lines = []
    for requests in (None, 2_000):
        for baseline, discordance in ((0.95, 0.0285), (0.95, 0.04), (0.85, 0.08), (0.85, 0.15)):
            for draws in (50, 200, 1_000):
                rates = certified(samples(boundary(baseline, discordance), requests, draws, trials), requests)
                lines.append(f"{requests or 'endless'!s:>8} {baseline:.2f} {discordance:.4f} {draws:6,} {_told(rates)}")
    return lines


def _told(rates: Rates) -> str:
    return f"{rates.exact:8.3f} {rates.betting:8.3f} {rates.z:8.3f} {rates.z_looked_at:8.3f}"


def power_lines(trials: int) -> list[str]:
    """What a hold-out of the size that `needed` names really certifies, and when betting really stops."""
    lines = []
    for baseline, ratio, discordance in (
        (0.95, 1.00, 0.04),
        (0.95, 1.00, 0.08),
        (0.85, 1.00, 0.08),
        (0.95, 0.99, 0.04),
        (0.85, 0.99, 0.08),
    ):
        for requests in (None, 3_000):
            lines.append(_power(expected_pairs(baseline, ratio, discordance), requests, trials))
            lines[-1] = f"{baseline:.2f} {ratio:.2f} {discordance:.2f} {requests or 'endless'!s:>8} {lines[-1]}"
    return lines


def _power(pairs: Pairs, requests: int | None, trials: int) -> str:
    """One line of it."""
    fixed = needed(pairs, FLOOR, Method.FIXED, requests) or 0
    likely, typical = (needed(pairs, FLOOR, Method.ANY_TIME, requests, chance) or 0 for chance in (0.8, 0.5))
    at_fixed = certified(samples(pairs, requests, fixed, trials), requests).exact
    stops = [stop(d, requests) for d in samples(pairs, requests, requests or 4 * likely, trials)]
    return (
        f"{fixed:6,} {at_fixed:8.2f} {typical:8,} {np.quantile(stops, 0.5):10,.0f}"
        f" {likely:8,} {np.quantile(stops, 0.8):10,.0f}"
    )
