"""How much each sentence of a request counts, and what the sentences say together for each task type."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from modelroute_cli.features.sentence_signals import Entries, Floats, Ints, Said, WordTable

Number = TypeVar("Number", np.float32, np.float64)


@dataclass(frozen=True, slots=True)
class SentenceWeights:
    """Trained weights: of named features (the last column opens the gate), of word pieces, and of marks."""

    named: Floats  # named features x (task types + 1)
    pieces: Floats  # word pieces x task types
    marks: Floats


class Weigher:
    """Weighs sentences by trained weights; hold one, as it remembers words."""

    def __init__(self, weights: SentenceWeights) -> None:
        self._weights = weights
        self._words = WordTable(weights.pieces)

    def scores(self, said: Said, count: int) -> Floats:
        """What the sentences of each of `count` requests say together, a row a request."""
        told, gates = self.told(said)
        return summed(told * gates[:, None], said.owner, count)

    def told(self, said: Said) -> tuple[Floats, Floats]:
        """What each sentence says for each task type, and how much it counts (0 to 1)."""
        count = len(said.owner)
        named = weighted(said.named, self._weights.named, count)
        looked = weighted(said.marks, self._weights.marks[:, None], count)[:, 0]
        words = self._words.lookup(said.words) * said.word_values[:, None]
        return named[:, :-1] + summed(words, said.word_rows, count), opened(named[:, -1] + looked)


def opened(raw: NDArray[Number]) -> NDArray[Number]:
    """The gate: from 0 for what does not count to 1."""
    gates: NDArray[Number] = np.exp(-np.logaddexp(0, -raw))
    return gates


def weighted(entries: Entries, matrix: Floats, count: int) -> Floats:
    """The sum of each row's weighted features."""
    return summed(matrix[entries.ids] * entries.values[:, None], entries.rows, count)


def summed(values: Floats, rows: Ints, count: int) -> Floats:
    """Sums of `values` by their ascending `rows`; rows without values have zero."""
    sums = np.zeros((count, values.shape[1]), np.float32)
    if len(rows):
        starts = np.flatnonzero(np.diff(rows, prepend=-1))
        sums[rows[starts]] = np.add.reduceat(values, starts, axis=0)
    return sums
