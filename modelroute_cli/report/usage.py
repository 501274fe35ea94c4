"""How tokens came out against the plan, and what a run comes to by what its answers really took."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.prices import RateCard
from modelroute_cli.execution.observed import Learned, open_loads, pairs, seen_in
from modelroute_cli.features.tokens import family
from modelroute_cli.planning.expect import Expectations, load_expectations
from modelroute_cli.planning.plan import PlanHeader
from modelroute_cli.planning.totals import half_range
from modelroute_cli.report.judging_use import judging_to_come
from modelroute_cli.report.run_types import Projection, RunFacts, TokenUse
from modelroute_cli.report.summary import bound_of

_FRAME_SLACK = 2  # tokens a request: recorded chat frames differ by as much inside one family (data/tokenizers.yaml)


def token_use(facts: RunFacts) -> tuple[TokenUse, ...]:
    """Planned against billed tokens of each model that answered as planned, by name."""
    header = facts.plan.header
    known = load_expectations(header.token_assumptions)
    answered = pairs(facts.attempts, _planned(facts))
    return tuple(
        _use(str(model), group, header, known) for (model,), group in sorted(answered.group_by("model"), key=_name)
    )


def _planned(facts: RunFacts) -> pl.DataFrame:
    """The numbers of the assignments, without their texts."""
    numbers = ("input_tokens", "output_tokens", "reasoning_tokens", "cost_pusd", "cost_low_pusd", "cost_range_pusd")
    return facts.plan.assignments.select("row", "model", "duplicate_of", *numbers).collect()


def _name(item: tuple[tuple[object, ...], pl.DataFrame]) -> str:
    return str(item[0][0])


def _use(model: str, answers: pl.DataFrame, header: PlanHeader, known: Expectations) -> TokenUse:
    """One model's tokens."""
    card = header.models[model]
    counted = header.token_families.get(card.tokenizer) or family(card.tokenizer)
    planned, billed = _sums(answers, "planned_"), _sums(answers, "")
    bound, count = bound_of(counted), answers.height
    allowed = bound * planned[0] + _FRAME_SLACK * count
    half = _output_half(answers, header.rate_cards[model].steps[0].rate.output_pusd, known)
    return TokenUse(
        model=model,
        answers=count,
        input_method=counted.method,
        input_planned=planned[0],
        input_billed=billed[0],
        input_off_share=_off(billed[0], planned[0]),
        input_bound_share=bound,
        input_allowed_share=allowed / planned[0] if planned[0] else None,
        input_inside=abs(billed[0] - planned[0]) <= allowed,
        output_planned=planned[1],
        output_billed=billed[1],
        output_off_share=_off(billed[1], planned[1]),
        output_mean_low=max(planned[1] - half, 0) / count,
        output_mean_high=(planned[1] + half) / count,
        output_inside=abs(billed[1] - planned[1]) <= half,
    )


def _sums(answers: pl.DataFrame, prefix: str) -> tuple[int, int]:
    """Input and output tokens together."""
    return int(answers[f"{prefix}input_tokens"].sum()), int(answers[f"{prefix}output_tokens"].sum())


def _off(billed: int, planned: int) -> float | None:
    """How much more was billed than planned, as a share; None where nothing was planned."""
    return billed / planned - 1 if planned else None


def _output_half(answers: pl.DataFrame, output_pusd: PicoUSD, known: Expectations) -> int:
    """Half the 90% range of the output of all `answers` together, in tokens: the rule of the plan's own total."""
    spread = (pl.col("cost_range_pusd") - pl.col("cost_low_pusd")) // max(2 * output_pusd, 1)
    own = answers.group_by(spread.alias("half")).len().iter_rows()
    hidden = int(answers["planned_reasoning_tokens"].sum())
    visible = int(answers["planned_output_tokens"].sum()) - hidden
    lengths, reasoning = known.lengths.shared_error, known.reasoning.shared_error
    return half_range(own, int(visible * Fraction(str(lengths)) + hidden * Fraction(str(reasoning))))


_NO_JUDGING = PicoUSD(0)


@dataclass(frozen=True, slots=True)
class Expecting:
    """What open requests are priced by, and what was spent on the others."""

    rate_cards: Mapping[str, RateCard]
    spent_pusd: PicoUSD
    judging_pusd: PicoUSD = _NO_JUDGING  # that is still to come


def projection(facts: RunFacts) -> Projection | None:
    """What the run comes to when every open request is sent once; None when none is open."""
    known = Expecting(facts.plan.header.rate_cards, facts.spent_pusd, judging_to_come(facts))
    return projected(facts.attempts, facts.finals, _planned(facts), known)


def projected(
    attempts: pl.DataFrame, finals: pl.DataFrame, assignments: pl.DataFrame, known: Expecting
) -> Projection | None:
    """The same by the columns of ATTEMPTS, FINALS and ASSIGNMENTS that it takes."""
    loads = open_loads(attempts, finals, assignments)
    if not loads:
        return None
    learned = Learned.of(known.rate_cards, seen_in(attempts, assignments.lazy()))
    observed = tuple(sorted(model for model in loads if learned.knows(model)))
    expected = PicoUSD(learned.expected(loads) + known.judging_pusd)
    return Projection(
        basis="observed usage" if observed else "plan",
        observed_models=observed,
        planned_models=tuple(sorted(loads.keys() - set(observed))),
        open_pusd=expected,
        total_pusd=PicoUSD(known.spent_pusd + expected),
    )
