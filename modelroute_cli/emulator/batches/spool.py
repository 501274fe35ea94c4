"""Bodies on disk: what is uploaded is kept in a file without a name, which is gone when nobody holds it."""

import os
import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import dataclass

_PIECE_BYTES = 256 * 1024


class Spool:
    """Bytes that are added at the end and read anywhere; on disk as soon as they are many."""

    def __init__(self) -> None:
        self._file: int | None = None  # its descriptor
        self._unwritten = bytearray()
        self.size = 0

    def write(self, piece: bytes) -> None:
        """Add to the end."""
        self._unwritten += piece
        self.size += len(piece)
        if len(self._unwritten) > _PIECE_BYTES:
            self._flush()

    def read(self, start: int = 0, stop: int | None = None) -> bytes:
        """What stands from `start` to before `stop`, the end unless said."""
        end = self.size if stop is None else min(stop, self.size)
        if self._file is None:
            return bytes(self._unwritten[start:end])
        self._flush()
        return os.pread(self._file, max(0, end - start), start)

    def _flush(self) -> None:
        """Write what waits, to a file without a name that is closed with this object."""
        if self._file is None:
            with tempfile.TemporaryFile() as file:
                self._file = os.dup(file.fileno())
            weakref.finalize(self, os.close, self._file)
        left = memoryview(bytes(self._unwritten))
        while left:
            left = left[os.write(self._file, left) :]
        self._unwritten.clear()

    def find(self, what: bytes, start: int = 0) -> int:
        """Where `what` first stands from `start` on; -1 when it does not."""
        overlap, at = len(what) - 1, start
        while at < self.size:
            found = self.read(at, min(at + _PIECE_BYTES + overlap, self.size)).find(what)
            if found >= 0:
                return at + found
            at += _PIECE_BYTES
        return -1


@dataclass(frozen=True, slots=True)
class Extract:
    """A part of a spool."""

    spool: Spool
    start: int
    stop: int

    @property
    def size(self) -> int:
        """Bytes."""
        return self.stop - self.start

    def read(self) -> bytes:
        """All of it."""
        return self.spool.read(self.start, self.stop)

    def pieces(self) -> Iterator[bytes]:
        """All of it, bit by bit."""
        for start in range(self.start, self.stop, _PIECE_BYTES):
            yield self.spool.read(start, min(start + _PIECE_BYTES, self.stop))

    def lines(self) -> Iterator[bytes]:
        """Each line with its newline; the last may have none."""
        left = b""
        for piece in self.pieces():
            *whole, left = (left + piece).split(b"\n")
            yield from (line + b"\n" for line in whole)
        if left:
            yield left


def spooled(pieces: Iterator[bytes]) -> Spool:
    """What is written piece by piece."""
    spool = Spool()
    for piece in pieces:
        spool.write(piece)
    return spool


def whole(spool: Spool) -> Extract:
    """All of a spool."""
    return Extract(spool, 0, spool.size)
