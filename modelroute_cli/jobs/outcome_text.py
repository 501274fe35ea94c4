"""Recorded outcomes out of lines of text: JSON objects, or CSV by a header."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import msgspec
import polars as pl

from modelroute_cli.base.errors import OutcomesError
from modelroute_cli.jobs.given import BOM, MAX_LINE_BYTES
from modelroute_cli.jobs.problems import Fault, Problems, quoted

LINE = "line"
FIELDS = ("custom_id", "prompt_id", "model", "quality", "cost_usd", "input_tokens", "output_tokens", "answer")
_NUMBERS = frozenset({"quality", "input_tokens", "output_tokens"})
_DELIMITERS = ",;\t|"
_ONE_A_LINE = "write each outcome as one complete JSON object on one line"
_QUOTES = 'put cells that hold the delimiter, a quote or a line break into "double quotes"'


class _Row(msgspec.Struct):
    """One line of JSON; what else it holds is passed over."""

    custom_id: str | int | None = None
    prompt_id: str | int | None = None
    model: str | None = None
    quality: float | None = None
    cost_usd: float | str | None = None
    input_tokens: float | None = None
    output_tokens: float | None = None
    answer: object = None


class _Records(Protocol):
    """What the standard library reads CSV with."""

    @property
    def line_num(self) -> int: ...

    def __iter__(self) -> Iterator[list[str]]: ...


def json_lines(path: Path, problems: Problems) -> pl.DataFrame:
    """Every line that is not blank, with its 1-based number; a field that no line gives is no column."""
    lines, rows = list[int](), list[_Row]()
    decoder = msgspec.json.Decoder(_Row)
    with path.open("rb") as stream:
        for number, raw in enumerate(stream, start=1):
            line = raw.removeprefix(BOM).strip()
            if not line:
                continue
            try:
                rows.append(decoder.decode(line))
                lines.append(number)
            except (ValueError, RecursionError) as error:
                problems.add(number, [_json_fault(line, error)])
    columns = {name: [getattr(row, name) for row in rows] for name in FIELDS}
    given = [_column(name, cells) for name, cells in columns.items() if any(cell is not None for cell in cells)]
    return pl.DataFrame([pl.Series(LINE, lines, dtype=pl.Int64), *given])


def _json_fault(line: bytes, error: Exception) -> Fault:
    """What is wrong with a line of JSON, in words that stay the same."""
    shown = quoted(line.decode(errors="replace"))
    reason, _, place = str(error).partition(" - at `$.")
    if isinstance(error, msgspec.ValidationError) and place:
        return Fault(place.rstrip("`"), f"{reason[:1].lower()}{reason[1:]}, in {shown}")
    if isinstance(error, msgspec.ValidationError):
        return Fault(None, f"is no JSON object: {shown}", _ONE_A_LINE)
    if b"NaN" in line or b"Infinity" in line:
        return Fault(None, f"holds a number that JSON does not have, in {shown}", "write `null` for what is not known")
    return Fault(None, f"broken JSON: {str(error).removeprefix('JSON is malformed: ')}, in {shown}", _ONE_A_LINE)


def _column(name: str, cells: Sequence[object]) -> pl.Series:
    """The cells of one field as one type: numbers as floats, all else as text (an amount may be either)."""
    if name in _NUMBERS:
        return pl.Series(name, cells, dtype=pl.Float64)
    return pl.Series(name, [None if cell is None else _text(cell) for cell in cells], dtype=pl.String)


def _text(cell: object) -> str:
    """A cell as text: an answer that is no text as the JSON that it is."""
    return cell if isinstance(cell, str) else msgspec.json.encode(cell).decode()


def csv_records(path: Path, problems: Problems) -> pl.DataFrame:
    """Every record that is not blank, as text, with the 1-based line it begins on; OutcomesError for broken CSV."""
    csv.field_size_limit(max(csv.field_size_limit(), MAX_LINE_BYTES))
    with path.open(encoding="utf-8-sig", newline="") as stream:
        try:
            delimiter = _delimiter(stream.readline())
            stream.seek(0)
            records = list(_numbered(csv.reader(stream, delimiter=delimiter, strict=True)))
        except UnicodeDecodeError as error:
            msg = f"`{path}` is not UTF-8 text: byte `0x{error.object[error.start]:02x}`"
            raise OutcomesError(msg, hint="save it as UTF-8") from error
        except csv.Error as error:
            msg = f"`{path}` is broken CSV: {error}"
            raise OutcomesError(msg, hint=_QUOTES) from error
    return _by_header(records, problems)


def _delimiter(header: str) -> str:
    """The one that finds most names of fields in the header."""
    return max(_DELIMITERS, key=lambda each: sum(name.strip(' "\r\n') in FIELDS for name in header.split(each)))


def _numbered(records: _Records) -> Iterator[tuple[int, list[str]]]:
    """Each record that is not blank after the line it begins on."""
    start = 1
    for cells in records:
        if any(cells):
            yield start, cells
        start = records.line_num + 1


def _by_header(records: Sequence[tuple[int, list[str]]], problems: Problems) -> pl.DataFrame:
    """The columns whose names are fields; a record with another count of cells goes to `problems`."""
    header = [cell.strip() for cell in records[0][1]]
    whole = [(line, cells) for line, cells in records[1:] if len(cells) == len(header)]
    for line, cells in records[1:]:
        if len(cells) != len(header):
            problems.add(line, [Fault(None, f"has {len(cells)} cells, the header has {len(header)}", _QUOTES)])
    places = {name: place for place, name in enumerate(header) if name in FIELDS}
    columns = {name: [cells[place] for _, cells in whole] for name, place in places.items()}
    lines = pl.Series(LINE, [line for line, _ in whole], dtype=pl.Int64)
    return pl.DataFrame([lines, *(pl.Series(name, cells, dtype=pl.String) for name, cells in columns.items())])
