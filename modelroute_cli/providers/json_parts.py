"""Taking a JSON object apart without reading what stands in it: a value stays the bytes that a stranger wrote."""

import json
from collections.abc import Mapping
from typing import cast

import msgspec

from modelroute_cli.providers import loose_json as loose

_PARTS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ELEMENTS = msgspec.json.Decoder(list[msgspec.Raw])


def parts(body: bytes) -> Mapping[str, bytes]:
    """The values of an object by name, each as it is written; empty for what is no object, or no JSON.

    What only the standard library reads (half an emoji, NaN) is written anew, so that no answer is lost over it.
    """
    try:
        return {name: bytes(value) for name, value in _PARTS.decode(body).items()}
    except (ValueError, RecursionError):
        value = _read_leniently(body)
    return {name: _written(each) for name, each in value.items()} if isinstance(value, dict) else {}


def elements(body: bytes) -> list[bytes]:
    """The elements of an array, each as it is written; none for what is no array. Leniently as above."""
    try:
        return [bytes(value) for value in _ELEMENTS.decode(body)]
    except (ValueError, RecursionError):
        value = _read_leniently(body)
    return [_written(each) for each in value] if isinstance(value, list) else []


def word(value: bytes | None) -> str | None:
    """A string that stands alone as JSON; None for anything else."""
    try:
        return None if value is None else loose.text(loose.parse(value))
    except ValueError:
        return None


def _read_leniently(body: bytes) -> object:
    """As the standard library reads it, NaN as null; None for what is no JSON."""
    try:
        return cast("object", json.loads(body.decode("utf-8", "replace"), parse_constant=lambda _: None))
    except (ValueError, RecursionError):
        return None


def _written(value: object) -> bytes:
    """A value as JSON; what could be read from within a deeper one is never nested too deeply to be written."""
    return json.dumps(value).encode()
