"""A provider's batch endpoints made of a script, with an account and a parcel to try them on."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Coroutine, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from support.calls import make_card

from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.cards import Provider
from modelroute_cli.providers.base import TransportError, WireRequest, WireResponse
from modelroute_cli.providers.batch import Account, BatchError, LineResult, Parcel

KEY = "sk-this-key-is-never-shown"
SINCE = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CREATED = int(SINCE.timestamp()) + 5

Reply = WireResponse | TransportError
_Got = TypeVar("_Got")


def said(body: object, status: int = 200, **headers: str) -> WireResponse:
    """An answer; what is neither bytes nor text goes as JSON."""
    data = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return WireResponse(status=status, headers=named, body=data)


@dataclass(frozen=True)
class Asked:
    """One request as it went out."""

    method: str
    path: str  # behind the base URL, with its query
    body: bytes
    headers: dict[str, str]
    timeout_s: float

    @property
    def json(self) -> Any:  # noqa: ANN401 - a test looks into it
        """The body as JSON."""
        return json.loads(self.body)


@dataclass
class Script:
    """A transport that gives one reply after the other, and remembers what it was asked."""

    replies: list[Reply]
    asked: list[Asked] = field(default_factory=list)
    base: str = ""

    async def send(self, request: WireRequest, timeout_s: float) -> WireResponse:
        """The next reply; a success goes to the file that the request names."""
        path = request.url.removeprefix(self.base)
        self.asked.append(Asked(request.method, path, request.content(), dict(request.headers), timeout_s))
        reply = self.replies.pop(0)
        if isinstance(reply, TransportError):
            raise reply
        if request.save is None or reply.status >= 300:
            return reply
        request.save.write_bytes(reply.body)
        return replace(reply, body=b"")

    async def close(self) -> None:
        """Nothing to close."""


def account(provider: Provider, folder: Path, *replies: Reply) -> tuple[Account, Script]:
    """An account whose provider says these things in turn."""
    script = Script(list(replies), base=provider.base_url)
    made = Account(provider=provider, transport=script, timeout_s=60.0, folder=folder, key=KEY, secrets={})
    return made, script


def parcel(folder: Path, *lines: bytes, model: str = "gpt-6-luna") -> Parcel:
    """These lines in a file."""
    written = b"".join(line + b"\n" for line in lines)
    path = folder / "parcel.jsonl"
    path.write_bytes(written)
    return Parcel(
        tag="run-1-batch-1",
        card=make_card(model),
        service_tier=ServiceTier.BATCH,
        lines=path,
        bytes=len(written),
        requests=len(lines),
        digest=hashlib.sha256(written).hexdigest(),
    )


def done(work: Coroutine[Any, Any, _Got]) -> _Got:
    """What comes of it."""
    return asyncio.run(work)


def collected(results: AsyncIterator[LineResult]) -> list[LineResult]:
    """All lines, in the order in which they come."""

    async def collect() -> list[LineResult]:
        return [each async for each in results]

    return asyncio.run(collect())


def fails(work: Coroutine[Any, Any, object]) -> BatchError:
    """The error that must come of it; it never holds the key."""
    with pytest.raises(BatchError) as caught:
        asyncio.run(work)
    assert KEY not in f"{caught.value!r} {caught.value.failure}"
    return caught.value


def jsonl(rows: Iterable[object]) -> bytes:
    """Lines of JSON; bytes stay as they are."""
    return b"".join((row if isinstance(row, bytes) else json.dumps(row).encode()) + b"\n" for row in rows)


def is_empty(folder: Path) -> bool:
    """Whether no download is left."""
    return not list(folder.glob("*.download"))
