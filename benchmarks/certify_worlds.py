"""Batches whose truth is known: what every model's answer to every request would be worth and cost."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from replay_outcomes import load

from modelroute_cli.base.statistics import Floats
from modelroute_cli.planning.hull import Ints

CELLS = 6
MODELS = 8


@dataclass(frozen=True, slots=True)
class World:
    """Requests by models."""

    name: str
    quality: Floats  # requests x models, in [0,1]
    cost: Floats  # requests x models, any unit
    cell: Ints  # of each request, all of 0 .. the highest
    baseline: int  # a model

    @property
    def cells(self) -> int:
        """How many kinds of requests there are."""
        return int(self.cell.max()) + 1

    @property
    def requests(self) -> int:
        """Of the batch."""
        return int(self.cell.size)


def synthetic(seed: int, requests: int, correlation: float) -> World:
    """Six kinds of requests, eight models from cheap to dear, right or wrong.

    Better models are dearer, and better or worse than that at some kinds. Successes of two models on one request are
    correlated by a normal copula.
    """
    random = np.random.default_rng(seed)
    cell = random.integers(0, CELLS, requests)
    skill = np.linspace(0.2, 2.6, MODELS) + random.normal(0.0, 0.5, (CELLS, MODELS))
    skill[:, -1] = np.maximum(skill[:, -1], 1.6)
    right = 1.0 / (1.0 + np.exp(-skill))
    shared, own = random.normal(size=(requests, 1)), random.normal(size=(requests, MODELS))
    drawn = np.sqrt(correlation) * shared + np.sqrt(1.0 - correlation) * own
    edges = np.quantile(random.normal(size=200_000), right)
    cost = np.geomspace(0.02, 1.0, MODELS) * random.lognormal(0.0, 0.6, (requests, 1))
    return World(f"synthetic {seed}", (drawn < edges[cell]).astype(np.float64), cost, cell, MODELS - 1)


def recorded(path: Path) -> World:
    """A set of recorded outcomes, its categories as cells, its best model as the baseline."""
    found = load(path)
    outcomes = found.outcomes
    best = int(np.argmax(outcomes.quality.mean(axis=0)))
    return World(found.name, outcomes.quality, outcomes.cost_pusd.astype(np.float64), outcomes.category, best)


@dataclass(frozen=True, slots=True)
class Split:
    """The requests of the pilot, and the others in the random order in which hold-outs draw them."""

    pilot: Ints
    fresh: Ints


def split(world: World, each: int, seed: int) -> Split:
    """A pilot of up to `each` requests of each cell."""
    order: Ints = np.random.default_rng(seed).permutation(world.requests).astype(np.int64)
    place = np.empty(world.requests, dtype=np.int64)
    for at in range(world.cells):
        rows = order[world.cell[order] == at]
        place[rows] = np.arange(rows.size)
    piloted = place[order] < each
    return Split(order[piloted], order[~piloted])
