"""From the best prices to a whole plan that keeps every constraint.

At the best prices nearly every row's choice is settled. What remains are the rows whose two cheapest choices lie
nearest to each other, the core (Pisinger 1994): the relaxed optimum over them, the others held, splits at most as many
rows as there are constraints (a vertex has no more basic variables), and those with a few more are solved in whole
numbers. Its own prices then give the bound.
"""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from modelroute_cli.planning.dual import Dual, Passes, bound_at
from modelroute_cli.planning.exact import Effort, Vertex, relaxed, whole
from modelroute_cli.planning.hull import Floats, Ints
from modelroute_cli.planning.linear import Linear, narrowed, part, total, used
from modelroute_cli.planning.mix import Portions
from modelroute_cli.planning.ragged import Chosen, Core, ragged

_CORES = (800, 800, 800, 3200, 12800, 51200)
_OPEN = (30, 120, 480, 1920)
_SMALL = 400  # candidates of a problem that is solved whole
_NODES = 200
_SMALL_NODES = 20_000
_ENOUGH = 1e-6
_MIP_GAP = 1e-7
_REACH = 3.0  # a candidate of a core row is kept when it is so many times the core's width from the cheapest


class Rows(Passes, Protocol):
    """Passes that also hand out their rows."""

    def choose(self, prices: Floats) -> Chosen:
        """The cheapest candidate of each row."""

    def core(self, chosen: Chosen, rows: Ints) -> Core:
        """The given rows, the others held."""


@dataclass(frozen=True, slots=True)
class Found:
    """A plan of whole requests: the choice of every row but the core's, whose portions stand beside it."""

    objective: int
    bound: float
    prices: Floats
    chosen: Ints
    rows: Ints
    portions: Portions


def finish(rows: Rows, dual: Dual) -> Found | None:
    """The best plan that the best prices lead to; None when none was found."""
    prices, bound, found = dual.prices, dual.bound, None
    for size in _CORES:
        chosen = rows.choose(prices)
        core_rows = _closest(chosen.margin, size)
        core = rows.core(chosen, core_rows)
        vertex, plan = _core_plan(core, _width(chosen.margin, core_rows), prices)
        if vertex is not None:
            own = bound_at(rows, vertex.prices)
            prices, bound = (vertex.prices, own) if own > bound else (prices, bound)
        if plan is not None:
            objective = core.held + total(core.linear, plan)
            if found is None or objective < found.objective:
                found = Found(
                    objective,
                    bound,
                    prices,
                    chosen.candidate,
                    core_rows,
                    Portions(core.candidates[plan.candidate], plan.count),
                )
            if objective - bound <= _ENOUGH * max(abs(objective), 1) or size > _CORES[0]:
                break
        if len(core_rows) < size and plan is None:
            break
    return None if found is None else replace(found, bound=bound, prices=prices)


def _closest(margin: Floats, size: int) -> Ints:
    """The rows whose next choice is nearest to their first, rising; none of those that have no other."""
    open_rows = np.flatnonzero(np.isfinite(margin))
    if len(open_rows) > size:
        limit = np.partition(margin[open_rows], size - 1)[size - 1]
        under = open_rows[margin[open_rows] < limit]
        ties = open_rows[margin[open_rows] == limit]
        open_rows = np.sort(np.concatenate((under, ties[: size - len(under)])))
    return open_rows.astype(np.int64)


def _width(margin: Floats, rows: Ints) -> float:
    return float(margin[rows].max(initial=0.0)) if len(rows) < len(margin) else np.inf


def _core_plan(core: Core, width: float, prices: Floats) -> tuple[Vertex | None, Portions | None]:
    """The relaxed optimum of the core's near candidates, and the whole plan nearest to it."""
    near = _near(core.linear, width, prices)
    small = narrowed(core.linear, np.arange(len(core.linear.count)), near)
    if not len(near):
        none = np.empty(0, dtype=np.int64)
        return None, Portions(none, none) if all(limit >= 0 for limit in core.linear.limit) else None
    vertex = relaxed(small)
    if vertex is None:
        return None, None
    plan = _rounded(small, vertex, _MIP_GAP * abs(core.held + float(core.linear.objective[near] @ vertex.share)))
    return vertex, None if plan is None else Portions(near[plan.candidate], plan.count)


def _near(linear: Linear, width: float, prices: Floats) -> Ints:
    """The candidates within reach of their row's cheapest at these prices."""
    if not np.isfinite(width) or not len(linear.owner):
        return np.arange(len(linear.owner), dtype=np.int64)
    reduced = linear.objective + prices @ linear.use
    least = np.minimum.reduceat(reduced, linear.starts)
    return np.flatnonzero(reduced - least[linear.owner] <= _REACH * width).astype(np.int64)


def _rounded(linear: Linear, vertex: Vertex, gap: float) -> Portions | None:
    """A whole plan: the rows that the relaxed optimum settles are held, the split and the nearest ones solved."""
    if len(linear.owner) <= _SMALL:
        return whole(linear, Effort(_SMALL_NODES, gap))
    nearest = np.rint(vertex.share).astype(np.int64)
    is_split = np.zeros(len(linear.count), dtype=bool)
    is_split[linear.owner[np.abs(vertex.share - nearest) > 1e-6]] = True
    margin = np.where(is_split, -1.0, ragged(linear).choose(vertex.prices).margin)
    for size in _OPEN:
        rows = _closest(margin, size + int(is_split.sum()))
        plan = _held(linear, rows, nearest, Effort(_NODES, gap))
        if plan is not None:
            return plan
    return None


def _held(linear: Linear, rows: Ints, taken: Ints, effort: Effort) -> Portions | None:
    """The whole plan in which all but the given rows are as they are."""
    held = np.flatnonzero(~np.isin(linear.owner, rows) & (taken > 0)).astype(np.int64)
    kept = Portions(held, taken[held])
    if not len(rows):
        return kept if all(use <= limit for use, limit in zip(used(linear, kept), linear.limit, strict=True)) else None
    free, candidates = part(linear, rows)
    left = tuple(limit - use for limit, use in zip(linear.limit, used(linear, kept), strict=True))
    plan = whole(replace(free, limit=left), effort)
    if plan is None:
        return None
    return Portions(
        np.concatenate((held, candidates[plan.candidate])), np.concatenate((kept.count, plan.count))
    )
