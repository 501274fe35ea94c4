"""All trials of an evaluation as one set of numbers: what every way of choosing models cost and brought."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from msgspec import Struct

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.pilot.evaluate.recorded import Loaded, Recorded
from modelroute_cli.pilot.evaluate.trial import ORACLE, Ratio, Trial

OURS = "modelroute plan"
WHOLE = "the same, pilot included"
_ROUNDING = 1e-9


class Spread(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A number over the seeds."""

    mean: float
    sd: float
    low: float  # the least of the seeds
    high: float


class Row(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One way of choosing models: realised cost and quality as shares of the baseline's on the same requests.

    `held` is in how many of the seeds the quality was at least the floor; None where a budget was asked for.
    """

    name: str
    cost: Spread
    quality: Spread
    held: int | None


class Gap(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What plans expected less what they realised, and in how many seeds the plan's bound was kept."""

    quality: Spread
    cost: Spread
    bound: Spread  # the planned quality: what the plan counted on
    bound_kept: int


class Point(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One model for everything, realised on all requests."""

    model: str
    cost: float
    quality: float


class Scoreboard(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An evaluation of recorded outcomes."""

    jobs: str
    outcomes: str
    requests: int
    models: tuple[str, ...]
    groups: int
    baseline: str
    baseline_quality: float
    baseline_pusd: PicoUSD
    floor: float | None
    budget: float | None
    confidence: float
    pilot_per_template: int
    pilot_requests: int  # mean over the seeds, rounded
    pilot_cost: Spread  # as a share of the baseline's bill for the whole batch
    seeds: int
    rows: tuple[Row, ...]
    predicted_minus_realised: Gap
    singles: tuple[Point, ...]
    left_out: tuple[str, ...]

    def row(self, name: str) -> Row:
        """The row of that name."""
        return next(row for row in self.rows if row.name == name)


class Asked(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an evaluation was asked for."""

    jobs: str
    outcomes: str
    floor: float
    budget: float | None
    confidence: float
    pilot_per_template: int


def scoreboard(loaded: Loaded, trials: Sequence[Trial], asked: Asked) -> Scoreboard:
    """The numbers of all trials."""
    recorded = loaded.recorded
    return Scoreboard(
        jobs=asked.jobs,
        outcomes=asked.outcomes,
        requests=len(recorded.ids),
        models=recorded.models,
        groups=len(recorded.groups),
        baseline=recorded.models[recorded.baseline],
        baseline_quality=recorded.worth / len(recorded.ids),
        baseline_pusd=PicoUSD(recorded.bill_pusd),
        floor=None if asked.budget is not None else asked.floor,
        budget=asked.budget,
        confidence=asked.confidence,
        pilot_per_template=asked.pilot_per_template,
        pilot_requests=round(float(np.mean([each.pilot_requests for each in trials]))),
        pilot_cost=spread([each.pilot_cost for each in trials]),
        seeds=len(trials),
        rows=tuple(_rows(trials, asked)),
        predicted_minus_realised=_gap(trials),
        singles=tuple(_singles(recorded)),
        left_out=loaded.left_out,
    )


def spread(values: Sequence[float]) -> Spread:
    """A number over the seeds."""
    found = np.asarray(values, np.float64)
    sd = float(found.std(ddof=1)) if len(found) > 1 else 0.0
    return Spread(mean=float(found.mean()), sd=sd, low=float(found.min()), high=float(found.max()))


def _rows(trials: Sequence[Trial], asked: Asked) -> Iterator[Row]:
    """Ours first, then the others, the oracle last; beside a budget only ours, which alone is asked for one."""
    yield _row(OURS, trials, lambda each: each.plan, asked)
    yield _row(WHOLE, trials, lambda each: each.whole, asked)
    for name in trials[0].others:
        if asked.budget is None or name != ORACLE:
            yield _row(name, trials, lambda each, name=name: each.others[name], asked)  # type: ignore[misc]


def _row(name: str, trials: Sequence[Trial], pick: Callable[[Trial], Ratio], asked: Asked) -> Row:
    found = [pick(each) for each in trials]
    held = sum(each.quality >= asked.floor - _ROUNDING for each in found)
    return Row(
        name=name,
        cost=spread([each.cost for each in found]),
        quality=spread([each.quality for each in found]),
        held=None if asked.budget is not None else held,
    )


def _gap(trials: Sequence[Trial]) -> Gap:
    return Gap(
        quality=spread([each.planned.quality - each.plan.quality for each in trials]),
        cost=spread([each.planned.cost - each.plan.cost for each in trials]),
        bound=spread([each.planned.bound for each in trials]),
        bound_kept=sum(each.plan.quality >= each.planned.bound - _ROUNDING for each in trials),
    )


def _singles(recorded: Recorded) -> Iterator[Point]:
    """Each model that answered all requests, by itself; cheapest first."""
    whole = [at for at in range(len(recorded.models)) if recorded.answered[:, at].all()]
    points = [
        Point(
            model=recorded.models[at],
            cost=float(recorded.cost_pusd[:, at].sum() / max(recorded.bill_pusd, 1)),
            quality=float(recorded.quality[:, at].sum() / recorded.worth) if recorded.worth else 1.0,
        )
        for at in whole
    ]
    yield from sorted(points, key=lambda point: (point.cost, point.model))
