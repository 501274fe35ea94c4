"""Sets runs and plans side by side; every number is taken from their summaries."""

from collections.abc import Iterator, Sequence

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.settings import Objective
from modelroute_cli.report.comparison_cautions import cautions
from modelroute_cli.report.comparison_types import BaselineSide, Comparison, Difference, ModelShare, Side, Told
from modelroute_cli.report.run_types import RunSummary
from modelroute_cli.report.screen import percent
from modelroute_cli.report.summary import PlanSummary

_DIGEST_CHARS = 8
_ALPHABET = 26
_COMPARED_KINDS = ("chosen", "best_single")


def compare(told: Sequence[Told]) -> Comparison:
    """At least two of them, in the order in which they were named."""
    sides = tuple(_side(each, mark(at)) for at, each in enumerate(told))
    first, *others = sides
    return Comparison(
        kind="comparison",
        sides=sides,
        differences=tuple(_difference(first, other) for other in others),
        cautions=tuple(cautions(sides)),
        settings_that_differ=tuple(_that_differ(sides)),
    )


def mark(at: int) -> str:
    """A, B, ..., Z, AA, AB, ..."""
    before, letter = divmod(at, _ALPHABET)
    return (mark(before - 1) if before else "") + chr(ord("A") + letter)


def _side(told: Told, letter: str) -> Side:
    plan, run = told.plan, told.run
    quality = run.realised if run else None
    return Side(
        mark=letter,
        name=told.name,
        kind="run" if run else "plan",
        run_id=run.run_id if run else None,
        state=run.state if run else "planned",
        emulated=run.emulated if run else False,
        historic=plan.historic,
        job=plan.job,
        began_at=run.started_at if run else None,
        cost_pusd=_cost(plan, run),
        cost_is=_cost_is(run),
        per_request_pusd=_per_request(plan, run),
        projected_pusd=plan.totals.cost_pusd,
        held_pusd=run.money.held_pusd if run else PicoUSD(0),
        hard_cap_pusd=run.money.hard_cap_pusd if run else plan.hard_cap_pusd,
        accepted=run.counts.accepted if run else None,
        failed=run.counts.failed if run else None,
        waiting=run.counts.waiting if run else None,
        escalated=_escalated(run) if run else None,
        quality_planned=plan.totals.quality,
        quality_realised=quality.quality if quality else None,
        realised_by=quality.scorers if quality else (),
        quality_source=plan.quality_source,
        baselines=tuple(_baselines(plan, run)),
        models=tuple(_run_models(run) if run else _plan_models(plan)),
        settings=_settings(told),
    )


def _cost(plan: PlanSummary, run: RunSummary | None) -> PicoUSD:
    """What it comes to, as far as that is known."""
    if run is None:
        return plan.totals.cost_pusd
    return run.projection.total_pusd if run.projection else run.money.spent_pusd


def _cost_is(run: RunSummary | None) -> str:
    if run is None:
        return "planned"
    return "expected at the end" if run.projection else "spent"


def _per_request(plan: PlanSummary, run: RunSummary | None) -> PicoUSD | None:
    """Money for one answer that can be used, rounded up; what is projected of an unfinished run is not in it."""
    cost = run.money.spent_pusd if run else plan.totals.cost_pusd
    answers = run.counts.accepted if run else plan.totals.requests
    return PicoUSD(-(-cost // answers)) if answers else None


def _escalated(run: RunSummary) -> int:
    return sum(line.requests for line in run.attempts if line.kind == "escalation")


def _baselines(plan: PlanSummary, run: RunSummary | None) -> Iterator[BaselineSide]:
    """Those that are one model."""
    if run is None:
        for line in plan.baselines:
            if line.kind in _COMPARED_KINDS and line.model:
                yield BaselineSide(
                    kind=line.kind, model=line.model, cost_pusd=line.cost_pusd, saved_share=line.saved_share
                )
        return
    for made in run.baselines:
        if made.kind in _COMPARED_KINDS and made.model:
            yield BaselineSide(
                kind=made.kind, model=made.model, cost_pusd=made.actual_pusd, saved_share=made.actual_saved_share
            )


def _run_models(run: RunSummary) -> Iterator[ModelShare]:
    """By what was accepted; models that only failed are named with 0."""
    whole = max(run.counts.accepted, 1)
    for line in sorted(run.models, key=lambda line: (-line.accepted, line.model)):
        if line.attempts:
            share = line.accepted / whole
            yield ModelShare(model=line.model, requests=line.accepted, share=share, cost_pusd=line.cost_pusd)


def _plan_models(plan: PlanSummary) -> Iterator[ModelShare]:
    """By what is assigned, all service tiers together."""
    whole = max(plan.totals.requests, 1)
    names = dict.fromkeys(line.model for line in plan.models)
    sums = {name: [line for line in plan.models if line.model == name] for name in names}
    for name, lines in sorted(sums.items(), key=lambda item: (-sum(line.requests for line in item[1]), item[0])):
        requests = sum(line.requests for line in lines)
        cost = PicoUSD(sum(line.cost_pusd for line in lines))
        yield ModelShare(model=name, requests=requests, share=requests / whole, cost_pusd=cost)


def _settings(told: Told) -> dict[str, str]:
    """What the plan rests on, in words that can be held against another's; digests are cut."""
    asked = told.plan.objective
    return {
        "Quality asked for": _asked(asked),
        "Most to spend": "not given" if asked.max_cost is None else f"${asked.max_cost}",
        "Compared with": asked.baseline,
        "Prices of": told.plan.prices_at[:10],
        "Quality from": told.plan.quality_source,
        "Settings digest": _short(told.settings_digest),
        "Prices digest": _short(told.rates_digest),
    }


def _asked(objective: Objective) -> str:
    if objective.baseline_share is not None:
        return f"{percent(objective.baseline_share)} of {objective.baseline}'s"
    return "none" if objective.min_quality is None else f"{objective.min_quality:g}"


def _short(digest: str) -> str:
    return digest.rpartition(":")[2][:_DIGEST_CHARS]


def _that_differ(sides: Sequence[Side]) -> Iterator[str]:
    """The names of settings whose words are not the same everywhere."""
    for name in sides[0].settings:
        if len({side.settings[name] for side in sides}) > 1:
            yield name


def _difference(first: Side, other: Side) -> Difference:
    each = _less(other.per_request_pusd, first.per_request_pusd)
    both = first.quality_realised is not None and other.quality_realised is not None
    return Difference(
        mark=other.mark,
        cost_pusd=PicoUSD(other.cost_pusd - first.cost_pusd),
        cost_share=_share(other.cost_pusd, first.cost_pusd),
        per_request_pusd=each,
        per_request_share=_share(other.per_request_pusd, first.per_request_pusd),
        quality_planned=other.quality_planned - first.quality_planned,
        quality_realised=_realised_value(other) - _realised_value(first) if both else None,
    )


def _realised_value(side: Side) -> float:
    return side.quality_realised.value if side.quality_realised else 0.0


def _less(amount: PicoUSD | None, first: PicoUSD | None) -> PicoUSD | None:
    return None if amount is None or first is None else PicoUSD(amount - first)


def _share(amount: PicoUSD | None, first: PicoUSD | None) -> float | None:
    """How much more, as a share of the first."""
    return None if amount is None or not first else (amount - first) / first
