"""Texts as runs of four neighbouring words, in arrays: what grouping compares."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

READ_CHARS = 240
SIZE = 4  # words of a run
_BEFORE = ("\x02", "\x02")
_BEHIND = ("\x03", "\x03")
_SEAM = "\x1f"
TOKEN = re.compile(r"[\u2e80-\ud7ff\uf900-\ufaff\uff66-\uff9f]|[^\W\d_]+|\d+|[^\w\s]|[\x1e\x1f_]")
_ODD, _HALF = np.uint64(0x9E3779B97F4A7C15), np.uint64(29)
_BEFORE_NUMBERS, _BEHIND_NUMBERS = (1, 1), (2, 2)
_MEMO_WORDS, _MEMO_TEXTS = 200_000, 4_096

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Hashes = NDArray[np.uint64]


def ends(text: str) -> str:
    """The text as it is read: its first and its last READ_CHARS."""
    return text if len(text) <= 2 * READ_CHARS else f"{text[:READ_CHARS]}{_SEAM}{text[-READ_CHARS:]}"


def spoken(text: str) -> list[str]:
    """The words of a text; all numbers are one word, and the text's two ends are words."""
    return [*_BEFORE, *["0" if word.isdigit() else word for word in TOKEN.findall(ends(text))], *_BEHIND]


class _Numbers(dict[str, int]):
    """Words already met with stable numbers, bounded."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _MEMO_WORDS:
            self.clear()
        number = self[word] = crc32(b"0" if word.isdigit() else word.encode("utf-8", "replace"))
        return number


_numbers = _Numbers()


@lru_cache(maxsize=_MEMO_TEXTS)
def _hashed(text: str) -> Hashes:
    """The stable hashes of the runs of a text, in order."""
    words = [_numbers[word] for word in TOKEN.findall(text)]
    flat = np.array([*_BEFORE_NUMBERS, *words, *_BEHIND_NUMBERS], np.uint64)
    hashed = np.zeros(len(flat) - SIZE + 1, np.uint64)
    for step in range(SIZE):
        hashed = (hashed ^ flat[step : step + len(hashed)]) * _ODD
        hashed ^= hashed >> _HALF
    return hashed


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of texts: run `run[i]` stands in text `text[i]`; texts ascend, and runs stand in order of place."""

    text: Ints
    run: Ints
    texts: int
    kinds: int  # runs have the numbers below this
    first: Mask  # whether a text has a run here for the first time

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
        return Runs(self.text[kept], self.run[kept], self.texts, self.kinds, self.first[kept])

    def once(self) -> "Runs":
        """Each run once in each text."""
        return self.only(self.first)


def runs(texts: Sequence[str], least: int) -> Runs:
    """The runs of the texts; those that fewer than `least` texts have are all -1, the others are numbered from 0."""
    hashed = [_hashed(ends(text)) for text in texts]
    sizes = np.fromiter(map(len, hashed), np.int64, len(hashed))
    return _shared(np.repeat(np.arange(len(hashed)), sizes), np.concatenate(hashed), len(texts), least)


def _shared(text: Ints, hashed: Hashes, texts: int, least: int) -> Runs:
    """The runs with numbers for those that are shared."""
    kinds, run = np.unique(hashed, return_inverse=True)
    both = run * texts + text
    order = np.argsort(both, kind="stable")
    first = np.zeros(len(both), np.bool_)
    first[order] = np.diff(both[order], prepend=-1) > 0
    telling = np.bincount(run[first], minlength=len(kinds)) >= least
    numbers = np.where(telling, np.cumsum(telling) - 1, -1)
    return Runs(text, numbers[run], texts, int(telling.sum()), first)
