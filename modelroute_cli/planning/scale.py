"""The same optimisation over millions of rows that are each their own: costs are never written down row by column.

What a request costs and uses is linear in its tokens, so a candidate is a column of rates: a pass is one small matrix
product per block of rows, in single precision, and the sums are a table of columns. Bounds come from a pass in double
precision; sums of whole numbers are exact. At given prices a column whose rates are all at least those of another
with the same quality is left out of the pass: tiers that differ in price only cost nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.core import Found
from modelroute_cli.planning.coupling import Budget, Floor, Goal
from modelroute_cli.planning.dual import Guess, Point, maximise
from modelroute_cli.planning.hull import UNITS, Floats, Ints
from modelroute_cli.planning.linear import Linear
from modelroute_cli.planning.ragged import Chosen, Core, Near, relative
from modelroute_cli.planning.unreachable import Asked, explained
from modelroute_cli.planning.zoom import search

_BLOCK = 16_384
_ALONE = 200_000  # multiplications that OpenBLAS does on one thread
_SAMPLE = 50_000
_ERROR = 6e-10  # of the magnitudes: half a unit of 1e-9 by which each quality is rounded, and double precision
_DIGITS = 4  # rates: input, output, request, quality

Singles = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TokenCapacity:
    """The sum of `rates` over all requests is at most `limit`; columns x (per input token, output token, request)."""

    name: str
    rates: Ints
    limit: int


@dataclass(frozen=True, slots=True)
class TokenProblem:
    """Rows of one request each; fastest where rows of the same pattern and under the same floors stand together.

    `features` is rows x (2 + qualities): input tokens, output tokens, and every model's quality in [0,1].
    """

    features: Singles
    price_pusd: Ints  # columns x (per input token, per output token, per request)
    quality: Ints  # of each column: which of the qualities
    allowed: NDArray[np.bool_]  # patterns x columns
    pattern: NDArray[np.uint8]  # of each row: which columns it may take
    constraints: tuple[Floor | Budget | TokenCapacity, ...]


@dataclass(frozen=True, slots=True)
class TokenSolution:
    """The column of each row, exact sums, and how far from the best possible they can be at most."""

    column: NDArray[np.uint8]
    cost_pusd: PicoUSD
    quality: float
    bound: float  # of the objective: pico-dollars, or minus the sum of quality in UNITS
    gap: float
    prices: Floats  # of each constraint, in the objective per unit of its sum


@dataclass(frozen=True, slots=True)
class _Class:
    """Rows that may take the same columns and stand under the same floors, and their rates in each sum.

    `rates` is (1 + constraints) x columns x (input, output, request, quality in UNITS).
    """

    columns: Ints
    rates: Floats


@dataclass(frozen=True, slots=True)
class Tokens:
    """The passes over a TokenProblem."""

    features: Singles
    kind: NDArray[np.uint8]  # the class of each row
    classes: tuple[_Class, ...]
    quality: Ints
    limits: tuple[int, ...]
    spread: Floats

    @property
    def limit(self) -> Floats:
        """Of each constraint."""
        return np.array(self.limits, dtype=np.float64)

    @property
    def size(self) -> int:
        """How many rows there are."""
        return len(self.kind)

    def at(self, prices: Floats) -> Point:
        """The cheapest choices at these prices, in single precision."""
        return self._pass(prices, np.float32)

    def sure(self, prices: Floats) -> Point:
        """The same in double precision."""
        return self._pass(prices, np.float64)

    def _pass(self, prices: Floats, kind: type[np.floating]) -> Point:
        value, sums = 0.0, np.zeros(len(prices) + 1)
        live = [_live(each, prices, self.quality) for each in self.classes]
        for at, rows in self._blocks():
            reduced = _reduced(self.features, rows, live[at], self._qualities, kind)
            first = reduced.argmin(axis=1)
            least = np.take_along_axis(reduced, first[:, None], axis=1)
            value += float(least.sum(dtype=np.float64))
            sums += self._sums(at, rows, live[at].columns[first]).astype(np.float64)
        size = self.spread[0] + prices @ self.spread[1:]
        return Point(value, float(sums[0]), sums[1:], _ERROR * float(size))

    @property
    def _qualities(self) -> int:
        return int(self.features.shape[1]) - 2

    def _blocks(self) -> Iterator[tuple[int, "slice | Ints"]]:
        """Blocks of rows of one class each."""
        for start in range(0, len(self.kind), _BLOCK):
            kinds = self.kind[start : start + _BLOCK]
            present = np.flatnonzero(np.bincount(kinds))
            if len(present) == 1:
                yield int(present[0]), slice(start, start + len(kinds))
                continue
            for at in present.tolist():
                yield at, np.flatnonzero(kinds == at).astype(np.int64) + start

    def _sums(self, at: int, rows: "slice | Ints", column: Ints) -> NDArray[np.object_]:
        """What the rows' choices add up to in each sum, exactly."""
        features, count = self.features[rows], len(self.quality)
        quality = features[np.arange(len(column)), 2 + self.quality[column]]
        units = np.rint(quality.astype(np.float64) * UNITS)
        parts = (features[:, 0], features[:, 1], None, units)
        table = np.array([np.bincount(column, part, minlength=count) for part in parts])
        own = self.classes[at]
        dense = np.zeros((len(own.rates), count, _DIGITS), dtype=np.int64)
        dense[:, own.columns] = own.rates.astype(np.int64)
        exact: NDArray[np.object_] = (dense.astype(object) * table.T.astype(np.int64).astype(object)).sum(axis=(1, 2))
        return exact

    def choose(self, prices: Floats) -> Chosen:
        """The column of each row, and by how much the next is dearer."""
        column, margin = np.zeros(len(self.kind), dtype=np.uint8), np.empty(len(self.kind), dtype=np.float32)
        live = [_priced(each, prices) for each in self.classes]
        for at, rows in self._blocks():
            reduced = _reduced(self.features, rows, _with_quality(live[at], self.quality), self._qualities, np.float32)
            first = reduced.argmin(axis=1)
            places = np.arange(len(first))
            least = reduced[places, first].copy()
            reduced[places, first] = np.inf
            following = reduced.argmin(axis=1)
            dearer = (reduced[places, following] - least).astype(np.float64)
            column[rows] = live[at].columns[first]
            margin[rows] = relative(dearer, self._change(at, rows, first, following))
        return Chosen(column, margin)

    def _change(self, at: int, rows: "slice | Ints", first: Ints, following: Ints) -> Floats:
        """How the objective changes from one column of the class to another."""
        own, features = self.classes[at], self.features[rows]
        rates = own.rates[0, following] - own.rates[0, first]
        places = np.arange(len(first))
        change: Floats = (rates[:, :2] * features[:, :2]).sum(axis=1) + rates[:, 2]
        for each, sign in ((following, UNITS), (first, -UNITS)):
            change += features[places, 2 + self.quality[own.columns[each]]] * (sign * own.rates[0, each, 3])
        return change

    def totals(self, column: NDArray[np.uint8]) -> NDArray[np.object_]:
        """The objective and the uses of a whole choice, exactly."""
        sums = np.array([0] * (1 + len(self.limits)), dtype=object)
        for at, rows in self._blocks():
            sums += self._sums(at, rows, column[rows].astype(np.int64))
        return sums

    def core(self, chosen: Chosen, near: Near) -> Core:
        """The given rows written down, the others held at their choice."""
        found = [self._near(at, chosen, near) for at in range(len(self.classes))]
        owner, column = (np.concatenate(each) for each in zip(*found, strict=True))
        order = np.argsort(owner, kind="stable")
        owner, column = owner[order], column[order]
        table = self._exact(near.rows, owner, column)
        is_taken = column == chosen.candidate[near.rows][owner]
        taken = [sum(each[is_taken].tolist()) for each in table]
        held = self.totals(chosen.candidate.astype(np.uint8)) - np.array(taken, dtype=object)
        left = tuple(int(limit - use) for limit, use in zip(self.limits, held[1:], strict=True))
        small = Linear(owner, table[0], table[1:], np.ones(len(near.rows), dtype=np.int64), left)
        return Core(small, near.rows[owner] * len(self.quality) + column, int(held[0]))

    def _near(self, at: int, chosen: Chosen, near: Near) -> tuple[Ints, Ints]:
        """The candidates, as places in `near.rows` and columns, of the rows of a class that are within reach."""
        own = self.classes[at]
        places = np.flatnonzero(self.kind[near.rows] == at)
        rows = near.rows[places]
        first = np.searchsorted(own.columns, chosen.candidate[rows])
        each = np.arange(len(rows))
        reduced = self._sums_of(_with_quality(_priced(own, near.prices), self.quality), rows)
        objective = self._sums_of(_with_quality(_Live(own.columns, own.rates[0], own.columns), self.quality), rows)
        dearer, change = reduced - reduced[each, first, None], objective - objective[each, first, None]
        row, column = np.nonzero(relative(dearer, change) <= near.reach)
        return places[row].astype(np.int64), own.columns[column]

    def _sums_of(self, live: "_Live", rows: Ints) -> Floats:
        return _reduced(self.features, rows, live, self._qualities, np.float64).astype(np.float64, copy=False)

    def _exact(self, rows: Ints, owner: Ints, column: Ints) -> Ints:
        """The objective and uses of rows' candidates: (1 + constraints) x candidates."""
        table = np.zeros((1 + len(self.limits), len(owner)), dtype=np.int64)
        features = self.features[rows[owner]]
        units = np.rint(features[np.arange(len(owner)), 2 + self.quality[column]].astype(np.float64) * UNITS)
        parts = np.vstack((features[:, 0], features[:, 1], np.ones(len(owner)), units)).astype(np.int64)
        for at, own in enumerate(self.classes):
            mine = np.flatnonzero(self.kind[rows][owner] == at)
            place = np.searchsorted(own.columns, column[mine])
            amounts = parts[:, mine].T
            for each, rates in zip(table, own.rates.astype(np.int64), strict=True):
                each[mine] = (rates[place] * amounts).sum(axis=1)
        return table


@dataclass(frozen=True, slots=True)
class _Live:
    """The columns worth a look at some prices: what a token, a request and a unit of quality cost with each."""

    columns: Ints
    rates: Floats  # columns x (input, output, request, quality)
    quality: Ints


def _priced(own: _Class, prices: Floats) -> _Live:
    rates = np.tensordot(np.concatenate(([1.0], prices)), own.rates, axes=1)
    return _Live(own.columns, rates, np.empty(0, dtype=np.int64))


def _with_quality(live: _Live, quality: Ints) -> _Live:
    return replace(live, quality=quality[live.columns])


def _live(own: _Class, prices: Floats, quality: Ints) -> _Live:
    """Without columns that another of the same quality undercuts in every rate; of equal ones the first stays."""
    live = _with_quality(_priced(own, prices), quality)
    kept = ~_undercut(live.rates[:, :3], live.quality)
    return _Live(live.columns[kept], live.rates[kept], live.quality[kept])


def _reduced(
    features: Singles, rows: "slice | Ints", live: _Live, qualities: int, kind: type[np.floating]
) -> NDArray[np.floating]:
    """What each of the rows costs with each column, its uses paid for."""
    weights = np.zeros((2 + qualities, len(live.columns)))
    weights[:2] = live.rates[:, :2].T
    weights[2 + live.quality, np.arange(len(live.columns))] = live.rates[:, 3] * UNITS
    block = features[rows].astype(kind, copy=False)
    costs = _product(block, weights.astype(kind))
    if live.rates[:, 2].any():
        costs += live.rates[:, 2].astype(kind)
    return costs


def _product(block: NDArray[np.floating], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """The matrix product, in parts so small that no thread is woken for them: waking costs more than the work."""
    out = np.empty((len(block), weights.shape[1]), dtype=block.dtype)
    step = max(1, _ALONE // weights.size)
    for start in range(0, len(block), step):
        np.matmul(block[start : start + step], weights, out=out[start : start + step])
    return out


def tokens(problem: TokenProblem, goal: Goal) -> Tokens:
    """The passes over a problem."""
    floors = [each for each in problem.constraints if isinstance(each, Floor)]
    masks = [_mask(floor, len(problem.pattern)) for floor in floors]
    code = problem.pattern.astype(np.uint32)
    for mask in masks:
        code = code * np.uint32(2) + mask
    codes = np.unique(code)
    kind = np.zeros(int(codes[-1]) + 1, dtype=np.uint8)
    kind[codes] = np.arange(len(codes))
    classes = tuple(_class(problem, goal, int(each), len(floors)) for each in codes)
    counts = iter([int(mask.sum()) for mask in masks])
    limits = tuple(_limit(each, counts) for each in problem.constraints)
    return Tokens(problem.features, kind[code], classes, problem.quality, limits, _spread(problem.features, classes))


def _mask(floor: Floor, rows: int) -> NDArray[np.bool_]:
    mask = np.zeros(rows, dtype=bool)
    mask[slice(None) if floor.rows is None else floor.rows] = True
    return mask


def _class(problem: TokenProblem, goal: Goal, code: int, floors: int) -> _Class:
    """The rates of the rows that have this pattern and stand under these floors."""
    columns = np.flatnonzero(problem.allowed[code >> floors]).astype(np.int64)
    rates = np.zeros((1 + len(problem.constraints), len(columns), _DIGITS))
    if goal is Goal.CHEAPEST:
        rates[0, :, :3] = problem.price_pusd[columns]
    else:
        rates[0, :, 3] = -1.0
    left = floors
    for at, each in enumerate(problem.constraints, 1):
        if isinstance(each, Floor):
            left -= 1
            rates[at, :, 3] = -float(code >> left & 1)
        else:
            rates[at, :, :3] = (problem.price_pusd if isinstance(each, Budget) else each.rates)[columns]
    return _pruned(_Class(columns, rates), problem.quality)


def _pruned(own: _Class, quality: Ints) -> _Class:
    """Without columns that another of the same quality undercuts in every rate of every sum; one of equals stays."""
    flat = np.moveaxis(own.rates[:, :, :3], 1, 0).reshape(len(own.columns), -1)
    kept = ~_undercut(flat, quality[own.columns])
    return _Class(own.columns[kept], own.rates[:, kept])


def _undercut(rates: Floats, quality: Ints) -> NDArray[np.bool_]:
    """Which rows of `rates` are nowhere less than an other's of the same quality; of equal ones the first is not."""
    under = (rates[:, None] <= rates[None]).all(axis=2) & (quality[:, None] == quality[None])
    is_earlier = np.arange(len(under))[:, None] < np.arange(len(under))[None]
    undercut: NDArray[np.bool_] = (under & (~under.T | is_earlier)).any(axis=0)
    return undercut


def _limit(constraint: Floor | Budget | TokenCapacity, counts: Iterator[int]) -> int:
    match constraint:
        case Floor():
            return -round(constraint.min_quality * UNITS) * next(counts)
        case Budget():
            return int(constraint.max_cost)
        case TokenCapacity():
            return int(constraint.limit)


def _spread(features: Singles, classes: tuple[_Class, ...]) -> Floats:
    """No less than the magnitudes that each sum adds up."""
    most = np.max([np.abs(each.rates).max(axis=1) for each in classes], axis=0)
    tokens_in, tokens_out = features[:, :2].sum(axis=0, dtype=np.float64)
    spread: Floats = np.maximum(most @ np.array([tokens_in, tokens_out, len(features), UNITS * len(features)]), 1.0)
    return spread


def solve_tokens(problem: TokenProblem, goal: Goal) -> TokenSolution:
    """The cheapest, or the best, plan within all constraints.

    Raises InfeasibleError with the constraint that cannot be kept and the nearest value that can.
    """
    passes = tokens(problem, goal)
    found = search(passes, _sampled(passes))
    if found is None:
        raise _unreachable(problem, passes)
    return _solution(problem, found, goal)


def _unreachable(problem: TokenProblem, passes: Tokens) -> InfeasibleError:
    answered = [
        int(_mask(each, len(problem.pattern)).sum()) if isinstance(each, Floor) else 0 for each in problem.constraints
    ]
    asked = Asked(problem.constraints, passes.limits, tuple(answered))
    return explained(asked, lambda at: _least(passes, at, ()), lambda at: _beside(passes, at))


def _beside(passes: Tokens, at: int) -> int:
    return _least(passes, at, tuple(other for other in range(len(passes.limits)) if other != at))


def _least(passes: Tokens, at: int, others: tuple[int, ...]) -> int:
    """The least that a constraint is used within the limits of the others."""
    sums = [1 + at, *(1 + other for other in others)]
    turned = replace(
        passes,
        classes=tuple(replace(each, rates=each.rates[sums]) for each in passes.classes),
        limits=tuple(passes.limits[other] for other in others),
        spread=passes.spread[sums],
    )
    if not others:
        return int(turned.totals(turned.choose(np.empty(0)).candidate.astype(np.uint8))[0])
    found = search(turned, _sampled(turned))
    return passes.limits[at] if found is None else found.objective


def _sampled(passes: Tokens) -> Guess | None:
    step = len(passes.kind) // _SAMPLE
    if step <= 1:
        return None
    rows = np.arange(0, len(passes.kind), step)
    share = len(rows) / len(passes.kind)
    some = replace(
        passes,
        features=passes.features[rows],
        kind=passes.kind[rows],
        limits=tuple(round(limit * share) for limit in passes.limits),
        spread=passes.spread * share,
    )
    guess = maximise(some)
    return None if guess.is_infeasible else Guess(guess.prices)


def _solution(problem: TokenProblem, found: Found, goal: Goal) -> TokenSolution:
    column = found.chosen.astype(np.uint8)
    row, own = np.divmod(found.portions.candidate, len(problem.quality))
    column[row] = own
    priced = tokens(replace(problem, constraints=(Floor(0.0),)), Goal.CHEAPEST).totals(column)
    gap = (found.objective - found.bound) / max(abs(found.bound), 1.0)
    cost, quality = PicoUSD(int(priced[0])), -int(priced[1]) / (UNITS * len(column))
    own_sum = int(priced[0]) if goal is Goal.CHEAPEST else int(priced[1])
    if own_sum != found.objective:
        message = f"the sums of a plan disagree: {own_sum} and {found.objective}"
        raise ArithmeticError(message)
    return TokenSolution(column, cost, quality, found.bound, gap, found.prices)
