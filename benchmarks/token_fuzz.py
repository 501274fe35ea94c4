"""Compares every engine with tiktoken on the fuzz corpus and every code point in two contexts; prints mismatches.

    python benchmarks/token_fuzz.py [FUZZED]

Exits 1 when a count differs behind the guard. It also prints, for each engine without its guard, the code points it
reads otherwise: what the guard in features/engines.py must list.
"""

import hashlib
import sys
from collections.abc import Iterator
from itertools import count, takewhile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from support.token_fuzz import CONTEXTS, SCALARS, fuzz_texts, in_context, nasty_texts

from modelroute_cli.features import engines, o200k
from modelroute_cli.features.engines import Engine

BLOCK = 50_000


def main(fuzzed: int) -> int:
    """Print all comparisons; 1 when any count differs."""
    found = [engine for engine in (engines.small(), engines.bulk()) if engine is not None]
    texts = [*nasty_texts(), *fuzz_texts(fuzzed, seed=1)]
    digest = hashlib.sha256("\0".join(texts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
    print(f"fuzz corpus: {len(texts):,} texts, {sum(map(len, texts)) / 1e6:.1f} M characters, digest {digest}")
    wrong = sum(compared(engine, texts) for engine in found)
    for engine in found:
        wrong += code_points(engine)
    return 1 if wrong else 0


def compared(engine: Engine, texts: list[str]) -> int:
    """How many texts the engine counts otherwise than tiktoken; prints the first ones."""
    pairs = zip(texts, engine.count_many(texts), map(o200k.count, texts), strict=True)
    wrong = [(text, ours, theirs) for text, ours, theirs in pairs if ours != theirs]
    print(f"{engine.name}: {len(wrong)} mismatches in {len(texts):,} texts")
    for text, ours, theirs in wrong[:10]:
        print(f"  {text[:60]!r}: {ours}, tiktoken {theirs}")
    return len(wrong)


def code_points(engine: Engine) -> int:
    """How many texts of one code point each differ; prints which differ without the guard."""
    wrong, bare = 0, set()
    for context in CONTEXTS:
        for points in blocks():
            texts = in_context(context, points)
            theirs = [o200k.count(text) for text in texts]
            wrong += sum(ours != true for ours, true in zip(engine.count_many(texts), theirs, strict=True))
            bare |= {at for at, ours, true in zip(points, engine.count(texts), theirs, strict=True) if ours != true}
    total = len(SCALARS) * len(CONTEXTS)
    print(f"{engine.name}: {wrong} mismatches in {total:,} texts of one code point; {len(bare)} points without guard")
    print(f"  {', '.join(runs(bare))}")
    return wrong


def blocks() -> Iterator[list[int]]:
    """All code points in blocks."""
    starts = takewhile(lambda start: start < len(SCALARS), count(0, BLOCK))
    return (SCALARS[start : start + BLOCK] for start in starts)


def runs(points: set[int]) -> list[str]:
    """Code points as ranges."""
    starts = sorted(point for point in points if point - 1 not in points)
    ends = sorted(point for point in points if point + 1 not in points)
    return [f"{start:x}-{end:x}" for start, end in zip(starts, ends, strict=True)]


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
