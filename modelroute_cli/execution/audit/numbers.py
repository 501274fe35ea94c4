"""Sets of whole numbers, most of them in a row: kept as ranges in a file, looked up as bits in memory."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

Ranges = tuple[tuple[int, int], ...]
"""First and last of each, both included, in order."""


class Numbers:
    """A set of numbers from 0 on; a bit more than a byte for each up to the largest."""

    def __init__(self, ranges: Ranges = ()) -> None:
        self._bits = np.zeros(1 + max((last for _, last in ranges), default=-1), dtype=np.bool_)
        for first, last in ranges:
            self._bits[first : last + 1] = True

    def __contains__(self, number: int) -> bool:
        return number < len(self._bits) and bool(self._bits[number])

    def add(self, number: int) -> None:
        """Add one."""
        if number >= len(self._bits):
            self._bits = np.concatenate([self._bits, np.zeros(max(1024, number + 1), dtype=np.bool_)])
        self._bits[number] = True

    def missing(self, numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """For each of `numbers` whether it is not in the set."""
        known = numbers < len(self._bits)
        found = np.zeros(len(numbers), dtype=np.bool_)
        found[known] = self._bits[numbers[known]]
        return ~found

    def ranges(self) -> Ranges:
        """As a file keeps them."""
        edges = np.flatnonzero(np.diff(np.concatenate([[False], self._bits, [False]]).astype(np.int8)))
        return tuple((int(first), int(end) - 1) for first, end in edges.reshape(-1, 2))

    def first_missing(self) -> int:
        """The smallest number from 1 on that is not in the set."""
        gaps = np.flatnonzero(~self._bits[1:])
        return int(gaps[0]) + 1 if len(gaps) else max(len(self._bits), 1)


def numbers_of(found: Iterable[int]) -> npt.NDArray[np.int64]:
    """Numbers as an array."""
    return np.fromiter(found, dtype=np.int64)
