"""A body that is read from a file while it is sent, so that 200 MB of lines take no memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PIECE_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class FileBody:
    """What stands before a file's content, the content, and what stands after it.

    `as_list` writes lines as the elements of a JSON array: a comma for each newline, none for the last. JSON holds no
    newline of its own, so this takes no reading of what the lines say.
    """

    head: bytes
    path: Path
    tail: bytes = b""
    as_list: bool = False

    def length(self) -> int:
        """Bytes in all; OSError where the file is not there."""
        content = self.path.stat().st_size
        return len(self.head) + content - (1 if self.as_list and content else 0) + len(self.tail)

    def pieces(self) -> Iterator[bytes]:
        """All of it, in pieces of at most a quarter of a megabyte; OSError as above."""
        yield self.head
        yield from self._lines() if self.as_list else self._content()
        yield self.tail

    def read(self) -> bytes:
        """All of it at once."""
        return b"".join(self.pieces())

    def _content(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                yield piece

    def _lines(self) -> Iterator[bytes]:
        """The content with commas; one byte is held back, as the last newline goes."""
        held = b""
        for piece in self._content():
            listed = held + piece.replace(b"\n", b",")
            held = listed[-1:]
            yield listed[:-1]
