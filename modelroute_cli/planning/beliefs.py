"""What is believed of a model's answers on every request: what was measured of its group, else the prior table."""

from collections.abc import Callable, Iterable

import polars as pl

from modelroute_cli.planning.cascades import paired_error
from modelroute_cli.planning.measured import Cell, GateCell, Measured
from modelroute_cli.planning.quality import QualityPrior, quality_columns

GROUP = "group"
"""The group of templates that a request belongs to; null where its template is in none."""
INTERVAL_Z = 1.6449
"""Standard errors on either side of a mean that hold it in nine of ten cases."""
LEAST_ANSWERS = 20
"""Measured answers from which their mean length counts in the place of the assumed one."""
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


def length_columns(measured: Measured | None, model: str) -> tuple[pl.Expr, ...]:
    """`output_tokens` of one model as measured, where a group's cell rests on LEAST_ANSWERS; nothing without any.

    The range is not narrowed by that: its ends stay where they were, or go as far as the mean. The limit that is sent
    holds, and with it the worst case.
    """
    cells = cells_of(measured, model).values()
    if not any(cell.n >= LEAST_ANSWERS and cell.output_tokens for cell in cells):
        return ()
    mean = measured_length(measured, model)
    known = pl.when(mean.is_not_null()).then(pl.min_horizontal(mean, "max_tokens"))
    return (
        pl.coalesce(known, "output_tokens").alias("output_tokens"),
        pl.min_horizontal("output_low_tokens", known).alias("output_low_tokens"),
        pl.max_horizontal("output_high_tokens", known).alias("output_high_tokens"),
        pl.min_horizontal("reasoning_tokens", known).alias("reasoning_tokens"),
    )


def measured_length(measured: Measured | None, model: str) -> pl.Expr:
    """A model's mean output tokens by `group`, rounded up, where a cell rests on LEAST_ANSWERS; null elsewhere."""
    lengths = {name: cell for name, cell in cells_of(measured, model).items() if cell.n >= LEAST_ANSWERS}
    if not any(cell.output_tokens for cell in lengths.values()):
        return pl.lit(None, pl.Int64)
    return cell_column(lengths, lambda cell: cell.output_tokens or None).ceil().cast(pl.Int64)


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


def cell_errors(measured: Measured) -> pl.DataFrame:
    """The standard errors of every cell: `group`, `model`, `se`, `se_paired`."""
    rows = [
        (group, model, cell.se, cell.se_paired)
        for group, cells in measured.cells.items()
        for model, cell in cells.items()
    ]
    schema = {GROUP: pl.String, "model": pl.String, "se": pl.Float64, "se_paired": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def gate_errors(measured: Measured) -> pl.DataFrame:
    """How unsure each measured cascade's difference to its strong model is.

    `group`, `model` (the cheap one), `escalate_to`, `gate_error`.
    """
    rows = [
        (cell.group, cell.cheap, cell.strong, paired_error(sum(cell.passed) + sum(cell.rejected), *_differences(cell)))
        for cell in measured.gates
    ]
    schema = {GROUP: pl.String, "model": pl.String, "escalate_to": pl.String, "gate_error": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _differences(cell: GateCell) -> tuple[int, int]:
    """The sum of a cascade's differences to its strong model, and of their squares: where a passed answer decides."""
    _, won, lost, _ = cell.passed
    return won - lost, won + lost


def looked_up(column: pl.Expr, table: Iterable[tuple[str, object]], dtype: pl.DataType) -> pl.Expr:
    """What a table says of each value; null for one that it does not name, and for all where it is empty."""
    pairs = tuple(table)
    if not pairs:
        return pl.lit(None, dtype)
    names, values = zip(*pairs, strict=True)
    return column.replace_strict(list(names), list(values), default=None, return_dtype=dtype)
