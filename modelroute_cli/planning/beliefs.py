"""What is believed of a model's answers on every request: what was measured of its group, else the prior table."""

from collections.abc import Callable, Iterable

import polars as pl

from modelroute_cli.planning.measured import Cell, Measured
from modelroute_cli.planning.quality import QualityPrior, quality_columns

GROUP = "group"
"""The group of templates that a request belongs to; null where its template is in none."""
INTERVAL_Z = 1.6449
"""Standard errors on either side of a mean that hold it in nine of ten cases."""
_DECIMALS = 6


def with_group(requests: pl.LazyFrame, measured: Measured | None) -> pl.LazyFrame:
    """REQUESTS with the `group` of each one's template; as they are where nothing was measured."""
    if measured is None:
        return requests
    return requests.with_columns(group_of_template(measured).alias(GROUP))


def group_of_template(measured: Measured) -> pl.Expr:
    """The group of each row's `template`, null for one that is in none."""
    return looked_up(pl.col("template"), measured.groups.items(), pl.String())


def belief_columns(
    prior: QualityPrior, measured: Measured | None, model: str, base_model: str
) -> tuple[pl.Expr, pl.Expr]:
    """`quality` and `quality_low` of one model, both in [0,1]: measured where its group has a cell, else the prior's.

    `quality_low` is one standard deviation below the prior's mean, or the low end of what was measured at 90%.
    """
    mean, low = quality_columns(prior, base_model)
    cells = cells_of(measured, model)
    if not cells:
        return mean, low
    return (
        pl.coalesce(cell_column(cells, lambda cell: cell.mean), mean).alias("quality"),
        pl.coalesce(cell_column(cells, lambda cell: cell.bound(INTERVAL_Z, paired=False)), low).alias("quality_low"),
    )


def cells_of(measured: Measured | None, model: str) -> dict[str, Cell]:
    """What was measured of one model, by group."""
    if measured is None:
        return {}
    return {group: cells[model] for group, cells in measured.cells.items() if model in cells}


def cell_column(cells: dict[str, Cell], value: Callable[[Cell], float | None]) -> pl.Expr:
    """A figure of each row's cell by its `group`; null where there is no cell, or the cell does not know."""
    known = ((group, value(cell)) for group, cell in cells.items())
    rounded = [(group, round(each, _DECIMALS)) for group, each in known if each is not None]
    return looked_up(pl.col(GROUP), rounded, pl.Float64())


def looked_up(column: pl.Expr, table: Iterable[tuple[str, object]], dtype: pl.DataType) -> pl.Expr:
    """What a table says of each value; null for one that it does not name, and for all where it is empty."""
    pairs = tuple(table)
    if not pairs:
        return pl.lit(None, dtype)
    names, values = zip(*pairs, strict=True)
    return column.replace_strict(list(names), list(values), default=None, return_dtype=dtype)
