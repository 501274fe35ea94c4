"""Figures over columns."""

import polars as pl

from modelroute_cli.planning.figures import count_requests, mean, total


def test_sums_are_exact_past_what_int64_holds() -> None:
    """Ten times five million dollars is fifty million dollars, where Int64 would wrap."""
    five_million = 5 * 10**18
    assert total(pl.Series([five_million] * 10)) == 50 * 10**18
    assert total(pl.Series([1, 2, 3])) == 6
    assert total(pl.Series([], dtype=pl.Int64)) == 0
    assert total(pl.Series([five_million, 1]), pl.Series([10, 3])) == 50 * 10**18 + 3
    assert total(pl.Series([7, 1]), pl.Series([10, 3])) == 73


def test_means_count_every_value() -> None:
    """The plain mean."""
    assert mean(pl.Series([0.5, 1.0]), pl.Series([1, 1])) == 0.75
    assert mean(pl.Series([0.5, 1.0]), pl.Series([3, 1])) == 0.625


def test_one_is_no_plural() -> None:
    """Counts are read by people."""
    assert (count_requests(1), count_requests(1200)) == ("1 request", "1,200 requests")
