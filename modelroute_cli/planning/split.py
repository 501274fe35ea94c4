"""Duplicates that come under different rules: one answer serves only those whose rules would all have allowed it."""

import polars as pl

_REPEATED = pl.col("duplicate_of").is_not_null()


def split_duplicates(requests: pl.LazyFrame) -> pl.LazyFrame:
    """REQUESTS with their `rule`, each duplicate now one of the first request that asks the same under its own rule."""
    repeated = requests.filter(_REPEATED).select("row", "rule", pl.col("duplicate_of").alias("first")).collect()
    if not repeated.height:
        return requests
    is_first = pl.col("row").is_in(repeated["first"].unique().implode())
    firsts = requests.filter(is_first).select("row", "rule", pl.col("row").alias("first")).collect()
    both = pl.concat([firsts, repeated]).sort("row")
    both = both.with_columns(pl.col("row").first().over("first", "rule").alias("own"))
    moved = both.filter((pl.col("row") != pl.col("first")) & (pl.col("own") != pl.col("first")))
    return _relinked(requests, moved) if moved.height else requests


def _relinked(requests: pl.LazyFrame, moved: pl.DataFrame) -> pl.LazyFrame:
    """The duplicates that `moved` names, as duplicates of their `own` first, or of none where they are that.

    Looked up row by row, not joined: blocks of the frame are taken without making all of it again for each.
    """
    own = pl.col("row").replace_strict(moved["row"], moved["own"], default=None, return_dtype=pl.Int64)
    link = pl.when(own.is_null()).then("duplicate_of").when(own != pl.col("row")).then(own)
    return requests.with_columns(link.alias("duplicate_of"))
