"""The tables that ship in `data/`: written as YAML, read from a packed copy while that is a copy of the same text.

Problem: parsing 110 KB of YAML took a fifth of the work of a small plan. Solution: benchmarks/pack_tables.py decodes
every table once, into `data/tables.json`, beside the digest of the YAML it was made from. The YAML stays the one
source: a copy of another text is passed over.
"""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Raw, Struct

DATA = Path(__file__).parent.parent / "data"
PACKED = DATA / "tables.json"

T = TypeVar("T")


class PackedTable(Struct, frozen=True, forbid_unknown_fields=True):
    """One table as JSON, and the digest of the YAML it was made from."""

    digest: str
    value: Raw


def shipped_bytes(name: str) -> bytes:
    """One file of `data/`."""
    return (DATA / name).read_bytes()


def shipped_digest(name: str) -> str:
    """`sha256:` and the hex digest of one file of `data/`."""
    return text_digest(shipped_bytes(name))


def text_digest(text: bytes) -> str:
    """`sha256:` and the hex digest of a table as it is written."""
    return f"sha256:{hashlib.sha256(text).hexdigest()}"


def shipped_table(name: str, kind: type[T]) -> T:
    """One YAML file of `data/` as `kind`; a file that does not fit it is a bug of the package."""
    return decoded(name, shipped_bytes(name), kind, _from_yaml)


def decoded(name: str, text: bytes, kind: type[T], parse: Callable[[bytes, type[T]], T]) -> T:
    """The table `name`, written as `text`: its packed copy if that is of this very text, else as `parse` reads it."""
    packed = _packed().get(name)
    if packed is None or packed.digest != text_digest(text):
        return parse(text, kind)
    return msgspec.json.decode(packed.value, type=kind)


def _from_yaml(text: bytes, kind: type[T]) -> T:
    from msgspec import yaml  # noqa: PLC0415 - packed tables need no YAML parser

    return yaml.decode(text, type=kind)


@cache
def _packed() -> dict[str, PackedTable]:
    """The packed tables by name; none where the file is not there."""
    return msgspec.json.decode(PACKED.read_bytes(), type=dict[str, PackedTable]) if PACKED.exists() else {}
