"""Which requests are answered by the baseline as well: the same share of every template, by a hash of their names."""

from collections.abc import Collection
from hashlib import blake2b

import polars as pl

from modelroute_cli.execution.tickets import COLUMNS, Assigned

_SIZE = 2**64


def drawn(assignments: pl.LazyFrame, rules: Collection[str], share: float, seed: int) -> dict[int, Assigned]:
    """The requests of a control sample, by row: of ASSIGNMENTS under one of `rules`, duplicates of others left out.

    Of n requests of a template share x n are drawn, rounded up or down by a hash, so that small templates are drawn
    from at the same rate in the mean. The same seed draws the same ones, in whatever order they are asked for.
    """
    own = assignments.filter(pl.col("duplicate_of").is_null() & pl.col("rule").is_in(list(rules)))
    names = own.select("row", "custom_id", pl.col("template").cast(pl.String)).collect()
    chosen = _chosen(names, share, seed)
    rows = assignments.filter(pl.col("row").is_in(chosen)).select(COLUMNS).collect()
    return {values[0]: Assigned(*values) for values in rows.iter_rows()}


def _chosen(names: pl.DataFrame, share: float, seed: int) -> list[int]:
    """The rows with the smallest hashes of each template."""
    hashes = [_hash(seed, custom_id) for custom_id in names["custom_id"]]
    ranked = names.with_columns(pl.Series("hash", hashes, pl.UInt64)).sort("template", "hash", "row")
    placed = ranked.with_columns(pl.int_range(pl.len()).over("template").alias("place"))
    counts = names.group_by("template").len()
    quota = [_rounded(share * count, template, seed) for template, count in counts.iter_rows()]
    most = counts.select("template").with_columns(pl.Series("quota", quota, pl.Int64))
    return placed.join(most, on="template").filter(pl.col("place") < pl.col("quota"))["row"].sort().to_list()


def _rounded(wanted: float, template: str, seed: int) -> int:
    """The number of draws, with a chance of one more for what is over."""
    return int(wanted + _hash(seed, f"template {template}") / _SIZE)


def _hash(seed: int, name: str) -> int:
    return int.from_bytes(blake2b(f"{seed}/control/{name}".encode(), digest_size=8).digest(), "big")
