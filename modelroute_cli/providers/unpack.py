"""A body as it comes off the wire, unpacked within a bound: a small compressed body can be a large one."""

import zlib
from typing import BinaryIO

_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
_PIECE_BYTES = 1024 * 1024


class TooLargeError(Exception):
    """The body passes the bound."""


class Unpacker:
    """Collects a body piece by piece; never holds more than the bound and one piece."""

    def __init__(self, encoding: str | None, most_bytes: int) -> None:
        self._stream = _stream(encoding)
        self._most = most_bytes
        self._body = bytearray()

    def expect(self, length: str) -> None:
        """What the answer says of its own length; TooLargeError where that is beyond the bound, unpacked or not."""
        _expect(length, self._most)

    def add(self, piece: bytes) -> None:
        """One more piece; TooLargeError beyond the bound, ValueError where it cannot be unpacked."""
        self._body += piece if self._stream is None else self._unpacked(self._stream, piece)
        if len(self._body) > self._most:
            raise TooLargeError

    def end(self) -> None:
        """That was all of it; ValueError where a compressed body ends before its time."""
        if self._stream is not None and not self._stream.eof and (self._body or self._stream.unconsumed_tail):
            msg = "a compressed body that breaks off"
            raise ValueError(msg)

    def body(self) -> bytes:
        """All of it; ValueError as above."""
        self.end()
        return bytes(self._body)

    def _unpacked(self, stream: "zlib._Decompress", piece: bytes) -> bytes:
        """At most one byte more than there is room for."""
        return _decompressed(stream, piece, self._most - len(self._body) + 1)


class Saver:
    """Writes a body to a file piece by piece; holds a megabyte of it at most."""

    def __init__(self, encoding: str | None, most_bytes: int, file: BinaryIO) -> None:
        self._stream = _stream(encoding)
        self._most = most_bytes
        self._file = file
        self._written = 0

    def expect(self, length: str) -> None:
        """As for Unpacker."""
        _expect(length, self._most)

    def add(self, piece: bytes) -> None:
        """One more piece; TooLargeError beyond the bound, ValueError where it cannot be unpacked."""
        if self._stream is None:
            self._write(piece)
            return
        while piece:
            self._write(_decompressed(self._stream, piece, _PIECE_BYTES))
            piece = self._stream.unconsumed_tail

    def end(self) -> None:
        """That was all of it; ValueError where a compressed body ends before its time."""
        if self._stream is not None and not self._stream.eof and self._written:
            msg = "a compressed body that breaks off"
            raise ValueError(msg)

    def _write(self, piece: bytes) -> None:
        self._written += len(piece)
        if self._written > self._most:
            raise TooLargeError
        self._file.write(piece)


def _stream(encoding: str | None) -> "zlib._Decompress | None":
    """What unpacks a body; None for one that is not packed."""
    return zlib.decompressobj(_GZIP_OR_ZLIB) if encoding in {"gzip", "x-gzip", "deflate"} else None


def _expect(length: str, most: int) -> None:
    """TooLargeError where the length that is told is beyond the bound."""
    if length.isdecimal() and int(length) > most:
        raise TooLargeError


def _decompressed(stream: "zlib._Decompress", piece: bytes, most: int) -> bytes:
    """At most so many bytes; ValueError where it cannot be unpacked."""
    try:
        return stream.decompress(piece, most)
    except zlib.error as error:
        msg = "a compressed body that is none"
        raise ValueError(msg) from error
