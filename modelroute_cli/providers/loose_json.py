"""Reading JSON that strangers wrote: whatever is missing or of the wrong type is None, and numbers stay exact."""

import json
from decimal import Decimal
from typing import cast

import msgspec

_EXACT = msgspec.json.Decoder(float_hook=Decimal)
_MOST_TOKENS = 2**53


def parse(body: bytes) -> object:
    """The JSON value in `body`, fractions as Decimal, NaN as None; ValueError when it is no JSON.

    Blank lines before it are skipped: DeepSeek sends them to hold the connection open under load.
    """
    stripped = body.strip()
    try:
        return _EXACT.decode(stripped)
    except (ValueError, RecursionError):
        return _parse_leniently(stripped)


def _parse_leniently(body: bytes) -> object:
    """As the standard library reads it: it takes half an emoji (an answer cut at its token limit) and NaN."""
    text = body.decode("utf-8", "replace").removeprefix("\ufeff")
    try:
        return cast("object", json.loads(text, parse_float=Decimal, parse_constant=lambda _: None))
    except RecursionError as error:
        msg = "JSON is nested too deeply"
        raise ValueError(msg) from error


def child(value: object, *keys: str) -> object:
    """What stands under `keys`, one object inside the other; None where the path ends early."""
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def items(value: object) -> list[object]:
    """The elements of an array; none when it is no array."""
    return list(value) if isinstance(value, list) else []


def text(value: object) -> str | None:
    """A string with broken surrogates replaced, so that it can be written as UTF-8."""
    if not isinstance(value, str):
        return None
    if value.isascii():
        return value
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def count(value: object) -> int | None:
    """A number of tokens or requests: a whole number from 0, also when written `12.0`."""
    if type(value) is int:  # nearly always, and asked many times an answer
        return value if 0 <= value < _MOST_TOKENS else None
    if not isinstance(value, Decimal) or not 0 <= value < _MOST_TOKENS or value != int(value):
        return None
    return int(value)


def amount(value: object) -> Decimal | None:
    """A finite number from 0, also when written as a string."""
    if isinstance(value, str):
        value = _decimal(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    exact = Decimal(value)
    return exact if exact.is_finite() and exact >= 0 else None


def _decimal(written: str) -> Decimal | None:
    """A decimal number in a string, else None."""
    try:
        return Decimal(written)
    except ArithmeticError:
        return None
