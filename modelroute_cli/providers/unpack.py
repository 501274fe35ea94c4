"""A body as it comes off the wire, unpacked within a bound: a small compressed body can be a large one."""

import zlib

_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS


class TooLargeError(Exception):
    """The body passes the bound."""


class Unpacker:
    """Collects a body piece by piece; never holds more than the bound and one piece."""

    def __init__(self, encoding: str | None, most_bytes: int) -> None:
        self._stream = zlib.decompressobj(_GZIP_OR_ZLIB) if encoding in {"gzip", "x-gzip", "deflate"} else None
        self._most = most_bytes
        self._body = bytearray()

    def expect(self, length: str) -> None:
        """What the answer says of its own length; TooLargeError where that is beyond the bound, unpacked or not."""
        if length.isdecimal() and int(length) > self._most:
            raise TooLargeError

    def add(self, piece: bytes) -> None:
        """One more piece; TooLargeError beyond the bound, ValueError where it cannot be unpacked."""
        self._body += piece if self._stream is None else self._unpacked(self._stream, piece)
        if len(self._body) > self._most:
            raise TooLargeError

    def body(self) -> bytes:
        """All of it; ValueError where a compressed body ends before its time."""
        if self._stream is not None and not self._stream.eof and (self._body or self._stream.unconsumed_tail):
            msg = "a compressed body that breaks off"
            raise ValueError(msg)
        return bytes(self._body)

    def _unpacked(self, stream: "zlib._Decompress", piece: bytes) -> bytes:
        """At most one byte more than there is room for."""
        try:
            return stream.decompress(piece, self._most - len(self._body) + 1)
        except zlib.error as error:
            msg = "a compressed body that is none"
            raise ValueError(msg) from error
