"""One exchange about files or batches: what came in, and what goes out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import msgspec

from modelroute_cli.emulator.batches.spool import Spool

_ENCODER = msgspec.json.Encoder()
JSON = "application/json"
BINARY = "application/octet-stream"
_BLOCK_BYTES = 32 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A request of any method; header names are lower case."""

    provider: str
    origin: str  # scheme and host under which the client reached us
    named: Mapping[str, str]  # what the path names
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Spool

    @property
    def id(self) -> str:
        """The file or batch that the path names."""
        return self.named["id"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is sent back: a body, or pieces of one that are made while they are sent."""

    status: int = 200
    body: bytes = b""
    pieces: Iterator[bytes] | None = None
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    is_lost: bool = False  # the line breaks before a byte of it is sent


def told(value: object, status: int = 200) -> Reply:
    """A value as JSON."""
    return Reply(status=status, body=_ENCODER.encode(value))


def blocks(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in fewer pieces."""
    held = bytearray()
    for piece in pieces:
        held += piece
        if len(held) >= _BLOCK_BYTES:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)
