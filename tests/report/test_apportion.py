"""Amounts divided so that the parts add up."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelroute_cli.report.apportion import apportion, shared_out


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        (10, [1, 1, 1], [4, 3, 3]),
        (10, [2, 1, 1], [5, 3, 2]),
        (2, [1, 1, 1], [1, 1, 0]),
        (7, [0, 0], [4, 3]),
        (0, [3, 4], [0, 0]),
        (100, [1, 10**18], [0, 100]),
        (5, [9], [5]),
    ],
    ids=["even", "by weight", "fewer than parts", "no weight at all", "nothing", "huge", "alone"],
)
def test_parts_are_by_weight(amount: int, weights: list[int], parts: list[int]) -> None:
    """What rounding leaves goes to those that lost most, of equals to the first."""
    assert apportion(amount, weights) == parts


@settings(max_examples=50)
@given(st.integers(0, 10**15), st.lists(st.integers(0, 10**13), min_size=1, max_size=12))
def test_parts_add_up_and_are_off_by_less_than_one(amount: int, weights: list[int]) -> None:
    """Whatever the weights: nothing is lost, and nobody pays a whole unit more or less than its share."""
    parts = apportion(amount, weights)
    whole = sum(weights)
    assert sum(parts) == amount
    shares = [amount * weight / whole if whole else amount / len(weights) for weight in weights]
    assert all(abs(part - share) <= 1 + 1e-9 * share for part, share in zip(parts, shares, strict=True))


CELLS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 10**13), st.integers(0, 50)), max_size=8)
OWNERS = st.dictionaries(
    st.integers(0, 3), st.dictionaries(st.sampled_from("abc"), st.integers(1, 10**6), min_size=1), max_size=4
)


def frames(cells: list[tuple[int, int, int]], owners: dict[int, dict[str, int]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Both as frames."""
    parts = [(row, name, count) for row, own in owners.items() for name, count in own.items()]
    return (
        pl.DataFrame(cells, schema={"row": pl.Int64, "pusd": pl.Int64, "tokens": pl.Int64}, orient="row"),
        pl.DataFrame(parts, schema={"row": pl.Int64, "name": pl.String, "count": pl.Int64}, orient="row"),
    )


@settings(max_examples=50)
@given(CELLS, OWNERS)
def test_columns_are_divided_as_single_amounts_are(
    cells: list[tuple[int, int, int]], owners: dict[int, dict[str, int]]
) -> None:
    """Each column by itself, to the last unit and past what products of Int64 hold; without owners it is nobody's."""
    told = shared_out(*frames(cells, owners), ("pusd", "tokens"))
    expected = []
    for row, pusd, tokens in cells:
        names: list[str | None] = [*sorted(owners.get(row, {}))]
        counts = [owners[row][name] for name in names if name]
        both = [apportion(amount, counts or [1]) for amount in (pusd, tokens)]
        expected += [(row, *parts) for parts in zip(*both, names or [None], strict=True)]
    assert told.select("row", "pusd", "tokens", "name").rows() == expected
