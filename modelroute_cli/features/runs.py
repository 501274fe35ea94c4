"""Texts as runs of four neighbouring words, in arrays: what grouping compares."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

READ_CHARS = 240
SIZE = 4  # words of a run
_BEFORE = ("\x02", "\x02")
_BEHIND = ("\x03", "\x03")
_SEAM = "\x1f"
TOKEN = re.compile(r"[\u2e80-\ud7ff\uf900-\ufaff\uff66-\uff9f]|[^\W\d_]+|\d+|[^\w\s]|[\x1e\x1f_]")
_ODD = np.uint64(0x9E3779B97F4A7C15)

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


def ends(text: str) -> str:
    """The text as it is read: its first and its last READ_CHARS."""
    return text if len(text) <= 2 * READ_CHARS else f"{text[:READ_CHARS]}{_SEAM}{text[-READ_CHARS:]}"


def spoken(text: str) -> list[str]:
    """The words of a text; all numbers are one word, and the text's two ends are words."""
    return [*_BEFORE, *["0" if word.isdigit() else word for word in TOKEN.findall(ends(text))], *_BEHIND]


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of texts: run `run[i]` stands in text `text[i]`; texts ascend, and runs stand in order of place."""

    text: Ints
    run: Ints
    texts: int
    kinds: int  # runs have the numbers below this
    words: tuple[tuple[str, ...], ...]  # of each text

    def of(self, text: int) -> Ints:
        """The runs of one text, in order."""
        low, high = np.searchsorted(self.text, (text, text + 1))
        return self.run[low:high]

    def among(self, members: Ints) -> "Runs":
        """Those of some texts, which keep their numbers; `members` ascend."""
        chosen = np.zeros(self.texts, np.bool_)
        chosen[members] = True
        return self.only(chosen[self.text])

    def only(self, kept: Mask) -> "Runs":
        """Those that are marked."""
        return Runs(self.text[kept], self.run[kept], self.texts, self.kinds, self.words)


def runs(texts: Sequence[str], least: int) -> Runs:
    """The runs of the texts; those that fewer than `least` texts have are all -1, the others are numbered from 0."""
    words = tuple(tuple(spoken(text)) for text in texts)
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    sizes = np.fromiter(map(len, words), np.int64, len(words))
    flat = np.fromiter(map(numbers.__getitem__, chain.from_iterable(words)), np.uint64, int(sizes.sum()))
    text = np.repeat(np.arange(len(words)), sizes)
    hashed = np.zeros(max(len(flat) - SIZE + 1, 0), np.uint64)
    for step in range(SIZE):
        hashed = (hashed ^ flat[step : step + len(hashed)]) * _ODD
        hashed ^= hashed >> np.uint64(29)
    whole = text[: len(hashed)] == text[SIZE - 1 :] if len(hashed) else np.zeros(0, np.bool_)
    return _shared(text[: len(hashed)][whole], hashed[whole], words, least)


def _shared(text: Ints, hashed: NDArray[np.uint64], words: tuple[tuple[str, ...], ...], least: int) -> Runs:
    """The runs with numbers for those that are shared."""
    kinds, run = np.unique(hashed, return_inverse=True)
    having = np.unique(run * len(words) + text) // max(len(words), 1)
    telling = np.bincount(having, minlength=len(kinds)) >= least
    numbers = np.where(telling, np.cumsum(telling) - 1, -1)
    return Runs(text, numbers[run], len(words), int(telling.sum()), words)
