"""Packed job files, unpacked into the spool: gzip and Zstandard, with a bound on what a small file may grow to."""

import zlib
from collections.abc import Iterator
from typing import BinaryIO, Protocol

from modelroute_cli.base.errors import JobFileError
from modelroute_cli.jobs.spool import Aside

GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
FREE_BYTES = 64 * 2**20
MOST_GROWTH = 400  # times; templated job files reach 100
_GZIP_CHUNK_BYTES = 2**16  # gives at most 64 MiB: deflate packs a thousand to one
_ZSTD_CHUNK_BYTES = 2**10  # gives at most 32 MiB: four bytes may stand for a block of 128 KiB
_ZSTD_WINDOW_BYTES = 2**27
_GZIP_WINDOW = 31  # zlib's number for a gzip header and 32 KiB
_NAMES = {GZIP_MAGIC: "gzip", ZSTD_MAGIC: "Zstandard"}


class _Unpacker(Protocol):
    """One gzip member or Zstandard frame while it is unpacked."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, /) -> bytes: ...


def packed_with(head: bytes) -> str | None:
    """The name of the packing of a file that begins with `head`; None when it is not packed in a way that is read."""
    return next((name for magic, name in _NAMES.items() if head.startswith(magic)), None)


def unpack(stream: BinaryIO, aside: Aside, shown: str) -> None:
    """Write what `stream` holds to `aside`; JobFileError for a broken file, or one that grows without measure."""
    from zstandard import ZstdError  # noqa: PLC0415 - most job files are not packed

    head = stream.read(len(ZSTD_MAGIC))
    stream.seek(0)
    name = packed_with(head) or "gzip"
    try:
        for read_bytes, part in _parts(stream, name):
            offset = aside.write(part)
            _refuse_growth(offset + len(part), read_bytes, shown)
    except (zlib.error, ZstdError, EOFError) as error:
        msg = f"`{shown}` is broken {name}: {_reason(error)}"
        raise JobFileError(msg, hint="copy or pack the file again") from error
    aside.flush()


def _parts(stream: BinaryIO, name: str) -> Iterator[tuple[int, bytes]]:
    """The unpacked parts, each with the packed bytes that were read up to it; EOFError when the end is missing."""
    chunk_bytes = _GZIP_CHUNK_BYTES if name == "gzip" else _ZSTD_CHUNK_BYTES
    unpacker = _unpacker(name)
    read_bytes = 0
    while chunk := stream.read(chunk_bytes):
        read_bytes += len(chunk)
        while chunk:
            if unpacker.eof:
                unpacker = _unpacker(name)
            yield read_bytes, unpacker.decompress(chunk)
            chunk = unpacker.unused_data if unpacker.eof else b""
    if not unpacker.eof:
        raise EOFError


def _unpacker(name: str) -> _Unpacker:
    if name == "gzip":
        return zlib.decompressobj(_GZIP_WINDOW)
    from zstandard import ZstdDecompressor  # noqa: PLC0415 - likewise

    return ZstdDecompressor(max_window_size=_ZSTD_WINDOW_BYTES).decompressobj()


def _reason(error: Exception) -> str:
    """Why, in words that stay the same from one version of the libraries to the next."""
    return "it ends too early" if isinstance(error, EOFError) else "its bytes are damaged"


def _refuse_growth(size_bytes: int, read_bytes: int, shown: str) -> None:
    if size_bytes > FREE_BYTES and size_bytes > MOST_GROWTH * read_bytes:
        msg = f"`{shown}` unpacks to more than {MOST_GROWTH} times its size; no job file does"
        raise JobFileError(msg, hint="if it is one, unpack it first and give the file that results")
