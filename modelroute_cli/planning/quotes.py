"""What every request takes and costs on one offer, how good the answer is believed to be, and why it cannot be had."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

import polars as pl

from modelroute_cli.base.frames import CANDIDATES, Schema
from modelroute_cli.base.schema import Need
from modelroute_cli.catalog.prices import RateCard, UsageColumns, cost_expr
from modelroute_cli.planning.beliefs import belief_columns, length_columns
from modelroute_cli.planning.cached import WRITE, cache_columns
from modelroute_cli.planning.expect import token_columns
from modelroute_cli.planning.media_counts import needs
from modelroute_cli.planning.needed import READ, unfetched
from modelroute_cli.planning.offers import Outlook, Terms, is_ended

PROBLEMS: Final[Mapping[str, str]] = {
    "modality": "it cannot read what the request carries",
    "tools": "it cannot ask for tools to be called",
    "links": "what stands at an address is read by the run for it, which `images: {fetch: true}` must allow",
    "context": "request and answer do not fit its context window",
    "ended": "its provider has ended it",
    "min_quality": "its believed quality is below the request's own `min_quality`",
    "rule_tier": "a rule wants another service tier",
    "kept": "what is handed in is kept by its provider for up to 30 days, longer than a rule allows",
    "rule_quality": "its believed quality is below the `min_quality` of a rule",
    "schema": "it cannot be held to a response schema, and another allowed model can",
    "tier": "its service tier is for requests with a deadline, or whose rule names it",
    "deadline": "its service tier may take longer than the deadline leaves",
}
PROBLEM = pl.Enum(list(PROBLEMS))

QUOTES: Schema = {
    **CANDIDATES,
    "output_cost_pusd": pl.Int64,  # the part of cost_pusd that is output
    "uncached_cost_pusd": pl.Int64,  # cost_pusd if nothing were read from a prompt cache
    "standard_cost_pusd": pl.Int64,  # the same at the standard tier, less what its cache would save where this has none
    "write_tokens": pl.Int64,  # of the shared beginning, for the one request that writes it to the cache
    "setup_pusd": pl.Int64,  # what the one request that writes the shared beginning costs more; 0 without one
    "problem": PROBLEM,  # why this offer cannot do the request; null when it can
}


_COMPARED = (
    "cost_pusd",
    "setup_pusd",
    "quality",
    "quality_low",
    "problem",
    "input_tokens",
    "max_tokens",
    "escalate_to",
)


def quote(requests: pl.DataFrame, terms: Terms, outlook: Outlook) -> pl.DataFrame:
    """All of `requests` on one offer, in their order; `problem` says what its model cannot do."""
    counted = token_columns(outlook.known, terms.card, terms.family, requests)
    lengths = length_columns(outlook.measured, terms.card.name)
    cached = counted.with_columns(*lengths).with_columns(
        *cache_columns(terms, outlook.known.assumptions),
        pl.col("max_tokens").clip(lower_bound=terms.least_output_tokens),
        no_tokens=pl.lit(0, pl.Int64),
    )
    believed = belief_columns(outlook.prior, outlook.measured, terms.card.name, terms.card.base_model)
    priced = cached.with_columns(*_costs(terms, outlook.at), *believed)
    judged = priced.with_columns(
        pl.lit(terms.card.name).alias("model"),
        pl.lit(terms.tier.value, CANDIDATES["service_tier"]).alias("service_tier"),
        (pl.col("cost_pusd") - pl.col("input_cost_pusd")).alias("output_cost_pusd"),
        (pl.col("write_cost_pusd") - pl.col("cost_pusd")).clip(lower_bound=0).alias("setup_pusd"),
        _problem(terms, outlook.at.date()).alias("problem"),
        pl.lit(None, pl.String).alias("escalate_to"),
    )
    return judged.select(list(QUOTES)).collect()


def compared(quotes: pl.DataFrame) -> pl.DataFrame:
    """What a quote says of cost, quality and problem alone: all that comparing needs, in a tenth of the memory."""
    return quotes.select(_COMPARED)


def _costs(terms: Terms, at: datetime) -> tuple[pl.Expr, ...]:
    """Expected cost and its range at the prices of `at`; the most one attempt can cost, at the dearest of the day.

    The low end and the mean count on the prompt cache, the high end does not.
    """
    read, no_cache = "cache_read_tokens", None
    usages = {
        "cost_pusd": (terms.rates, "output_tokens", read),
        "cost_low_pusd": (terms.rates, "output_low_tokens", read),
        "cost_range_pusd": (terms.rates, "output_high_tokens", no_cache),
        "input_cost_pusd": (terms.rates, "no_tokens", read),
        "uncached_cost_pusd": (terms.rates, "output_tokens", no_cache),
        "standard_cost_pusd": (terms.standard, "output_tokens", "lost_read_tokens"),
    }
    most = UsageColumns(input_tokens="input_high_tokens", output_tokens="max_tokens", audio_tokens="audio_high_tokens")
    return (
        *(_cost(rates, tokens, cached, at).alias(name) for name, (rates, tokens, cached) in usages.items()),
        cost_expr(terms.rates, UsageColumns(cache_write_tokens=WRITE), at).alias("write_cost_pusd"),
        cost_expr(terms.dearest, most, at).alias("cost_high_pusd"),
    )


def _cost(rates: RateCard, output: str, cached: str | None, at: datetime) -> pl.Expr:
    """A cost of so many output tokens, with what is read from the cache."""
    columns = UsageColumns(output_tokens=output, cache_read_tokens=cached, audio_tokens="audio_tokens")
    return cost_expr(rates, columns, at)


def _problem(terms: Terms, on: date) -> pl.Expr:
    """The first reason why an offer's model cannot do a request; null when it can."""
    card = terms.card
    fits = pl.col("input_high_tokens") + pl.col("max_tokens") <= card.context_tokens
    readable = pl.col("modality").cast(pl.String).is_in([modality.value for modality in card.modalities])
    unread = [need for need in READ if need.value not in card.modalities]
    deaf = ~readable | needs(*unread) if unread else ~readable
    unasked = needs(Need.TOOLS) & ~pl.lit(card.tools)
    linked = needs(*unfetched(terms.fetches_links, terms.may_fetch))
    good = (pl.col("quality") >= pl.col("min_quality")).fill_null(value=True)
    problems = {
        "modality": deaf,
        "tools": unasked,
        "links": linked,
        "context": ~fits,
        "ended": pl.lit(is_ended(card, on)),
        "min_quality": ~good,
    }
    return pl.coalesce(*(pl.when(found).then(pl.lit(name, PROBLEM)) for name, found in problems.items()))
