"""Figures over columns: exact sums of money, means, counts in words."""

import polars as pl

from modelroute_cli.base.money import PicoUSD

_SAFE = 2.0**62


def total(column: pl.Series, counts: pl.Series | None = None) -> PicoUSD:
    """The exact sum of an Int64 column, each value `counts` times, past what Int64 holds ($9.2 million) too."""
    each = column.cast(pl.Float64) if counts is None else column.cast(pl.Float64) * counts
    if abs(float(each.abs().sum())) < _SAFE:
        return PicoUSD(int((column if counts is None else column * counts).sum()))
    times = [1] * len(column) if counts is None else counts.to_list()
    return PicoUSD(sum(value * count for value, count in zip(column.to_list(), times, strict=True)))


def mean(column: pl.Series, counts: pl.Series) -> float:
    """The mean of a column that has no unknowns, each value `counts` times."""
    return float((column.cast(pl.Float64) * counts).sum()) / int(counts.sum())


def count_requests(count: int) -> str:
    """`1 request`, `1,200 requests`."""
    return f"{count:,} {'request' if count == 1 else 'requests'}"
