"""One line of JSON into a Request, and when that fails into what is wrong with it."""

import json
import re
from typing import NoReturn

import msgspec

from modelroute_cli.base.schema import Request
from modelroute_cli.jobs.fields import row_faults
from modelroute_cli.jobs.media import Media
from modelroute_cli.jobs.problems import Fault, quoted
from modelroute_cli.jobs.rows import Refusal

_decoder = msgspec.json.Decoder(Request)
_NUMBERED_BYTE = re.compile(r"JSON is malformed: (?P<what>.*) \(byte (?P<byte>\d+)\)")
_ONE_A_LINE = "write each request as one complete JSON object on one line"


class _NotJsonError(ValueError):
    """A number that Python writes and JSON does not have."""


def decode(raw: bytes) -> Request:
    """The request that a line holds; a null is a field not given. ValueError or RecursionError when it holds none."""
    try:
        return _decoder.decode(raw)
    except msgspec.ValidationError:
        return msgspec.convert(_without_nulls(msgspec.json.decode(raw)), Request)


def line_refusal(raw: bytes, media: Media, error: Exception) -> Refusal:
    """Everything wrong with a line that `decode` refused with `error`."""
    try:
        row = json.loads(raw.decode(), parse_constant=_refuse)
        json.dumps(row, ensure_ascii=False, allow_nan=False).encode()
    except RecursionError:
        return Refusal([Fault(None, "is nested too deeply")])
    except UnicodeEncodeError as lone:
        half = quoted(lone.object[lone.start : lone.end])
        return Refusal([Fault(None, f"holds half of a surrogate pair: {half}", "write the whole character")])
    except ValueError as broken:
        return Refusal([_broken(raw, broken)])
    if not isinstance(row, dict):
        return Refusal([Fault(None, f"is no JSON object: {quoted(raw.decode().strip())}", _ONE_A_LINE)])
    faults = list(row_faults(_without_nulls(row), media))
    return Refusal(faults or [Fault(None, f"cannot be read: {error}")], row.get("custom_id"))


def _without_nulls(row: object) -> dict[str, object]:
    """The fields that are given: exports of tables write null where a cell is empty."""
    return msgspec.convert(
        {name: value for name, value in row.items() if value is not None} if isinstance(row, dict) else row,
        dict[str, object],
    )


def _refuse(constant: str) -> NoReturn:
    raise _NotJsonError(constant)


def _broken(raw: bytes, error: ValueError) -> Fault:
    """Why a line is no JSON, with the 1-based column in characters."""
    if isinstance(error, UnicodeDecodeError):
        column = len(raw[: error.start].decode()) + 1
        return Fault(None, f"is not UTF-8 text: byte `0x{raw[error.start]:02x}` at column {column}", "save it as UTF-8")
    if isinstance(error, _NotJsonError):
        return Fault(None, f"`{error}` is no JSON number", "leave the field out, or write `null`")
    return _malformed(raw)


def _malformed(raw: bytes) -> Fault:
    """The decoder's own reason: it stays the same from one Python to the next."""
    try:
        msgspec.json.decode(raw)
    except msgspec.ValidationError:
        return Fault(None, "holds a number that is out of range")
    except ValueError as error:
        if "trailing characters" in str(error):
            return Fault(None, "broken JSON: the line goes on after the first value", _ONE_A_LINE)
        if found := _NUMBERED_BYTE.fullmatch(str(error)):
            column = len(raw[: int(found["byte"])].decode(errors="replace")) + 1
            return Fault(None, f"broken JSON at column {column}: {found['what']}", _ONE_A_LINE)
    return Fault(None, "broken JSON: the line ends too early", _ONE_A_LINE)
