"""Packs the YAML tables of `data/` into `data/tables.json`, which is read in their place while they stay as they are.

python benchmarks/pack_tables.py
"""

from pathlib import Path

import msgspec

from modelroute_cli.base.shipped import DATA, PACKED, PackedTable, shipped_bytes, text_digest
from modelroute_cli.catalog.library import checked_cards
from modelroute_cli.catalog.load import parsed

TREES = ("defaults.yaml",)  # read as settings are, with the line of each value
CARDS = ("models.yaml", "providers.yaml")  # read as settings are, and held against the types of their cards
UNPACKED = ("emulator_text.yaml", "init_settings.yaml")  # no plan reads them


def names() -> list[str]:
    """All tables that are packed."""
    return sorted(path.name for path in DATA.glob("*.yaml") if path.name not in UNPACKED)


def pack(name: str) -> PackedTable:
    """One table as JSON, with the digest of what it was made from."""
    text = shipped_bytes(name)
    return PackedTable(text_digest(text), msgspec.Raw(msgspec.json.encode(value_of(name, text))))


def value_of(name: str, text: bytes) -> object:
    """One table as the package reads it."""
    if name in TREES:
        return parsed(name, text)
    return checked_cards(name, text) if name in CARDS else msgspec.yaml.decode(text)


def packed() -> bytes:
    """What `data/tables.json` should hold: a line a table, so that a change shows which."""
    lines = [f'"{name}":{msgspec.json.encode(pack(name)).decode()}' for name in names()]
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def main(path: Path = PACKED) -> None:
    """Write the packed tables."""
    path.write_bytes(packed())
    print(f"{path.name}: {path.stat().st_size:,} bytes, {len(names())} tables")


if __name__ == "__main__":
    main()
