"""The gate `near_duplicates`: an answer is not nearly one that another request of its template got before.

Problem: a batch may hold 100,000 answers of one template, too many to keep their texts or to compare them pair by pair.
Solution: 256 one-bit min-hashes of the pairs of neighbouring words (Li and Koenig, b-bit minwise hashing, 2010): the
share of equal bits is (1 + J) / 2 for texts whose pairs have the Jaccard likeness J. An answer takes 36 bytes; 64 bits
of each are compared first, all 256 where those are close, and the texts themselves before anything fails.
What still fails: of 10,000 pairs just as alike as is asked, some 30 are passed over.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from modelroute_cli.features.words import fold

_WORDS = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")
_BITS = 256
_WORD_BITS = 64
_MOST_PAIRS = 2_000
_MOST_COMPARED = 5
_SPREAD = 3.0  # standard deviations of an estimate below which no pair is looked at more closely
_FIRST_SIZE = 64
_random = np.random.default_rng(20_261_123)
_FACTORS, _MIXED = (_random.integers(0, 2**32, _BITS, dtype=np.uint32) | np.uint32(1) for _ in range(2))
_GOLDEN = 0x9E3779B1  # 2^32 over the golden ratio: multiplying by it spreads neighbours
_MASK = 0xFFFFFFFF

Sketch = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Twin:
    """An earlier answer that is nearly the same: whose it is, and the share of word pairs in common."""

    row: int
    likeness: float


def pairs_of(text: str) -> frozenset[int]:
    """Hashes of the pairs of neighbouring words, without case and accents; of a single word, of it alone."""
    words = _WORDS.findall(fold(text))
    hashes = [crc32(word.encode("utf-8", "replace")) for word in words]
    return frozenset((one * _GOLDEN ^ other) & _MASK for one, other in pairwise(hashes)) or frozenset(hashes)


def likeness(one: frozenset[int], other: frozenset[int]) -> float:
    """The share of pairs that both have among those that either has (Jaccard); two texts without words are alike."""
    either = len(one | other)
    return len(one & other) / either if either else 1.0


def sketch_of(pairs: frozenset[int]) -> Sketch:
    """Four 64-bit words, one bit for each min-hash."""
    hashes = np.fromiter(sorted(pairs)[:_MOST_PAIRS] or [0], dtype=np.uint32)
    least = np.argmin(_FACTORS[:, None] * hashes, axis=1)
    mixed = hashes[least] * _MIXED
    bits = ((mixed ^ (mixed >> np.uint32(15))) * np.uint32(_GOLDEN)) >> np.uint32(31)
    return np.packbits(bits.astype(np.uint8)).view(np.uint64)


class Answers:
    """The accepted answers of one template, each as 36 bytes; `text_of` gives the text of a row's answer, if any."""

    def __init__(self, text_of: Callable[[int], str | None]) -> None:
        self._text_of = text_of
        self._count = 0
        self._rows = np.zeros(_FIRST_SIZE, dtype=np.uint32)
        self._sketches = np.zeros((_BITS // _WORD_BITS, _FIRST_SIZE), dtype=np.uint64)

    def __len__(self) -> int:
        return self._count

    def add(self, row: int, text: str) -> None:
        """Remember an answer."""
        self._put(row, sketch_of(pairs_of(text)))

    def add_all(self, answers: Iterable[tuple[int, str]]) -> None:
        """Remember the answers of earlier sessions."""
        for row, text in answers:
            self.add(row, text)

    def add_unless_alike(self, row: int, text: str, least: float) -> Twin | None:
        """The first earlier answer whose likeness is `least` or more; without one the answer is remembered."""
        pairs = pairs_of(text)
        sketch = sketch_of(pairs)
        for other in self._close(sketch, least):
            text_there = self._text_of(other) if other != row else None
            alike = 0.0 if text_there is None else likeness(pairs, pairs_of(text_there))
            if alike >= least:
                return Twin(other, alike)
        self._put(row, sketch)
        return None

    def forget(self, row: int) -> None:
        """Take away an answer that another gate refused afterwards."""
        kept = np.flatnonzero(self._rows[: self._count] != row)
        if len(kept) == self._count:
            return
        self._rows[: len(kept)] = self._rows[kept]
        self._sketches[:, : len(kept)] = self._sketches[:, kept]
        self._count = len(kept)

    def _close(self, sketch: Sketch, least: float) -> list[int]:
        """The rows of the few answers that seem most alike, the most alike first."""
        places = np.flatnonzero(_unequal(self._sketches[0, : self._count], sketch[0]) <= _most(_WORD_BITS, least))
        unequal = _unequal(self._sketches[:, places], sketch[:, None]).sum(axis=0, dtype=np.int64)
        near = np.flatnonzero(unequal <= _most(_BITS, least))
        first = near[np.argsort(unequal[near], kind="stable")[:_MOST_COMPARED]]
        return [int(row) for row in self._rows[places[first]]]

    def _put(self, row: int, sketch: Sketch) -> None:
        if self._count == len(self._rows):
            more = self._count // 2
            self._rows = np.pad(self._rows, (0, more))
            self._sketches = np.pad(self._sketches, ((0, 0), (0, more)))
        self._rows[self._count] = row
        self._sketches[:, self._count] = sketch
        self._count += 1


def _unequal(sketches: Sketch, other: Sketch | np.uint64) -> NDArray[np.uint8]:
    """How many bits differ in each word."""
    counts: NDArray[np.uint8] = np.bitwise_count(sketches ^ other)
    return counts


def _most(bits: int, least: float) -> int:
    """How many of so many bits may differ in texts that are as alike as `least`, chance included."""
    share = (1 - least) / 2
    return int(bits * share + _SPREAD * sqrt(bits * share * (1 - share)))
