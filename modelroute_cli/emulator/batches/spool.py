"""Bodies on disk: what is uploaded is kept in a file without a name, which is gone when nobody holds it."""

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass

_PIECE_BYTES = 256 * 1024


class Spool:
    """Bytes on disk, written once and then read anywhere."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the object
        self.size = 0

    def write(self, piece: bytes) -> None:
        """Add to the end."""
        self._file.write(piece)
        self.size += len(piece)

    def read(self, start: int = 0, stop: int | None = None) -> bytes:
        """What stands from `start` to before `stop`, the end unless said."""
        self._file.flush()
        return os.pread(self._file.fileno(), (self.size if stop is None else stop) - start, start)

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
