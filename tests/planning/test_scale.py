"""The same optimisation by columns of rates: it agrees with the one by lists, to the last pico-dollar."""

import numpy as np
import pytest
from optimize_scale import build, grouped

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.planning.coupling import Budget, Capacity, Constraint, Floor, Goal
from modelroute_cli.planning.hull import UNITS
from modelroute_cli.planning.linear import linear, used
from modelroute_cli.planning.mix import Portions
from modelroute_cli.planning.optimize import Problem
from modelroute_cli.planning.scale import TokenCapacity, TokenProblem, solve_tokens, tokens
from modelroute_cli.planning.solve import solve


def listed(whole: TokenProblem) -> Problem:
    """The same job written down candidate by candidate."""
    owner, column = (each.astype(np.int64) for each in np.nonzero(whole.allowed[whole.pattern]))
    parts = np.column_stack((whole.features[owner, :2], np.ones(len(owner)))).astype(np.int64)
    constraints: list[Constraint] = []
    for each in whole.constraints:
        if isinstance(each, TokenCapacity):
            constraints.append(Capacity(each.name, (parts * each.rates[column]).sum(axis=1), each.limit))
        else:
            constraints.append(each)
    ones = np.ones(len(whole.pattern), dtype=np.int64)
    quality = whole.features[owner, 2 + whole.quality[column]].astype(np.float64)
    cost = (parts * whole.price_pusd[column]).sum(axis=1)
    return Problem(owner, cost, quality, ones, ones, tuple(constraints))


def taken(whole: TokenProblem, columns: np.ndarray[tuple[int], np.dtype[np.uint8]]) -> Portions:
    """A choice of columns as portions of the list."""
    owner, column = np.nonzero(whole.allowed[whole.pattern])
    at = np.flatnonzero(column == columns[owner]).astype(np.int64)
    return Portions(at, np.ones(len(at), dtype=np.int64))


@pytest.mark.parametrize("rows", [400, 3_000])
def test_columns_and_lists_have_the_same_optimum(rows: int) -> None:
    """Both keep all five constraints; each plan stands above the other's bound, and sums are exact."""
    whole = build(rows, 3).problem
    problem = listed(whole)
    normal = linear(problem, Goal.BEST)
    plan, other = solve_tokens(whole, Goal.BEST), solve(problem, Goal.BEST)
    portions = taken(whole, plan.column)
    assert len(portions.candidate) == rows
    assert all(use <= limit for use, limit in zip(used(normal, portions), normal.limit, strict=True))
    assert plan.cost_pusd == int(problem.cost_pusd[portions.candidate].sum())
    assert plan.quality == pytest.approx(other.quality, rel=2e-3)
    assert other.quality <= -plan.bound / UNITS / rows + 1e-12
    assert other.bound_quality is not None
    assert plan.quality <= other.bound_quality + 1e-12


def test_the_cheapest_plan_by_columns_keeps_its_floor() -> None:
    """The other goal: cost is least, quality is at least what is asked, the gap is certified."""
    whole = build(5_000, 2).problem
    floor = Floor(0.7)
    problem = TokenProblem(
        whole.features, whole.price_pusd, whole.quality, whole.allowed, whole.pattern, (floor, *whole.constraints[1:4])
    )
    plan = solve_tokens(problem, Goal.CHEAPEST)
    assert plan.quality >= 0.7
    assert plan.bound <= plan.cost_pusd
    assert plan.gap <= 1e-3


def test_a_pass_in_double_precision_is_that_of_the_list() -> None:
    """The Lagrangian at any prices, by columns and by lists."""
    from modelroute_cli.planning.ragged import ragged  # noqa: PLC0415 - beside its one use

    whole = build(2_000, 3).problem
    prices = np.array([1e-3, 10.0, 1e3, 0.0, 0.5])
    by_columns, by_lists = tokens(whole, Goal.BEST), ragged(linear(listed(whole), Goal.BEST))
    one, two = by_columns.sure(prices), by_lists.sure(prices)
    assert one.value == pytest.approx(two.value, rel=1e-9)
    assert one.objective == two.objective
    assert by_columns.at(prices).value == pytest.approx(two.value, rel=1e-5)


def test_what_cannot_be_kept_is_named() -> None:
    """A budget below the cheapest plan."""
    whole = build(300, 2).problem
    problem = TokenProblem(
        whole.features,
        whole.price_pusd,
        whole.quality,
        whole.allowed,
        whole.pattern,
        (Budget(1), Floor(0.9)),  # type: ignore[arg-type]  # a PicoUSD
    )
    with pytest.raises(InfeasibleError) as caught:
        solve_tokens(problem, Goal.BEST)
    message = "a budget of $0.0000000000010 is too small: the cheapest plan is expected to cost $0.013"
    assert caught.value.message == message
    reach = TokenProblem(whole.features, whole.price_pusd, whole.quality, whole.allowed, whole.pattern, (Floor(0.99),))
    with pytest.raises(InfeasibleError, match=r"mean quality `0.99` cannot be reached: the best that the allowed"):
        solve_tokens(reach, Goal.CHEAPEST)


def test_groups_hold_every_row_once() -> None:
    """Grouping for the benchmark loses no request."""
    assert int(grouped(build(2_000, 3)).problem.count.sum()) == 2_000
