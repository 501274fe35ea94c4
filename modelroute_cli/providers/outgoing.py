"""A request's body as it is sent: small ones at once, large ones and files bit by bit, all with a length."""

from collections.abc import AsyncIterator

from modelroute_cli.providers.base import TransportError, WireRequest
from modelroute_cli.providers.file_body import PIECE_BYTES, FileBody


def body_length(request: WireRequest) -> int:
    """Bytes of the body; TransportError where its file cannot be read."""
    if request.file is None:
        return len(request.body)
    try:
        return request.file.length()
    except OSError as error:
        msg = f"the file to be sent cannot be read: {error.strerror}"
        raise TransportError(msg, sent=False) from None


def body_data(request: WireRequest) -> bytes | AsyncIterator[bytes]:
    """The body as the HTTP library takes it."""
    if request.file is not None:
        return _from_file(request.file)
    return request.body if len(request.body) <= PIECE_BYTES else _in_pieces(request.body)


async def _from_file(body: FileBody) -> AsyncIterator[bytes]:
    """What is in a file, of which one piece is held; a disk is faster than the line."""
    for piece in body.pieces():
        yield piece


async def _in_pieces(body: bytes) -> AsyncIterator[bytes]:
    """A large body bit by bit: written at once it would hold up every other exchange, of which aiohttp warns."""
    for start in range(0, len(body), PIECE_BYTES):
        yield body[start : start + PIECE_BYTES]
