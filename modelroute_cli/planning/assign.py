"""From candidates to assignments: one choice for each request, in input order, each with its reason."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from modelroute_cli.base.frames import ASSIGNMENTS, CANDIDATES, check
from modelroute_cli.base.spill import Spill, blocks
from modelroute_cli.planning.hull import Ints
from modelroute_cli.planning.kinds import Kinds
from modelroute_cli.planning.optimize import Solution
from modelroute_cli.planning.rules import is_pinned
from modelroute_cli.planning.writers import with_writers

_MONEY = ("cost_pusd", "cost_low_pusd", "cost_range_pusd", "cost_high_pusd")
_GIVEN = [*(name for name in ASSIGNMENTS if name in CANDIDATES and name != "row"), "reason"]
_REPEATED = pl.col("duplicate_of").is_not_null()


def portions(candidates: pl.DataFrame, kinds: pl.DataFrame, solution: Solution) -> pl.DataFrame:
    """What the requests of each kind are given: QUOTES with `kind`, `requests`, `copies`, `rule` and `reason`."""
    marked = candidates.with_columns(
        pl.len().over("row").alias("allowed"),
        pl.col("cost_pusd").min().over("row").alias("least"),
        pl.col("quality").max().over("row").alias("best"),
    )
    counts = pl.Series("requests", solution.portions.count)
    chosen = marked[np.asarray(solution.portions.candidate)].with_columns(counts)
    known = kinds.select("row", "copies", "rule", "task_type", "prefix").with_row_index("kind")
    joined = chosen.join(known, on="row", how="left", maintain_order="left")
    return with_writers(joined.with_columns(_reason().alias("reason")))


def _reason() -> pl.Expr:
    """Why a request got its model, for people."""
    rule = pl.format("rule `{}`: ", "rule")
    return (
        pl.when(is_pinned())
        .then(pl.lit("the request names this model"))
        .when(pl.col("escalate_to").is_not_null())
        .then(pl.format("{}{} answers first, what its gates reject goes to {}", rule, "model", "escalate_to"))
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


def assignments(requests: pl.LazyFrame, kinds: Kinds, given: pl.DataFrame) -> Spill:
    """The ASSIGNMENTS of all `requests` (with their `rule`), as `portions` gave them.

    A duplicate has its first's model and costs nothing.
    """
    spill = Spill(ASSIGNMENTS)
    table = given.select(_GIVEN)
    ids = _first_ids(requests)
    for block, portion in _with_portions(requests, kinds, given):
        spill.append(_assigned(block, table[portion], ids))
    return spill


def _with_portions(requests: pl.LazyFrame, kinds: Kinds, given: pl.DataFrame) -> Iterator[tuple[pl.DataFrame, Ints]]:
    """Blocks of requests with the place of each one's portion in `given`."""
    portion = _portion_of(kinds, given)
    start = 0
    for block in blocks(requests):
        yield block, portion[start : start + block.height]
        start += block.height


def _portion_of(kinds: Kinds, given: pl.DataFrame) -> Ints:
    """For every request the place of its portion in `given`: where a kind is split, its first requests come first."""
    by_kind, counts = given["kind"].to_numpy(), given["requests"].to_numpy()
    starts = np.flatnonzero(np.diff(by_kind.astype(np.int64), prepend=-1))
    portion: Ints = starts[kinds.kind]
    if len(starts) < len(by_kind):
        sent = np.flatnonzero(kinds.is_sent)
        in_order = sent[np.argsort(kinds.kind[sent], kind="stable")]
        portion[in_order] = np.repeat(np.arange(len(by_kind)), counts)
    portion[~kinds.is_sent] = portion[kinds.firsts]
    return portion


def _first_ids(requests: pl.LazyFrame) -> pl.DataFrame:
    """The `custom_id` of each request that others repeat."""
    repeated = requests.filter(_REPEATED).select(pl.col("duplicate_of").unique()).collect()["duplicate_of"]
    named = requests.filter(pl.col("row").is_in(repeated.implode())) if len(repeated) else requests.head(0)
    return named.select(pl.col("row").alias("duplicate_of"), pl.col("custom_id").alias("first_id")).collect()


def _assigned(block: pl.DataFrame, given: pl.DataFrame, ids: pl.DataFrame) -> pl.DataFrame:
    """Requests beside what they are given, row by row."""
    both = pl.concat([block.drop("input_tokens", "model"), given], how="horizontal")
    named = both.join(ids, on="duplicate_of", how="left", maintain_order="left")
    free = [pl.when(_REPEATED).then(pl.lit(0, pl.Int64)).otherwise(name).alias(name) for name in _MONEY]
    twin = pl.format("asks the same as `{}`, which answers both", "first_id")
    reason = pl.when(_REPEATED).then(twin).otherwise("reason").alias("reason")
    return check(named.with_columns(*free, reason).select(list(ASSIGNMENTS)), ASSIGNMENTS)
