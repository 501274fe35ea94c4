"""Small jobs are proven by branch and bound."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.coupling import Budget, Constraint, Floor, Goal
from modelroute_cli.planning.optimize import Problem
from modelroute_cli.planning.sharpen import sharpened
from modelroute_cli.planning.solve import solve


def problem(seed: int, rows: int, models: int, constraint: Constraint | None = None, count: int = 1) -> Problem:
    """Drawn costs of up to a dollar and qualities in hundredths; dearer is mostly better."""
    draw = np.random.default_rng(seed)
    cost = draw.integers(10**8, 10**12, (rows, models))
    quality = np.clip(np.round(0.4 + 0.5 * cost / 10**12 + draw.normal(0, 0.1, (rows, models)), 2), 0, 1)
    return Problem(
        owner=np.repeat(np.arange(rows), models),
        cost_pusd=cost.ravel(),
        quality=quality.ravel(),
        weight=np.ones(rows, np.int64),
        count=np.full(rows, count, np.int64),
        constraints=() if constraint is None else (constraint,),
    )


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6), st.integers(2, 5), st.sampled_from([0.6, 0.7, 0.8]))
def test_the_bound_holds_for_every_plan_and_the_plan_reaches_it(seed: int, rows: int, floor: float) -> None:
    """Held against all plans there are."""
    drawn = problem(seed, rows, 3, Floor(floor))
    costs, units = drawn.cost_pusd.reshape(rows, 3), np.rint(drawn.quality * 100).astype(int).reshape(rows, 3)
    plans = [
        sum(int(costs[row, at]) for row, at in enumerate(chosen))
        for chosen in product(range(3), repeat=rows)
        if sum(int(units[row, at]) for row, at in enumerate(chosen)) >= round(floor * 100) * rows
    ]
    if not plans:
        with pytest.raises(InfeasibleError):
            solve(drawn, Goal.CHEAPEST)
        return
    found = sharpened(drawn, Goal.CHEAPEST, solve(drawn, Goal.CHEAPEST))
    assert found.bound_cost_pusd is not None
    assert found.bound_cost_pusd <= min(plans) <= found.cost_pusd
    assert found.gap <= 1e-4


@pytest.mark.parametrize("seed", range(6))
def test_small_jobs_have_a_fine_gap_both_ways(seed: int) -> None:
    """Sixty requests on eight models: the cheapest of a quality, and the best for a budget."""
    cheapest = problem(seed, 60, 8, Floor(0.8))
    found = sharpened(cheapest, Goal.CHEAPEST, solve(cheapest, Goal.CHEAPEST))
    assert found.gap <= 1e-4
    assert found.quality >= 0.8
    best = problem(seed, 60, 8, Budget(PicoUSD(found.cost_pusd // 2)))
    rich = sharpened(best, Goal.BEST, solve(best, Goal.BEST))
    assert rich.gap <= 1e-4
    assert rich.cost_pusd <= found.cost_pusd // 2


def test_what_is_fine_or_large_is_left_as_it_is() -> None:
    """Branch and bound is for small jobs whose gap shows."""
    large = problem(1, 400, 8, Floor(0.8))
    found = solve(large, Goal.CHEAPEST)
    assert sharpened(large, Goal.CHEAPEST, found) is found
    easy = problem(1, 5, 3)
    fine = solve(easy, Goal.CHEAPEST)
    assert sharpened(easy, Goal.CHEAPEST, fine) is fine


def test_alike_requests_are_split_in_whole_numbers() -> None:
    """Twenty kinds of seven requests each."""
    drawn = problem(3, 20, 5, Floor(0.75), count=7)
    found = sharpened(drawn, Goal.CHEAPEST, solve(drawn, Goal.CHEAPEST))
    assert int(found.portions.count.sum()) == 140
    assert found.quality >= 0.75
    assert found.gap <= 1e-4
