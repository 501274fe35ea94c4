"""Whole ladders on batches whose truth is known: how often a certified plan misses its floor, and what it costs."""

from dataclasses import dataclass

import numpy as np
from certify_worlds import Split, World, split

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.statistics import Floats
from modelroute_cli.pilot.certify import Known, Method, Promise, differences
from modelroute_cli.pilot.certify_draws import uniform
from modelroute_cli.pilot.ladder import Certified, Rung, certify_ladder
from modelroute_cli.planning.hull import Ints

STEPS = 12
LADDER_COLUMNS = "bound alone: missed, quality, cost   fixed number   betting"
_MULTIPLIERS: Floats = np.concatenate([[0.0], np.geomspace(1e-3, 1e5, 400)])


@dataclass(frozen=True, slots=True)
class Asked:
    """What is promised, and how it is tested."""

    promise: Promise
    method: Method


@dataclass(frozen=True, slots=True)
class Corner:
    """A model for each cell, and what a pilot makes of it: a corner of what can be had."""

    model: tuple[int, ...]
    ratio: float  # to the baseline
    cost: float


@dataclass(frozen=True, slots=True)
class Plan:
    """A model for each request."""

    name: str
    model: Ints


@dataclass(frozen=True, slots=True)
class Run:
    """What came of one plan on a whole batch, both as ratios to the baseline."""

    quality: float
    cost: float


def plans(world: World, pilot: Ints, floor: float) -> list[Plan]:
    """Plans aimed between the baseline's quality and below the floor, the safest first, the baseline's own before all.

    Each is the cheapest whose bound (per cell: the mean paired difference to the baseline less one standard error) is
    good enough for its aim, exactly: between two corners requests are split by a random number of their own, so that
    plans are nested. The bound is cautious: aims below the floor may hold it.
    """
    corners = _corners(world, pilot)
    place = np.random.default_rng(1).random(world.requests)
    aims = 1.0 - np.arange(1, STEPS + 1) / STEPS * 2.0 * (1.0 - floor)
    return [
        Plan("baseline", np.full(world.requests, world.baseline, dtype=np.int64)),
        *(Plan(f"{aim:.4f}", _aimed(corners, aim, place, world.cell)) for aim in aims.tolist()),
    ]


def _aimed(corners: list[Corner], aim: float, place: Floats, cell: Ints) -> Ints:
    """The models of a mixture of the two corners around an aim; of the cheapest corner where that is better still."""
    below = next((at for at, corner in enumerate(corners) if corner.ratio < aim), len(corners))
    safer, cheaper = corners[below - 1], corners[min(below, len(corners) - 1)]
    share = (safer.ratio - aim) / (safer.ratio - cheaper.ratio) if cheaper.ratio < aim else 1.0
    found: Ints = np.where(place < share, np.array(cheaper.model)[cell], np.array(safer.model)[cell])
    return found


def _corners(world: World, pilot: Ints) -> list[Corner]:
    """All optima of cost - multiplier x quality over cells, by the pilot's means and bounds, from the best down."""
    sizes = np.bincount(world.cell, minlength=world.cells).astype(np.float64)
    groups = [pilot[world.cell[pilot] == at] for at in range(world.cells)]
    quality = np.array([_bound(world.quality[rows], world.baseline) for rows in groups])
    cost = np.array([world.cost[rows].mean(axis=0) for rows in groups])
    base, cells = float(sizes @ quality[:, world.baseline]), np.arange(world.cells)
    choices = {tuple(np.argmin(cost - by * cost.mean() * quality, axis=1).tolist()) for by in _MULTIPLIERS.tolist()}
    found = [
        Corner(each, float(sizes @ quality[cells, each]) / base, float(sizes @ cost[cells, each])) for each in choices
    ]
    return sorted(found, key=lambda corner: -corner.ratio)


def _bound(quality: Floats, baseline: int) -> Floats:
    """By model: the baseline's mean and the paired difference to it, less one standard error (Agresti & Min)."""
    apart = quality - quality[:, [baseline]]
    count = quality.shape[0] + 2
    error = np.sqrt(((apart**2).sum(axis=0) + 1) / count - (apart.sum(axis=0) / count) ** 2) / np.sqrt(count)
    error[baseline] = 0.0
    found: Floats = quality.mean(axis=0) - error
    return found


def realised(world: World, plan: Plan) -> Run:
    """On the whole batch."""
    rows = np.arange(world.requests)
    quality = world.quality[rows, plan.model].mean() / world.quality[:, world.baseline].mean()
    cost = world.cost[rows, plan.model].sum() / world.cost[:, world.baseline].sum()
    return Run(float(quality), float(cost))


def climbed(world: World, ladder: list[Plan], parts: Split, drawn: int, asked: Asked) -> Certified:
    """The ladder held against the first `drawn` of the fresh requests, without the baseline's own plan.

    What the pilot's requests were answered stands already: it is known, and part of the batch.
    """
    rows, ratio = parts.fresh[:drawn], asked.promise.ratio
    rungs = []
    for at, plan in enumerate(ladder):
        known = _differences(world, parts.pilot, plan, ratio)
        d = _differences(world, rows, plan, ratio)
        rungs.append(Rung(str(at), PicoUSD(0), d, Known(known.size, float(known.sum()))))
    return certify_ladder(rungs[1:], uniform(rows.size, parts.fresh.size), asked.promise, asked.method)


def _differences(world: World, rows: Ints, plan: Plan, ratio: float) -> Floats:
    return differences(world.quality[rows, plan.model[rows]], world.quality[rows, world.baseline], ratio)


def certified_run(world: World, parts: Split, drawn: int, asked: Asked) -> Run:
    """What runs under the promise: the plan that was certified, else the baseline."""
    ladder = plans(world, parts.pilot, asked.promise.ratio)
    rung = climbed(world, ladder, parts, drawn, asked).rung
    return realised(world, ladder[int(rung.name) if rung else 0])


def plug_in_run(world: World, parts: Split, promise: Promise) -> Run:
    """What runs without a certificate: the plan whose bound is just the floor."""
    return realised(world, plans(world, parts.pilot, promise.ratio)[STEPS // 2])


def ladder_line(worlds: list[World], each: int, drawn: int, promise: Promise) -> str:
    """What was missed and spent over worlds (their place is the seed): by the bound alone, and by certificates."""
    parts = [split(world, each, seed) for seed, world in enumerate(worlds)]
    columns = [
        [plug_in_run(world, part, promise) for world, part in zip(worlds, parts, strict=True)],
        *(
            [
                certified_run(world, part, drawn, Asked(promise, method))
                for world, part in zip(worlds, parts, strict=True)
            ]
            for method in (Method.FIXED, Method.ANY_TIME)
        ),
    ]
    return "   ".join(_told(column, promise) for column in columns)


def _told(runs: list[Run], promise: Promise) -> str:
    """Missed, mean quality and cost."""
    missed = np.mean([run.quality < promise.ratio - 1e-12 for run in runs])
    return f"{missed:.3f} {np.mean([run.quality for run in runs]):.3f} {np.mean([run.cost for run in runs]):.3f}"
