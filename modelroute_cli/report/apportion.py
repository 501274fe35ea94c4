"""Amounts divided so that the parts add up to the whole: by the largest remainder (Hamilton's method). Exact, pure."""

from collections.abc import Sequence

import polars as pl


def apportion(amount: int, weights: Sequence[int]) -> list[int]:
    """`amount` (0 or more) by weight: each part is its exact share rounded down or up, and they add up to it.

    What rounding down leaves goes, one each, to those that lost most by it, of equals to the first. Weights are 0
    or more; where all are 0, each counts the same. There is at least one.
    """
    whole = sum(weights)
    if not whole:
        return apportion(amount, [1] * len(weights))
    parts = [divmod(amount * weight, whole) for weight in weights]
    left = amount - sum(part for part, _ in parts)
    by_loss = sorted(range(len(parts)), key=lambda place: -parts[place][1])
    up = set(by_loss[:left])
    return [part + (place in up) for place, (part, _) in enumerate(parts)]


def shared_out(cells: pl.DataFrame, owners: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """`cells` (of a `row` each) among the `owners` of their rows; each of `columns` adds up to what it was.

    `owners` has `row`, `name` and `count`, the parts of the row that are that name's: all of them at least 1. A cell
    becomes as many rows as its row has owners, with `name`. Columns are Int64, 0 or more; those of a cell without
    owners are nobody's: its `name` is null.
    """
    numbered = cells.with_row_index("_cell").join(owners, on="row", how="left", maintain_order="left")
    parts = pl.col("count").fill_null(1)
    whole = parts.sum().over("_cell")
    divided = numbered.with_columns(whole.alias("_whole"), parts.alias("_part"))
    alone = divided.filter(pl.col("_part") == pl.col("_whole"))
    several = divided.filter(pl.col("_part") != pl.col("_whole")).sort("_cell", "name", nulls_last=False)
    for column in columns:
        several = several.with_columns(_parts(column))
    return pl.concat([alone, several]).sort("_cell", "name").drop("_cell", "_whole", "_part", "count")


def _parts(column: str) -> pl.Expr:
    """The parts of one column by the largest remainder.

    `amount * part` may pass what Int64 holds, so the amount is divided first: only its remainder is multiplied.
    """
    amount, part, whole = pl.col(column), pl.col("_part").cast(pl.Int64), pl.col("_whole").cast(pl.Int64)
    rest = (amount % whole) * part
    down = (amount // whole) * part + rest // whole
    left = amount - down.sum().over("_cell")
    lost = (rest % whole).rank("ordinal", descending=True).over("_cell")
    return (down + (lost <= left).cast(pl.Int64)).alias(column)
