"""What a pilot learned, as numbers to show: by template and model its quality, beside the baseline's, and its cost."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from msgspec import Struct

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.statistics import Bounds, Interval, Sample, t_interval
from modelroute_cli.pilot.observation import Observation

LEVEL = 0.9
_SHARES, _DIFFERENCES = Bounds(0.0, 1.0), Bounds(-1.0, 1.0)


class Span(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A mean and its 90% interval."""

    mean: float
    low: float
    high: float


class Learned(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What was measured of one model on one template; `n` answers were scored, `paired` of them beside the baseline."""

    template: str
    model: str
    n: int
    quality: Span
    paired: int
    difference: Span | None  # to the baseline, on the same requests; None for the baseline itself
    cost_pusd: PicoUSD | None  # mean of an answer; None where no cost is known
    passed: float | None  # share that passed the gates; None where none looked
    scorers: tuple[str, ...]
    emulated: bool


def learned(seen: Sequence[Observation], baseline: str, population: Mapping[str, int]) -> tuple[Learned, ...]:
    """By template and model, the baseline first; `population` is how many requests each template has."""
    return tuple(_each(seen, baseline, population))


def _each(seen: Sequence[Observation], baseline: str, population: Mapping[str, int]) -> Iterator[Learned]:
    by_cell: dict[tuple[str, str], list[Observation]] = {}
    for each in seen:
        by_cell.setdefault((each.template, each.model), []).append(each)
    for template, model in sorted(by_cell, key=lambda cell: (cell[0], cell[1] != baseline, cell[1])):
        beside = by_cell.get((template, baseline), []) if model != baseline else []
        yield _learned(by_cell[template, model], beside, population.get(template))


def _learned(own: Sequence[Observation], beside: Sequence[Observation], population: int | None) -> Learned:
    differences = paired(own, beside)
    return Learned(
        template=own[0].template,
        model=own[0].model,
        n=len(own),
        quality=_span([each.quality for each in own], _SHARES, population),
        paired=len(differences),
        difference=_span(differences, _DIFFERENCES, population) if differences else None,
        cost_pusd=mean_cost(own),
        passed=_share([each.passed for each in own if each.passed is not None]),
        scorers=tuple(sorted({each.scorer for each in own})),
        emulated=any(each.emulated for each in own),
    )


def paired(own: Sequence[Observation], beside: Sequence[Observation]) -> tuple[float, ...]:
    """Quality less that of `beside` on the same requests, in the order of `own`."""
    qualities = {each.custom_id: each.quality for each in beside}
    return tuple(each.quality - qualities[each.custom_id] for each in own if each.custom_id in qualities)


def mean_cost(own: Sequence[Observation]) -> PicoUSD | None:
    """What an answer cost on average, rounded up; None where no cost is known."""
    known = [each.cost_pusd for each in own if each.cost_pusd is not None]
    return PicoUSD(-(-sum(known) // len(known))) if known else None


def _span(values: Sequence[float], bounds: Bounds, population: int | None) -> Span:
    total = None if population is None else max(population, len(values))
    found: Interval = t_interval(Sample.of(np.asarray(values, np.float64)), LEVEL, bounds, total)
    return Span(mean=found.value, low=max(found.low, bounds.low), high=min(found.high, bounds.high))


def _share(passed: Sequence[bool]) -> float | None:
    return sum(passed) / len(passed) if passed else None
