"""What the classifier sees of each sentence: its cues, the pieces of its words, and its marks, as numbered features.

Words count by what they are made of (themselves, their beginning, their three to five neighbouring letters), so that an
inflection or a relation that no training request has still says something. A word says the same wherever it stands, so
its weights are added up once and remembered (`WordTable`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, combinations
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from modelroute_cli.features.cues import concepts
from modelroute_cli.features.reading import SYSTEM, Reading
from modelroute_cli.features.sentences import Sentence, looks_of, marks

PIECES: Final = 1 << 16  # numbers that pieces of words are hashed to
_CUE, _PAIR = 0.7, 0.5
_MOST_PAIRED = 8  # concepts of one sentence
_LETTERS = (3, 4, 5)
_LETTERS_WEIGHT = 0.8
_STEM = 5
_PRIME, _MIXER, _MASK = 1_000_003, 0x09E3_779B_97F4_A7C1, (1 << 32) - 1
_MOST_LETTERS = 24
_MEMO_WORDS = 60_000

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Entries:
    """Features of sentences: entry i says that sentence `rows[i]` has feature `ids[i]` with `values[i]`."""

    rows: Ints
    ids: Ints
    values: Floats


@dataclass(frozen=True, slots=True)
class Said:
    """The sentences of a block: whose they are (ascending), their named features, marks, and words."""

    owner: Ints
    named: Entries
    marks: Entries
    words: tuple[str, ...]
    word_rows: Ints
    word_values: Floats


@cache
def names() -> tuple[str, ...]:
    """What each named feature of a sentence says, in order."""
    return (
        *(f"`{concept}` in a sentence" for concept in concepts()),
        *(f"`{concept}` negated in a sentence" for concept in concepts()),
        *(f"`{concept}` begins a sentence" for concept in concepts()),
        *(f"`{one}` with `{other}` in a sentence" for one, other in combinations(concepts(), 2)),
    )


def said(readings: Sequence[Reading]) -> Said:
    """The sentences of a block of requests, in order."""
    owner: list[int] = []
    found: list[Sentence] = []
    looks: list[tuple[int, ...]] = []
    for request, reading in enumerate(readings):
        told = bool(reading.parts[SYSTEM].sentences)
        for zone, part in enumerate(reading.parts):
            if part.sentences:
                found += part.sentences
                placed = marks(zone, len(part.sentences), told=told)
                looks += [(*look, *more) for look, more in zip(looks_of(part.sentences), placed, strict=True)]
                owner += [request] * len(part.sentences)
    spoken = [sentence.words for sentence in found]
    sizes = np.fromiter(map(len, spoken), np.int64, len(spoken))
    return Said(
        np.array(owner, np.int64),
        _entries([_named(sentence) for sentence in found]),
        _marked(looks),
        tuple([word.text for word in chain.from_iterable(spoken)]),
        np.repeat(np.arange(len(spoken)), sizes),
        np.repeat(1 / np.sqrt(np.maximum(sizes, 1)), sizes).astype(np.float32),
    )


def pieces(words: Sequence[str]) -> Entries:
    """What words are made of, as numbers below PIECES with values; `rows` are places in `words`.

    A word, its beginning, and its neighbouring letters; of very long words only the first letters.
    """
    every = np.arange(len(words))
    wholes = [crc32(f"={word}".encode("utf-8", "replace")) for word in words]
    starts = [crc32(f"^{word[:_STEM]}".encode("utf-8", "replace")) for word in words]
    owner, hashes = _letters([f"<{word[:_MOST_LETTERS]}>" for word in words])
    rows = np.concatenate((every, every, owner))
    order = np.argsort(rows, kind="stable")
    ids = np.concatenate((np.array(wholes, np.int64), np.array(starts, np.int64), hashes)) % PIECES
    weights = _LETTERS_WEIGHT / np.sqrt(np.bincount(owner, minlength=len(words))[owner])
    values = np.concatenate((np.ones(2 * len(words)), weights)).astype(np.float32)
    return Entries(rows[order], ids[order], values[order])


def _letters(edged: Sequence[str]) -> tuple[Ints, Ints]:
    """Whose every run of neighbouring letters is, and a hash of it, for all words at once."""
    codes = np.frombuffer("".join(edged).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.int64)
    owner = np.repeat(np.arange(len(edged)), np.fromiter(map(len, edged), np.int64, len(edged)))
    owners, hashes = [], []
    running = np.zeros(len(codes), np.int64)
    for size in range(1, _LETTERS[-1] + 1):
        running = running[: len(codes) - size + 1] * _PRIME + codes[size - 1 :]
        if size >= _LETTERS[0]:
            inside = owner[: len(running)] == owner[size - 1 :]
            owners.append(owner[: len(running)][inside])
            hashes.append((running[inside] * _MIXER) >> 24 & _MASK)
    return np.concatenate(owners), np.concatenate(hashes)


class WordTable:
    """The summed weights of the pieces of each word met so far; bounded, and the same whatever was met before."""

    def __init__(self, weights: Floats) -> None:
        self._weights = weights
        self._rows: dict[str, int] = {}
        self._table = np.zeros((1024, weights.shape[1]), np.float32)

    def lookup(self, words: Sequence[str]) -> Floats:
        """The weights of each word, a row a word."""
        if len(self._rows) > _MEMO_WORDS:
            self._rows.clear()
        self._add([word for word in dict.fromkeys(words) if word not in self._rows])
        return self._table[np.fromiter(map(self._rows.__getitem__, words), np.int64, len(words))]

    def _add(self, words: Sequence[str]) -> None:
        """Take in new words."""
        if not words:
            return
        first, end = len(self._rows), len(self._rows) + len(words)
        if end > len(self._table):
            more = np.zeros((end, self._table.shape[1]), np.float32)
            self._table = np.concatenate((self._table, more))
        made = pieces(words)
        starts = np.flatnonzero(np.diff(made.rows, prepend=-1))
        self._table[first:end] = np.add.reduceat(self._weights[made.ids] * made.values[:, None], starts, axis=0)
        self._rows.update(zip(words, range(first, end), strict=True))


@lru_cache(maxsize=8192)
def _named(sentence: Sentence) -> dict[int, float]:
    """The named features of one sentence with their values."""
    cues = sentence.cues
    if not cues:
        return {}
    size = len(concepts())
    found = {concept + (size if negated else 0): _CUE for concept, _, _, negated in cues}
    asked = sorted([concept for concept in found if concept < size])[:_MOST_PAIRED]
    if not cues[0].negated:
        found[2 * size + cues[0].concept] = _CUE
    for one, other in combinations(asked, 2):
        found[_pair(one, other)] = _PAIR
    return found


@cache
def _pair(one: int, other: int) -> int:
    """The number of a pair of concepts."""
    size = len(concepts())
    return 3 * size + one * (2 * size - one - 1) // 2 + other - one - 1


def _marked(looks: Sequence[tuple[int, ...]]) -> Entries:
    rows = np.repeat(np.arange(len(looks)), [len(each) for each in looks])
    ids = np.fromiter(chain.from_iterable(looks), np.int64, len(rows))
    return Entries(rows, ids, np.ones(len(rows), np.float32))


def _entries(found: Sequence[dict[int, float]]) -> Entries:
    rows = np.repeat(np.arange(len(found)), [len(each) for each in found])
    ids = np.fromiter(chain.from_iterable(found), np.int64, len(rows))
    return Entries(rows, ids, np.fromiter(chain.from_iterable(each.values() for each in found), np.float32, len(rows)))
