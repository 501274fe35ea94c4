"""The whole optimisation: always within every constraint, never below the relaxed optimum, and what the oracles say."""

import os
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.coupled import Size, random_job, relaxed_optimum, whole_optimum

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.coupling import Budget, Capacity, Constraint, Floor, Goal, ShadowPrice
from modelroute_cli.planning.linear import is_feasible, linear
from modelroute_cli.planning.optimize import Problem, Solution
from modelroute_cli.planning.solve import solve

INSTANCES = 20 if "EXPLORE" in os.environ else 8
SEEDS = st.integers(0, 2**32 - 1)
GOALS = st.sampled_from(Goal)
SMALL = st.builds(Size, st.integers(3, 9), st.integers(2, 4), st.integers(1, 5), st.integers(1, 3))


def reached(problem: Problem, solution: Solution, goal: Goal) -> float:
    """What is made small: pico-dollars, or minus the sum of quality."""
    return float(solution.cost_pusd) if goal is Goal.CHEAPEST else -solution.quality * problem.requests


def bound(problem: Problem, solution: Solution, goal: Goal) -> float:
    """What no plan is under."""
    if goal is Goal.CHEAPEST:
        assert solution.bound_cost_pusd is not None
        return float(solution.bound_cost_pusd)
    assert solution.bound_quality is not None
    return -solution.bound_quality * problem.requests


def assert_kept(problem: Problem, solution: Solution, goal: Goal) -> None:
    """Every request has a candidate of its row, every constraint is kept to the last unit, and the sums are exact."""
    taken, count = solution.portions.candidate, solution.portions.count
    assert np.bincount(problem.owner[taken], count).tolist() == problem.count.tolist()
    assert all(count > 0)
    assert all(np.diff(problem.owner[taken]) >= 0)
    assert is_feasible(linear(problem, goal), solution.portions)
    assert solution.cost_pusd == int(problem.cost_pusd[taken] @ count)
    weights = problem.weight[problem.owner[taken]] * count
    assert solution.quality == pytest.approx(float(np.average(problem.quality[taken], weights=weights)), abs=2e-9)


def assert_certified(problem: Problem, goal: Goal, most: float) -> Solution:
    """Kept, never under the relaxed optimum, the bound no higher than that, the gap at most `most`."""
    solution = solve(problem, goal)
    assert_kept(problem, solution, goal)
    least = relaxed_optimum(problem, goal)
    slack = 1e-9 * abs(least) + 1
    assert bound(problem, solution, goal) - slack <= least <= reached(problem, solution, goal) + slack
    assert 0 <= solution.gap <= most
    return solution


@settings(max_examples=40, deadline=None)
@given(SEEDS, SMALL, GOALS)
def test_small_plans_are_the_best_there_are(seed: int, size: Size, goal: Goal) -> None:
    """Where branch and bound can tell, the plan is the optimum in whole numbers: a feasible plan is never missed."""
    problem = random_job(seed, size)
    best = whole_optimum(problem, goal)
    if best is None:
        with pytest.raises(InfeasibleError):
            solve(problem, goal)
        return
    solution = solve(problem, goal)
    assert_kept(problem, solution, goal)
    if size.constraints > 1:
        assert reached(problem, solution, goal) == pytest.approx(best, rel=1e-5)


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.integers(2, 5), st.integers(4, 40), GOALS)
def test_a_plan_that_exists_is_never_denied(seed: int, constraints: int, rows: int, goal: Goal) -> None:
    """All limits are what one plan, drawn first, uses to the last unit: a plan is found, whatever the others are."""
    job = random_job(seed, Size(rows, 3, constraints))
    taken = np.arange(rows) * 3 + np.random.default_rng(seed).integers(0, 3, rows)
    weight = job.weight * job.count
    tight: list[Constraint] = []
    for each in job.constraints:
        if isinstance(each, Floor):
            own = np.ones(rows, dtype=bool) if each.rows is None else each.rows
            reach = np.average(job.quality[taken][own], weights=weight[own])
            tight.append(replace(each, min_quality=float(reach) - 1e-9))
        elif isinstance(each, Budget):
            tight.append(Budget(PicoUSD(int(job.cost_pusd[taken] @ job.count))))
        else:
            tight.append(replace(each, limit=int(each.use[taken] @ job.count)))
    problem = replace(job, constraints=tuple(tight))
    assert_kept(problem, solve(problem, goal), goal)


@pytest.mark.parametrize("constraints", range(1, 6))
@pytest.mark.parametrize("goal", Goal)
@pytest.mark.parametrize("seed", range(INSTANCES))
def test_plans_of_some_rows_are_kept_and_bounded(constraints: int, goal: Goal, seed: int) -> None:
    """Instances of all shapes: feasible, never below HiGHS's linear optimum, the gap what whole numbers allow."""
    rows = (20, 60, 150)[seed % 3]
    problem = random_job(seed, Size(rows, 3 + seed % 4, constraints, 1 + 4 * (seed % 2)))
    assert_certified(problem, goal, 6 * constraints / rows)


@pytest.mark.parametrize("goal", Goal)
@pytest.mark.parametrize("constraints", [1, 3, 5])
def test_ten_thousand_requests_are_certified(constraints: int, goal: Goal) -> None:
    """With 10,000 requests and 12 models the certified gap is at most 1e-4."""
    problem = random_job(constraints, Size(10_000, 12, constraints))
    solution = solve(problem, goal)
    assert_kept(problem, solution, goal)
    assert solution.gap <= 1e-4


@pytest.mark.parametrize("goal", Goal)
def test_two_thousand_requests_never_beat_highs(goal: Goal) -> None:
    """The certified gap at 2,000 requests and five constraints, against HiGHS's optimum."""
    assert_certified(random_job(7, Size(2_000, 6, 5)), goal, 3e-4)


@settings(max_examples=15, deadline=None)
@given(SEEDS, st.integers(2, 5))
def test_rows_in_any_order_give_the_same_sums(seed: int, constraints: int) -> None:
    """A permutation of the rows changes nothing that is printed."""
    problem = random_job(seed, Size(40, 4, constraints))
    order = np.random.default_rng(seed).permutation(40)
    moved = (order[:, None] * 4 + np.arange(4)).ravel()
    other = replace(
        problem,
        cost_pusd=problem.cost_pusd[moved],
        quality=problem.quality[moved],
        weight=problem.weight[order],
        count=problem.count[order],
        constraints=tuple(
            replace(each, use=each.use[moved])
            if isinstance(each, Capacity)
            else replace(each, rows=each.rows[order])
            if isinstance(each, Floor) and each.rows is not None
            else each
            for each in problem.constraints
        ),
    )
    one, two = solve(problem, Goal.CHEAPEST), solve(other, Goal.CHEAPEST)
    assert (one.cost_pusd, one.quality, one.gap) == (two.cost_pusd, two.quality, two.gap)


@settings(max_examples=15, deadline=None)
@given(SEEDS, st.floats(0.8, 1))
def test_a_lower_floor_never_costs_more_and_a_smaller_budget_is_never_better(seed: int, share: float) -> None:
    """Monotone, up to the certified gap, in what is asked."""
    problem = random_job(seed, Size(12, 3, 4))
    floor, *others = problem.constraints
    assert isinstance(floor, Floor)
    eased = replace(problem, constraints=(replace(floor, min_quality=floor.min_quality * share), *others))
    asked, less = solve(problem, Goal.CHEAPEST), solve(eased, Goal.CHEAPEST)
    assert less.cost_pusd <= asked.cost_pusd * (1 + 1e-5)
    rich = replace(problem, constraints=(*others, Budget(PicoUSD(2 * asked.cost_pusd))))
    poor = replace(problem, constraints=(*others, Budget(asked.cost_pusd)))
    assert solve(poor, Goal.BEST).quality <= solve(rich, Goal.BEST).quality * (1 + 1e-5)


@settings(max_examples=15, deadline=None)
@given(SEEDS, GOALS)
def test_dominated_candidates_are_never_chosen(seed: int, goal: Goal) -> None:
    """A candidate that costs more, is worse and uses as much as another of its row is taken by nobody."""
    problem = random_job(seed, Size(30, 4, 5))
    uses = [each.use.reshape(30, 4) for each in problem.constraints if isinstance(each, Capacity)]
    cost, quality = problem.cost_pusd.reshape(30, 4).copy(), problem.quality.reshape(30, 4).copy()
    cost[:, 3], quality[:, 3] = cost[:, 0] + 1, quality[:, 0] * 0.99
    for use in uses:
        use[:, 3] = use[:, 0]
    easy = tuple(replace(each, min_quality=0.1) if isinstance(each, Floor) else each for each in problem.constraints)
    job = replace(problem, cost_pusd=cost.ravel(), quality=quality.ravel(), constraints=easy)
    try:
        taken = solve(job, goal).portions.candidate
    except InfeasibleError:
        return
    assert 3 not in (taken % 4).tolist()


def test_the_same_problem_gives_the_same_plan() -> None:
    """Two runs agree in every portion."""
    problem = random_job(3, Size(300, 5, 5, 3))
    one, two = solve(problem, Goal.CHEAPEST), solve(problem, Goal.CHEAPEST)
    assert one.portions.candidate.tolist() == two.portions.candidate.tolist()
    assert one.portions.count.tolist() == two.portions.count.tolist()
    assert one.prices == two.prices


def two_models(constraints: tuple[Floor | Budget | Capacity, ...], count: int = 1000) -> Problem:
    """One kind of `count` requests: $0.001 for quality 0.5, or $0.003 for quality 0.9."""
    return Problem(
        owner=np.zeros(2, dtype=np.int64),
        cost_pusd=np.array([10**9, 3 * 10**9]),
        quality=np.array([0.5, 0.9]),
        weight=np.ones(1, dtype=np.int64),
        count=np.array([count]),
        constraints=constraints,
    )


STRONG = np.array([0, 1])


def test_prices_are_in_the_units_people_use() -> None:
    """A point of quality costs 25 more strong requests, $0.05; a request more of the strong model brings nothing."""
    problem = two_models((Floor(0.7), Capacity("strong", STRONG, 600)))
    solution = solve(problem, Goal.CHEAPEST)
    assert solution.cost_pusd == 500 * 10**9 + 500 * 3 * 10**9
    assert solution.portions.count.tolist() == [500, 500]
    assert solution.gap <= 1e-9
    floor, capacity = solution.prices
    assert floor.price == pytest.approx(0.05 * 10**12)
    assert floor == ShadowPrice("mean quality", floor.price, is_tight=True, used=0.7, limit=0.7)
    assert capacity == ShadowPrice("strong", 0.0, is_tight=False, used=500, limit=600)


def test_a_tight_capacity_has_a_price() -> None:
    """The 601st strong request would bring 0.4 of one request's quality."""
    problem = two_models((Budget(PicoUSD(10**13)), Capacity("strong", STRONG, 600)))
    solution = solve(problem, Goal.BEST)
    assert solution.quality == pytest.approx(0.74)
    budget, capacity = solution.prices
    assert (budget.price, budget.is_tight) == (0.0, False)
    assert capacity.price == pytest.approx(0.4 / 1000)


def test_a_budget_is_priced_in_quality_per_dollar() -> None:
    """A dollar buys 500 strong requests for weak ones: 0.2 of mean quality."""
    problem = two_models((Budget(PicoUSD(2 * 10**12)), Capacity("strong", STRONG, 900)))
    assert solve(problem, Goal.BEST).prices[0].price == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("constraints", "message", "hint"),
    [
        (
            (Floor(0.95), Capacity("strong", STRONG, 600)),
            "mean quality `0.95` cannot be reached: the best that the allowed models give is 0.900",
            "ask for `--min-quality 0.900` or less, or allow stronger models in `rules`",
        ),
        (
            (Floor(0.8), Capacity("strong", STRONG, 600)),
            "mean quality `0.8` cannot be reached beside `strong`: the best that the allowed models give is 0.740",
            "ask for `--min-quality 0.740` or less, or allow stronger models in `rules`",
        ),
        (
            (Budget(PicoUSD(10**12 // 2)), Floor(0.4)),
            "a budget of $0.500 is too small: the cheapest plan is expected to cost $1.000",
            "raise `--max-cost`, allow cheaper models in `rules`, or send fewer with `--limit`",
        ),
        (
            (Budget(PicoUSD(10**12)), Floor(0.7)),
            "a budget of $1.000 is too small beside `mean quality`: the cheapest plan is expected to cost $2.000",
            "raise `--max-cost`, allow cheaper models in `rules`, or send fewer with `--limit`",
        ),
        (
            (Capacity("weak", np.array([1, 0]), 100), Capacity("strong", STRONG, 600)),
            "`weak` of 100 is too small beside `strong`: the job needs 400",
            "allow other providers in `rules`, or a later deadline",
        ),
    ],
)
def test_what_cannot_be_kept_is_named_with_what_can(
    constraints: tuple[Floor | Budget | Capacity, ...], message: str, hint: str
) -> None:
    """The constraint at fault, and the nearest value that is within reach."""
    with pytest.raises(InfeasibleError) as caught:
        solve(two_models(constraints), Goal.CHEAPEST)
    assert (caught.value.message, caught.value.hint) == (message, hint)


@pytest.mark.parametrize(
    ("constraints", "goal", "cost"),
    [((), Goal.CHEAPEST, 10**12), ((), Goal.BEST, 3 * 10**12), ((Floor(0.7),), Goal.CHEAPEST, 2 * 10**12)],
)
def test_one_constraint_keeps_the_hull_walk(constraints: tuple[Floor, ...], goal: Goal, cost: int) -> None:
    """Nothing, or one floor or budget over all rows, is solved as ever."""
    solution = solve(two_models(constraints), goal)
    assert (solution.cost_pusd, solution.gap) == (cost, 0)


def test_the_hull_walk_has_a_price_too() -> None:
    """A budget alone says what a dollar buys."""
    solution = solve(two_models((Budget(PicoUSD(2 * 10**12)),)), Goal.BEST)
    assert solution.prices[0].price == pytest.approx(0.2)
