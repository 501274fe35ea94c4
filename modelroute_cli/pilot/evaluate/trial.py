"""One trial: a pilot drawn by a seed, our plan for the rest, the other methods, and what all of them really brought."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from modelroute_cli.pilot.evaluate.methods import METHODS, oracle
from modelroute_cli.pilot.evaluate.own_plan import Planned, Wish, own_plan
from modelroute_cli.pilot.evaluate.piloting import Piloted, paid_best, pilot, rest_of
from modelroute_cli.pilot.evaluate.recorded import Recorded
from modelroute_cli.pilot.evaluate.routing import Outcome, Table, realise, taken
from modelroute_cli.planning.hull import Ints

ORACLE = "oracle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """Cost and quality as shares of what the baseline costs and is worth on the same requests."""

    cost: float
    quality: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What one seed showed. `plan`: the requests that no pilot answered; `whole`: all, each with its best paid answer.

    `pilot_cost` is what the pilot cost beside the baseline's bill for the whole batch; `whole.cost` has it in it.
    """

    seed: int
    planned: Planned
    plan: Ratio
    whole: Ratio
    pilot_cost: float
    pilot_requests: int
    others: dict[str, Ratio]


def trial(recorded: Recorded, wish: Wish, per_group: int, seed: int) -> Trial:
    """Pilot, plan, and realise, spending recorded outcomes alone."""
    piloted = pilot(recorded, per_group, wish.floor, seed)
    rest = rest_of(recorded, piloted)
    counts = np.array([len(rows) for rows in rest], np.int64)
    planned = own_plan(piloted, counts, recorded.baseline, wish)
    own = realise(recorded, rest, planned.routing)
    sampled = np.concatenate(piloted.rows)
    paid = Outcome(piloted.spent_pusd(recorded), taken(recorded, sampled, paid_best(recorded, piloted, sampled)).worth)
    return Trial(
        seed=seed,
        planned=planned,
        plan=beside(recorded, own, np.concatenate(rest)),
        whole=Ratio(
            cost=(own.cost_pusd + paid.cost_pusd) / recorded.bill_pusd,
            quality=(own.worth + paid.worth) / recorded.worth,
        ),
        pilot_cost=paid.cost_pusd / recorded.bill_pusd,
        pilot_requests=len(sampled),
        others=_others(recorded, piloted, rest, wish),
    )


def beside(recorded: Recorded, outcome: Outcome, rows: Ints) -> Ratio:
    """An outcome of `rows` as shares of the baseline's; all requests in the pilot: nothing to compare, both 1."""
    cost = int(recorded.cost_pusd[rows, recorded.baseline].sum())
    worth = float(recorded.quality[rows, recorded.baseline].sum())
    return Ratio(cost=outcome.cost_pusd / cost if cost else 1.0, quality=outcome.worth / worth if worth else 1.0)


def _others(recorded: Recorded, piloted: Piloted, rest: Sequence[Ints], wish: Wish) -> dict[str, Ratio]:
    """The other methods on the same rest by the same pilot, as it stands; the oracle on the whole batch."""
    table = _table(piloted, rest, recorded.baseline)
    rows = np.concatenate(list(rest))
    found = {name: Ratio(cost=1.0, quality=1.0) for name in METHODS}
    if len(rows):
        found |= {
            name: beside(recorded, realise(recorded, rest, method(table, wish.floor)), rows)
            for name, method in METHODS.items()
        }
    known = oracle(recorded, wish.floor)
    found[ORACLE] = Ratio(cost=known.cost_pusd / recorded.bill_pusd, quality=known.worth / recorded.worth)
    return found


def _table(piloted: Piloted, rest: Sequence[Ints], baseline: int) -> Table:
    """Means of the pilot, nothing drawn towards anything."""
    quality = np.stack([_means(sample.quality) for sample in piloted.samples])
    unknown = np.isnan(quality) | np.isnan(piloted.cost_pusd)
    return Table(
        quality=np.where(unknown, np.nan, quality),
        cost_pusd=np.where(unknown, np.nan, piloted.cost_pusd),
        counts=np.array([len(rows) for rows in rest], np.int64),
        baseline=baseline,
    )


def _means(
    quality: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    seen = ~np.isnan(quality)
    sums = np.where(seen, quality, 0.0).sum(axis=0)
    means: np.ndarray[tuple[int, ...], np.dtype[np.float64]] = np.where(
        seen.any(axis=0), sums / np.maximum(seen.sum(axis=0), 1), np.nan
    )
    return means
