"""Our own plan of a batch after its pilot: the one optimisation with the risk of its estimates that `plan` makes."""

from dataclasses import dataclass

import numpy as np

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.pilot.evaluate.piloting import Piloted
from modelroute_cli.pilot.evaluate.routing import Routing
from modelroute_cli.pilot.margin import margin
from modelroute_cli.planning.charges import priced
from modelroute_cli.planning.coupling import Budget, Floor, Goal
from modelroute_cli.planning.hull import Ints
from modelroute_cli.planning.mix import Portions
from modelroute_cli.planning.optimize import Problem, Solution
from modelroute_cli.planning.risk import Risk, bound, expected
from modelroute_cli.planning.solve import solve
from modelroute_cli.planning.sought import Means
from modelroute_cli.planning.surely import solve_surely


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted: a share of the baseline's quality, or (`budget`) the best within a share of its cost."""

    floor: float
    confidence: float
    budget: float | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan for the rest of a batch; quality and cost are means of a request, as shares of the baseline's."""

    routing: Routing
    bound: float  # planned quality: less the margin, what the plan counts on
    quality: float  # expected
    cost: float


def own_plan(piloted: Piloted, counts: Ints, baseline: int, wish: Wish) -> Planned:
    """The cheapest plan whose mean quality keeps the floor with a margin (pilot.margin) to spare; else the baseline.

    `counts`: how many requests of each group are planned. With a budget: the best plan within it, else the cheapest.
    """
    held = np.flatnonzero(counts)
    if not len(held):
        return Planned(Routing(np.zeros(piloted.fitted.mean.shape, np.int64)), 1.0, 1.0, 1.0)
    columns = _columns(piloted, counts, baseline, held)
    risk = _risk(columns, margin(wish.confidence, len(counts), float(piloted.candidates.sum(axis=1).mean())))
    problem = _asked(columns, wish)
    try:
        portions = solve_surely(problem, risk, _goal(wish), Means(solve, solve, _priced)).portions
    except InfeasibleError:
        portions = _fallback(columns, wish)
    return _told(columns, problem, risk, portions)


@dataclass(frozen=True, slots=True)
class _Columns:
    """The candidates of every group that is planned, side by side; `asked` is the baseline's mean quality there."""

    shape: tuple[int, int]
    held: Ints
    counts: Ints
    owner: Ints
    model: Ints
    cost: Ints
    quality: np.ndarray[tuple[int], np.dtype[np.float64]]
    paired: np.ndarray[tuple[int], np.dtype[np.float64]]
    baseline: int
    asked: float
    bill: int

    def problem(self, *constraints: Floor | Budget) -> Problem:
        """As the optimiser takes it."""
        ones = np.ones(len(self.held), np.int64)
        return Problem(self.owner, self.cost, self.quality, ones, self.counts[self.held], constraints)


def _columns(piloted: Piloted, counts: Ints, baseline: int, held: Ints) -> _Columns:
    able = piloted.candidates & ~np.isnan(piloted.cost_pusd)
    able[:, baseline] = True
    place, model = np.nonzero(able[held])
    mean, paired = piloted.fitted.mean[held], piloted.fitted.se_paired(baseline)[held]
    cost = np.ceil(np.nan_to_num(piloted.cost_pusd[held])).astype(np.int64)
    share = counts[held]
    return _Columns(
        shape=(piloted.fitted.mean.shape[0], piloted.fitted.mean.shape[1]),
        held=held,
        counts=counts,
        owner=place.astype(np.int64),
        model=model.astype(np.int64),
        cost=cost[place, model],
        quality=np.clip(mean[place, model], 0.0, 1.0),
        paired=paired[place, model],
        baseline=baseline,
        asked=float(share @ mean[:, baseline] / share.sum()),
        bill=int(share @ cost[:, baseline]),
    )


def _priced(problem: Problem, portions: Portions) -> Solution:
    return priced(problem, None, portions)


def _goal(wish: Wish) -> Goal:
    return Goal.CHEAPEST if wish.budget is None else Goal.BEST


def _asked(columns: _Columns, wish: Wish) -> Problem:
    if wish.budget is None:
        return columns.problem(Floor(min(wish.floor * columns.asked, 1.0)))
    return columns.problem(Budget(PicoUSD(int(wish.budget * columns.bill))))


def _risk(columns: _Columns, z: float) -> Risk:
    """Groups are what errors go together in."""
    group = np.arange(len(columns.held), dtype=np.int64)
    return Risk(z=z, group=group, se=columns.paired, se_own=columns.paired)


def _fallback(columns: _Columns, wish: Wish) -> Portions:
    """The baseline for everything, or with a budget that is too small the cheapest of each group."""
    key = columns.cost if wish.budget is not None else columns.model != columns.baseline
    order = np.lexsort((key, columns.owner))
    first = order[np.flatnonzero(np.diff(columns.owner[order], prepend=-1))]
    return Portions(first.astype(np.int64), columns.counts[columns.held])


def _told(columns: _Columns, problem: Problem, risk: Risk, portions: Portions) -> Planned:
    """The plan with what is believed of it."""
    counts = np.zeros(columns.shape, np.int64)
    np.add.at(
        counts, (columns.held[columns.owner[portions.candidate]], columns.model[portions.candidate]), portions.count
    )
    asked = columns.asked or 1.0
    return Planned(
        routing=Routing(counts),
        bound=bound(problem, risk, portions) / asked,
        quality=expected(problem, portions) / asked,
        cost=int(columns.cost[portions.candidate] @ portions.count) / (columns.bill or 1),
    )
