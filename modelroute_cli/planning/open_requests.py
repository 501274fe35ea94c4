"""Requests that are still open, as columns, and every model that each of them may go to from where it was planned."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from modelroute_cli.base.frames import IMPORTANCE, SERVICE_TIER, TASK_TYPE, Schema, check
from modelroute_cli.base.schema import TaskType
from modelroute_cli.planning.beliefs import GROUP, group_of_template
from modelroute_cli.planning.elsewhere import Planned, costs, elsewhere
from modelroute_cli.planning.hull import Ints
from modelroute_cli.planning.measured import Measured
from modelroute_cli.planning.offers import Offer
from modelroute_cli.planning.reach import Reach, Spot

OPEN: Schema = {
    "row": pl.Int64,
    "rule": pl.String,
    "task_type": TASK_TYPE,
    "language": pl.String,
    "template": pl.String,
    "importance": IMPORTANCE,
    "model": pl.String,  # that it was planned on: its tokens are counted as that one does
    "service_tier": SERVICE_TIER,
    "input_tokens": pl.Int64,
    "output_tokens": pl.Int64,
    "reasoning_tokens": pl.Int64,
    "max_tokens": pl.Int64,
    "cost_pusd": pl.Int64,
    "cost_range_pusd": pl.Int64,
    "tried": pl.String,  # models that it may not go to again, separated by line ends
    "needs": pl.UInt16,
    "min_quality": pl.Float64,  # its own, null without
    "has_schema": pl.Boolean,
    "own_limit": pl.Int64,  # its `max_output_tokens`, 0 without
    "bound_tokens": pl.Int64,  # more input than any model can count
    "bound_audio_tokens": pl.Int64,  # the part of those that may be sound
}

CANDIDATES: Schema = {
    "kind": pl.Int64,
    "model": pl.String,
    "service_tier": SERVICE_TIER,
    "input_tokens": pl.Int64,
    "output_tokens": pl.Int64,
    "reasoning_tokens": pl.Int64,
    "max_tokens": pl.Int64,
    "cost_pusd": pl.Int64,
    "cost_range_pusd": pl.Int64,
    "quality": pl.Float64,
    "holds_schema": pl.Boolean,
}

_SAME = ["rule", "task_type", "language", GROUP, "model", "service_tier", "tried"]  # who is alike in where it may go
_TOKENS = ["input_tokens", "output_tokens", "reasoning_tokens", "max_tokens", "own_limit"]
_KIND = [*_SAME, *_TOKENS, "importance", "cost_pusd", "cost_range_pusd", "needs", "min_quality", "has_schema"]


def kinds_of(open_: pl.DataFrame, measured: Measured | None) -> pl.DataFrame:
    """Requests that are alike in all that is looked at: a `kind` each, with its `count` and its `rows` as a list."""
    ordered = with_groups(open_, measured).sort("row")
    return (
        ordered.group_by(_KIND, maintain_order=True)
        .agg("row")
        .rename({"row": "rows"})
        .with_columns(pl.int_range(pl.len()).alias("kind"), pl.col("rows").list.len().cast(pl.Int64).alias("count"))
    )


def with_groups(open_: pl.DataFrame, measured: Measured | None) -> pl.DataFrame:
    """OPEN with the `group` of each template, null where nothing was measured of it."""
    group = pl.lit(None, pl.String) if measured is None else group_of_template(measured)
    return open_.with_columns(group.alias(GROUP))


def candidates_of(kinds: pl.DataFrame, reach: Reach, closed: frozenset[str]) -> pl.DataFrame:
    """CANDIDATES: every kind on every model it may use, by kind.

    A model without schema support is one only where no other has any.
    """
    parts = [
        part
        for same in kinds.drop("rows").partition_by(_SAME, maintain_order=True)
        for part in _of_same(same, reach, closed)
    ]
    every = pl.concat(parts) if parts else pl.DataFrame(schema=CANDIDATES)
    asked = every.join(kinds.select("kind", "has_schema"), on="kind", how="left", maintain_order="left")
    worse = pl.col("has_schema") & ~pl.col("holds_schema") & pl.col("holds_schema").any().over("kind")
    return asked.filter(~worse).drop("has_schema").sort("kind", maintain_order=True)


def _of_same(same: pl.DataFrame, reach: Reach, closed: frozenset[str]) -> Iterator[pl.DataFrame]:
    """The candidates of kinds that may go to the same models."""
    rule, tried, tier = same["rule"][0], same["tried"][0].split("\n"), same["service_tier"][0]
    task, language, group = TaskType(same["task_type"][0]), same["language"][0], same[GROUP][0]
    here = reach.spots[Offer(same["model"][0])]
    for name in reach.header.allowed.get(rule, ()):
        quality = reach.quality_in(group, name, task, language)
        if name in closed or name in tried or quality < reach.header.rule_quality.get(rule, 0.0):
            continue
        spot = reach.spot(name, rule, tier)
        if spot is not None:
            yield _on(same, here, spot, reach, quality)


def _on(same: pl.DataFrame, here: Spot, spot: Spot, reach: Reach, quality: float) -> pl.DataFrame:
    """The kinds that one model can do, with what they take and cost there."""
    task = TaskType(same["task_type"][0])
    planned = Planned(**{name: same[name].to_numpy() for name in _TOKENS})
    taken = elsewhere(planned, reach.counting(here, task), reach.counting(spot, task))
    cost = costs(spot.rates, taken.input_tokens, taken.output_tokens, reach.outlook.at)
    fits = taken.input_high_tokens + taken.max_tokens <= spot.card.context_tokens
    able = fits & ((same["needs"].to_numpy() & spot.lacking) == 0)
    able &= same["min_quality"].fill_null(0.0).to_numpy() <= quality
    frame = same.select("kind").with_columns(
        pl.lit(spot.card.name).alias("model"),
        pl.lit(spot.rates.service_tier, SERVICE_TIER).alias("service_tier"),
        pl.Series("input_tokens", taken.input_tokens),
        pl.Series("output_tokens", taken.output_tokens),
        pl.Series("reasoning_tokens", taken.reasoning_tokens),
        pl.Series("max_tokens", taken.max_tokens),
        pl.Series("cost_pusd", cost),
        pl.Series("cost_range_pusd", _range(same, cost)),
        pl.lit(quality).alias("quality"),
        pl.lit(spot.card.response_schema != "none").alias("holds_schema"),
    )
    return check(frame.filter(pl.Series(able)), CANDIDATES)


def _range(same: pl.DataFrame, cost: Ints) -> Ints:
    """The high end of a cost, as far above it as the planned one was."""
    wider = same["cost_range_pusd"].to_numpy() / np.maximum(same["cost_pusd"].to_numpy(), 1)
    high: Ints = np.maximum(np.ceil(cost * np.maximum(wider, 1.0)).astype(np.int64), cost)
    return high
