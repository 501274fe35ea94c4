"""Every request on every model it may use: what it takes, what it costs, how good it is believed to be, and why not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import polars as pl

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.base.frames import CANDIDATES, Schema, check
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.cards import Catalog, ModelCard
from modelroute_cli.catalog.prices import RateCard, UsageColumns, cost_expr, dearest, resolve
from modelroute_cli.catalog.settings import Settings
from modelroute_cli.features.tokens import TokenFamily, family
from modelroute_cli.planning.expect import Expectations, load_expectations, token_columns
from modelroute_cli.planning.figures import count_requests
from modelroute_cli.planning.policy import Policy, allows, rule_problem
from modelroute_cli.planning.quality import QualityPrior, load_prior, quality_columns

PROBLEMS: Final[Mapping[str, str]] = {
    "modality": "it cannot read what the request carries",
    "context": "request and answer do not fit its context window",
    "ended": "its provider has ended it",
    "min_quality": "its believed quality is below the request's own `min_quality`",
    "rule_tier": "a rule wants another service tier",
    "rule_quality": "its believed quality is below the `min_quality` of a rule",
    "schema": "it cannot be held to a response schema, and another allowed model can",
}
PROBLEM = pl.Enum(list(PROBLEMS))

QUOTES: Schema = {
    **CANDIDATES,
    "output_cost_pusd": pl.Int64,  # the part of cost_pusd that is output
    "problem": PROBLEM,  # why this model cannot do the request; null when it can
}

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Terms:
    """What one model is and costs, resolved once."""

    card: ModelCard
    rates: RateCard
    dearest: RateCard
    family: TokenFamily


@dataclass(frozen=True, slots=True)
class Outlook:
    """What every quote rests on: beliefs about quality and length, and the time of its prices."""

    prior: QualityPrior
    known: Expectations
    at: datetime


def make_outlook(settings: Settings, at: datetime) -> Outlook:
    """The tables that ship, under the user's assumptions."""
    return Outlook(load_prior(), load_expectations(settings.assumptions), at)


def make_terms(
    name: str, catalog: Catalog, settings: Settings, at: datetime, families: Mapping[str, TokenFamily] | None = None
) -> Terms:
    """One model's terms, counting as `families` do for this job; SettingsError when it has no price."""
    card = catalog.models[name]
    rates = resolve(card, settings, at)
    counts = (families or {}).get(card.tokenizer) or family(card.tokenizer)
    return Terms(card, rates, dearest(rates), counts)


def quote(requests: pl.DataFrame, terms: Terms, outlook: Outlook) -> pl.DataFrame:
    """All of `requests` on one model, at the standard tier, in their order; `problem` says what it cannot do."""
    counted = token_columns(outlook.known, terms.card, terms.family, requests)
    priced = counted.with_columns(no_tokens=pl.lit(0, pl.Int64)).with_columns(
        *_costs(terms, outlook.at), *quality_columns(outlook.prior, terms.card.base_model)
    )
    judged = priced.with_columns(_problem(terms.card, outlook.at.date()).alias("problem"))
    written = {"row", "model", "service_tier", "output_cost_pusd", "problem"}
    return judged.select(
        "row",
        pl.lit(terms.card.name).alias("model"),
        pl.lit(ServiceTier.STANDARD.value, CANDIDATES["service_tier"]).alias("service_tier"),
        *(name for name in QUOTES if name not in written),
        (pl.col("cost_pusd") - pl.col("input_cost_pusd")).alias("output_cost_pusd"),
        "problem",
    ).collect()


def compared(quotes: pl.DataFrame) -> pl.DataFrame:
    """What a quote says of cost, quality and problem alone: all that comparing needs, in a tenth of the memory."""
    return quotes.select("cost_pusd", "quality", "problem")


def _costs(terms: Terms, at: datetime) -> tuple[pl.Expr, ...]:
    """Expected cost and its range at the prices of `at`; the most one attempt can cost, at the dearest of the day."""
    outputs = {
        "cost_pusd": "output_tokens",
        "cost_low_pusd": "output_low_tokens",
        "cost_range_pusd": "output_high_tokens",
        "input_cost_pusd": "no_tokens",
    }
    expected = [
        cost_expr(terms.rates, UsageColumns(output_tokens=tokens), at).alias(name) for name, tokens in outputs.items()
    ]
    most = UsageColumns(input_tokens="input_high_tokens", output_tokens="max_tokens")
    return (*expected, cost_expr(terms.dearest, most, at).alias("cost_high_pusd"))


def _problem(card: ModelCard, on: date) -> pl.Expr:
    """The first reason why a model cannot do a request; null when it can."""
    fits = pl.col("input_high_tokens") + pl.col("max_tokens") <= card.context_tokens
    readable = pl.col("modality").cast(pl.String).is_in([modality.value for modality in card.modalities])
    good = (pl.col("quality") >= pl.col("min_quality")).fill_null(value=True)
    problems = {"modality": ~readable, "context": ~fits, "ended": pl.lit(is_ended(card, on)), "min_quality": ~good}
    return pl.coalesce(*(pl.when(found).then(pl.lit(name, PROBLEM)) for name, found in problems.items()))


def is_ended(card: ModelCard, on: date) -> bool:
    """Whether the provider's announced end has come."""
    return card.shutdown is not None and date.fromisoformat(card.shutdown) <= on


def allowed_quotes(
    requests: pl.DataFrame, quotes: Mapping[str, pl.DataFrame], terms: Mapping[str, Terms], policy: Policy
) -> pl.DataFrame:
    """The QUOTES of the models that each request (with its `rule`) may use, by row, in the policy's order.

    `quotes` has what each model quotes for all of `requests`, in their order.
    """
    return check(open_quotes(requests, quotes, terms, policy).select(list(QUOTES)), QUOTES)


def open_quotes(
    requests: pl.DataFrame, quotes: Mapping[str, pl.DataFrame], terms: Mapping[str, Terms], policy: Policy
) -> pl.DataFrame:
    """The same of quotes that have but `row`, `service_tier`, `quality`, `problem` and what else is asked for.

    A model without schema support stays a candidate for a request with a schema only where no allowed model has any:
    gates check the answer here, but an answer that is held to the schema by its provider fails less often.
    """
    parts = [
        quotes[model]
        .filter(requests.select(allows(policy, model)).to_series())
        .with_columns(holds_schema=pl.lit(terms[model].card.response_schema != "none"))
        for model in policy.models()
    ]
    every = pl.concat(parts) if parts else _no_quotes()
    every = every.join(requests.select("row", "has_schema", "rule"), on="row", how="left", maintain_order="left")
    every = every.with_columns(pl.coalesce("problem", rule_problem(policy).cast(PROBLEM)).alias("problem"))
    holds = pl.col("holds_schema") & pl.col("problem").is_null()
    worse = pl.col("has_schema") & ~pl.col("holds_schema") & pl.col("problem").is_null() & holds.any().over("row")
    judged = every.with_columns(pl.when(worse).then(pl.lit("schema", PROBLEM)).otherwise("problem").alias("problem"))
    return judged.sort("row", maintain_order=True)


def _no_quotes() -> pl.DataFrame:
    """No model is left at all."""
    return pl.DataFrame(schema={**QUOTES, "holds_schema": pl.Boolean})


def candidates(requests: pl.DataFrame, allowed: pl.DataFrame) -> pl.DataFrame:
    """The allowed quotes without a problem; InfeasibleError names the requests that have none, and why."""
    possible = allowed.filter(pl.col("problem").is_null())
    stranded = stranded_of(requests, allowed)
    if stranded.height:
        raise _infeasible(stranded, allowed)
    return possible


def stranded_of(requests: pl.DataFrame, allowed: pl.DataFrame) -> pl.DataFrame:
    """The requests that have no allowed quote without a problem, in order."""
    possible = allowed.filter(pl.col("problem").is_null())
    return requests.join(possible.select("row").unique(), on="row", how="anti", maintain_order="left").sort("row")


def _infeasible(stranded: pl.DataFrame, allowed: pl.DataFrame) -> InfeasibleError:
    """The first requests that no allowed model can do, each with the reason of every model."""
    shown = stranded.head(_SHOWN).select("row", "line", "custom_id", "rule").iter_rows()
    lines = [_why(allowed, row, f"line {line} (`{custom_id}`), rule `{rule}`") for row, line, custom_id, rule in shown]
    count = int(stranded["requests"].sum())
    more = count - len(lines)
    tail = [f"and {more:,} more"] if more else []
    message = "\n  ".join([f"no allowed model can do {count_requests(count)}:", *lines, *tail])
    hint = "allow other models for these requests in `rules`, or widen `--models` or `--exclude`"
    return InfeasibleError(message, hint=hint)


def _why(allowed: pl.DataFrame, row: int, where: str) -> str:
    """Why no model is left for one request."""
    tried = allowed.filter(pl.col("row") == row).select("model", "problem").iter_rows()
    reasons = [f"`{model}`: {PROBLEMS[problem]}" for model, problem in tried]
    return f"{where}: {'; '.join(reasons) if reasons else 'no model is left to it'}"
