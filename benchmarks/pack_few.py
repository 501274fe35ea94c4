"""Packs the tokens that a text in Latin letters can have, sorted by hash: what `features.few` looks up in place.

python benchmarks/pack_few.py
"""

from modelroute_cli.features.few import PACKED, hash_of, packed
from modelroute_cli.features.o200k import tokens


def main() -> None:
    """Write the file; ValueError when two tokens of the vocabulary share a hash."""
    if len({hash_of(token) for token in tokens()}) != len(list(tokens())):
        msg = "two tokens share a hash: take a longer one"
        raise ValueError(msg)
    PACKED.write_bytes(packed(tokens()))
    print(f"{PACKED.name}: {PACKED.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
