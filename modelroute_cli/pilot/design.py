"""What a pilot asks: of each template the requests that were drawn and the models they go to; fixed once it begins."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from msgspec import Struct

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import TaskType
from modelroute_cli.catalog.settings import Objective
from modelroute_cli.pilot.contenders import Contender, contenders
from modelroute_cli.pilot.sample import draw
from modelroute_cli.pilot.stakes import LEAST_REQUESTS, Reason, Size, Stake, Terms, sizes
from modelroute_cli.planning.measurable import Measurable

DESIGN_FORMAT = 1
_NEARLY_ALL = 0.9  # of what the baseline can do: a model that can do less is not measured


class ModelPrice(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one request of a template is expected to cost on a model, and at most."""

    model: str
    cost_pusd: PicoUSD
    high_pusd: PicoUSD


class TemplatePart(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A template in a pilot: `size` of `rows` are asked at first, more where other models' stopping pays for it."""

    template: str
    task_type: TaskType
    language: str
    requests: int  # of the job, that could be drawn
    reason: Reason
    size: int
    rows: tuple[int, ...]  # of the job file, in the order of asking
    custom_ids: tuple[str, ...]  # of these
    models: tuple[ModelPrice, ...]  # the baseline first
    cost_pusd: PicoUSD
    gain_pusd: PicoUSD


class Design(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A whole pilot before its first request; templates with the most to gain first."""

    format: int = DESIGN_FORMAT
    baseline: str
    seed: int
    ceiling_pusd: PicoUSD
    bill_pusd: PicoUSD  # of the baseline for the whole job
    slack: float | None  # mean quality that the plan may give up
    parts: tuple[TemplatePart, ...]
    models: tuple[str, ...] = ()  # that any of these requests may use, measured or not

    @property
    def measured(self) -> tuple[TemplatePart, ...]:
        """The templates that are asked about."""
        return tuple(part for part in self.parts if part.size)

    @property
    def calls(self) -> int:
        """Requests that are sent at first, one for each model."""
        return sum(part.size * len(part.models) for part in self.parts)

    @property
    def cost_pusd(self) -> PicoUSD:
        """What these are expected to cost."""
        return PicoUSD(sum(part.cost_pusd for part in self.parts))

    def ids(self) -> dict[int, str]:
        """The custom_ids of all requests that may be asked, by row of the job file."""
        return {row: name for part in self.parts for row, name in zip(part.rows, part.custom_ids, strict=True)}

    def pairs(self) -> Iterator["Pair"]:
        """Everything that may be asked, in the order of the pilot's own job file."""
        for part in self.measured:
            for place, row in enumerate(part.rows):
                yield from (Pair(part.template, place, row, each.model) for each in part.models)


@dataclass(frozen=True, slots=True)
class Pair:
    """A request of the job and a model that it is sent to."""

    template: str
    place: int
    row: int
    model: str

    @property
    def custom_id(self) -> str:
        """Names the pair in the pilot's own job file."""
        return f"{self.row}:{self.model}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a pilot is asked for."""

    ceiling_pusd: PicoUSD
    per_template: int
    seed: int


def make_design(ground: Measurable, wanted: Wanted) -> Design:
    """The pilot of a job; deterministic. Templates that are not measured are in it, with the reason."""
    facts = _facts(ground)
    stakes = {stake.template: stake for stake in _stakes(ground)}
    slack, keep = _given_up(ground.objective, _believed(stakes.values()))
    found = sizes(list(stakes.values()), Terms(wanted.ceiling_pusd, wanted.per_template, keep))
    most = {size.template: wanted.per_template for size in found if size.requests}
    drawn = draw(_able(ground, [size for size in found if size.requests]), most, wanted.seed)
    named = drawn.join(ground.requests.select("row", "custom_id"), on="row", maintain_order="left")
    rows = {
        str(name): tuple(part.select("row", "custom_id").iter_rows()) for (name,), part in named.group_by("template")
    }
    parts = tuple(_part(size, stakes[size.template], facts, rows.get(size.template, ())) for size in found)
    return Design(
        baseline=ground.objective.baseline,
        seed=wanted.seed,
        ceiling_pusd=wanted.ceiling_pusd,
        bill_pusd=ground.bill_pusd,
        slack=slack,
        parts=parts,
        models=tuple(sorted(ground.priced["model"].unique())),
    )


def _believed(stakes: Iterable[Stake]) -> float:
    """The baseline's believed quality over the requests that could be drawn; 1 where it can do none."""
    known = [(each.requests, each.baseline.quality) for each in stakes if each.baseline is not None and each.requests]
    return sum(count * quality for count, quality in known) / sum(count for count, _ in known) if known else 1.0


def _given_up(objective: Objective, believed: float) -> tuple[float | None, float]:
    """How much of the baseline's mean quality a plan may give up (None: any), and the share of it that is kept."""
    floors = [] if objective.min_quality is None else [objective.min_quality]
    if objective.baseline_share is not None:
        floors.append(objective.baseline_share * believed)
    if not floors:
        return None, 0.0
    kept = min(max(floors), believed)
    return believed - kept, kept / believed if believed else 1.0


def _part(
    size: Size, stake: Stake, facts: dict[str, tuple[TaskType, str]], rows: Sequence[tuple[int, str]]
) -> TemplatePart:
    """A template as it is measured, or not."""
    task_type, language = facts[size.template]
    priced = [each for each in (stake.baseline, *stake.contenders) if each is not None and each.model in size.models]
    enough = len(rows) >= LEAST_REQUESTS
    return TemplatePart(
        template=size.template,
        task_type=task_type,
        language=language,
        requests=stake.requests,
        reason=size.reason if enough or not size.requests else Reason.TOO_SMALL,
        size=min(size.requests, len(rows)) if enough else 0,
        rows=tuple(row for row, _ in rows) if enough else (),
        custom_ids=tuple(name for _, name in rows) if enough else (),
        models=tuple(_price(each) for each in priced),
        cost_pusd=PicoUSD(size.cost_pusd if enough else 0),
        gain_pusd=size.gain_pusd,
    )


def _price(each: Contender) -> ModelPrice:
    return ModelPrice(model=each.model, cost_pusd=PicoUSD(each.cost_pusd), high_pusd=PicoUSD(each.high_pusd))


def _facts(ground: Measurable) -> dict[str, tuple[TaskType, str]]:
    """The task type and language that most requests of a template have."""
    modes = ground.requests.group_by("template").agg(
        pl.col("task_type").cast(pl.String).mode().sort().first(), pl.col("language").mode().sort().first()
    )
    return {template: (TaskType(task), language) for template, task, language in modes.iter_rows()}


def _stakes(ground: Measurable) -> Iterator[Stake]:
    """The templates as money."""
    joined = ground.requests.join(ground.priced, on="kind", how="left")
    each = joined.group_by("template", "model").agg(
        pl.len().alias("able"),
        pl.col("cost_pusd").mean().ceil().cast(pl.Int64),
        pl.col("cost_high_pusd").max(),
        pl.col("quality").mean(),
        (pl.col("quality") - pl.col("quality_low")).mean().alias("sd"),
    )
    for (template,), part in each.sort("template", "model").group_by("template", maintain_order=True):
        yield _stake(str(template), part, ground.objective.baseline)


def _stake(template: str, models: pl.DataFrame, baseline: str) -> Stake:
    """A template by the models that can do nearly all that the baseline can."""
    known = {name: _contender(name, models.row(at, named=True)) for at, name in enumerate(models["model"]) if name}
    counts = dict(zip(models["model"], models["able"], strict=True))
    own = known.pop(baseline, None)
    requests = int(counts[baseline] if own is not None else max(counts.values()))
    able = [each for name, each in known.items() if counts[name] >= _NEARLY_ALL * requests]
    chosen = () if own is None else contenders(able, own)
    return Stake(template=template, requests=requests, baseline=own, contenders=chosen)


def _contender(model: str, row: Mapping[str, Any]) -> Contender:
    return Contender(model, row["cost_pusd"], row["cost_high_pusd"], row["quality"], row["sd"])


def _able(ground: Measurable, found: Sequence[Size]) -> pl.DataFrame:
    """The requests of measured templates that every model of theirs can do."""
    asked = pl.DataFrame(
        [(size.template, model, len(size.models)) for size in found for model in size.models],
        schema={"template": pl.String, "model": pl.String, "models": pl.Int64},
        orient="row",
    )
    pairs = ground.requests.join(asked, on="template").join(ground.priced, on=("kind", "model"), how="semi")
    whole = pairs.group_by("row").agg(pl.len().alias("able"), pl.col("models").first())
    rows = whole.filter(pl.col("able") == pl.col("models"))["row"]
    return ground.requests.filter(pl.col("row").is_in(rows.implode()))
