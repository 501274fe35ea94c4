"""The cells of one CSV record as the fields of a request: numbers, lists and JSON out of text."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from modelroute_cli.jobs.fields import EXPECTED, REQUEST_FIELDS
from modelroute_cli.jobs.problems import Fault, quoted

METADATA_PREFIX = "metadata."
_ARE_METADATA = {"cost_center": "cost_center", "cost_centre": "cost_center"}  # columns that many tables have
_AS_WRITTEN = ("prompt", "system")


@dataclass(frozen=True, slots=True)
class Converted:
    """The fields a record gives, and those whose cells could not be read; an empty cell gives none."""

    row: dict[str, object] = field(default_factory=dict)
    unreadable: dict[str, Fault] = field(default_factory=dict)


def metadata_key(column: str) -> str | None:
    """The key of `metadata` that a column fills; None where it fills none."""
    own = column.removeprefix(METADATA_PREFIX) if column.startswith(METADATA_PREFIX) else None
    return _ARE_METADATA.get(column, own)


def convert(columns: Sequence[str], cells: Sequence[str]) -> Converted:
    """Read every cell by the name of its column; columns that no job file has are passed over."""
    converted = Converted()
    for name, cell in zip(columns, cells, strict=True):
        if cell.strip() and name in REQUEST_FIELDS:
            convert_cell(name, cell, converted)
    _add_metadata(columns, cells, converted)
    return converted


def convert_cell(name: str, cell: str, converted: Converted) -> None:
    """Read one cell that is not empty as the field `name`."""
    value = _READERS[name](name, cell.strip()) if name in _READERS else cell if name in _AS_WRITTEN else cell.strip()
    if isinstance(value, Fault):
        converted.unreadable[name] = value
    else:
        converted.row[name] = value


def _add_metadata(columns: Sequence[str], cells: Sequence[str], converted: Converted) -> None:
    """Cells of `metadata.KEY` columns, over the keys of a `metadata` column."""
    added = {
        key: cell.strip() if name in _ARE_METADATA else cell
        for name, cell in zip(columns, cells, strict=True)
        if (key := metadata_key(name)) is not None and cell.strip()
    }
    given = converted.row.get("metadata", {})
    if added and isinstance(given, dict):
        converted.row["metadata"] = given | added


def _number(name: str, cell: str) -> float | Fault:
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if math.isfinite(value):
        return value
    hint = f"write `{cell.replace(',', '.')}`" if "," in cell else None
    return Fault(name, f"must be {EXPECTED[name]}, not {quoted(cell)}", hint)


def _whole_number(name: str, cell: str) -> int | Fault:
    """A count; `700.0` is one too, as tables write whole numbers in a column with gaps."""
    whole = cell.removesuffix(".0")
    if whole.isascii() and whole.isdigit() and len(whole) < 20:  # noqa: PLR2004 - beyond 64 bits
        return int(whole)
    return Fault(name, f"must be {EXPECTED[name]}, not {quoted(cell)}")


def _json(name: str, cell: str) -> object:
    try:
        return msgspec.json.decode(cell)
    except (ValueError, RecursionError) as error:
        reason = str(error).removeprefix("JSON is malformed: ")
        return Fault(name, f"is no JSON: {reason}", f"got {quoted(cell)}")


def _list(name: str, cell: str) -> object:
    """A JSON list, or items between bars."""
    if cell.startswith("["):
        return _json(name, cell)
    return [item.strip() for item in cell.split("|") if item.strip()]


def _tags(name: str, cell: str) -> object:
    """A JSON list, or tags between semicolons."""
    if cell.startswith("["):
        return _json(name, cell)
    return [item.strip() for item in cell.split(";") if item.strip()]


def _redact(name: str, cell: str) -> object:
    """True or false, or kinds as a list."""
    words = {"true": True, "false": False}
    return words[cell.lower()] if cell.lower() in words else _list(name, cell)


def _any(_: str, cell: str) -> object:
    """JSON where a cell holds an object or a list, text otherwise."""
    if cell.startswith(("{", "[")):
        try:
            return msgspec.json.decode(cell)
        except (ValueError, RecursionError):
            return cell
    return cell


_READERS: Mapping[str, Callable[[str, str], object]] = {
    "min_quality": _number,
    "max_output_tokens": _whole_number,
    "messages": _json,
    "response_schema": _json,
    "metadata": _json,
    "gates": _json,
    "tools": _json,
    "temperature": _number,
    "top_p": _number,
    "seed": _whole_number,
    "stop": _list,
    "images": _list,
    "audio": _list,
    "files": _list,
    "tags": _tags,
    "redact": _redact,
    "redact_terms": _list,
    "expected": _any,
}
