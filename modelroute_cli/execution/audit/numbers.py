"""Sets of whole numbers, most of them in a row: kept as ranges in a file, looked up as bits in memory."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

Ranges = tuple[tuple[int, int], ...]
"""First and last of each, both included, in order."""


class Numbers:
    """A set of numbers from 0 on; a byte for each up to the largest, and as much again."""

    def __init__(self, ranges: Ranges = ()) -> None:
        self._bits = bytearray(1 + max((last for _, last in ranges), default=-1))
        for first, last in ranges:
            self._bits[first : last + 1] = b"\1" * (last + 1 - first)

    @property
    def is_empty(self) -> bool:
        """Whether there are none."""
        return 1 not in self._bits

    def __contains__(self, number: int) -> bool:
        return number < len(self._bits) and self._bits[number] == 1

    def add(self, number: int) -> None:
        """Add one."""
        if number >= len(self._bits):
            self._bits.extend(bytes(max(1024, number + 1)))
        self._bits[number] = 1

    def missing(self, numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """For each of `numbers` whether it is not in the set."""
        bits, known = self._array(), numbers < len(self._bits)
        found = np.zeros(len(numbers), dtype=np.bool_)
        found[known] = bits[numbers[known]] == 1
        return ~found

    def ranges(self) -> Ranges:
        """As a file keeps them."""
        edges = np.flatnonzero(np.diff(np.concatenate([[0], self._array(), [0]]).astype(np.int8)))
        return tuple((int(first), int(end) - 1) for first, end in edges.reshape(-1, 2))

    def first_missing(self) -> int:
        """The smallest number from 1 on that is not in the set."""
        gaps = np.flatnonzero(self._array()[1:] == 0)
        return int(gaps[0]) + 1 if len(gaps) else max(len(self._bits), 1)

    def _array(self) -> npt.NDArray[np.uint8]:
        """The same bytes, a copy, so that the set can grow."""
        return np.array(self._bits, dtype=np.uint8)


def numbers_of(found: Iterable[int]) -> npt.NDArray[np.int64]:
    """Numbers as an array."""
    return np.fromiter(found, dtype=np.int64)
