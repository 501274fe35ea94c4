"""Realised quality of a run: what was measured of the answers that were sent, with its interval, and of the sample.

Planned quality is what the plan expects, certified quality what fresh pairs had shown before; neither is this. Answers
count by the strongest word on them (`expected`, a judge, a program); gates alone say that an answer can be used, so
their word is no quality. A request that failed is worth 0, which is known of all of them and drawn of none.
"""

from collections.abc import Iterator

import polars as pl
from msgspec import Struct

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.statistics import Interval
from modelroute_cli.execution.realised.scoring import GATES
from modelroute_cli.execution.records import AttemptKind, Drift
from modelroute_cli.pilot.intervals import PairedStratum, Stratum, quality_interval, ratio_interval
from modelroute_cli.planning.plan import Plan

LEVEL = 0.9
_LEAST_PAIRS = 8  # of a template, to stand by itself


class Within(Struct, frozen=True, kw_only=True):
    """A figure, and where it lies in nine of ten cases."""

    value: float
    low: float
    high: float


class TemplateRealised(Struct, frozen=True, kw_only=True):
    """What the answers to one template were worth."""

    template: str
    requests: int  # that came to their end
    measured: int  # of them, those whose worth is known
    quality: Within | None  # of all of them; None: nothing but gates looked
    pairs: int
    ratio: Within | None  # of their quality to the baseline's; None: no pairs, or too few to say anything
    planned: float  # mean quality that the plan expected


class ControlUse(Struct, frozen=True, kw_only=True):
    """What comparing with the baseline came to; its cost is in what was spent."""

    baseline: str
    asked: int  # requests that it was asked about
    pairs: int  # that could be compared, with those that it had answered itself
    cost_pusd: PicoUSD
    held_pusd: PicoUSD  # of attempts whose outcome is unknown


class FallLine(Struct, frozen=True, kw_only=True):
    """A model that got worse on a template; with `versus`, qualities are differences to that model's."""

    at: str  # ISO, UTC
    template: str
    model: str
    expected: float
    seen: float
    answers: int
    before: int
    versus: str


class Realised(Struct, frozen=True, kw_only=True):
    """What a run's answers were worth as far as that was measured; shares and qualities in [0,1], intervals of 90%."""

    requests: int  # that came to their end
    measured: int  # of them, those whose worth is known
    scorers: tuple[str, ...]  # whose word that is
    quality: Within | None  # of the templates that were measured
    covered: int  # requests of those templates
    pairs: int
    pair_scorers: tuple[str, ...]
    ratio: Within | None  # of the quality to the baseline's
    control: ControlUse | None  # None: nobody asked for one
    planned: float
    planned_by: str  # what that rests on
    templates: tuple[TemplateRealised, ...]
    falls: tuple[FallLine, ...]


def realised(plan: Plan, attempts: pl.DataFrame, worth: pl.DataFrame, pairs: pl.DataFrame) -> Realised:
    """The figures of a run by its ATTEMPTS and the journal's WORTH and PAIRS; `falls` is empty."""
    answered, compared = _by_template(worth, plan), _by_template(pairs, plan)
    sizes = {template: frame.height for template, frame in answered.items()}
    lines = tuple(_line(name, frame, compared.get(name)) for name, frame in sorted(answered.items(), key=_busy))
    known = [name for name, frame in answered.items() if _is_measured(frame)]
    told = worth.filter(pl.col("scorer").is_not_null())
    return Realised(
        requests=worth.height,
        measured=sum(line.measured for line in lines),
        scorers=tuple(told["scorer"].unique().sort()),
        quality=_within(quality_interval([each for name in known for each in _strata(answered[name])], LEVEL)),
        covered=sum(sizes[name] for name in known),
        pairs=pairs.height,
        pair_scorers=tuple(pairs["scorer"].unique().sort()),
        ratio=_within(ratio_interval(list(_paired_strata(compared, sizes)), LEVEL)),
        control=_control(plan, attempts, pairs),
        planned=plan.header.totals.quality,
        planned_by=plan.header.quality_source,
        templates=lines,
        falls=(),
    )


def fall_lines(drifts: tuple[Drift, ...]) -> tuple[FallLine, ...]:
    """The falls of a run as they are shown."""
    return tuple(
        FallLine(
            at=drift.at,
            template=drift.template,
            model=drift.model,
            expected=drift.expected,
            seen=drift.seen,
            answers=drift.answers,
            before=drift.before,
            versus=drift.versus,
        )
        for drift in drifts
    )


def control_cost(attempts: pl.DataFrame) -> PicoUSD:
    """What the control sample was billed."""
    return PicoUSD(int(attempts.filter(_IS_CONTROL)["cost_pusd"].sum()))


_IS_CONTROL = pl.col("kind") == AttemptKind.CONTROL.value


def _by_template(rows: pl.DataFrame, plan: Plan) -> dict[str, pl.DataFrame]:
    """Rows by the template of their request, with the quality that was planned."""
    if rows.is_empty():
        return {}
    planned = plan.assignments.select("row", pl.col("template").cast(pl.String), pl.col("quality").alias("planned"))
    named = rows.join(planned.collect(), on="row", how="inner", maintain_order="left")
    return {str(template): frame for (template,), frame in named.group_by("template", maintain_order=True)}


def _busy(item: tuple[str, pl.DataFrame]) -> tuple[int, str]:
    return -item[1].height, item[0]


def _line(template: str, ended: pl.DataFrame, pairs: pl.DataFrame | None) -> TemplateRealised:
    known = list(_strata(ended)) if _is_measured(ended) else []
    few = pairs is None or pairs.height < _LEAST_PAIRS
    paired = None if pairs is None or few else ratio_interval([_paired(pairs, ended.height)], LEVEL)
    return TemplateRealised(
        template=template,
        requests=ended.height,
        measured=sum(each.values.size for each in known),
        quality=_within(quality_interval(known, LEVEL)) if known else None,
        pairs=0 if pairs is None else pairs.height,
        ratio=_within(paired),
        planned=float(ended["planned"].to_numpy().mean()),
    )


def _is_measured(ended: pl.DataFrame) -> bool:
    """Whether anybody but gates said what an accepted answer is worth."""
    return bool(ended.select((pl.col("passed") & pl.col("quality").is_not_null()).any()).item())


def _strata(ended: pl.DataFrame) -> Iterator[Stratum]:
    """Failed requests that nobody scored, all worth 0; and the others, of whom some were scored."""
    lost = ended.filter(~pl.col("passed") & pl.col("quality").is_null())
    others = ended.filter(pl.col("passed") | pl.col("quality").is_not_null())
    if lost.height:
        yield Stratum(lost["quality"].fill_null(0.0).to_numpy(), lost.height)
    yield Stratum(others["quality"].drop_nulls().to_numpy(), others.height)


def _paired_strata(compared: dict[str, pl.DataFrame], sizes: dict[str, int]) -> Iterator[PairedStratum]:
    """The templates with enough pairs each by itself, all others together: the same share of each was drawn."""
    own = {name for name, frame in compared.items() if frame.height >= _LEAST_PAIRS}
    yield from (_paired(compared[name], sizes.get(name, 0)) for name in sorted(own))
    rest = [frame for name, frame in sorted(compared.items()) if name not in own]
    if rest:
        yield _paired(pl.concat(rest), sum(size for name, size in sizes.items() if name not in own))


def _paired(pairs: pl.DataFrame, size: int) -> PairedStratum:
    return PairedStratum(pairs["quality"].to_numpy(), pairs["control_quality"].to_numpy(), max(size, pairs.height))


def _within(found: Interval | None) -> Within | None:
    return None if found is None else Within(value=found.value, low=found.low, high=found.high)


def _control(plan: Plan, attempts: pl.DataFrame, pairs: pl.DataFrame) -> ControlUse | None:
    """What the sample came to; None where no attempt and no pair is of one."""
    asked = attempts.filter(_IS_CONTROL)
    baseline = next((base.model for base in plan.header.baselines if base.kind == "chosen"), None)
    if asked.is_empty() and pairs.is_empty():
        return None
    unknown = asked.filter(pl.col("cost_pusd").is_null())
    return ControlUse(
        baseline=baseline or "",
        asked=asked["row"].n_unique(),
        pairs=pairs.height,
        cost_pusd=control_cost(attempts),
        held_pusd=PicoUSD(int(unknown["reserved_pusd"].sum())),
    )


def is_usable_only(found: Realised) -> bool:
    """Whether pairs were compared by gates alone, which say that an answer can be used and no more."""
    return found.pair_scorers == (GATES,)
