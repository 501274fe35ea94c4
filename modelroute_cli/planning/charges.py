"""Charges that are paid once for a group of requests: writing a shared beginning to the prompt cache of an offer.

A charge is no price of single requests: the first request of a group on an offer pays it, the others do not, so the
cost of a plan is linear but for the set of offers that each group uses (a facility location in each group).

Bound: where n requests may use an offer and any does, its whole charge is paid, hence at least the n-th part for each
that does; with those parts on the costs no plan is cheaper than the relaxed optimum. Plan: at the multipliers of that
optimum each group opens offers greedily (the add heuristic of Kuehn & Hamburger 1963), the one that saves most first,
while what is saved exceeds the charge; the optimiser then chooses among what is open.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.coupling import Budget, Capacity, Floor, Goal
from modelroute_cli.planning.hull import Floats, Ints
from modelroute_cli.planning.linear import answered
from modelroute_cli.planning.mix import Portions, exact_dot
from modelroute_cli.planning.optimize import Problem, Solution
from modelroute_cli.planning.solve import solve

_NONE = -1
_UNSERVED = 1e30  # in the place of a cost that does not exist


@dataclass(frozen=True, slots=True)
class Charges:
    """`needed`: for each candidate the charge it needs, -1 for none; of each charge its cost and its group of rows."""

    needed: Ints
    cost_pusd: Ints
    group: Ints


def solve_charged(problem: Problem, charges: Charges | None, goal: Goal) -> Solution:
    """As `solve`, with each charge paid once when any request takes a candidate that needs it.

    The bound holds for every plan; cost and gap include the charges. Raises what `solve` raises.
    """
    if charges is None:
        return solve(problem, goal)
    relaxed = solve(with_parts(problem, charges), goal)
    plans = [priced(problem, charges, relaxed.portions)]
    for kept in (_opened(problem, charges, relaxed, goal), _used(charges, relaxed.portions)):
        plans += list(_among(problem, charges, kept, goal))
    fitting = [plan for plan in plans if goal is Goal.CHEAPEST or plan.cost_pusd <= _budget(problem)]
    if not fitting:
        message = "no plan was found whose prompt-cache writes fit into the budget"
        raise InfeasibleError(message, hint="raise `--max-cost` a little")
    best = min(fitting, key=lambda plan: plan.cost_pusd if goal is Goal.CHEAPEST else -plan.quality)
    return _certified(best, relaxed, goal)


def with_parts(problem: Problem, charges: Charges | None) -> Problem:
    """The problem without charges whose optimum no plan with them undercuts: each cost bears its part of its charge."""
    return problem if charges is None else replace(problem, cost_pusd=problem.cost_pusd + _parts(problem, charges))


def _parts(problem: Problem, charges: Charges) -> Ints:
    """The part of its charge that each candidate bears at least, for one request: rounded down, so that it is a bound.

    At most all requests that have such a candidate share a charge.
    """
    has = np.flatnonzero(charges.needed != _NONE)
    rows = np.unique(np.stack((charges.needed[has], problem.owner[has])), axis=1)
    able = np.zeros(len(charges.cost_pusd), np.int64)
    np.add.at(able, rows[0], problem.count[rows[1]])
    part = charges.cost_pusd // np.maximum(able, 1)
    return np.where(charges.needed == _NONE, 0, part[charges.needed]).astype(np.int64)


def _used(charges: Charges, portions: Portions) -> NDArray[np.bool_]:
    """The charges that a plan pays."""
    paid = np.zeros(len(charges.cost_pusd), np.bool_)
    needed = charges.needed[portions.candidate]
    paid[needed[needed != _NONE]] = True
    return paid


def priced(problem: Problem, charges: Charges | None, portions: Portions) -> Solution:
    """What a plan costs with its charges, and how good it is; no bound yet."""
    units = problem.choices().value
    spent = exact_dot(problem.cost_pusd[portions.candidate], portions.count)
    once = 0 if charges is None else sum(charges.cost_pusd[_used(charges, portions)].tolist())
    value = exact_dot(units[portions.candidate], portions.count)
    return Solution(
        portions=portions,
        cost_pusd=PicoUSD(spent + once),
        quality=value / (10**9 * problem.requests),
        bound_cost_pusd=None,
        bound_quality=None,
        gap=0.0,
        point_pusd=None,
    )


def _among(problem: Problem, charges: Charges, kept: NDArray[np.bool_], goal: Goal) -> Iterator[Solution]:
    """The optimum among candidates that need no charge or one that is `kept`; nothing where there is none."""
    places = np.flatnonzero((charges.needed == _NONE) | kept[charges.needed])
    owner = problem.owner[places]
    if len(np.unique(owner)) < len(problem.count):
        return
    once = sum(charges.cost_pusd[kept].tolist())
    constraints = tuple(_narrowed(each, places, once) for each in problem.constraints)
    some = replace(
        problem,
        owner=owner,
        cost_pusd=problem.cost_pusd[places],
        quality=problem.quality[places],
        constraints=constraints,
    )
    try:
        found = solve(some, goal).portions
    except InfeasibleError:
        return
    yield priced(problem, charges, Portions(places[found.candidate], found.count))


def _narrowed(constraint: Floor | Budget | Capacity, places: Ints, once: int) -> Floor | Budget | Capacity:
    """A constraint over some of the candidates, the charges taken off its money."""
    match constraint:
        case Capacity():
            return replace(constraint, use=constraint.use[places])
        case Budget():
            return replace(constraint, max_cost=PicoUSD(constraint.max_cost - once))
        case Floor():
            counted = None if constraint.quality is None else constraint.quality[places]
            return replace(constraint, quality=counted)


def _opened(problem: Problem, charges: Charges, relaxed: Solution, goal: Goal) -> NDArray[np.bool_]:
    """The charges that are worth paying at the multipliers of the relaxed optimum."""
    if goal is Goal.BEST:
        return _used(charges, relaxed.portions)
    reduced = _reduced(problem, relaxed)
    free = np.full(len(problem.count), _UNSERVED)
    has = charges.needed != _NONE
    np.minimum.at(free, problem.owner[~has], reduced[~has])
    paid = np.zeros(len(charges.cost_pusd), np.bool_)
    places = np.flatnonzero(has)
    order = places[np.argsort(charges.group[charges.needed[places]], kind="stable")]
    for group in np.split(order, np.flatnonzero(np.diff(charges.group[charges.needed[order]])) + 1):
        paid[_open_set(problem, charges, group, reduced, free)] = True
    return paid


def _reduced(problem: Problem, relaxed: Solution) -> Floats:
    """What one request on each candidate costs less what its quality and its use of capacities are worth."""
    reduced = problem.cost_pusd.astype(np.float64)
    weight = problem.weight[problem.owner]
    for constraint, shadow in zip(problem.constraints, relaxed.prices, strict=True):
        match constraint:
            case Floor():
                rows = np.ones(len(problem.count), np.bool_) if constraint.rows is None else constraint.rows
                inside = np.zeros(len(problem.count), np.bool_)
                inside[rows] = True
                worth = (problem.quality if constraint.quality is None else constraint.quality) * weight
                reduced -= (
                    np.where(inside[problem.owner], worth, 0) * shadow.price * 100 / answered(problem, constraint)
                )
            case Capacity():
                reduced += constraint.use * shadow.price
            case Budget():
                pass
    return reduced


def _open_set(problem: Problem, charges: Charges, places: Ints, reduced: Floats, free: Floats) -> Ints:
    """The charges that one group pays: that which saves most first, while it saves more than it costs."""
    rows, row = np.unique(problem.owner[places], return_inverse=True)
    offers, offer = np.unique(charges.needed[places], return_inverse=True)
    costs = np.full((len(offers), len(rows)), _UNSERVED)
    np.minimum.at(costs, (offer, row), reduced[places])
    count, price = problem.count[rows], charges.cost_pusd[offers]
    current = free[rows]
    open_: list[int] = []
    while len(open_) < len(offers):
        saved = ((current - np.minimum(current, costs)) * count).sum(axis=1) - price
        saved[open_] = -np.inf
        best = int(np.argmax(saved))
        if saved[best] <= 0:
            break
        open_.append(best)
        current = np.minimum(current, costs[best])
    return offers[open_]


def _budget(problem: Problem) -> PicoUSD:
    """What may be spent; without a budget everything."""
    return next((each.max_cost for each in problem.constraints if isinstance(each, Budget)), PicoUSD(2**62))


def _certified(plan: Solution, relaxed: Solution, goal: Goal) -> Solution:
    """The plan with the bound of the relaxed problem."""
    priced = replace(plan, prices=relaxed.prices, point_pusd=relaxed.point_pusd)
    if goal is Goal.CHEAPEST:
        bound = PicoUSD(min(relaxed.bound_cost_pusd or 0, plan.cost_pusd))
        return replace(priced, bound_cost_pusd=bound, gap=(plan.cost_pusd - bound) / max(bound, 1))
    most = max(relaxed.bound_quality or 0.0, plan.quality)
    return replace(priced, bound_quality=most, gap=(most - plan.quality) / max(most, 1e-9))
