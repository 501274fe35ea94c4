"""Figures over columns: exact sums of money, means, counts in words."""

import polars as pl

from modelroute_cli.base.money import PicoUSD

_SAFE = 2.0**62


def total(column: pl.Series) -> PicoUSD:
    """The exact sum of an Int64 column, past what Int64 holds ($9.2 million) too."""
    if abs(float(column.cast(pl.Float64).sum())) < _SAFE:
        return PicoUSD(int(column.sum()))
    return PicoUSD(sum(column.to_list()))


def mean(column: pl.Series) -> float:
    """The mean of a column that has no unknowns."""
    return float(column.cast(pl.Float64).sum()) / len(column)


def count_requests(count: int) -> str:
    """`1 request`, `1,200 requests`."""
    return f"{count:,} {'request' if count == 1 else 'requests'}"
