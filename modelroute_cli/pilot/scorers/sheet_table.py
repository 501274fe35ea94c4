"""A sheet as spreadsheets leave it: whatever they did to its separators, its encoding and the order of its columns."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from modelroute_cli.base.errors import UsageError

_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_WORKBOOK: Final = b"PK\x03\x04"
_SEPARATORS: Final = (",", ";", "\t")
_NEEDED: Final = ("key", "quality")
_MOST_CHARACTERS: Final = 2**31 - 1  # of one cell: what any platform takes as its limit
_AS_CSV: Final = "save it as CSV (`CSV UTF-8` in Excel, `Text CSV` in LibreOffice) and import that file"


@dataclass(frozen=True, slots=True)
class FilledRow:
    """One row: its number as spreadsheets count, the key, and what was typed as quality."""

    number: int
    key: str
    quality: str


def read_table(path: Path) -> tuple[FilledRow, ...]:
    """The rows under the header, blank ones left out; UsageError for a file that is no such sheet."""
    text = _decoded(path).replace("\r\n", "\n").replace("\r", "\n")  # a lone \r ends lines of `CSV (Macintosh)`
    usual = csv.field_size_limit(_MOST_CHARACTERS)
    try:
        return _rows(list(csv.reader(io.StringIO(text), delimiter=_separator(text))), path)
    finally:
        csv.field_size_limit(usual)


def _decoded(path: Path) -> str:
    """The text of the file: UTF-8, UTF-16, or the code page of western Windows."""
    try:
        data = path.read_bytes()
    except OSError as error:
        message = f"the sheet `{path}` cannot be read: {error.strerror}"
        raise UsageError(message, hint="`modelroute pilot export` writes one") from error
    if data.startswith(_WORKBOOK):
        message = f"`{path}` is a workbook, not a CSV file"
        raise UsageError(message, hint=_AS_CSV)
    if data.startswith(_UTF16):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _separator(text: str) -> str:
    """What separates cells: as a first line `sep=;` says, else what finds most of the columns in the first line."""
    first = text.lstrip().partition("\n")[0].strip()
    if first.lower().startswith("sep=") and len(first) == len("sep=") + 1:
        return first[-1]
    return max(_SEPARATORS, key=lambda separator: len(set(_names(first.split(separator))) & set(_NEEDED)))


def _rows(records: list[list[str]], path: Path) -> tuple[FilledRow, ...]:
    """The records under the header, which is the first one that is not blank."""
    numbered = [(number, record) for number, record in enumerate(_without_sep(records), start=1) if any(record)]
    if not numbered:
        message = f"`{path}` is empty"
        raise UsageError(message, hint="`modelroute pilot export` writes a sheet to fill in")
    header = _names(numbered[0][1])
    key, quality = (_place(name, header, path) for name in _NEEDED)
    return tuple(
        FilledRow(number, _cell(record, key).lower(), _cell(record, quality)) for number, record in numbered[1:]
    )


def _without_sep(records: list[list[str]]) -> list[list[str]]:
    """Excel takes a first line `sep=;` as an order, and does not count it."""
    is_order = bool(records) and records[0][:1] != [] and records[0][0].strip().lower().startswith("sep=")
    return records[1:] if is_order else records


def _place(name: str, header: list[str], path: Path) -> int:
    """Where a column stands."""
    if header.count(name) != 1:
        how = "no column" if name not in header else "more than one column"
        message = f"`{path}`, row 1: {how} `{name}`; it has {', '.join(f'`{each}`' for each in header[:10] if each)}"
        raise UsageError(message, hint="the first row names the columns `key` and `quality`, once each")
    return header.index(name)


def _names(cells: list[str]) -> list[str]:
    return [cell.strip(' "\ufeff\r\n').lower() for cell in cells]


def _cell(record: list[str], place: int) -> str:
    return record[place].strip() if place < len(record) else ""
