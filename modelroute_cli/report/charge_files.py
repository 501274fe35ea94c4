"""A chargeback as a file for finance: CSV, Parquet or JSON, each with the same amounts, exact to the pico-dollar.

CSV and Parquet have one row for each line, then one for each name (`kind` is `total`) and one for all of them: who adds
up a column leaves these out. In CSV, names that a spreadsheet would take for a formula get an apostrophe before them,
and what moves a cursor or turns the direction of reading is shown as `?`.
"""

import csv
import io
from collections.abc import Callable

import polars as pl
from msgspec import structs

from modelroute_cli.base.errors import UsageError
from modelroute_cli.base.money import to_decimal, to_usd_string
from modelroute_cli.report.charge_types import Chargeback
from modelroute_cli.report.json_out import to_json
from modelroute_cli.report.screen import safe

_FORMULA_STARTS = ("=", "+", "-", "@", "'", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # wide ones too
_MOST_CHARS = 1_000  # of a name in a cell
_MONEY = ("direct_pusd", "overhead_pusd", "charged_pusd", "held_pusd")
_COUNTS = ("requests", "input_tokens", "output_tokens")
_COLUMNS = {
    "kind": pl.String,  # line, total (of a name), all
    "run": pl.String,
    "job": pl.String,
    "day": pl.String,
    "by": pl.String,
    "name": pl.String,
    "model": pl.String,
    "service_tier": pl.String,
    **dict.fromkeys(_COUNTS, pl.Int64),
    **dict.fromkeys(_MONEY, pl.Int64),
    "currency": pl.String,
    "prices_at": pl.String,
    "emulated": pl.Boolean,
}


def file_of(name: str, charges: Chargeback) -> bytes:
    """The content of a file of that name; UsageError for an ending that is none of ours."""
    return _form(name)(charges)


def check_form(name: str) -> None:
    """UsageError for an ending that is none of ours."""
    _form(name)


def _form(name: str) -> Callable[[Chargeback], bytes]:
    forms = {".csv": as_csv, ".parquet": as_parquet, ".json": as_json}
    found = next((form for ending, form in forms.items() if name.lower().endswith(ending)), None)
    if found is None:
        message = f"`{name}` ends in none of .csv, .parquet and .json"
        raise UsageError(message, hint="name the file by what it is to be, as in `-o chargeback.csv`")
    return found


def as_json(charges: Chargeback) -> bytes:
    """As `--json` says it."""
    return to_json(charges).encode() + b"\n"


def as_parquet(charges: Chargeback) -> bytes:
    """Money as decimals of twelve places."""
    found, content = rows(charges), io.BytesIO()
    money = [
        pl.Series(name, [to_decimal(amount) for amount in found[name]], dtype=pl.Decimal(38, 12)) for name in _MONEY
    ]
    _named(found.with_columns(money)).write_parquet(content)
    return content.getvalue()


def as_csv(charges: Chargeback) -> bytes:
    """UTF-8 with a header; money as decimal numbers without a sign of currency."""
    found, text = rows(charges), io.StringIO()
    money = [pl.Series(name, [to_usd_string(amount) for amount in found[name]], dtype=pl.String) for name in _MONEY]
    table, writer = _named(found.with_columns(money)), csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    numbers = {table.columns.index(name.replace("_pusd", "_usd")) for name in _MONEY}
    for row in table.iter_rows():
        writer.writerow([cell if at in numbers else _cell(cell) for at, cell in enumerate(row)])
    return text.getvalue().encode("utf-8", "replace")


def rows(charges: Chargeback) -> pl.DataFrame:
    """Every line, then the sum of each name in the order of `charges`, then that of all; money in pico-dollars."""
    lines = pl.DataFrame([structs.asdict(line) for line in charges.lines], schema=_schema()).with_columns(
        pl.lit("line").alias("kind"), pl.lit(charges.by).alias("by")
    )
    sums = pl.col(*_COUNTS, *_MONEY).sum()
    order = {charge.name: at for at, charge in enumerate(charges.charges)}
    place = pl.col("name").replace_strict(order, default=len(order), return_dtype=pl.Int64)
    totals = lines.group_by("name").agg(sums, pl.lit("total").alias("kind")).sort(place, "name")
    whole = lines.select(sums).with_columns(pl.lit("all").alias("kind"))
    both = pl.concat([totals, whole], how="diagonal").with_columns(
        pl.lit(charges.by).alias("by"), pl.lit(charges.currency).alias("currency")
    )
    return pl.concat([lines, both], how="diagonal").select(_COLUMNS.keys())


def _schema() -> dict[str, type[pl.DataType]]:
    """The columns that a line has itself."""
    return {name: kind for name, kind in _COLUMNS.items() if name not in {"kind", "by"}}


def _named(table: pl.DataFrame) -> pl.DataFrame:
    """Money under its public names."""
    return table.rename({name: name.replace("_pusd", "_usd") for name in _MONEY})


def _cell(value: object) -> str:
    """A value as a cell; a text is never a formula."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            shown = safe(value, most=_MOST_CHARS)
            return f"'{shown}" if shown.lstrip().startswith(_FORMULA_STARTS) else shown
        case _:
            return str(value)
