"""Text that is not UTF-8, made UTF-8 in the spool: UTF-16 and UTF-32 by their byte order mark, others by name."""

import codecs
from typing import BinaryIO

from modelroute_cli.base.errors import JobFileError
from modelroute_cli.jobs.spool import Aside

_CHUNK_BYTES = 2**20
_MARKS = {  # the longer first: one begins with the other
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def marked_encoding(head: bytes) -> str | None:
    """The encoding that a byte order mark names; None for UTF-8 and for text without one."""
    return next((name for mark, name in _MARKS.items() if head.startswith(mark)), None)


def known_encoding(name: str) -> str:
    """`name` itself; JobFileError when it is no encoding of text."""
    try:
        "".encode(name)
    except (LookupError, ValueError) as error:
        msg = f"--encoding: `{name}` is no encoding of text"
        raise JobFileError(msg, hint="use a name such as `cp1252`, `latin-1`, `utf-16-le` or `shift_jis`") from error
    return name


def transcode(stream: BinaryIO, aside: Aside, encoding: str, shown: str) -> None:
    """Write the text of `stream` to `aside` as UTF-8; JobFileError where its bytes are no such text."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := stream.read(_CHUNK_BYTES):
            aside.write(decoder.decode(chunk).encode())
        aside.write(decoder.decode(b"", final=True).encode())
    except UnicodeError as error:
        msg = f"`{shown}` is not {encoding} text{_where(error)}"
        raise JobFileError(msg, hint="save it as UTF-8, or name its encoding with `--encoding`") from error
    aside.flush()


def _where(error: UnicodeError) -> str:
    """The byte that does not belong."""
    return f": byte `0x{error.object[error.start]:02x}`" if isinstance(error, UnicodeDecodeError) else ""
