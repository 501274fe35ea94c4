"""Random jobs whose qualities are unsure, and every plan there is for the small ones."""

from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from modelroute_cli.planning.charges import priced
from modelroute_cli.planning.coupling import Floor, Goal
from modelroute_cli.planning.hull import Floats
from modelroute_cli.planning.mix import Portions
from modelroute_cli.planning.optimize import Problem, Solution
from modelroute_cli.planning.risk import Risk
from modelroute_cli.planning.sharpen import sharpened
from modelroute_cli.planning.solve import solve
from modelroute_cli.planning.sought import Means


@dataclass(frozen=True)
class Unsure:
    """A random job: `groups` of `kinds` rows each, of up to `most` requests, on `models`; the last one is sure."""

    groups: int
    models: int
    most: int
    kinds: int = 1
    share: float = 0.98  # of the last model's quality that is asked for
    error: float = 0.04


def unsure_job(seed: int, size: Unsure, z: float = 1.645) -> tuple[Problem, Risk]:
    """The job and what is unsure of it; the last model alone keeps the floor."""
    random = np.random.default_rng(seed)
    rows, groups = size.groups * size.kinds, np.repeat(np.arange(size.groups, dtype=np.int64), size.kinds)
    strength = np.sort(random.random(size.models))
    strength[-1] = 1.0
    best = np.clip(random.normal(0.75, 0.12, (size.groups, 1)), 0.2, 1)
    worse = (1 - strength) * random.gamma(1.0, 0.15, (size.groups, size.models))
    quality = np.round(np.clip(best - worse, 0.01, 1.0), 6)[groups].astype(np.float64)
    error = size.error * random.gamma(4, 0.25, (size.groups, size.models))
    error[:, -1] = 0.0
    tokens = random.lognormal(0, 0.5, (rows, 1)) * random.lognormal(0, 0.2, (rows, size.models))
    count = random.integers(max(1, size.most // 2), size.most + 1, rows)
    asked = float(quality[:, -1] @ count / count.sum() * size.share)
    problem = Problem(
        owner=np.repeat(np.arange(rows, dtype=np.int64), size.models),
        cost_pusd=np.rint(tokens * np.exp(4 * strength) * 1e6).astype(np.int64).ravel(),
        quality=quality.ravel(),
        weight=np.ones(rows, np.int64),
        count=count.astype(np.int64),
        constraints=(Floor(asked),),
    )
    errors = error[groups].ravel()
    return problem, Risk(z, groups, errors, errors)


def fine(problem: Problem, goal: Goal) -> Solution:
    """The optimum with the bound of whole plans."""
    return sharpened(problem, goal, solve(problem, goal))


def told(problem: Problem, portions: Portions) -> Solution:
    """What a plan costs and gives."""
    return priced(problem, None, portions)


MEANS = Means(solve, fine, told)


def without(problem: Problem) -> Problem:
    """The job without its floor."""
    return replace(problem, constraints=())


def least_of_all(problem: Problem, risk: Risk) -> int:
    """The cheapest of all plans that keep the floor, each of them written down; one row for each group."""
    answers = int(problem.weight @ problem.count)
    cost, mean, variance = np.zeros(1), np.zeros(1), np.zeros(1)
    for row, count in enumerate(problem.count.tolist()):
        own = problem.owner == row
        ways = _ways(count, int(own.sum()))
        cost = np.add.outer(cost, ways @ problem.cost_pusd[own]).ravel()
        mean = np.add.outer(mean, ways @ problem.quality[own] / answers).ravel()
        variance = np.add.outer(variance, np.square(ways @ risk.se[own] / answers)).ravel()
    floor = problem.constraints[0]
    assert isinstance(floor, Floor)
    kept = mean - risk.z * np.sqrt(variance) >= floor.min_quality - 1e-9
    return int(cost[kept].min())


def _ways(count: int, models: int) -> Floats:
    """Every way to give so many requests to models."""
    ways = [way for way in product(range(count + 1), repeat=models) if sum(way) == count]
    return np.array(ways, np.float64)
