"""Packs the official o200k_base ranks into the file that ships, and refuses any other vocabulary.

    python benchmarks/pack_vocabulary.py o200k_base.tiktoken.xz

The packed file is xz over all token lengths (one byte each, in rank order) followed by all token bytes: half the
size of base64 text, and nothing is lost (`features.o200k.official_text` gives the official bytes back).
"""

import hashlib
import lzma
import sys
from base64 import b64decode
from pathlib import Path

from modelroute_cli.features.o200k import OFFICIAL_SHA256, PACKED

_FILTER = {"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "lc": 4, "pb": 0}


def pack(official: bytes) -> bytes:
    """The packed form of the text tiktoken downloads; ValueError when it is not that text."""
    if hashlib.sha256(official).hexdigest() != OFFICIAL_SHA256:
        msg = "this is not the official o200k_base text: its sha256 differs"
        raise ValueError(msg)
    tokens = [b64decode(line.split()[0]) for line in official.splitlines()]
    return lzma.compress(bytes(map(len, tokens)) + b"".join(tokens), filters=[_FILTER])


def main() -> None:
    """Read the xz file named on the command line and write the packed one."""
    packed = pack(lzma.decompress(Path(sys.argv[1]).read_bytes()))
    PACKED.write_bytes(packed)
    print(f"{PACKED.name}: {len(packed):,} bytes")


if __name__ == "__main__":
    main()
