"""How often printed intervals hold the truth: on made batches, and on recorded ones."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from certify_worlds import World, split

from modelroute_cli.base.statistics import Floats, Interval, Sample, bootstrap_t_interval, t_interval
from modelroute_cli.pilot.intervals import (
    UNIT,
    PairedStratum,
    Stratum,
    cost_interval,
    quality_interval,
    ratio_interval,
)

LEVEL = 0.9


@dataclass(frozen=True, slots=True)
class Coverage:
    """The shares of intervals that held the truth; None: there was none to be had."""

    quality: float
    ratio: float | None
    cost: float


def drawn_values(kind: str, random: np.random.Generator, count: int) -> Floats:
    """One kind of values; the mean of each is known."""
    if kind == "runaway":
        return random.lognormal(0.0, 0.5, count) * np.where(random.random(count) < 0.03, 15.0, 1.0)
    if kind == "lognormal":
        return random.lognormal(0.0, 1.0, count)
    if kind == "graded":
        return random.beta(6.0, 1.5, count)
    return (random.random(count) < float(kind)).astype(np.float64)


def true_mean(kind: str) -> float:
    """Of `drawn_values`."""
    means = {"runaway": float(np.exp(0.125)) * (1 + 0.03 * 14), "lognormal": float(np.exp(0.5)), "graded": 6 / 7.5}
    return means[kind] if kind in means else float(kind)


def holding(kind: str, count: int, seeds: int, method: Callable[[Floats, int], Interval]) -> float:
    """The share of seeds whose interval holds the mean."""
    truth, held = true_mean(kind), 0
    for seed in range(seeds):
        found = method(drawn_values(kind, np.random.default_rng(seed), count), seed)
        held += found.low <= truth <= found.high
    return held / seeds


def t_of_share(values: Floats, _seed: int) -> Interval:
    """Student's, as qualities have it."""
    return t_interval(Sample.of(values), LEVEL, UNIT)


def t_of_cost(values: Floats, _seed: int) -> Interval:
    """Student's, without bounds."""
    return t_interval(Sample.of(values), LEVEL)


def bootstrap_of_cost(values: Floats, seed: int) -> Interval:
    """The studentised bootstrap."""
    return bootstrap_t_interval(values, LEVEL, seed)


def synthetic_lines(seeds: int) -> list[str]:
    """Of 90% intervals from one sample of each kind."""
    lines = [
        f"quality {kind:>9} n={count:4}  t with one more at either bound {holding(kind, count, seeds, t_of_share):.3f}"
        for kind in ("0.5", "0.8", "0.95", "0.99", "graded")
        for count in (20, 50, 200)
    ]
    return lines + [
        f"cost    {kind:>9} n={count:4}  t {holding(kind, count, seeds, t_of_cost):.3f}"
        f"  bootstrap-t {holding(kind, count, seeds, bootstrap_of_cost):.3f}"
        for kind in ("lognormal", "runaway")
        for count in (50, 200, 500)
    ]


def recorded_coverage(world: World, model: int, each: int, seeds: int) -> Coverage:
    """Of one model over a whole set, from samples of `each` of every category."""
    held: list[list[bool]] = []
    for seed in range(seeds):
        pilot = split(world, each, seed).pilot
        groups = [pilot[world.cell[pilot] == at] for at in range(world.cells)]
        sizes = np.bincount(world.cell).tolist()
        held.append(
            [
                _holds(
                    quality_interval(_strata(world.quality[:, model], groups, sizes), LEVEL), world.quality[:, model]
                ),
                _holds_ratio(world, model, groups, sizes),
                _holds(cost_interval(_strata(world.cost[:, model], groups, sizes), LEVEL, seed), world.cost[:, model]),
            ]
        )
    quality, ratio, cost = np.mean(held, axis=0).tolist()
    return Coverage(quality, None if model == world.baseline else ratio, cost)


def _strata(values: Floats, groups: list[Floats], sizes: list[int]) -> list[Stratum]:
    return [Stratum(values[rows], size) for rows, size in zip(groups, sizes, strict=True)]


def _holds(found: Interval | None, values: Floats) -> bool:
    return found is not None and bool(found.low <= values.mean() <= found.high)


def _holds_ratio(world: World, model: int, groups: list[Floats], sizes: list[int]) -> bool:
    plan, baseline = world.quality[:, model], world.quality[:, world.baseline]
    strata = [PairedStratum(plan[rows], baseline[rows], size) for rows, size in zip(groups, sizes, strict=True)]
    found = ratio_interval(strata, LEVEL)
    return found is not None and bool(found.low <= plan.mean() / baseline.mean() <= found.high)


def recorded_line(world: World, each: int, seeds: int) -> str:
    """The means over all models."""
    found = [recorded_coverage(world, model, each, seeds) for model in range(world.quality.shape[1])]
    ratios = [one.ratio for one in found if one.ratio is not None]
    return (
        f"{world.name:>15} {len(found):3} models {world.cells:3} categories"
        f"  quality {np.mean([one.quality for one in found]):.3f}"
        f"  ratio {np.mean(ratios):.3f}  cost {np.mean([one.cost for one in found]):.3f}"
    )
