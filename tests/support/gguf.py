"""GGUF files with a head and no tensors."""

import struct
from collections.abc import Mapping, Sequence

Fields = Mapping[str, str | int | float | Sequence[str] | Sequence[int]]

_KINDS = {bool: (7, "?"), int: (4, "I"), float: (6, "f")}


def gguf(fields: Fields) -> bytes:
    """Version 3 with these fields."""
    head = b"GGUF" + struct.pack("<IQQ", 3, 0, len(fields))
    return head + b"".join(_text(name) + _field(value) for name, value in fields.items())


def _text(text: str) -> bytes:
    encoded = text.encode()
    return struct.pack("<Q", len(encoded)) + encoded


def _field(value: object) -> bytes:
    if isinstance(value, str):
        return struct.pack("<I", 8) + _text(value)
    if isinstance(value, list):
        return struct.pack("<I", 9) + _list(value)
    kind, layout = _KINDS[type(value)]
    return struct.pack(f"<I{layout}", kind, value)


def _list(values: Sequence[object]) -> bytes:
    texts = [_text(value) for value in values if isinstance(value, str)]
    if texts:
        return struct.pack("<IQ", 8, len(texts)) + b"".join(texts)
    return struct.pack("<IQ", 4, len(values)) + struct.pack(f"<{len(values)}I", *values)
