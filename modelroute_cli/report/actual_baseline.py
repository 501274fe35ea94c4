"""What one model would have cost for the answers that were really given: an estimate from their own tokens.

Each accepted answer's input and visible output, as the model that gave it counted them, are converted to the baseline's
tokenizer by the ratio of both families; hidden reasoning is what the plan assumes of the baseline for the task type.
Where a pilot measured how long the baseline's own answers to a template are, that counts instead.
What was read from a prompt cache counts as read from the baseline's, where it caches by itself: the saving is not ours.
Duplicates are counted each by itself: a single model without this program would have answered them all.
"""

from collections.abc import Mapping
from datetime import datetime

import polars as pl

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import TaskType
from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.catalog.prices import UsageColumns, cost_expr
from modelroute_cli.catalog.settings import Assumptions
from modelroute_cli.features.tokens import family
from modelroute_cli.planning.beliefs import measured_length, with_group
from modelroute_cli.planning.expect import load_expectations, reasoning_tokens
from modelroute_cli.planning.figures import total
from modelroute_cli.planning.plan import PlanHeader


def actual_cost(answers: pl.DataFrame, header: PlanHeader, model: str | None) -> PicoUSD | None:
    """The cost of `answers` on `model` at the plan's prices; None where the model or its price is not in the plan.

    `answers` as `actual_costs` takes them.
    """
    costs = actual_costs(answers, header, model)
    return None if costs is None else total(costs)


def actual_costs(answers: pl.DataFrame, header: PlanHeader, model: str | None) -> pl.Series | None:
    """The same of each answer by itself, in pico-dollars and in their order; null where there is no answer.

    `answers` has `model` (that gave the answer), `task_type`, `template`, `input_tokens`, `output_tokens`,
    `reasoning_tokens`, `cache_read_tokens`.
    """
    card = header.models.get(model or "")
    rates = header.rate_cards.get(model or "")
    if card is None or rates is None:
        return None
    grouped = answers.lazy() if header.measured is None else with_group(answers.lazy(), header.measured)
    used = _as_counted_by(grouped.collect(), card, header, _reasoning(card, header.token_assumptions))
    columns = UsageColumns(input_tokens="base_input", output_tokens="base_output", cache_read_tokens="base_read")
    cost = cost_expr(rates, columns, datetime.fromisoformat(header.prices_at))
    return used.select(cost.alias("cost"))["cost"]


def chosen_baseline(header: PlanHeader) -> str | None:
    """The model that the user compares with; None: there is none."""
    return next((base.model for base in header.baselines if base.kind == "chosen"), None)


def _reasoning(card: ModelCard, assumptions: Assumptions) -> dict[str, int]:
    """Hidden tokens the baseline is assumed to take, by task type."""
    known = load_expectations(assumptions)
    return {task.value: reasoning_tokens(known, card, task) for task in TaskType}


def _ratio(header: PlanHeader, card: ModelCard) -> float:
    """Tokens per o200k token, as the plan took them for this job."""
    return (header.token_families.get(card.tokenizer) or family(card.tokenizer)).ratio


def _as_counted_by(
    answers: pl.DataFrame, card: ModelCard, header: PlanHeader, reasoning: Mapping[str, int]
) -> pl.DataFrame:
    """`answers` with `base_input` and `base_output` as the baseline would count and reason."""
    own = _ratio(header, card)
    factors = {name: own / _ratio(header, other) for name, other in header.models.items()}
    factor = pl.col("model").replace_strict(factors, return_dtype=pl.Float64)
    hidden = pl.col("task_type").cast(pl.String).replace_strict(reasoning, return_dtype=pl.Int64)
    visible = pl.col("output_tokens") - pl.col("reasoning_tokens")
    return answers.with_columns(
        (pl.col("input_tokens") * factor).ceil().cast(pl.Int64).alias("base_input"),
        pl.coalesce(
            measured_length(header.measured, card.name), (visible * factor).ceil().cast(pl.Int64) + hidden
        ).alias("base_output"),
        (_read(card) * factor).floor().cast(pl.Int64).alias("base_read"),
    )


def _read(card: ModelCard) -> pl.Expr:
    """What would have been read from the baseline's own prompt cache: as much as was read, where it has one."""
    return pl.col("cache_read_tokens") if card.cache.kind == "automatic" else pl.lit(0, pl.Int64)
