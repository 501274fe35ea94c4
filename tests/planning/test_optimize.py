"""The optimiser: never below its bound, never past a constraint, and what the oracles say."""

import itertools
from dataclasses import dataclass

import highspy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.base.money import PER_USD, PicoUSD, from_usd
from modelroute_cli.planning.hull import UNITS
from modelroute_cli.planning.optimize import Problem, Solution, maximise_quality, minimise_cost

Row = list[tuple[int, float]]

CANDIDATE = st.tuples(st.integers(0, 10**11), st.integers(0, 1000).map(lambda share: share / 1000))
ROWS = st.lists(st.lists(CANDIDATE, min_size=1, max_size=3), min_size=1, max_size=4)
SHARES = st.floats(0, 1)


@dataclass(frozen=True)
class Totals:
    """What one choice adds up to."""

    cost: int
    units: int


def problem_of(rows: list[Row], weights: list[int] | None = None, counts: list[int] | None = None) -> Problem:
    """The arrays of a job written row by row."""
    flat = [(row, cost, quality) for row, candidates in enumerate(rows) for cost, quality in candidates]
    owner, cost, quality = zip(*flat, strict=True)
    return Problem(
        owner=np.array(owner, dtype=np.int64),
        cost_pusd=np.array(cost, dtype=np.int64),
        quality=np.array(quality, dtype=np.float64),
        weight=np.array(weights or [1] * len(rows), dtype=np.int64),
        count=np.array(counts or [1] * len(rows), dtype=np.int64),
    )


def one_by_one(rows: list[Row], weights: list[int], counts: list[int]) -> tuple[list[Row], list[int]]:
    """The same job with a row for every request."""
    many = [row for row, count in zip(rows, counts, strict=True) for _ in range(count)]
    return many, [weight for weight, count in zip(weights, counts, strict=True) for _ in range(count)]


def every_choice(rows: list[Row], weights: list[int]) -> list[Totals]:
    """All plans there are."""
    return [
        Totals(
            sum(cost for cost, _ in choice),
            sum(round(quality * UNITS) * weight for (_, quality), weight in zip(choice, weights, strict=True)),
        )
        for choice in itertools.product(*rows)
    ]


def relaxed_cost(problem: Problem, min_quality: float) -> float:
    """The optimum of the linear relaxation by HiGHS, in dollars."""
    model = highspy.Highs()  # type: ignore[no-untyped-call]
    model.setOptionValue("output_flag", False)
    share = [model.addVariable(0, highspy.kHighsInf, cost / PER_USD) for cost in problem.cost_pusd.tolist()]
    for row in range(len(problem.weight)):
        own = sum((share[at] for at in np.flatnonzero(problem.owner == row)), start=0 * share[0])
        model.addConstr(own == int(problem.count[row]))
    value = problem.quality * problem.weight[problem.owner]
    total = sum((float(worth) * part for worth, part in zip(value, share, strict=True)), start=0 * share[0])
    model.addConstr(total >= min_quality * problem.requests)
    model.run()
    return float(model.getInfo().objective_function_value)


def weighted(data: st.DataObject, rows: list[Row]) -> list[int]:
    """A weight for each row."""
    return data.draw(st.lists(st.integers(1, 4), min_size=len(rows), max_size=len(rows)))


def counted(data: st.DataObject, rows: list[Row]) -> list[int]:
    """How many requests each row stands for."""
    return data.draw(st.lists(st.integers(1, 2), min_size=len(rows), max_size=len(rows)))


def assert_consistent(problem: Problem, solution: Solution) -> None:
    """A solution gives every request of each row a candidate of it, and its sums are those of its portions."""
    chosen, counts = solution.portions.candidate, solution.portions.count
    owner = problem.owner[chosen]
    assert np.bincount(owner, counts).tolist() == problem.count.tolist()
    assert all(counts > 0)
    assert all(np.diff(owner) >= 0)
    assert solution.cost_pusd == int(problem.cost_pusd[chosen] @ counts)
    mean = float(np.average(problem.quality[chosen], weights=problem.weight[owner] * counts))
    assert solution.quality == pytest.approx(mean, abs=2e-9)
    assert solution.gap >= 0


@settings(deadline=None)
@given(st.data(), ROWS, SHARES)
def test_cheapest_plan_lies_between_its_bound_and_brute_force(
    data: st.DataObject, rows: list[Row], asked: float
) -> None:
    """Bound <= best plan there is <= ours, ours keeps the floor, and the printed gap covers the distance."""
    weights, counts = weighted(data, rows), counted(data, rows)
    problem = problem_of(rows, weights, counts)
    many, weights = one_by_one(rows, weights, counts)
    floor = round(asked * UNITS) * sum(weights)
    costs = [totals.cost for totals in every_choice(many, weights) if totals.units >= floor]
    if not costs:
        with pytest.raises(InfeasibleError):
            minimise_cost(problem, asked)
        return
    solution = minimise_cost(problem, asked)
    assert_consistent(problem, solution)
    assert solution.bound_cost_pusd is not None
    assert solution.bound_cost_pusd <= min(costs) <= solution.cost_pusd
    assert solution.quality >= asked - 1e-9
    assert solution.cost_pusd <= solution.bound_cost_pusd + solution.gap * max(solution.bound_cost_pusd, 1) * 1.000001


@settings(deadline=None)
@given(st.data(), ROWS, SHARES)
def test_best_plan_lies_between_brute_force_and_its_bound(data: st.DataObject, rows: list[Row], share: float) -> None:
    """Ours <= best plan within the budget <= bound, and the budget is never passed by a pico-dollar."""
    weights, counts = weighted(data, rows), counted(data, rows)
    problem = problem_of(rows, weights, counts)
    many, weights = one_by_one(rows, weights, counts)
    dearest = sum(max(cost for cost, _ in row) for row in many)
    budget = PicoUSD(int(dearest * share))
    within = [totals.units for totals in every_choice(many, weights) if totals.cost <= budget]
    if not within:
        with pytest.raises(InfeasibleError):
            maximise_quality(problem, budget)
        return
    solution = maximise_quality(problem, budget)
    assert_consistent(problem, solution)
    assert solution.cost_pusd <= budget
    assert solution.bound_quality is not None
    most = max(within) / (UNITS * sum(weights))
    assert solution.quality <= most <= solution.bound_quality + 1e-12


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 40), st.floats(0.3, 0.9))
def test_bound_is_the_optimum_of_the_relaxed_problem(seed: int, size: int, asked: float) -> None:
    """The certified bound equals HiGHS's optimum of the linear relaxation, and no plan of ours is below it."""
    problem = random_problem(seed, size, 6)
    solution = minimise_cost(problem, asked)
    assert solution.bound_cost_pusd is not None
    relaxed = relaxed_cost(problem, asked)
    assert solution.bound_cost_pusd / PER_USD == pytest.approx(relaxed, rel=1e-6, abs=1e-9)
    assert solution.cost_pusd / PER_USD >= relaxed * (1 - 1e-7)


def random_problem(seed: int, rows: int, candidates: int) -> Problem:
    """Rows of different size whose dearer candidates are mostly better; each row has a perfect one."""
    random = np.random.default_rng(seed)
    price = np.geomspace(1, 60, candidates)
    cost = np.exp(random.normal(22, 1, (rows, 1))) * price
    quality = np.clip(0.3 + 0.15 * np.log(price) + random.normal(0, 0.08, (rows, candidates)), 0, 1)
    quality[:, -1] = 1.0
    return Problem(
        owner=np.repeat(np.arange(rows, dtype=np.int64), candidates),
        cost_pusd=np.ceil(cost).astype(np.int64).ravel(),
        quality=quality.ravel(),
        weight=random.integers(1, 4, rows).astype(np.int64),
        count=random.integers(1, 4, rows).astype(np.int64),
    )


def test_gap_shrinks_with_the_job() -> None:
    """A job of two thousand requests is planned to within a ten-thousandth of what any plan could cost."""
    problem = random_problem(7, 2000, 8)
    solution = minimise_cost(problem, 0.85)
    assert solution.quality >= 0.85
    assert 0 <= solution.gap < 1e-4
    best = maximise_quality(problem, solution.cost_pusd)
    assert best.quality >= solution.quality
    assert 0 <= best.gap < 1e-4


def test_a_floor_that_the_cheapest_meet_costs_no_more() -> None:
    """When the cheapest candidates are good enough, they are the plan and it is proven optimal."""
    solution = minimise_cost(problem_of([[(5, 0.9), (9, 1.0)], [(7, 0.8)]]), 0.85)
    assert solution.portions.candidate.tolist() == [0, 2]
    assert solution.cost_pusd == 12
    assert solution.bound_cost_pusd == 12
    assert solution.gap == 0.0


def test_a_floor_is_met_exactly_not_by_rounding() -> None:
    """Ten times 0.1 more quality is a mean of exactly that, though floats add up to less."""
    solution = minimise_cost(problem_of([[(1, 0.7)]] * 10), 0.7)
    assert solution.quality == 0.7


def test_equal_rows_are_split_where_one_multiplier_would_flip_them_all() -> None:
    """Of ten equal rows only as many are raised as the floor needs."""
    solution = minimise_cost(problem_of([[(10, 0.5), (100, 1.0)]] * 10), 0.75)
    assert solution.cost_pusd == 5 * 10 + 5 * 100
    assert solution.quality == 0.75
    assert solution.gap == 0.0


def test_alike_requests_as_one_row_have_the_plan_of_as_many_rows() -> None:
    """A row of a million requests is split where the floor needs it, exactly as single rows would be."""
    row: Row = [(10, 0.5), (100, 1.0)]
    solution = minimise_cost(problem_of([row], counts=[1_000_000]), 0.75)
    assert solution.portions.candidate.tolist() == [0, 1]
    assert solution.portions.count.tolist() == [500_000, 500_000]
    assert (solution.cost_pusd, solution.quality, solution.gap) == (500_000 * 110, 0.75, 0.0)
    best = maximise_quality(problem_of([row], counts=[1_000_000]), PicoUSD(500_000 * 110 + 89))
    assert best.portions.count.tolist() == [500_000, 500_000]


def test_sums_past_64_bits_are_exact() -> None:
    """Thirty thousand requests at $1,000 each are $30 million, more pico-dollars than an Int64 holds."""
    rows: list[Row] = [[(10**15, 0.5), (2 * 10**15, 1.0)]]
    solution = minimise_cost(problem_of(rows, counts=[30_001]), 0.1)
    assert solution.cost_pusd == 30_001 * 10**15
    best = maximise_quality(problem_of(rows, counts=[30_001]), PicoUSD(50_000 * 10**15))
    assert best.cost_pusd == 50_000 * 10**15


def test_the_cheapest_of_equals_is_the_best_one() -> None:
    """Among candidates of the same cost the better one is taken at once."""
    assert minimise_cost(problem_of([[(4, 0.5), (4, 0.9), (4, 0.7)]]), 0.1).portions.candidate.tolist() == [1]


def test_free_candidates_are_chosen_for_quality() -> None:
    """Costs of zero are no special case: the best free candidate wins and the gap is zero."""
    solution = minimise_cost(problem_of([[(0, 0.4), (0, 0.6)], [(0, 0.5)]]), 0.0)
    assert (solution.cost_pusd, solution.quality, solution.gap) == (0, 0.55, 0.0)


def test_weight_counts_for_quality_and_not_for_cost() -> None:
    """A row that answers nine requests is raised first: its quality counts nine times, its cost once."""
    solution = minimise_cost(problem_of([[(1, 0.5), (11, 1.0)], [(1, 0.5), (11, 1.0)]], [1, 9]), 0.9)
    assert solution.portions.candidate.tolist() == [0, 3]
    assert solution.quality == 0.95


def test_candidates_off_the_hull_still_serve_to_finish() -> None:
    """A candidate above the hull is taken where it closes the last gap at less cost."""
    rows: list[Row] = [[(0, 0.0), (10, 0.4), (100, 1.0)]]
    rows[0].insert(2, (60, 0.5))
    assert minimise_cost(problem_of(rows), 0.45).cost_pusd == 60


def test_price_of_a_point_is_the_slope_of_the_next_step() -> None:
    """One more hundredth of mean quality costs what the next switch costs for it."""
    solution = minimise_cost(problem_of([[(10, 0.5), (110, 1.0)]] * 10), 0.75)
    # 100 more for half a request's quality: a hundredth of the mean of ten is a tenth of one request's.
    assert solution.point_pusd == 20


def test_nothing_better_has_no_price() -> None:
    """Where every row has its best candidate, more quality is not for sale."""
    assert minimise_cost(problem_of([[(10, 0.5)]]), 0.5).point_pusd is None


def test_quality_out_of_reach_says_what_is_in_reach() -> None:
    """The error names the best reachable quality, rounded down, and the flag to change."""
    with pytest.raises(InfeasibleError) as caught:
        minimise_cost(problem_of([[(1, 0.95669)], [(1, 0.957)]]), 0.99)
    assert caught.value.message == (
        "mean quality `0.99` cannot be reached: the best that the allowed models give is 0.956"
    )
    assert caught.value.hint == "ask for `--min-quality 0.956` or less, or allow stronger models in `rules`"
    assert minimise_cost(problem_of([[(1, 0.95669)], [(1, 0.957)]]), 0.956).quality > 0.956


def test_budget_too_small_says_what_is_needed() -> None:
    """The error names the least cost and the flag to change."""
    with pytest.raises(InfeasibleError) as caught:
        maximise_quality(problem_of([[(int(from_usd("1.5")), 0.9), (int(from_usd("2")), 1.0)]]), from_usd(1))
    assert caught.value.message == ("a budget of $1.000 is too small: the cheapest plan is expected to cost $1.500")
    assert caught.value.hint == "raise `--max-cost`, allow cheaper models in `rules`, or send fewer with `--limit`"


def test_a_budget_of_exactly_the_least_cost_is_enough() -> None:
    """The budget includes its last pico-dollar."""
    solution = maximise_quality(problem_of([[(7, 0.2), (9, 0.9)], [(5, 0.4)]]), PicoUSD(12))
    assert (solution.cost_pusd, solution.quality) == (12, 0.3)


def test_the_same_problem_has_the_same_plan() -> None:
    """Nothing is left to chance."""
    problem = random_problem(3, 300, 5)
    first, second = minimise_cost(problem, 0.7), minimise_cost(problem, 0.7)
    assert first.portions.candidate.tolist() == second.portions.candidate.tolist()


def relaxed_quality(problem: Problem, max_cost: PicoUSD) -> float:
    """The best mean quality of the linear relaxation within a budget, by HiGHS."""
    model = highspy.Highs()  # type: ignore[no-untyped-call]
    model.setOptionValue("output_flag", False)
    value = problem.quality * problem.weight[problem.owner] / problem.requests
    share = [model.addVariable(0, highspy.kHighsInf, -worth) for worth in value.tolist()]
    for row in range(len(problem.weight)):
        own = sum((share[at] for at in np.flatnonzero(problem.owner == row)), start=0 * share[0])
        model.addConstr(own == int(problem.count[row]))
    dollars = (problem.cost_pusd / PER_USD).tolist()
    model.addConstr(
        sum((price * part for price, part in zip(dollars, share, strict=True)), start=0 * share[0])
        <= max_cost / PER_USD
    )
    model.run()
    return -float(model.getInfo().objective_function_value)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 30), st.floats(1.05, 30))
def test_bound_on_quality_is_the_optimum_of_the_relaxed_problem(seed: int, size: int, factor: float) -> None:
    """Within a budget too the certified bound equals HiGHS's optimum, and no plan of ours is above it."""
    problem = random_problem(seed, size, 6)
    least = minimise_cost(problem, 0.0).cost_pusd
    budget = PicoUSD(int(least * factor))
    solution = maximise_quality(problem, budget)
    assert solution.bound_quality == pytest.approx(relaxed_quality(problem, budget), rel=1e-6)
    assert solution.bound_quality is not None
    assert solution.quality <= solution.bound_quality
    assert solution.cost_pusd <= budget


def test_what_slack_is_left_is_given_back() -> None:
    """Closing the last gap with a large switch lets a smaller one be undone."""
    rows: list[Row] = [[(0, 0.0), (10, 0.1)], [(0, 0.0), (90, 0.8)], [(0, 0.5)]]
    solution = minimise_cost(problem_of(rows), 1.3 / 3)
    assert solution.portions.candidate.tolist() == [0, 3, 4]
    assert solution.cost_pusd == 90
