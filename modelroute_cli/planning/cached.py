"""What prompt caches are worth: requests that begin alike pay for that beginning once, the others read it cheaply.

The beginning of a group is written by the first request that a model gets of it and read by the others, as often as
the cache is expected to be hit: a fixed charge for each (group, model), not a price of single requests.
"""

import polars as pl

from modelroute_cli.catalog.settings import Assumptions
from modelroute_cli.catalog.terms import CacheTerms
from modelroute_cli.features.tokens import TokenFamily
from modelroute_cli.planning.offers import Terms

WRITE = "write_tokens"


def cache_columns(terms: Terms, assumptions: Assumptions) -> list[pl.Expr]:
    """`write_tokens`, what the first request of a group writes; `cache_read_tokens`, what another is expected to read.

    Both are 0 for requests without a shared beginning and for those whose beginning is too short for the model.
    `lost_read_tokens` is what another would read at the standard tier, where this one has no cache.
    """
    cacheable = pl.lit(0, pl.Int64) if terms.cache is None else _cacheable(terms.cache, terms.family)
    lost = terms.standard_cache if terms.cache is None else None
    elsewhere = pl.lit(0, pl.Int64) if lost is None else _cacheable(lost, terms.family)
    return [
        cacheable.alias(WRITE),
        _expected(cacheable, assumptions).alias("cache_read_tokens"),
        pl.lit(0, pl.Int64).alias("cache_write_tokens"),
        _expected(elsewhere, assumptions).alias("lost_read_tokens"),
    ]


def _expected(cacheable: pl.Expr, assumptions: Assumptions) -> pl.Expr:
    """As much as is read on average: the cache is not always hit."""
    return (cacheable * assumptions.cache_hit_rate).floor().cast(pl.Int64)


def _cacheable(cache: CacheTerms, family: TokenFamily) -> pl.Expr:
    """The tokens of the shared beginning that the model caches: whole blocks, from its least on."""
    beyond = _as_counted(family) - cache.min_tokens
    whole = cache.min_tokens + beyond // cache.block_tokens * cache.block_tokens
    return pl.when(beyond >= 0).then(whole).otherwise(0).cast(pl.Int64)


def _as_counted(family: TokenFamily) -> pl.Expr:
    """The shared beginning as this family counts it, rounded down, never more than the whole input."""
    counted = (pl.col("prefix_tokens") * family.ratio).floor().cast(pl.Int64)
    return pl.min_horizontal(counted, pl.col("input_tokens"))
