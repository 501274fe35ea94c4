"""What a run read from prompt caches, and what that saved by the rate cards of its plan."""

from collections.abc import Iterator

import polars as pl

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.prices import UsageColumns, cost_expr
from modelroute_cli.planning.figures import total
from modelroute_cli.planning.plan import PlanHeader
from modelroute_cli.report.run_types import CacheUse, RunFacts

_CACHED = ("cache_read_tokens", "cache_write_tokens")
_PAID = UsageColumns(cache_read_tokens="cache_read_tokens", cache_write_tokens="cache_write_tokens")
_ENDED = pl.col("started_at") + pl.duration(microseconds=pl.col("latency_s").fill_null(0) * 1_000_000)


def cache_use(facts: RunFacts) -> CacheUse | None:
    """Tokens of all answers that told their usage, and the saving to the pico-dollar; None where no cache was used.

    The saving is what the same answers would have cost without a cache, at the hour at which each ended, less what
    they cost with it: below zero where writing came to more than reading saved.
    """
    told = facts.attempts.filter(pl.col("input_tokens").is_not_null() & pl.col("output_tokens").is_not_null())
    used = told.with_columns(pl.col(*_CACHED).fill_null(0), _ENDED.dt.truncate("1m").alias("ended_at"))
    if not used.select(pl.any_horizontal(pl.col(*_CACHED) > 0).any()).item():
        return None
    return CacheUse(
        input_tokens=int(used["input_tokens"].sum()),
        cache_read_tokens=int(used["cache_read_tokens"].sum()),
        cache_write_tokens=int(used["cache_write_tokens"].sum()),
        saved_pusd=PicoUSD(sum(_savings(used, facts.plan.header))),
    )


def _savings(used: pl.DataFrame, header: PlanHeader) -> Iterator[int]:
    """What was saved, by model and the tier that was asked for, by minute where prices change with the hour."""
    offers = used.with_columns(pl.col("service_tier").cast(pl.String).alias("tier"))
    for (model, tier), answers in offers.group_by("model", "tier"):
        card = header.cards_of(str(model)).get(str(tier))
        if card is None:
            continue
        for part in answers.partition_by("ended_at") if card.windows else [answers]:
            at = part["ended_at"][0]
            saved = cost_expr(card, UsageColumns(), at) - cost_expr(card, _PAID, at)
            yield total(part.select(saved.alias("saved"))["saved"])
