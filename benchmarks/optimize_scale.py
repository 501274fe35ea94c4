"""The optimisation alone at scale: CPU, peak memory and certified gap, row by row and grouped.

    python benchmarks/optimize_scale.py [--rows 1000000] [--tiers 3] [--all]

Twelve synthetic models at three providers, three tiers that differ in price only (the cheapest open to 60% of the
rows), five constraints: a budget, a token capacity of each provider, and a floor on the 5% of rows that are premium.
Grouped: tokens in geometric buckets (ratio 1.25) by task and one of five bins of difficulty; also printed is what
grouping loses against the row by row bound. Without `--rows`: 100,000 and 1,000,000 rows, with `--all` 10,000,000 too
(row by row only). Building the job is not counted; the peak of memory is that of the whole process, job included.
"""

import argparse
import resource
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.coupling import Budget, Capacity, Constraint, Floor, Goal
from modelroute_cli.planning.hull import UNITS
from modelroute_cli.planning.optimize import Problem
from modelroute_cli.planning.scale import TokenCapacity, TokenProblem, solve_tokens
from modelroute_cli.planning.solve import solve

MODELS, PROVIDERS, TASKS, BINS, RATIO = 12, 3, 6, 5, 1.25
BASE_SHARE = 0.08
_UNGROUPED = 5_000_000  # rows from which on no groups are made


@dataclass(frozen=True)
class Job:
    """Rows by task, difficulty bin and tokens, with the job they make."""

    problem: TokenProblem
    cell: NDArray[np.int64]  # task x bin
    premium: NDArray[np.bool_]


def build(rows: int, tiers: int) -> Job:
    """A job of its own for every size, the same each time."""
    random = np.random.default_rng(rows)
    features = np.empty((rows, 2 + MODELS), dtype=np.float32)
    features[:, 0] = np.minimum(random.lognormal(6.0, 0.8, rows), 60_000).astype(np.int32) + 1
    features[:, 1] = np.minimum(random.lognormal(5.0, 0.8, rows), 8_000).astype(np.int32) + 1
    task, level = random.integers(0, TASKS, rows, dtype=np.int8), random.integers(0, BINS, rows, dtype=np.int8)
    strength = np.linspace(-1.0, 3.5, MODELS)
    skill = strength + random.normal(0, 0.4, (TASKS, MODELS))
    table = 1 / (1 + np.exp((np.linspace(-2, 2, BINS)[None, :, None]) - skill[:, None, :]))
    cell = task.astype(np.int64) * BINS + level
    quality = table.reshape(-1, MODELS).astype(np.float32)
    for at in range(MODELS):
        features[:, 2 + at] = quality[cell, at]
    kind = np.sort(random.choice(4, rows, p=[0.38, 0.57, 0.02, 0.03]).astype(np.int8))  # alike rows stand together
    premium, pattern = kind >= 2, (kind & 1).astype(np.uint8)
    return Job(_problem(features, premium, pattern, tiers), cell, premium)


def _problem(
    features: NDArray[np.float32], premium: NDArray[np.bool_], pattern: NDArray[np.uint8], tiers: int
) -> TokenProblem:
    model = np.tile(np.arange(MODELS), tiers)
    tier = np.repeat(np.arange(tiers), MODELS)
    rate = np.exp(np.linspace(np.log(5e4), np.log(5e6), MODELS))[model] * np.array([1.0, 0.5, 1.8])[tier]
    price = np.stack((rate, 4 * rate, 0 * rate), axis=1).astype(np.int64)
    allowed = np.vstack((tier != 1, np.ones(len(tier), dtype=bool)))
    sums = features[:, :2].sum(axis=0, dtype=np.float64)
    dearest = float(price[MODELS - 1, :2] @ sums)
    best = features[premium, 1 + MODELS].mean(dtype=np.float64)
    caps = tuple(_capacity(at, model, int(sums.sum() * share)) for at, share in enumerate((0.4, 0.3, 0.35)))
    floor = Floor(float(best) * 0.95, premium, "premium")
    return TokenProblem(
        features, price, model, allowed, pattern, (Budget(PicoUSD(int(dearest * BASE_SHARE))), *caps, floor)
    )


def _capacity(provider: int, model: NDArray[np.int64], limit: int) -> TokenCapacity:
    own = (model % PROVIDERS == provider).astype(np.int64)
    return TokenCapacity(f"tokens of provider {provider}", np.stack((own, own, 0 * own), axis=1), limit)


@dataclass(frozen=True)
class Groups:
    """A job by groups of alike rows."""

    problem: Problem
    groups: int


def grouped(job: Job) -> Groups:
    """Rows of one cell, pattern, floor and token bucket are one row at their mean tokens, rounded."""
    whole, tokens = job.problem, job.problem.features[:, :2]
    buckets = np.floor(np.log(tokens) / np.log(RATIO)).astype(np.int64)
    code = ((job.cell * 2 + job.premium) * 2 + whole.pattern) * 80**2 + buckets[:, 0] * 80 + buckets[:, 1]
    _, first, which, count = np.unique(code, return_index=True, return_inverse=True, return_counts=True)
    sums = np.stack([np.bincount(which, tokens[:, at]) for at in range(2)], axis=1)
    mean = np.rint(sums / count[:, None]).astype(np.int64)
    allowed = whole.allowed[whole.pattern[first]]
    owner, column = (each.astype(np.int64) for each in np.nonzero(allowed))
    cost = (mean[owner] * whole.price_pusd[column, :2]).sum(axis=1)
    constraints: list[Constraint] = []
    for each in whole.constraints:
        if isinstance(each, TokenCapacity):
            constraints.append(Capacity(each.name, (mean[owner] * each.rates[column, :2]).sum(axis=1), each.limit))
        else:
            constraints.append(
                Floor(each.min_quality, job.premium[first], each.name) if isinstance(each, Floor) else each
            )
    quality = whole.features[first[owner], 2 + whole.quality[column]].astype(np.float64)
    ones = np.ones(len(count), dtype=np.int64)
    return Groups(Problem(owner, cost, quality, ones, count.astype(np.int64), tuple(constraints)), len(count))


def megabytes() -> float:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def row_by_row(rows: int, tiers: int, *, with_groups: bool) -> None:
    """Build a job, solve it, print."""
    job = build(rows, tiers)
    print(f"{rows:,} rows x {MODELS} models x {tiers} tiers; job built, peak {megabytes():.0f} MB")
    start, wall = time.process_time(), time.perf_counter()
    solution = solve_tokens(job.problem, Goal.BEST)
    cpu, wall = time.process_time() - start, time.perf_counter() - wall
    print(
        f"row by row: {cpu:.2f} s CPU, {wall:.2f} s wall, peak {megabytes():.0f} MB, gap {solution.gap:.1e}, "
        f"quality {solution.quality:.6f}",
        flush=True,
    )
    if with_groups:
        in_groups(job, -solution.bound / UNITS / rows)


def in_groups(job: Job, bound: float) -> None:
    """Solve the job by groups and print what that loses against the `bound` of its mean quality."""
    groups = grouped(job)
    start, wall = time.process_time(), time.perf_counter()
    plan = solve(groups.problem, Goal.BEST)
    cpu, wall = time.process_time() - start, time.perf_counter() - wall
    print(
        f"grouped: {groups.groups:,} groups, {cpu:.2f} s CPU, {wall:.2f} s wall, peak {megabytes():.0f} MB, "
        f"gap {plan.gap:.1e}, quality {plan.quality:.6f}"
    )
    print(f"loss of grouping against the row by row bound: {(bound - plan.quality) / bound:.1e}", flush=True)


def main() -> None:
    """Solve each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int)
    parser.add_argument("--tiers", type=int, default=3)
    parser.add_argument("--all", action="store_true")
    asked = parser.parse_args()
    sizes = [asked.rows] if asked.rows else [100_000, 1_000_000, *([10_000_000] if asked.all else [])]
    for rows in sizes:
        row_by_row(rows, asked.tiers, with_groups=rows < _UNGROUPED)


if __name__ == "__main__":
    main()
