"""Who writes a shared beginning to the prompt cache: one request of each group that an offer gets."""

import polars as pl

_GROUP = ("prefix", "model", "service_tier")
_OWN = pl.col("setup_pusd")


def with_writers(given: pl.DataFrame) -> pl.DataFrame:
    """Portions (QUOTES with `kind`, `requests`, `prefix`) in which the first of each group pays for writing.

    It becomes a portion of its own: it reads nothing, and costs `setup_pusd` more than one that does.
    """
    portions = given.with_row_index("place")
    firsts = portions.filter((_OWN > 0) & pl.col("prefix").is_not_null()).unique(_GROUP, keep="first")
    if not firsts.height:
        return given
    left = portions.with_columns(
        pl.col("requests") - pl.col("place").is_in(firsts["place"].implode()).cast(pl.Int64)
    ).filter(pl.col("requests") > 0)
    both = pl.concat([_writing(firsts), left]).sort("place", maintain_order=True)
    return both.drop("place")


def _writing(firsts: pl.DataFrame) -> pl.DataFrame:
    """One request of each portion, as the one that writes; never above what it is reserved."""
    most = pl.col("cost_high_pusd")
    return firsts.with_columns(
        pl.lit(1, pl.Int64).alias("requests"),
        pl.lit(0, pl.Int64).alias("cache_read_tokens"),
        pl.col("write_tokens").alias("cache_write_tokens"),
        (pl.col("cost_pusd") + _OWN).alias("cost_pusd"),
        (pl.col("cost_low_pusd") + _OWN).alias("cost_low_pusd"),
        pl.min_horizontal(pl.col("cost_range_pusd") + _OWN, most).alias("cost_range_pusd"),
    )


def setup_total(quotes: pl.DataFrame, prefixes: pl.Series) -> int:
    """What writing each shared beginning once costs, pico-dollars; `quotes` and `prefixes` are side by side.

    Once for each offer, where `quotes` are of several.
    """
    groups = [name for name in _GROUP if name != "prefix" and name in quotes.columns]
    paid = quotes.select(_OWN, *groups, prefixes.alias("prefix")).filter(pl.col("prefix").is_not_null())
    return int(paid.group_by("prefix", *groups).agg(_OWN.max())["setup_pusd"].sum())
