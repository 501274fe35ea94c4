"""Summaries as one JSON object for programs: `"format": 1`, money as decimal strings, stable keys."""

import re
from collections.abc import Mapping

import msgspec

from modelroute_cli.base.money import to_usd_string

FORMAT = 1
_MONEY = "_pusd"
_OBEYED = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def to_json(summary: msgspec.Struct) -> str:
    """`summary` as indented JSON; each `*_pusd` count becomes `*_usd`, an exact decimal string of dollars.

    Signs that a terminal would obey, and those that reorder what is read, are escaped: the same JSON.
    """
    shown = {"format": FORMAT, **public(summary)}
    text = msgspec.json.format(msgspec.json.encode(shown), indent=2).decode()
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def public(summary: msgspec.Struct) -> dict[str, object]:
    """The fields of `summary` under their public names."""
    return _public(msgspec.to_builtins(summary))


def _public(fields: Mapping[str, object]) -> dict[str, object]:
    """The fields under their public names."""
    return dict(_field(key, value) for key, value in fields.items())


def _field(key: str, value: object) -> tuple[str, object]:
    """One field: money as a string, everything else as it is."""
    if not key.endswith(_MONEY):
        return key, _value(value)
    return f"{key.removesuffix(_MONEY)}_usd", to_usd_string(value) if isinstance(value, int) else None


def _value(value: object) -> object:
    """A value whose objects, however deep, carry public names."""
    if isinstance(value, dict):
        return _public(value)
    if isinstance(value, list | tuple):
        return [_value(item) for item in value]
    return value
