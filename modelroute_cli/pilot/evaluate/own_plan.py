"""Our own plan of a batch after its pilot: one optimisation with the risk of its estimates, as `plan` makes it."""

from dataclasses import dataclass

import numpy as np

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.pilot.evaluate.piloting import Piloted
from modelroute_cli.pilot.evaluate.routing import Routing
from modelroute_cli.pilot.margin import margin
from modelroute_cli.pilot.shrinkage import Floats
from modelroute_cli.planning.hull import Ints
from modelroute_cli.planning.optimize import Problem, maximise_quality, minimise_cost

_STEPS = np.linspace(0.0, 4.0, 41)


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
    bound: float  # quality less the margin: what the plan counts on
    quality: float  # expected
    cost: float


def own_plan(piloted: Piloted, counts: Ints, baseline: int, wish: Wish) -> Planned:
    """The cheapest plan whose mean quality keeps the floor with a margin (pilot.margin) to spare; else the baseline."""
    grid = _Grid(piloted, counts, baseline)
    if wish.budget is not None:
        return grid.told(grid.within(wish.budget), wish)
    made = (grid.least(step, wish.floor) for step in _STEPS)
    kept = [found for each in made if each is not None and (found := grid.told(each, wish)).bound >= wish.floor]
    return min(kept, key=lambda each: each.cost) if kept else grid.told(grid.safe(), wish)


class _Grid:
    """The candidates of every group with their beliefs, in columns."""

    def __init__(self, piloted: Piloted, counts: Ints, baseline: int) -> None:
        self._counts, self._baseline = counts, baseline
        self._choices = float(piloted.candidates.sum(axis=1).mean())
        self._mean = piloted.fitted.mean
        self._paired = piloted.fitted.se_paired(baseline)
        able = piloted.candidates & ~np.isnan(piloted.cost_pusd)
        able[:, baseline] = True
        self._owner, self._model = np.nonzero(able)
        self._cost = np.ceil(np.nan_to_num(piloted.cost_pusd[able])).astype(np.int64)
        self._whole_cost = np.nan_to_num(piloted.cost_pusd)

    @property
    def _asked(self) -> float:
        return float(self._counts @ self._mean[:, self._baseline] / max(self._counts.sum(), 1))

    def _problem(self, step: float) -> Problem:
        careful = np.clip(self._mean - step * self._paired, 0.0, 1.0)
        return Problem(
            owner=self._owner.astype(np.int64),
            cost_pusd=self._cost,
            quality=careful[self._owner, self._model],
            weight=np.ones(len(self._counts), np.int64),
            count=self._counts,
        )

    def least(self, step: float, floor: float) -> Routing | None:
        """The cheapest plan whose mean, each cell taken `step` standard errors lower, is enough; None without one."""
        try:
            found = minimise_cost(self._problem(step), floor * self._asked)
        except InfeasibleError:
            return None
        return self._routing(found.portions.candidate, found.portions.count)

    def within(self, budget: float) -> Routing:
        """The best plan, each cell taken one standard error lower, within a share of the baseline's cost."""
        most = int(budget * float(self._counts @ self._whole_cost[:, self._baseline]))
        try:
            found = maximise_quality(self._problem(1.0), PicoUSD(most))
        except InfeasibleError:
            found = minimise_cost(self._problem(1.0), 0.0)
        return self._routing(found.portions.candidate, found.portions.count)

    def _routing(self, candidate: Ints, count: Ints) -> Routing:
        counts = np.zeros(self._mean.shape, np.int64)
        np.add.at(counts, (self._owner[candidate], self._model[candidate]), count)
        return Routing(counts)

    def safe(self) -> Routing:
        """The baseline for everything."""
        counts = np.zeros(self._mean.shape, np.int64)
        counts[:, self._baseline] = self._counts
        return Routing(counts)

    def told(self, routing: Routing, wish: Wish) -> Planned:
        """The plan with what is believed of it."""
        part = routing.counts / max(self._counts.sum(), 1)
        error = float(np.sqrt(((part * self._paired).sum(axis=1) ** 2).sum()))
        mean = float((part * self._mean).sum())
        return Planned(
            routing=routing,
            bound=self._share(mean - self._z(wish) * error),
            quality=self._share(mean),
            cost=self._cost_share(part),
        )

    def _z(self, wish: Wish) -> float:
        return margin(wish.confidence, len(self._counts), self._choices)

    def _share(self, quality: float) -> float:
        return quality / self._asked if self._asked else 1.0

    def _cost_share(self, part: Floats) -> float:
        whole = float((part.sum(axis=1) * self._whole_cost[:, self._baseline]).sum())
        return float((part * self._whole_cost).sum()) / whole if whole else 1.0
