"""From the best prices to a whole plan that keeps every constraint.

At the best prices nearly every row's choice is settled. What remains are the rows whose two cheapest choices lie
nearest to each other, the core (Pisinger 1994): the relaxed optimum over them, the others held, splits at most as many
rows as there are constraints (a vertex has no more basic variables), and those with a few more are solved in whole
numbers. Its own prices then give the bound.
"""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from modelroute_cli.planning.dual import Passes, bound_at
from modelroute_cli.planning.exact import Effort, Vertex, relaxed, whole
from modelroute_cli.planning.hull import Floats, Ints
from modelroute_cli.planning.linear import Linear, narrowed, total, used
from modelroute_cli.planning.mix import Portions
from modelroute_cli.planning.ragged import Chosen, Core, Near

_CORES = (800, 2400, 5000, 12800)
_LARGE = 50_000  # rows: from here on the prices come from a sample, and are sharpened first
_BANDS = (25, 60, 150)  # one row in so many is near enough to a tie to sharpen the prices with
_THIN = 2500  # rows of a band that are looked at, each for several
_OPEN = (70, 240, 960, 4000)  # near candidates that are solved in whole numbers
_SMALL = 400  # candidates of a problem that is solved whole
_NODES = 1
_ENOUGH = 1e-5  # of the bound: a large job's gap that calls for no wider core
_SPLIT = 1e-9
_SMALL_NODES = 2_000
_RISE = 2e-6  # of the bound: less is no reason for another core
_MIP_GAP = 1e-7
REACH = 3.0  # a candidate of a core row is kept when it is so many times the core's width from the cheapest


class Rows(Passes, Protocol):
    """Passes that also hand out their rows."""

    @property
    def size(self) -> int:
        """How many rows there are."""

    def choose(self, prices: Floats) -> Chosen:
        """The cheapest candidate of each row."""

    def core(self, chosen: Chosen, near: Near) -> Core:
        """The given rows, the others held."""


@dataclass(frozen=True, slots=True)
class Found:
    """A plan of whole requests: the choice of every row but the core's, whose portions stand beside it."""

    objective: int
    bound: float
    prices: Floats
    chosen: Ints | NDArray[np.uint8]
    rows: Ints
    portions: Portions

    def all(self, count: Ints) -> Portions:
        """The portions of all rows, which stand for `count` requests each; in no order."""
        is_held = np.ones(len(count), dtype=bool)
        is_held[self.rows] = False
        taken = np.concatenate((self.chosen[is_held], self.portions.candidate)).astype(np.int64)
        return Portions(taken, np.concatenate((count[is_held], self.portions.count)))


def finish(rows: Rows, prices: Floats, enough: float = 0.0) -> Found | None:
    """The best plan that the best prices lead to, or one as near as `enough`; None when none was found."""
    looking = _Search(rows, prices, enough)
    for size in _CORES:
        if looking.step(size):
            break
    return looking.found()


class _Search:
    """Ever better prices and plans, from one core to the next."""

    def __init__(self, rows: Rows, prices: Floats, enough: float) -> None:
        self._rows, self._prices, self._bound = rows, prices, bound_at(rows, prices)
        self._enough = enough
        self._found: Found | None = None

    def found(self) -> Found | None:
        """The best plan, with the best bound."""
        return None if self._found is None else replace(self._found, bound=self._bound, prices=self._prices)

    def step(self, size: int) -> bool:
        """Solve the core of the `size` nearest rows; whether there is no reason for another."""
        chosen = self._rows.choose(self._prices)
        core_rows = closest(chosen.margin, size)
        core = self._rows.core(chosen, Near(core_rows, self._prices, REACH * width(chosen.margin, core_rows)))
        vertex = relaxed(core.linear) if len(core_rows) else None
        if (
            vertex is not None
            and size != _CORES[-1]
            and self._raise(vertex.prices) > max(_RISE * abs(self._bound), 2 * self._enough)
        ):
            return False
        plan = _core_plan(core, vertex, self._enough)
        if plan is None:
            return len(core_rows) == int(np.isfinite(chosen.margin).sum())
        objective = core.held + total(core.linear, plan)
        if self._found is None or objective < self._found.objective:
            portions = Portions(core.candidates[plan.candidate], plan.count)
            self._found = Found(objective, self._bound, self._prices, chosen.candidate, core_rows, portions)
        return self._rows.size < _LARGE or objective - self._bound <= max(_ENOUGH * abs(self._bound), self._enough)

    def _raise(self, prices: Floats) -> float:
        """Take the prices when their bound is better; by how much it is."""
        bound = bound_at(self._rows, prices)
        rise = bound - self._bound
        if rise > 0:
            self._prices, self._bound = prices, bound
        return rise


def closest(margin: Floats | NDArray[np.float32], size: int) -> Ints:
    """The rows whose next choice is nearest to their first, rising; none of those that have no other."""
    limit = np.partition(margin, size - 1)[size - 1] if len(margin) > size else np.inf
    if not np.isfinite(limit):
        return np.flatnonzero(np.isfinite(margin)).astype(np.int64)
    under = np.flatnonzero(margin < limit)
    ties = np.flatnonzero(margin == limit)
    nearest: Ints = np.sort(np.concatenate((under, ties[: size - len(under)]))).astype(np.int64)
    return nearest


def width(margin: Floats | NDArray[np.float32], rows: Ints) -> float:
    """How near the `rows` are to a tie, or nearer; infinite where they are all rows."""
    return float(margin[rows].max(initial=0.0)) if len(rows) < len(margin) else np.inf


def _core_plan(core: Core, vertex: Vertex | None, enough: float) -> Portions | None:
    """The whole plan nearest to the relaxed optimum of the core."""
    if not len(core.linear.owner):
        none = np.empty(0, dtype=np.int64)
        return Portions(none, none) if min(core.linear.limit, default=0) >= 0 else None
    if vertex is None:
        return None
    gap = max(_MIP_GAP * abs(core.held + float(core.linear.objective @ vertex.share)), enough / 2)
    return _rounded(core.linear, vertex, gap)


def _rounded(linear: Linear, vertex: Vertex, gap: float) -> Portions | None:
    """A whole plan: the rows that the relaxed optimum settles are held, the split and the nearest ones solved."""
    if len(linear.owner) <= _SMALL:
        return whole(linear, Effort(_SMALL_NODES, gap))
    nearest = np.rint(vertex.share).astype(np.int64)
    margin = _margins(linear, vertex)
    for size in _OPEN:
        plan = _held(linear, _open(linear, margin, size), nearest, Effort(_NODES, gap))
        if plan is not None:
            return plan
    return None


def _margins(linear: Linear, vertex: Vertex) -> Floats:
    """How much dearer each candidate is than its row's cheapest at the vertex's prices; -1 for those it takes."""
    reduced = linear.objective + vertex.prices @ linear.use
    least = np.minimum.reduceat(reduced, linear.starts)
    share = vertex.share / linear.count[linear.owner]
    margin: Floats = np.where(share > _SPLIT, -1.0, reduced - least[linear.owner])
    return margin


def _open(linear: Linear, margin: Floats, size: int) -> Ints:
    """The `size` nearest candidates that the vertex does not take, and what it takes in their rows and split rows."""
    order = np.argsort(margin, kind="stable")
    near = order[np.searchsorted(margin[order], 0.0) :][:size]
    taken = margin < 0
    is_open = np.bincount(linear.owner[taken], minlength=len(linear.count)) > 1
    is_open[linear.owner[near]] = True
    kept = taken & is_open[linear.owner]
    kept[near] = True
    return np.flatnonzero(kept).astype(np.int64)


def _held(linear: Linear, candidates: Ints, taken: Ints, effort: Effort) -> Portions | None:
    """The best whole plan in which rows without one of the `candidates` are as they are."""
    rows = np.unique(linear.owner[candidates])
    held = np.flatnonzero(~np.isin(linear.owner, rows) & (taken > 0)).astype(np.int64)
    kept = Portions(held, taken[held])
    left = tuple(limit - use for limit, use in zip(linear.limit, used(linear, kept), strict=True))
    if not len(rows):
        return kept if min(left) >= 0 else None
    plan = whole(replace(narrowed(linear, rows, candidates), limit=left), effort)
    if plan is None:
        return None
    return Portions(np.concatenate((held, candidates[plan.candidate])), np.concatenate((kept.count, plan.count)))
