"""The user's history as numbers: what was measured on each template and model, with intervals, and its weight."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby

from msgspec import Struct

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.statistics import Bounds, Sample, t_interval
from modelroute_cli.pilot.history.moments import Moments, Summed, pooled
from modelroute_cli.pilot.history.sums import Source, Sums
from modelroute_cli.pilot.history.weighing import Ageing, Newest, Weight, newest_served, weight

LEVEL = 0.90  # of every interval

_QUALITY = Bounds(0.0, 1.0)
_DIFFERENCE = Bounds(-1.0, 1.0)


class Estimate(Struct, frozen=True, kw_only=True):
    """A mean of what was measured, with the 90% interval of the true mean."""

    n: int
    mean: float
    low: float
    high: float


class HistoryLine(Struct, frozen=True, kw_only=True):
    """One model on one template: all that one scorer measured of it beside one baseline."""

    template: str
    scorer: str
    baseline: str
    emulated: bool
    model: str
    quality: Estimate
    counts_as: float  # of `quality.n`, after ageing and changes of version
    difference: Estimate | None  # to the baseline on the same requests; None: no pairs
    output_tokens: float | None  # mean of an answer
    cost_pusd: PicoUSD | None  # of all these answers; None: of none it is known
    first_day: date
    last_day: date
    runs: int
    sources: tuple[Source, ...]


class HistorySummary(Struct, frozen=True, kw_only=True):
    """What a history holds."""

    kind: str
    file: str
    kept: bool  # whether pilots, runs and plans use it
    lines: tuple[HistoryLine, ...]


class HistoryPart(Struct, frozen=True, kw_only=True):
    """What one run measured of one model on one template, and what it counts as today."""

    run: str
    source: Source
    template: str
    task_type: str
    language: str
    model: str
    model_served: str | None
    baseline: str
    scorer: str
    day: date
    emulated: bool
    quality: Estimate
    difference: Estimate | None
    age_days: int
    by_age: float  # its weight for its age, in [0,1]
    by_version: float  # its weight for the version that answered, in [0,1]


class HistoryDetail(Struct, frozen=True, kw_only=True):
    """All parts of what a template or a model has in a history."""

    kind: str
    file: str
    key: str
    parts: tuple[HistoryPart, ...]


def history_lines(rows: Sequence[Sums], at: date, ageing: Ageing) -> tuple[HistoryLine, ...]:
    """The rows by template, scorer, baseline and model, real ones first."""
    newest = newest_served(rows)
    ordered = sorted(rows, key=_line)
    return tuple(_summed_up(list(members), newest, at, ageing) for _, members in groupby(ordered, key=_line))


def history_parts(rows: Sequence[Sums], about: Sequence[Sums], at: date, ageing: Ageing) -> Iterator[HistoryPart]:
    """Each row of those that are asked `about`, the newest first in each line; `rows` say which versions are newest."""
    newest = newest_served(rows)
    for row in sorted(about, key=lambda row: (_line(row), -row.day.toordinal(), row.run, row.source)):
        yield _part(row, weight(row, newest, at, ageing))


def _line(row: Sums) -> tuple[bool, str, str, str, str]:
    """What the rows of a line have in common, in the order of lines."""
    return row.emulated, row.template, row.scorer, row.baseline, row.model


def _summed_up(rows: Sequence[Sums], newest: Newest, at: date, ageing: Ageing) -> HistoryLine:
    emulated, template, scorer, baseline, model = _line(rows[0])
    tokens = pooled([Summed(row.n_tokens, row.output_tokens_sum, row.output_tokens_squares) for row in rows])
    return HistoryLine(
        template=template,
        scorer=scorer,
        baseline=baseline,
        emulated=emulated,
        model=model,
        quality=_quality(rows),
        counts_as=sum(row.n * weight(row, newest, at, ageing).value for row in rows),
        difference=_difference(rows),
        output_tokens=None if tokens is None else tokens.mean,
        cost_pusd=PicoUSD(sum(row.cost_pusd for row in rows)) if any(row.n_cost for row in rows) else None,
        first_day=min(row.day for row in rows),
        last_day=max(row.day for row in rows),
        runs=len({row.run for row in rows}),
        sources=tuple(sorted({row.source for row in rows})),
    )


def _part(row: Sums, found: Weight) -> HistoryPart:
    return HistoryPart(
        run=row.run,
        source=row.source,
        template=row.template,
        task_type=row.task_type.value,
        language=row.language,
        model=row.model,
        model_served=row.model_served,
        baseline=row.baseline,
        scorer=row.scorer,
        day=row.day,
        emulated=row.emulated,
        quality=_quality([row]),
        difference=_difference([row]),
        age_days=found.age_days,
        by_age=found.by_age,
        by_version=found.by_version,
    )


def _quality(rows: Iterable[Sums]) -> Estimate:
    """The mean of all qualities, each counting the same; a row has at least one."""
    found = pooled([Summed(row.n, row.quality_sum, row.quality_squares) for row in rows])
    if found is None:
        msg = "a history holds no row without a measurement"
        raise ValueError(msg)
    return _estimate(found, _QUALITY)


def _difference(rows: Iterable[Sums]) -> Estimate | None:
    found = pooled([Summed(row.n_paired, row.difference_sum, row.difference_squares) for row in rows])
    return None if found is None else _estimate(found, _DIFFERENCE)


def _estimate(found: Moments, bounds: Bounds) -> Estimate:
    interval = t_interval(Sample(found.n, found.mean, found.variance), LEVEL, bounds)
    return Estimate(n=found.n, mean=interval.value, low=interval.low, high=interval.high)
