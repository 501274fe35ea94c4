"""Open requests whose model is gone get another one: the plan's own optimisation over what is left of models and money.

Frames in, frames out, so that a million requests are columns all the way. What a request takes elsewhere is told from
its assignment (planning.elsewhere), what it may use from the plan's header (planning.reach).
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.base.frames import SERVICE_TIER, Schema, check
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Importance, ServiceTier, TaskType
from modelroute_cli.catalog.prices import UsageColumns, cost_expr
from modelroute_cli.planning.beliefs import GROUP
from modelroute_cli.planning.figures import mean, total
from modelroute_cli.planning.mix import Portions
from modelroute_cli.planning.offers import Offer
from modelroute_cli.planning.open_requests import OPEN, candidates_of, kinds_of, with_groups
from modelroute_cli.planning.optimize import Problem, maximise_quality, minimise_cost
from modelroute_cli.planning.reach import Reach

MOVED: Schema = {
    "row": pl.Int64,
    "model": pl.String,
    "service_tier": SERVICE_TIER,
    "input_tokens": pl.Int64,
    "output_tokens": pl.Int64,
    "reasoning_tokens": pl.Int64,
    "max_tokens": pl.Int64,
    "cost_pusd": pl.Int64,
    "cost_range_pusd": pl.Int64,
    "cost_high_pusd": pl.Int64,  # the most one attempt can cost: the reservation under the hard cap
    "quality": pl.Float64,
    "funded": pl.Boolean,  # whether the money is expected to reach for it
}

_RANK = {Importance.PREMIUM: 0, Importance.STANDARD: 1, Importance.BULK: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """What is left to a re-plan: models but the closed ones, money, and the mean quality that it is to keep."""

    closed: frozenset[str]
    money: PicoUSD
    min_quality: float | None  # None: the best that the money buys


@dataclass(frozen=True, slots=True)
class Replanned:
    """New assignments (MOVED, by row), the rows that no model may do, and what the funded ones come to."""

    moved: pl.DataFrame
    unable: tuple[int, ...]
    cost_pusd: PicoUSD
    quality: float | None  # mean of the funded ones; None where there are none


def replan(open_: pl.DataFrame, reach: Reach, left: Leftover) -> Replanned:
    """New assignments for OPEN requests: the cheapest of the asked quality, else the best that the money buys.

    Where the money cannot answer all of them, premium requests come first, then standard ones, then bulk, each on the
    cheapest model it may use; those it does not reach for are not `funded`. Deterministic; no row is given a model that
    it tried, that is closed, or that its rule, tier, own floor or needs shut out.
    """
    kinds = kinds_of(check(open_, OPEN), reach.header.measured)
    found = candidates_of(kinds, reach, left.closed)
    able = kinds.filter(pl.col("kind").is_in(found["kind"].unique().implode())).drop("rows")
    portions = _portions(able, found, left) if able.height else _given(found.head(0), [], [])
    moved = _by_row(portions, kinds, open_, reach)
    lost = open_.join(moved.select("row"), on="row", how="anti")["row"].sort()
    paid = moved.filter("funded")
    ones = pl.repeat(1, paid.height, dtype=pl.Int64, eager=True)
    quality = mean(paid["quality"], ones) if paid.height else None
    return Replanned(moved, tuple(lost.to_list()), total(paid["cost_pusd"]), quality)


def believed(open_: pl.DataFrame, reach: Reach) -> float:
    """The mean quality that was believed of OPEN requests on the models they were planned on; 0 for none."""
    if not open_.height:
        return 0.0
    by = ["model", "task_type", "language", GROUP]
    counts = with_groups(open_, reach.header.measured).group_by(by).len().sort(by)
    worth = (
        reach.quality_in(group, name, TaskType(task), tongue) * n for name, task, tongue, group, n in counts.rows()
    )
    return float(sum(worth)) / open_.height


def _portions(able: pl.DataFrame, found: pl.DataFrame, left: Leftover) -> pl.DataFrame:
    """The candidates that are taken, each with its `count` and whether it is `funded`."""
    problem = Problem(
        owner=found["kind"].rle_id().cast(pl.Int64).to_numpy(),
        cost_pusd=found["cost_pusd"].to_numpy(),
        quality=found["quality"].to_numpy(),
        weight=np.ones(able.height, np.int64),
        count=able["count"].to_numpy(),
    )
    try:
        taken = _best(problem, left)
    except InfeasibleError:
        return _cheapest(able, found, max(left.money, 0))
    counts = taken.count.tolist()
    return _given(found[taken.candidate], counts, counts)


def _best(problem: Problem, left: Leftover) -> Portions:
    """The cheapest choice of the asked quality where the money pays for it, else the best within the money."""
    if left.min_quality is not None:
        try:
            cheapest = minimise_cost(problem, left.min_quality)
        except InfeasibleError:
            pass
        else:
            if cheapest.cost_pusd <= left.money:
                return cheapest.portions
    return maximise_quality(problem, left.money).portions


def _cheapest(able: pl.DataFrame, found: pl.DataFrame, money: int) -> pl.DataFrame:
    """Each kind on its cheapest model, the most important first: as many as the money reaches for are funded."""
    least = found.sort("kind", "cost_pusd", -pl.col("quality"), maintain_order=True).unique(
        "kind", keep="first", maintain_order=True
    )
    rank = pl.col("importance").cast(pl.String).replace_strict(_RANK, return_dtype=pl.Int64)
    known = able.select("kind", "count", rank.alias("rank"))
    ordered = least.join(known, on="kind", maintain_order="left").sort("rank", "cost_pusd", "kind")
    funded = []
    for cost, count in ordered.select("cost_pusd", "count").iter_rows():
        funded.append(count if not cost else min(count, money // cost))
        money -= funded[-1] * cost
    return _given(ordered.drop("count", "rank"), ordered["count"].to_list(), funded)


def _given(candidates: pl.DataFrame, counts: list[int], funded: list[int]) -> pl.DataFrame:
    """Candidates with how many requests of their kind take them, and how many of those the money reaches for."""
    return candidates.with_columns(pl.Series("count", counts, pl.Int64), pl.Series("paid", funded, pl.Int64))


def _by_row(portions: pl.DataFrame, kinds: pl.DataFrame, open_: pl.DataFrame, reach: Reach) -> pl.DataFrame:
    """MOVED: the portions of each kind, given to its requests in the order of their rows."""
    numbered = portions.sort("kind", maintain_order=True).with_columns(
        (pl.col("count").cum_sum().over("kind") - pl.col("count")).alias("start")
    )
    rows = numbered.join(kinds.select("kind", "rows"), on="kind", how="left", maintain_order="left")
    sliced = rows.with_columns(
        pl.col("rows").list.slice("start", "count").alias("row"),
        pl.int_ranges(0, pl.col("count")).alias("place"),
    ).drop("rows")
    each = sliced.explode("row", "place").with_columns((pl.col("place") < pl.col("paid")).alias("funded"))
    return _with_ceilings(each, open_, reach)


def _with_ceilings(each: pl.DataFrame, open_: pl.DataFrame, reach: Reach) -> pl.DataFrame:
    """The same in input order, with the most one attempt can cost: as many input tokens as any model can count."""
    bounds = open_.select("row", "bound_tokens", "bound_audio_tokens")
    known = each.join(bounds, on="row", how="left", maintain_order="left")
    usage = UsageColumns(input_tokens="bound_tokens", output_tokens="max_tokens", audio_tokens="bound_audio_tokens")
    parts = [
        part.with_columns(cost_expr(reach.spots[_offer(part)].ceiling, usage, reach.outlook.at).alias("cost_high_pusd"))
        for part in known.partition_by("model", "service_tier", maintain_order=True)
    ]
    whole = pl.concat(parts) if parts else known.with_columns(pl.lit(0, pl.Int64).alias("cost_high_pusd"))
    return check(whole.sort("row").select(list(MOVED)), MOVED)


def _offer(part: pl.DataFrame) -> Offer:
    """What all requests of a part are bought at."""
    return Offer(part["model"][0], ServiceTier(part["service_tier"][0]))
