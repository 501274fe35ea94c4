"""Other ways to choose models for a batch, told the same table: what our plans are compared with.

Each promises `floor` times the baseline's quality by the table's means; where it cannot, the baseline answers all.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from modelroute_cli.pilot.evaluate.recorded import Recorded
from modelroute_cli.pilot.evaluate.routing import Outcome, Routing, Table
from modelroute_cli.pilot.shrinkage import Floats
from modelroute_cli.planning.hull import Ints
from modelroute_cli.planning.optimize import Problem, minimise_cost

ROUNDING = 1e-9
Method = Callable[[Table, float], Routing]


def baseline_only(table: Table, _floor: float) -> Routing:
    """The baseline for everything."""
    return _to(table, np.full(len(table.counts), table.baseline))


def best_single(table: Table, floor: float) -> Routing:
    """The cheapest one model for everything whose mean quality is enough."""
    quality, cost = _means(table)
    able = np.flatnonzero(quality >= floor * table.asked - ROUNDING)
    return _to(table, np.full(len(table.counts), able[np.argmin(cost[able])]))


def mixture(table: Table, floor: float) -> Routing:
    """The cheapest mixture of models, in the same parts in every group: groups are not looked at."""
    quality, cost = _means(table)
    usable = np.flatnonzero(~np.isnan(quality))
    whole = np.array([table.counts.sum()], np.int64)
    parts = _least(_Columns(np.zeros(len(usable), np.int64), cost[usable], quality[usable], whole), floor, table)
    shares = np.zeros(len(quality))
    shares[usable] = parts / max(parts.sum(), 1)
    return Routing(np.stack([_rounded(shares, int(count)) for count in table.counts]))


def plug_in(table: Table, floor: float) -> Routing:
    """One optimisation over all groups that takes the table at its word."""
    able = ~np.isnan(table.quality)
    owner, model = np.nonzero(able)
    columns = _Columns(owner.astype(np.int64), table.cost_pusd[able], table.quality[able], table.counts)
    parts = _least(columns, floor, table)
    counts = np.zeros(table.quality.shape, np.int64)
    counts[owner, model] = parts
    return Routing(counts)


def threshold(table: Table, floor: float) -> Routing:
    """For each request the cheapest model whose own quality is at least q; of all q that do, the cheapest."""
    found = [(_cost(table, chosen), chosen) for chosen in _thresholds(table) if _enough(table, chosen, floor)]
    return _to(table, min(found, key=lambda each: each[0])[1]) if found else baseline_only(table, floor)


def two_models(table: Table, floor: float) -> Routing:
    """A strong and a weak model: groups where the strong one gains most go to it (RouteLLM's rule); the best pair."""
    usable = np.flatnonzero(~np.isnan(table.quality).any(axis=0))
    made = (_split(table, strong, weak, floor) for strong, weak in permutations(usable.tolist(), 2))
    found = [each for each in made if each is not None]
    costs = [float(np.nansum(each.counts * np.nan_to_num(table.cost_pusd))) for each in found]
    return found[int(np.argmin(costs))] if found else baseline_only(table, floor)


METHODS: dict[str, Method] = {
    "baseline only": baseline_only,
    "best single model": best_single,
    "best mixture": mixture,
    "two-model router": two_models,
    "threshold per request": threshold,
    "plug-in plan": plug_in,
}


def oracle(recorded: Recorded, floor: float) -> Outcome:
    """The cheapest choice for each request by somebody who knows all outcomes; nothing can be cheaper."""
    able = recorded.answered
    owner, model = np.nonzero(able)
    problem = Problem(
        owner=owner.astype(np.int64),
        cost_pusd=recorded.cost_pusd[able],
        quality=recorded.quality[able],
        weight=np.ones(len(recorded.ids), np.int64),
        count=np.ones(len(recorded.ids), np.int64),
    )
    found = minimise_cost(problem, max(floor * recorded.worth / len(recorded.ids) - ROUNDING, 0.0)).portions.candidate
    rows, columns = owner[found], model[found]
    return Outcome(int(recorded.cost_pusd[rows, columns].sum()), float(recorded.quality[rows, columns].sum()))


def _to(table: Table, chosen: Ints) -> Routing:
    """One model for each group."""
    counts = np.zeros(table.quality.shape, np.int64)
    counts[np.arange(len(table.counts)), chosen] = table.counts
    return Routing(counts)


def _means(table: Table) -> tuple[Floats, Floats]:
    """Each model's mean quality and cost over the batch; NaN where it cannot do some group."""
    return table.counts @ table.quality / table.counts.sum(), table.counts @ table.cost_pusd / table.counts.sum()


@dataclass(frozen=True, slots=True)
class _Columns:
    """Candidates side by side, and the requests of each owner."""

    owner: Ints
    cost: Floats
    quality: Floats
    counts: Ints


def _least(columns: _Columns, floor: float, table: Table) -> Ints:
    """How many requests each candidate gets in the cheapest plan; the baseline's quality is out of nobody's reach."""
    problem = Problem(
        owner=columns.owner,
        cost_pusd=np.ceil(columns.cost).astype(np.int64),
        quality=np.clip(columns.quality, 0.0, 1.0),
        weight=np.ones(len(columns.counts), np.int64),
        count=columns.counts,
    )
    given = np.zeros(len(columns.owner), np.int64)
    portions = minimise_cost(problem, max(floor * table.asked - ROUNDING, 0.0)).portions
    np.add.at(given, portions.candidate, portions.count)
    return given


def _rounded(shares: Floats, count: int) -> Ints:
    """Whole parts of a count, the largest remainders rounded up (Hamilton's method)."""
    exact = shares * count
    whole = np.floor(exact).astype(np.int64)
    whole[np.argsort(whole - exact, kind="stable")[: count - int(whole.sum())]] += 1
    return whole


def _thresholds(table: Table) -> Iterator[Ints]:
    """The model of each group at every q that makes a difference."""
    filled = np.nan_to_num(table.quality, nan=-1.0)
    best = np.argmax(filled, axis=1)
    for q in np.unique(filled[filled >= 0]):
        able = filled >= q
        cost = np.where(able, np.nan_to_num(table.cost_pusd, nan=np.inf), np.inf)
        yield np.where(able.any(axis=1), np.argmin(cost, axis=1), best)


def _enough(table: Table, chosen: Ints, floor: float) -> bool:
    reached = table.counts @ table.quality[np.arange(len(chosen)), chosen]
    return bool(reached / table.counts.sum() >= floor * table.asked - ROUNDING)


def _cost(table: Table, chosen: Ints) -> float:
    return float(table.counts @ table.cost_pusd[np.arange(len(chosen)), chosen])


def _split(table: Table, strong: int, weak: int, floor: float) -> Routing | None:
    """The pair's cheapest split that promises enough; None where the strong one alone does not."""
    need = floor * table.asked * table.counts.sum() - ROUNDING - table.counts @ table.quality[:, weak]
    gain = table.quality[:, strong] - table.quality[:, weak]
    to_strong = np.zeros(len(gain), np.int64)
    for group in np.argsort(-gain, kind="stable"):
        if need <= 0 or gain[group] <= 0:
            break
        to_strong[group] = min(table.counts[group], int(np.ceil(need / gain[group])))
        need -= to_strong[group] * gain[group]
    if need > 0:
        return None
    counts = np.zeros(table.quality.shape, np.int64)
    counts[:, weak] += table.counts - to_strong
    counts[:, strong] += to_strong
    return Routing(counts)
