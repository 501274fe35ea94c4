"""Parquet by column names: each row becomes a line of the spool; rows are counted from 1."""

import math
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

import polars as pl

from modelroute_cli.base.errors import JobFileError
from modelroute_cli.base.schema import Request
from modelroute_cli.jobs.columns import asks, column_faults
from modelroute_cli.jobs.csv_cells import Converted, convert_cell, metadata_key
from modelroute_cli.jobs.fields import REQUEST_FIELDS
from modelroute_cli.jobs.given import Given
from modelroute_cli.jobs.made import made, spooled
from modelroute_cli.jobs.media import Media
from modelroute_cli.jobs.prompt_template import Prompter
from modelroute_cli.jobs.rows import Refusal, Refused, Row
from modelroute_cli.jobs.spool import Aside

_BLOCK_ROWS = 50_000
_NAMES = ("custom_id", "tenant")  # tables count in numbers where a request has text
_BROKEN = (pl.exceptions.PolarsError, OSError)


def rows(given: Given, media: Media, refused: Refused, spool: Aside, prompter: Prompter | None) -> Iterator[Row]:
    """Every valid row in order, written to `spool`; what is not valid goes to `refused`."""
    table = pl.scan_parquet(given.path, glob=False)
    columns = _columns(table, given)
    refused.add(1, Refusal(column_faults(columns, prompter)))
    if refused.problems.count and (not asks(columns, prompter) or (prompter and prompter.missing(columns))):
        return
    for number, values in enumerate(_records(table, given), start=1):
        outcome = _read(values, media, f"row-{number:06d}", prompter)
        if isinstance(outcome, Refusal):
            refused.add(number, outcome)
        else:
            yield spooled(number, outcome, spool)


def _columns(table: pl.LazyFrame, given: Given) -> Sequence[str]:
    try:
        return table.collect_schema().names()
    except _BROKEN as error:
        raise _broken(given) from error


def _records(table: pl.LazyFrame, given: Given) -> Iterator[Mapping[str, object]]:
    """The rows, a block in memory at a time."""
    start = 0
    while True:
        try:
            block = table.slice(start, _BLOCK_ROWS).collect()
        except _BROKEN as error:
            raise _broken(given) from error
        yield from block.iter_rows(named=True)
        start += block.height
        if block.height < _BLOCK_ROWS:
            return


def _broken(given: Given) -> JobFileError:
    message = f"`{given.shown}` is broken Parquet: its bytes are damaged, or it ends too early"
    return JobFileError(message, hint="copy or write the file again")


def _read(values: Mapping[str, object], media: Media, default_id: str, prompter: Prompter | None) -> Request | Refusal:
    """One row as a request; a null or NaN is a field that is not given."""
    converted = Converted()
    for name, value in values.items():
        if name in REQUEST_FIELDS and _is_given(value):
            _convert(name, value, converted)
    _add_metadata(values, converted)
    row: dict[str, object] = {"custom_id": default_id, **converted.row}
    if prompter is not None and (faults := prompter.fill(row, values)):
        return Refusal(faults, row["custom_id"])
    return made(row, converted.unreadable, media)


def _is_given(value: object) -> bool:
    return value is not None and not (isinstance(value, float) and math.isnan(value))


def _convert(name: str, value: object, converted: Converted) -> None:
    """Text as in a CSV; numbers, lists and structs as they are."""
    if isinstance(value, str):
        if value.strip():
            convert_cell(name, value, converted)
    else:
        converted.row[name] = _plain(name, value)


def _plain(name: str, value: object) -> object:
    """A number in the form its field wants, a struct without the nulls that fill it."""
    if name in _NAMES and isinstance(value, int):
        return str(value)
    if isinstance(value, float | Decimal) and not math.isfinite(value):
        return str(value)
    if isinstance(value, float | Decimal):
        return int(value) if value == int(value) else float(value)
    return without_nulls(value)


def without_nulls(value: object) -> object:
    """A nested value without the fields that hold nothing: a Parquet struct has them all in each row."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


def _add_metadata(values: Mapping[str, object], converted: Converted) -> None:
    """The columns `metadata.KEY`, over the keys of a `metadata` column."""
    added = {
        key: without_nulls(value)
        for name, value in values.items()
        if (key := metadata_key(name)) is not None and _is_given(value)
    }
    given = converted.row.get("metadata", {})
    if added and isinstance(given, dict):
        converted.row["metadata"] = given | added
