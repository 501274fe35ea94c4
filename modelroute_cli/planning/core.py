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

from modelroute_cli.planning.dual import Passes, bound_at, maximise
from modelroute_cli.planning.exact import Effort, Vertex, relaxed, whole
from modelroute_cli.planning.hull import Floats, Ints
from modelroute_cli.planning.linear import Linear, narrowed, total, used
from modelroute_cli.planning.mix import Portions
from modelroute_cli.planning.ragged import Chosen, Core, ragged, relative

_CORES = (800, 2400, 5000, 12800, 51200)
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
_REACH = 3.0  # a candidate of a core row is kept when it is so many times the core's width from the cheapest


class Rows(Passes, Protocol):
    """Passes that also hand out their rows."""

    @property
    def size(self) -> int:
        """How many rows there are."""

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
    chosen: Ints | NDArray[np.uint8]
    rows: Ints
    portions: Portions


def search(rows: Rows, guess: Floats | None) -> Found | None:
    """The best plan found, from the best prices; `guess` says near what those are. None: there is no plan."""
    dual = maximise(rows, guess)
    return None if dual.is_infeasible else finish(rows, dual.prices)


def finish(rows: Rows, prices: Floats) -> Found | None:
    """The best plan that the best prices lead to; None when none was found."""
    looking = _Search(rows, prices)
    for share in _BANDS if rows.size >= _LARGE else ():
        looking.sharpen(rows.size // share)
    for size in _CORES:
        if looking.step(size):
            break
    return looking.found()


class _Search:
    """Ever better prices and plans, from one core to the next."""

    def __init__(self, rows: Rows, prices: Floats) -> None:
        self._rows, self._prices, self._bound = rows, prices, bound_at(rows, prices)
        self._found: Found | None = None

    def found(self) -> Found | None:
        """The best plan, with the best bound."""
        return None if self._found is None else replace(self._found, bound=self._bound, prices=self._prices)

    def sharpen(self, size: int) -> None:
        """Better prices from the relaxed optimum of the `size` rows nearest to a tie, each n-th standing for n."""
        chosen = self._rows.choose(self._prices)
        band = _closest(chosen.margin, size)
        width = _width(chosen.margin, band)
        each = max(1, len(band) // _THIN)
        core = _repeated(self._rows.core(chosen, band[::each]).linear, each, self._prices)
        near = _near(core, width, self._prices)
        vertex = relaxed(narrowed(core, np.arange(len(core.count)), near)) if len(near) else None
        if vertex is not None:
            self._raise(vertex.prices)

    def step(self, size: int) -> bool:
        """Solve the core of the `size` nearest rows; whether there is no reason for another."""
        chosen = self._rows.choose(self._prices)
        core_rows = _closest(chosen.margin, size)
        core = self._rows.core(chosen, core_rows)
        near = _near(core.linear, _width(chosen.margin, core_rows), self._prices)
        vertex = relaxed(narrowed(core.linear, _all_rows(core), near)) if len(near) else None
        if vertex is not None and size != _CORES[-1] and self._raise(vertex.prices) > _RISE * abs(self._bound):
            return False
        plan = _core_plan(core, near, vertex)
        if plan is None:
            return len(core_rows) == int(np.isfinite(chosen.margin).sum())
        objective = core.held + total(core.linear, plan)
        if self._found is None or objective < self._found.objective:
            portions = Portions(core.candidates[plan.candidate], plan.count)
            self._found = Found(objective, self._bound, self._prices, chosen.candidate, core_rows, portions)
        return self._rows.size < _LARGE or objective - self._bound <= _ENOUGH * abs(self._bound)

    def _raise(self, prices: Floats) -> float:
        """Take the prices when their bound is better; by how much it is."""
        bound = bound_at(self._rows, prices)
        rise = bound - self._bound
        if rise > 0:
            self._prices, self._bound = prices, bound
        return rise


def _repeated(core: Linear, each: int, prices: Floats) -> Linear:
    """A core in which each row stands for so many rows like it, which were held and are free now."""
    first = ragged(core).choose(prices).candidate
    freed = core.use[:, first].sum(axis=1) * (each - 1)
    limit = tuple(limit + int(use) for limit, use in zip(core.limit, freed, strict=True))
    return replace(core, count=core.count * each, limit=limit)


def _closest(margin: Floats | NDArray[np.float32], size: int) -> Ints:
    """The rows whose next choice is nearest to their first, rising; none of those that have no other."""
    open_rows = np.flatnonzero(np.isfinite(margin))
    if len(open_rows) > size:
        limit = np.partition(margin[open_rows], size - 1)[size - 1]
        under = open_rows[margin[open_rows] < limit]
        ties = open_rows[margin[open_rows] == limit]
        open_rows = np.sort(np.concatenate((under, ties[: size - len(under)])))
    return open_rows.astype(np.int64)


def _width(margin: Floats | NDArray[np.float32], rows: Ints) -> float:
    return float(margin[rows].max(initial=0.0)) if len(rows) < len(margin) else np.inf


def _all_rows(core: Core) -> Ints:
    return np.arange(len(core.linear.count), dtype=np.int64)


def _core_plan(core: Core, near: Ints, vertex: Vertex | None) -> Portions | None:
    """The whole plan nearest to the relaxed optimum of the core's near candidates."""
    if not len(core.linear.owner):
        none = np.empty(0, dtype=np.int64)
        return Portions(none, none) if min(core.linear.limit, default=0) >= 0 else None
    if vertex is None:
        return None
    small = narrowed(core.linear, _all_rows(core), near)
    gap = _MIP_GAP * abs(core.held + float(small.objective @ vertex.share))
    plan = _rounded(small, vertex, gap)
    return None if plan is None else Portions(near[plan.candidate], plan.count)


def _near(linear: Linear, width: float, prices: Floats) -> Ints:
    """The candidates within reach of their row's cheapest at these prices."""
    if not np.isfinite(width) or not len(linear.owner):
        return np.arange(len(linear.owner), dtype=np.int64)
    passes = ragged(linear)
    reduced = passes.reduced(prices)
    first = passes.choose(prices).candidate[linear.owner]
    far = relative(reduced - reduced[first], linear.objective - linear.objective[first])
    return np.flatnonzero(far <= _REACH * width).astype(np.int64)


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
