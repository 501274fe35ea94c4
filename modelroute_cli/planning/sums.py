"""Exact sums of money columns."""

import polars as pl

from modelroute_cli.base.money import PicoUSD

_SAFE = 2.0**62


def total(column: pl.Series) -> PicoUSD:
    """The exact sum of an Int64 column, past what Int64 holds ($9.2 million) too."""
    if abs(float(column.cast(pl.Float64).sum())) < _SAFE:
        return PicoUSD(int(column.sum()))
    return PicoUSD(sum(column.to_list()))
