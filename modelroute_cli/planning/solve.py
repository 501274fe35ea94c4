"""One optimisation over the whole job, under any number of constraints that couple its requests."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from modelroute_cli.base.money import PER_USD, PicoUSD
from modelroute_cli.planning.core import Found, finish
from modelroute_cli.planning.coupling import Budget, Capacity, Constraint, Floor, Goal, ShadowPrice
from modelroute_cli.planning.dual import Guess, maximise
from modelroute_cli.planning.exact import Effort, whole
from modelroute_cli.planning.hull import UNITS, Floats, Ints
from modelroute_cli.planning.linear import (
    Linear,
    answered,
    canonical_rows,
    is_feasible,
    linear,
    part,
    undominated,
    used,
)
from modelroute_cli.planning.mix import Portions, exact_dot
from modelroute_cli.planning.optimize import Problem, Solution, maximise_quality, minimise_cost
from modelroute_cli.planning.ragged import ragged
from modelroute_cli.planning.unreachable import unreachable
from modelroute_cli.planning.zoom import search

_SAMPLE = 5_000
_SEARCHED = 2_000  # candidates among which branch and bound is asked for any plan
_NODES = 20_000
_ANY = 1e30  # a gap that every plan keeps
_ALL = PicoUSD(2**62)


def solve(problem: Problem, goal: Goal) -> Solution:
    """The cheapest, or the best, plan that keeps every constraint of `problem`, and how far from the best possible.

    The bound holds for every plan there is; sums are exact. Raises InfeasibleError with the constraint that cannot be
    kept and the nearest value that can.
    """
    simple = _simple(problem, goal)
    if simple is not None:
        return simple
    normal = linear(problem, goal)
    found = optimum(normal) or _rescued(normal)
    if found is None:
        raise unreachable(problem, normal, lambda each: _portions(optimum(each)))
    return solution(problem, goal, normal, found)


@dataclass(frozen=True, slots=True)
class Optimum:
    """A plan of a Linear, with the bound of its objective and the price of each constraint."""

    portions: Portions
    bound: float
    prices: Floats


def optimum(normal: Linear) -> Optimum | None:
    """The least objective within all limits, as near as is certified; None when no plan was found."""
    rows, _ = ordered = _canonical(normal)
    passes = ragged(rows)
    found = search(passes, _sampled(rows)) if normal.limit else finish(passes, np.empty(0))
    return None if found is None else Optimum(_gathered(rows, ordered[1], found), found.bound, found.prices)


def _rescued(normal: Linear) -> Optimum | None:
    """A plan where rounding found none: any that branch and bound finds, or one that spares a constraint the most."""
    dual = maximise(ragged(normal))
    if dual.is_infeasible:
        return None
    for portions in _spared(normal):
        if portions is not None and is_feasible(normal, portions):
            return Optimum(portions, dual.bound, dual.prices)
    return None


def _spared(normal: Linear) -> Iterator[Portions | None]:
    if len(normal.owner) <= _SEARCHED:
        yield whole(normal, Effort(_NODES, _ANY))
    for at in range(len(normal.limit)):
        others = np.flatnonzero(np.arange(len(normal.limit)) != at)
        limits = tuple(normal.limit[other] for other in others)
        yield _portions(optimum(replace(normal, objective=normal.use[at], use=normal.use[others], limit=limits)))


def _portions(found: Optimum | None) -> Portions | None:
    return None if found is None else found.portions


def _canonical(normal: Linear) -> tuple[Linear, Ints]:
    """The rows in an order that does not depend on where they stood, without dominated candidates."""
    kept = undominated(normal)
    own = replace(normal, owner=normal.owner[kept], objective=normal.objective[kept], use=normal.use[:, kept])
    moved, candidates = part(own, canonical_rows(own))
    return moved, kept[candidates]


def _sampled(rows: Linear) -> Guess | None:
    """Prices guessed from every n-th row of a large job; the rows stand in an order as good as drawn."""
    step = len(rows.count) // _SAMPLE
    if step <= 1:
        return None
    some, _ = part(rows, np.arange(0, len(rows.count), step, dtype=np.int64))
    share = float(some.count.sum() / rows.count.sum())
    guess = maximise(ragged(replace(some, limit=tuple(round(limit * share) for limit in rows.limit))))
    return None if guess.is_infeasible else Guess(guess.prices)


def _gathered(rows: Linear, candidates: Ints, found: Found) -> Portions:
    """All portions, by the candidates' own places."""
    taken = found.all(rows.count)
    places, count = candidates[taken.candidate], taken.count
    order = np.argsort(places)
    return Portions(places[order], count[order])


def solution(problem: Problem, goal: Goal, normal: Linear, found: Optimum) -> Solution:
    """What a plan of the normal form means."""
    chosen, count = found.portions.candidate, found.portions.count
    units = np.rint(problem.quality * UNITS).astype(np.int64) * problem.weight[problem.owner]
    cost, value = exact_dot(problem.cost_pusd[chosen], count), exact_dot(units[chosen], count)
    cheapest = goal is Goal.CHEAPEST
    reached, bound = (cost, int(np.ceil(found.bound))) if cheapest else (value, int(np.floor(-found.bound)))
    bound = min(max(bound, 0), reached) if cheapest else max(bound, reached)
    prices = _prices(problem, goal, used(normal, found.portions), found.prices)
    points = [price.price for price in prices if price.name == Floor(0.0).name]
    return Solution(
        portions=found.portions,
        cost_pusd=PicoUSD(cost),
        quality=value / (UNITS * problem.requests),
        bound_cost_pusd=PicoUSD(bound) if cheapest else None,
        bound_quality=None if cheapest else bound / (UNITS * problem.requests),
        gap=abs(reached - bound) / max(bound, 1),
        point_pusd=PicoUSD(int(np.ceil(points[0]))) if points and cheapest else None,
        prices=prices,
    )


def _prices(problem: Problem, goal: Goal, use: tuple[int, ...], prices: Floats) -> tuple[ShadowPrice, ...]:
    """The price of each constraint in the units that people use."""
    per = 1.0 if goal is Goal.CHEAPEST else 1.0 / (UNITS * problem.requests)
    known = zip(problem.constraints, use, prices.tolist(), strict=True)
    return tuple(_price(problem, each, amount, price * per) for each, amount, price in known)


def _price(problem: Problem, constraint: Constraint, use: int, price: float) -> ShadowPrice:
    match constraint:
        case Floor():
            total = UNITS * answered(problem, constraint)
            reached = -use / max(total, 1)
            return ShadowPrice(constraint.name, price * total * 0.01, price > 0, reached, constraint.min_quality)
        case Budget():
            return ShadowPrice(constraint.name, price * PER_USD, price > 0, use, constraint.max_cost)
        case Capacity():
            return ShadowPrice(constraint.name, price, price > 0, use, constraint.limit)


def _simple(problem: Problem, goal: Goal) -> Solution | None:
    """The exact hull walk, where one constraint over all rows is all there is; None elsewhere."""
    if len(problem.constraints) > 1:
        return None
    match goal, problem.constraints:
        case (Goal.CHEAPEST, ()):
            return minimise_cost(problem, 0.0)
        case (Goal.BEST, ()):
            return maximise_quality(problem, _ALL)
        case (Goal.CHEAPEST, (Floor(rows=None, quality=None) as floor,)):
            done = minimise_cost(problem, floor.min_quality)
            price = float(done.point_pusd or 0) if done.cost_pusd > _least(problem) else 0.0
            return replace(done, prices=(ShadowPrice(floor.name, price, price > 0, done.quality, floor.min_quality),))
        case (Goal.BEST, (Budget() as budget,)):
            done = maximise_quality(problem, budget.max_cost)
            price = 0.01 * PER_USD / done.point_pusd if done.point_pusd else 0.0
            shadow = ShadowPrice(budget.name, price, price > 0, done.cost_pusd, budget.max_cost)
            return replace(done, prices=(shadow,))
    return None


def _least(problem: Problem) -> int:
    """What the cheapest candidates of all rows cost."""
    choices = problem.choices()
    return exact_dot(np.minimum.reduceat(choices.cost, choices.starts), choices.count)
