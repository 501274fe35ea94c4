"""The normal form of a coupled problem: minimise a sum so that other sums keep within limits, all in whole numbers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from modelroute_cli.planning.coupling import Budget, Capacity, Floor, Goal
from modelroute_cli.planning.hull import UNITS, Floats, Ints
from modelroute_cli.planning.mix import Portions, exact_dot
from modelroute_cli.planning.optimize import Problem


@dataclass(frozen=True, slots=True)
class Linear:
    """Rows with candidates, `owner` rising without holes; each of a row's `count` requests takes one of them.

    `use` is constraints x candidates; the sum of each over all requests is at most its `limit`.
    """

    owner: Ints
    objective: Ints
    use: Ints
    count: Ints
    limit: tuple[int, ...]

    @property
    def starts(self) -> Ints:
        """Where each row's candidates begin."""
        return np.flatnonzero(np.diff(self.owner, prepend=-1)).astype(np.int64)

    @property
    def sizes(self) -> Ints:
        """How many candidates each row has."""
        return np.bincount(self.owner, minlength=len(self.count)).astype(np.int64)


def linear(problem: Problem, goal: Goal) -> Linear:
    """The normal form of `problem`."""
    units = in_units(problem, problem.quality)
    uses = [_use(problem, each, units) for each in problem.constraints]
    return Linear(
        owner=problem.owner,
        objective=problem.cost_pusd if goal is Goal.CHEAPEST else -units,
        use=np.array(uses, dtype=np.int64).reshape(len(uses), len(problem.owner)),
        count=problem.count,
        limit=tuple(_limit(problem, each) for each in problem.constraints),
    )


def in_units(problem: Problem, quality: Floats) -> Ints:
    """What one request's answer is worth on each candidate, in UNITS, for all the requests that it answers."""
    return np.rint(quality * UNITS).astype(np.int64) * problem.weight[problem.owner]


def covered(problem: Problem, floor: Floor) -> Ints:
    """The places of the rows that a floor is over."""
    if floor.rows is None:
        return np.arange(len(problem.count), dtype=np.int64)
    is_mask = floor.rows.dtype == np.bool_
    return np.flatnonzero(floor.rows).astype(np.int64) if is_mask else np.unique(floor.rows).astype(np.int64)


def answered(problem: Problem, floor: Floor) -> int:
    """How many requests a floor is over, duplicates included."""
    rows = covered(problem, floor)
    return exact_dot(problem.weight[rows], problem.count[rows])


def _use(problem: Problem, constraint: Floor | Budget | Capacity, units: Ints) -> Ints:
    match constraint:
        case Floor():
            own = np.zeros(len(problem.count), dtype=np.int64)
            own[covered(problem, constraint)] = -1
            counted = units if constraint.quality is None else in_units(problem, constraint.quality)
            return counted * own[problem.owner]
        case Budget():
            return problem.cost_pusd
        case Capacity():
            return constraint.use


def _limit(problem: Problem, constraint: Floor | Budget | Capacity) -> int:
    match constraint:
        case Floor():
            return -round(constraint.min_quality * UNITS) * answered(problem, constraint)
        case Budget():
            return int(constraint.max_cost)
        case Capacity():
            return int(constraint.limit)


def members(linear: Linear, rows: Ints) -> Ints:
    """The candidates of the given rows, row by row."""
    sizes = linear.sizes[rows]
    offsets = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    candidates: Ints = (np.repeat(linear.starts[rows], sizes) + offsets).astype(np.int64)
    return candidates


def part(linear: Linear, rows: Ints) -> tuple[Linear, Ints]:
    """The given rows alone, in that order, with the limits of all; and the candidates they have."""
    candidates = members(linear, rows)
    return narrowed(linear, rows, candidates), candidates


def narrowed(linear: Linear, rows: Ints, candidates: Ints) -> Linear:
    """The given rows with the given candidates of theirs (row by row), with the limits of all."""
    sizes = np.diff(linear.owner[candidates], prepend=-1) != 0
    return Linear(
        owner=np.cumsum(sizes).astype(np.int64) - 1,
        objective=linear.objective[candidates],
        use=linear.use[:, candidates],
        count=linear.count[rows],
        limit=linear.limit,
    )


def total(linear: Linear, portions: Portions) -> int:
    """The objective of a plan, exactly."""
    return exact_dot(linear.objective[portions.candidate], portions.count)


def used(linear: Linear, portions: Portions) -> tuple[int, ...]:
    """The use of each constraint by a plan, exactly."""
    return tuple(exact_dot(each[portions.candidate], portions.count) for each in linear.use)


def is_feasible(linear: Linear, portions: Portions) -> bool:
    """Whether a plan keeps within all limits, to the last unit."""
    return all(use <= limit for use, limit in zip(used(linear, portions), linear.limit, strict=True))


Words = NDArray[np.uint64]
_MIXERS = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)


def canonical_rows(linear: Linear) -> Ints:
    """An order of the rows that depends on what they hold and not on where they stand."""
    mixed: Words = np.zeros(len(linear.owner), dtype=np.uint64)
    for column in (linear.objective, *linear.use):
        mixed = _mix(mixed + column.view(np.uint64) + np.uint64(_MIXERS[0]))
    by_row = np.add.reduceat(mixed, linear.starts) + linear.count.astype(np.uint64)
    return np.argsort(_mix(by_row), kind="stable").astype(np.int64)


def _mix(numbers: Words) -> Words:
    """Steele, Lea & Flood's SplitMix64 finaliser (2014)."""
    once = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(_MIXERS[1])
    twice = (once ^ (once >> np.uint64(27))) * np.uint64(_MIXERS[2])
    return twice ^ (twice >> np.uint64(31))


_MOST_PAIRS = 4_000_000
_TRIED = 64  # rows of each size, in which it is seen what is worth comparing in all


def undominated(linear: Linear) -> Ints:
    """The candidates that no other of their row is at least as good as in the objective and in every use.

    Of candidates that are alike in all, the first. In large jobs only what is dominated in many rows is found.
    """
    sizes = linear.sizes
    worse = np.zeros(len(linear.owner), dtype=bool)
    columns = (linear.objective, *linear.use)
    if int(sizes @ sizes) > _MOST_PAIRS:
        for size in np.unique(sizes).tolist():
            _mark_often(columns, linear.starts[sizes == size], size, worse)
    else:
        for shift in range(1, int(sizes.max())):
            _mark(linear.owner, columns, shift, worse)
    return np.flatnonzero(~worse).astype(np.int64)


def _mark_often(
    columns: tuple[Ints, ...], starts: Ints, size: int, worse: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> None:
    """Mark what is dominated by the candidate that dominates it in all of some rows of this size."""
    some = starts[:: len(starts) // _TRIED + 1, None] + np.arange(size)
    under = np.ones((size, size), dtype=bool)
    for column in columns:
        values = column[some]
        under &= (values[:, :, None] <= values[:, None, :]).all(axis=0)
    earlier = np.arange(size)[:, None] < np.arange(size)
    under &= ~under.T | earlier
    for place in np.flatnonzero(under.any(axis=0)).tolist():
        better = starts + int(np.flatnonzero(under[:, place])[0])
        is_worse = np.ones(len(starts), dtype=bool)
        for column in columns:
            is_worse &= column[better] <= column[starts + place]
        worse[starts[is_worse] + place] = True


def _mark(
    owner: Ints, columns: tuple[Ints, ...], shift: int, worse: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> None:
    """Mark what is dominated by the candidate `shift` places before or after."""
    earlier = owner[shift:] == owner[:-shift]
    later = earlier.copy()
    for column in columns:
        earlier &= column[:-shift] <= column[shift:]
        later &= column[shift:] <= column[:-shift]
    worse[shift:] |= earlier
    worse[:-shift] |= later & ~earlier
