"""From candidates to assignments: one choice for each request, in input order, each with its reason."""

import numpy as np
import polars as pl

from modelroute_cli.base.frames import ASSIGNMENTS, check
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.optimize import Problem, Solution, maximise_quality, minimise_cost
from modelroute_cli.planning.policy import PINNED

_MONEY = ("cost_pusd", "cost_low_pusd", "cost_range_pusd", "cost_high_pusd")


def first_of(requests: pl.DataFrame) -> pl.DataFrame:
    """`requests` with `first`: the row that answers each, its own or the one it repeats."""
    return requests.with_columns(pl.coalesce("duplicate_of", "row").alias("first"))


def copies(requests: pl.DataFrame) -> pl.DataFrame:
    """`row` and `weight`: how many requests each one that is sent answers, by row."""
    counted = first_of(requests).group_by(pl.col("first").alias("row")).agg(pl.len().cast(pl.Int64).alias("weight"))
    return counted.sort("row")


def solve(
    candidates: pl.DataFrame, weights: pl.DataFrame, min_quality: float | None, max_cost: PicoUSD | None
) -> Solution:
    """The cheapest plan of `min_quality`, else the best within `max_cost`; `candidates` and `weights` are by row."""
    problem = Problem(
        owner=candidates["row"].rle_id().cast(pl.Int64).to_numpy(),
        cost_pusd=candidates["cost_pusd"].to_numpy(),
        quality=candidates["quality"].to_numpy(),
        weight=weights["weight"].to_numpy(),
    )
    if min_quality is not None or max_cost is None:
        return minimise_cost(problem, min_quality or 0.0)
    return maximise_quality(problem, max_cost)


def assignments(requests: pl.DataFrame, candidates: pl.DataFrame, solution: Solution) -> pl.DataFrame:
    """The ASSIGNMENTS of all `requests` (with their `rule`); a duplicate has its first's model and costs nothing."""
    marked = candidates.with_columns(
        pl.len().over("row").alias("allowed"),
        pl.col("cost_pusd").min().over("row").alias("least"),
        pl.col("quality").max().over("row").alias("best"),
    )
    chosen = marked[np.asarray(solution.chosen)].rename({"row": "first"})
    ruled = first_of(requests).drop("input_tokens", "model")
    joined = ruled.join(chosen, on="first", how="left", maintain_order="left")
    ids = requests.select(pl.col("row").alias("first"), pl.col("custom_id").alias("first_id"))
    reasoned = joined.join(ids, on="first", how="left", maintain_order="left").with_columns(_reason().alias("reason"))
    repeated = pl.col("duplicate_of").is_not_null()
    free = [pl.when(repeated).then(pl.lit(0, pl.Int64)).otherwise(name).alias(name) for name in _MONEY]
    return check(reasoned.with_columns(free).select(list(ASSIGNMENTS)), ASSIGNMENTS)


def _reason() -> pl.Expr:
    """Why a request got its model, for people."""
    rule = pl.format("rule `{}`: ", "rule")
    return (
        pl.when(pl.col("duplicate_of").is_not_null())
        .then(pl.format("asks the same as `{}`, which answers both", "first_id"))
        .when(pl.col("rule") == PINNED)
        .then(pl.lit("the request names this model"))
        .when(pl.col("allowed") == 1)
        .then(pl.format("{}the only allowed model that can do it", rule))
        .when((pl.col("cost_pusd") == pl.col("least")) & (pl.col("quality") == pl.col("best")))
        .then(pl.format("{}cheapest and best of {} allowed models", rule, "allowed"))
        .when(pl.col("cost_pusd") == pl.col("least"))
        .then(pl.format("{}cheapest of {} allowed models", rule, "allowed"))
        .when(pl.col("quality") == pl.col("best"))
        .then(pl.format("{}best of {} allowed models: quality is cheap to raise here", rule, "allowed"))
        .otherwise(pl.format("{}of {} allowed models, quality is raised most cheaply with this one", rule, "allowed"))
    )
