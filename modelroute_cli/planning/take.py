"""Which requests of a job file a plan is for: the first N, a sample, with or without duplicates."""

import hashlib

import polars as pl

from modelroute_cli.base.errors import UsageError


def take(requests: pl.LazyFrame, limit: int | None, sample: int | None, seed: int) -> pl.LazyFrame:
    """The first `limit` requests, or `sample` of them by `seed`, in input order; duplicates point at what was taken.

    A sample depends on seed and custom ids alone: the same ids are drawn wherever they stand in the file. With both,
    the sample is drawn from the first `limit`. UsageError when nothing would be left.
    """
    _refuse_nothing(limit, "--limit")
    _refuse_nothing(sample, "--sample")
    if limit is None and sample is None:
        return requests
    taken = (requests if limit is None else requests.head(limit)).collect()
    if sample is not None and sample < taken.height:
        drawn = sorted(range(taken.height), key=_ranks(taken["custom_id"], seed).__getitem__)[:sample]
        taken = taken[sorted(drawn)]
    return _in_company(_relinked(taken)).lazy()


def without_dedupe(requests: pl.LazyFrame) -> pl.LazyFrame:
    """Every request for itself."""
    return requests.with_columns(duplicate_of=pl.lit(None, pl.Int64))


def _refuse_nothing(count: int | None, flag: str) -> None:
    """A plan for no request is a mistake."""
    if count is not None and count < 1:
        message = f"`{flag} {count}` leaves no request"
        raise UsageError(message, hint=f"give {flag} a number of 1 or more")


def _ranks(custom_ids: pl.Series, seed: int) -> list[bytes]:
    """A number for each id that the seed shuffles; a hash, because generators change with their library's version."""
    return [hashlib.sha256(f"{seed}:{custom_id}".encode()).digest() for custom_id in custom_ids]


def _in_company(taken: pl.DataFrame) -> pl.DataFrame:
    """Requests whose beginning no other request that was taken shares have none that is worth caching."""
    sent = taken.filter(pl.col("duplicate_of").is_null() & pl.col("prefix").is_not_null())
    alone = sent.group_by("prefix").len().filter(pl.col("len") == 1)["prefix"]
    is_alone = pl.col("prefix").is_in(alone.implode()).fill_null(value=False)
    return taken.with_columns(
        pl.when(~is_alone).then("prefix").alias("prefix"),
        pl.when(is_alone).then(pl.lit(0, pl.Int64)).otherwise("prefix_tokens").alias("prefix_tokens"),
    )


def _relinked(taken: pl.DataFrame) -> pl.DataFrame:
    """Duplicates of requests that were left out point at the first of their kind that was taken."""
    kind = pl.coalesce("duplicate_of", "row")
    first = pl.col("row").min().over(kind)
    return taken.with_columns(pl.when(pl.col("row") != first).then(first).alias("duplicate_of"))
