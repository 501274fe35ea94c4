"""What of a job a hold-out can draw, and who would answer it under each rung."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
import polars as pl

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import TaskType
from modelroute_cli.pilot.certify import Method, Promise
from modelroute_cli.pilot.certify_answers import Choice, models_of
from modelroute_cli.pilot.certify_draws import Draws, Strata, by_risk, draw
from modelroute_cli.pilot.design import Design, ModelPrice, TemplatePart
from modelroute_cli.pilot.promise.expected import Cell
from modelroute_cli.pilot.promise.hold_out import HeldRung, HoldOut
from modelroute_cli.pilot.promise.rungs import LadderPlan, choices_of
from modelroute_cli.pilot.stakes import Reason
from modelroute_cli.planning.hull import Ints
from modelroute_cli.planning.measurable import Measurable


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """The requests that could be drawn, by row of the job, with each rung's choice of who answers them.

    Left out are those that the pilot asked, and those that a rung gives to a model which cannot be asked beside the
    baseline. `price` is by template and model.
    """

    baseline: str
    rows: tuple[int, ...]
    custom_ids: tuple[str, ...]
    templates: tuple[str, ...]
    rungs: tuple[LadderPlan, ...]
    choices: tuple[tuple[Choice, ...], ...]  # by rung, then request
    stratum: Ints  # of each request: 1 where every rung leaves it to the baseline alone, else 0
    price: Mapping[tuple[str, str], ModelPrice]
    facts: Mapping[str, tuple[TaskType, str]]  # task type and language by template

    @property
    def strata(self) -> Strata:
        """The two strata."""
        return by_risk(self.stratum.astype(np.bool_))

    def draw(self, count: int, seed: int) -> Draws:
        """So many requests, as places in `rows`; more of them begin with the same."""
        return draw(self.stratum, self.strata, count, seed)

    def models_at(self, place: int) -> tuple[str, ...]:
        """Whom the request at a place is asked of, the baseline first."""
        others = {model for each in self.choices for model in models_of(each[place])} - {self.baseline}
        return (self.baseline, *sorted(others))

    def cost_at(self, place: int) -> PicoUSD:
        """What asking it is expected to cost."""
        template = self.templates[place]
        return PicoUSD(sum(self.price[template, model].cost_pusd for model in self.models_at(place)))

    def cells(self, rung: int) -> tuple[Cell, ...]:
        """The requests by template, choice and stratum."""
        counts: dict[tuple[str, Choice, bool], int] = {}
        for template, choice, safe in zip(self.templates, self.choices[rung], self.stratum.tolist(), strict=True):
            key = (template, choice, bool(safe))
            counts[key] = counts.get(key, 0) + 1
        return tuple(Cell(*key, requests) for key, requests in sorted(counts.items(), key=_by_name))


def make_field(ground: Measurable, rungs: Sequence[LadderPlan], asked: AbstractSet[int]) -> Field:
    """The field of a ladder; `asked` are the rows that the pilot asked."""
    requests = ground.requests.filter(~pl.col("row").is_in(list(asked))).sort("row")
    baseline = ground.objective.baseline
    chosen_by = [_choices(each, requests["row"].to_list()) for each in rungs]
    able = _able(ground)
    kinds = requests["kind"].to_list()
    kept = [
        at
        for at, kind in enumerate(kinds)
        if (kind, baseline) in able and all((kind, name) in able for each in chosen_by for name in models_of(each[at]))
    ]
    chosen = requests[kept]
    left = [tuple(each[at] for at in kept) for each in chosen_by]
    safe = [all(each[at] == Choice(baseline) for each in left) for at in range(len(kept))]
    return Field(
        baseline=baseline,
        rows=tuple(chosen["row"].to_list()),
        custom_ids=tuple(chosen["custom_id"].to_list()),
        templates=tuple(chosen["template"].to_list()),
        rungs=tuple(rungs),
        choices=tuple(left),
        stratum=np.array(safe, np.int64),
        price=_prices(ground, chosen),
        facts=_facts(chosen),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a hold-out is for."""

    pilot_id: str
    promise: Promise
    method: Method


def hold_out_of(field: Field, draws: Draws, asked: Asked) -> HoldOut:
    """What was drawn, written down, with each rung's choice of who answers it."""
    places = draws.rows.tolist()
    sizes = field.strata.size.tolist()
    return HoldOut(
        pilot_id=asked.pilot_id,
        promise=asked.promise,
        method=asked.method,
        baseline=field.baseline,
        rungs=tuple(
            HeldRung(
                target=each.target,
                cost_pusd=each.cost_pusd,
                plan_digest=each.digest,
                choices=tuple(ways[at] for at in places),
            )
            for each, ways in zip(field.rungs, field.choices, strict=True)
        ),
        rows=tuple(field.rows[at] for at in places),
        custom_ids=tuple(field.custom_ids[at] for at in places),
        stratum=tuple(draws.stratum.tolist()),
        sizes=(sizes[0], sizes[1]),
    )


def design_of(field: Field, places: Sequence[int], seed: int, ceiling_pusd: PicoUSD) -> Design:
    """What is asked, as a pilot's design: requests of one template that go to the same models are a part."""
    groups: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for at in places:
        groups.setdefault((field.templates[at], field.models_at(at)), []).append(at)
    return Design(
        baseline=field.baseline,
        seed=seed,
        ceiling_pusd=ceiling_pusd,
        bill_pusd=PicoUSD(0),
        slack=None,
        parts=tuple(_part(field, template, models, group) for (template, models), group in groups.items()),
    )


def _part(field: Field, template: str, models: tuple[str, ...], group: Sequence[int]) -> TemplatePart:
    task_type, language = field.facts[template]
    return TemplatePart(
        template=template,
        task_type=task_type,
        language=language,
        requests=len(group),
        reason=Reason.MEASURED,
        size=len(group),
        rows=tuple(field.rows[at] for at in group),
        custom_ids=tuple(field.custom_ids[at] for at in group),
        models=tuple(field.price[template, model] for model in models),
        cost_pusd=PicoUSD(sum(field.cost_at(at) for at in group)),
        gain_pusd=PicoUSD(0),
    )


def _choices(rung: LadderPlan, rows: Sequence[int]) -> list[Choice]:
    return [Choice(model, then) for _, model, then in choices_of(rung.plan, rows).iter_rows()]


def _able(ground: Measurable) -> frozenset[tuple[int, str]]:
    """Kinds and the models that may be asked about them."""
    return frozenset(ground.priced.select("kind", "model").iter_rows())


def _prices(ground: Measurable, requests: pl.DataFrame) -> dict[tuple[str, str], ModelPrice]:
    """By template and model, what a request costs: the mean, and at most."""
    joined = requests.select("template", "kind").join(ground.priced, on="kind")
    found = joined.group_by("template", "model").agg(
        pl.col("cost_pusd").mean().ceil().cast(pl.Int64), pl.col("cost_high_pusd").max()
    )
    return {
        (template, model): ModelPrice(model=model, cost_pusd=PicoUSD(cost), high_pusd=PicoUSD(high))
        for template, model, cost, high in found.iter_rows()
    }


def _facts(requests: pl.DataFrame) -> dict[str, tuple[TaskType, str]]:
    """The task type and language that most requests of a template have."""
    modes = requests.group_by("template").agg(
        pl.col("task_type").cast(pl.String).mode().sort().first(), pl.col("language").mode().sort().first()
    )
    return {template: (TaskType(task), language) for template, task, language in modes.iter_rows()}


def _by_name(item: tuple[tuple[str, Choice, bool], int]) -> tuple[str, str, str, bool]:
    (template, choice, safe), _ = item
    return template, choice.model, choice.escalate_to or "", safe
