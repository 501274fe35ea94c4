"""Charges that are paid once: never forgotten, never paid twice, and bounded for every plan."""

from dataclasses import dataclass
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.charges import Charges, solve_charged
from modelroute_cli.planning.coupling import Budget, Capacity, Constraint, Floor, Goal
from modelroute_cli.planning.optimize import Problem, Solution


@dataclass(frozen=True, slots=True)
class Case:
    """Rows of two groups, each with a free candidate and one for each of two offers that charge."""

    costs: tuple[tuple[int, int, int], ...]
    qualities: tuple[tuple[float, float, float], ...]
    counts: tuple[int, ...]
    prices: tuple[int, int, int, int]  # of offers 1 and 2 in group 0, then in group 1

    def charges(self) -> Charges:
        """The first half of the rows is group 0."""
        rows = len(self.costs)
        needed = [[-1, 2 * (2 * row >= rows), 2 * (2 * row >= rows) + 1] for row in range(rows)]
        return Charges(np.array(needed).ravel(), np.array(self.prices), np.array([0, 0, 1, 1]))

    def problem(self, *constraints: Constraint) -> Problem:
        """Three candidates a row."""
        return Problem(
            owner=np.repeat(np.arange(len(self.costs)), 3),
            cost_pusd=np.array(self.costs).ravel(),
            quality=np.array(self.qualities).ravel(),
            weight=np.ones(len(self.costs), np.int64),
            count=np.array(self.counts),
            constraints=constraints,
        )

    def best(self, floor: float) -> int | None:
        """The least that any plan costs which gives all requests of a row the same; None where none is good enough."""
        needed = self.charges().needed.reshape(-1, 3)
        found = []
        for chosen in product(range(3), repeat=len(self.costs)):
            once = {needed[row, at] for row, at in enumerate(chosen)} - {-1}
            value = sum(self.qualities[row][at] * self.counts[row] for row, at in enumerate(chosen))
            if value >= floor * sum(self.counts) - 1e-12:
                linear = sum(self.costs[row][at] * self.counts[row] for row, at in enumerate(chosen))
                found.append(linear + sum(self.prices[charge] for charge in once))
        return min(found, default=None)


def paid(case: Case, solution: Solution) -> int:
    """What a plan costs, counted by hand."""
    flat, needed = [cost for row in case.costs for cost in row], case.charges().needed
    taken = list(zip(solution.portions.candidate.tolist(), solution.portions.count.tolist(), strict=True))
    once = {int(needed[at]) for at, _ in taken} - {-1}
    linear: int = sum(flat[at] * int(count) for at, count in taken)
    return linear + sum(case.prices[charge] for charge in once)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Up to five rows."""
    rows = draw(st.integers(2, 5))
    triple = st.tuples(*[st.integers(1, 100)] * 3)
    shares = st.tuples(*[st.integers(0, 10).map(lambda tenth: tenth / 10)] * 3)
    return Case(
        costs=tuple(draw(triple) for _ in range(rows)),
        qualities=tuple(draw(shares) for _ in range(rows)),
        counts=tuple(draw(st.integers(1, 4)) for _ in range(rows)),
        prices=draw(st.tuples(*[st.integers(0, 200)] * 4)),
    )


@settings(deadline=None, max_examples=80)
@given(cases(), st.sampled_from([0.0, 0.3, 0.6, 0.8]))
def test_every_plan_is_feasible_exact_and_within_its_bound(case: Case, floor: float) -> None:
    """Its cost is linear plus each charge once; no plan at all is below the bound."""
    best = case.best(floor)
    if best is None:
        with pytest.raises(InfeasibleError):
            solve_charged(case.problem(Floor(floor)), case.charges(), Goal.CHEAPEST)
        return
    solution = solve_charged(case.problem(*([Floor(floor)] if floor else [])), case.charges(), Goal.CHEAPEST)
    assert solution.cost_pusd == paid(case, solution)
    assert solution.quality >= floor - 1e-9
    assert solution.bound_cost_pusd is not None
    assert solution.bound_cost_pusd <= min(best, solution.cost_pusd)
    assert sum(solution.portions.count.tolist()) == sum(case.counts)


@settings(deadline=None, max_examples=80)
@given(cases())
def test_without_a_floor_groups_open_what_is_nearly_best(case: Case) -> None:
    """Greedy sets: never worse than charging nothing at all, and with one offer a group exactly the best."""
    solution = solve_charged(case.problem(), case.charges(), Goal.CHEAPEST)
    best = case.best(0.0)
    free = sum(row[0] * count for row, count in zip(case.costs, case.counts, strict=True))
    assert best is not None
    assert best <= solution.cost_pusd <= free
    dear = Case(case.costs, case.qualities, case.counts, (case.prices[0], 10**6, case.prices[2], 10**6))
    alone = solve_charged(dear.problem(), dear.charges(), Goal.CHEAPEST)
    assert alone.cost_pusd == dear.best(0.0)


@settings(deadline=None, max_examples=60)
@given(cases(), st.integers(1, 3_000))
def test_a_budget_has_room_for_the_charges(case: Case, budget: int) -> None:
    """What is paid once counts against it like all else."""
    try:
        solution = solve_charged(case.problem(Budget(PicoUSD(budget))), case.charges(), Goal.BEST)
    except InfeasibleError:
        assert budget < sum(max(row) * count for row, count in zip(case.costs, case.counts, strict=True)) + sum(
            case.prices
        )
        return
    assert solution.cost_pusd == paid(case, solution) <= budget
    assert solution.bound_quality is not None
    assert solution.bound_quality >= solution.quality - 1e-12


def test_many_readers_are_worth_a_charge_and_few_are_not() -> None:
    """A hundred requests that each save 5 pay a charge of 300; fifty do not."""
    for count, cost in ((100, 100 * 5 + 300), (50, 50 * 10)):
        case = Case(((10, 5, 9), (10, 10, 10)), ((1.0, 1.0, 1.0),) * 2, (count, 0), (300, 300, 300, 300))
        assert solve_charged(case.problem(), case.charges(), Goal.CHEAPEST).cost_pusd == cost


def test_a_capacity_holds_beside_charges() -> None:
    """Only ten requests may go where it is cheap."""
    case = Case(((10, 5, 9), (10, 5, 9)), ((1.0, 1.0, 1.0),) * 2, (20, 20), (30, 300, 30, 300))
    use = np.array([0, 1, 0, 0, 1, 0])
    solution = solve_charged(case.problem(Capacity("cheap requests", use, 10)), case.charges(), Goal.CHEAPEST)
    assert int((use[solution.portions.candidate] * solution.portions.count).sum()) <= 10
    assert solution.cost_pusd == paid(case, solution) <= 400


def test_without_charges_it_is_the_plain_optimum() -> None:
    """Nothing is shared."""
    case = Case(((10, 5, 9),) * 2, ((1.0, 1.0, 1.0),) * 2, (1, 1), (0, 0, 0, 0))
    assert solve_charged(case.problem(), None, Goal.CHEAPEST).cost_pusd == 10
