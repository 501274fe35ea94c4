"""The emulator without HTTP: the same routes, answers, limits, waits and faults, on any clock."""

import asyncio
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from modelroute_cli.base.clock import Clock
from modelroute_cli.catalog.settings import EmulatorSettings
from modelroute_cli.emulator.answering import MARK, Answering, Outgoing
from modelroute_cli.emulator.batches.background import is_background
from modelroute_cli.emulator.batches.routes import WAYS, Way
from modelroute_cli.emulator.batches.spool import spooled
from modelroute_cli.emulator.batches.store import Store
from modelroute_cli.emulator.batches.visit import Reply, Visit
from modelroute_cli.emulator.dialects.base import Dialect, Incoming
from modelroute_cli.emulator.dialects.responses import RESPONSES
from modelroute_cli.emulator.dialects.routes import BASES, PATHS
from modelroute_cli.emulator.ledger import Stats
from modelroute_cli.emulator.replay.replay import Replay

URL = "http://emulated"  # what `rewire` is given for it
_OK, _NOT_FOUND = 200, 404
_PLACE = re.compile(r"\{(\w+)(?::([^{}]+))?\}")


class LineBrokenError(Exception):
    """The line broke after the request was read: nobody on the other side knows what became of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What comes back; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    pieces: Iterator[bytes] | None = None  # of a large body, made while they are read; `body` is empty then
    is_lost: bool = False

    def content(self) -> bytes:
        """The whole body; to be asked for once."""
        return self.body if self.pieces is None else b"".join(self.pieces)


@dataclass(frozen=True, slots=True)
class Begun:
    """A request that was admitted or refused, and what is to come back."""

    incoming: Incoming
    outgoing: Outgoing


@dataclass(frozen=True, slots=True)
class _Route:
    """Where POSTs in one dialect go."""

    pattern: re.Pattern[str]
    dialect: Dialect


@dataclass(frozen=True, slots=True)
class _WayIn:
    """Where another request goes."""

    pattern: re.Pattern[str]
    way: Way


class InProcess:
    """An emulator as a value: what would be sent to its URL is handed to `post`, or to `begin` and `end`."""

    def __init__(self, settings: EmulatorSettings, clock: Clock, replay: Replay | None = None) -> None:
        self._answering = Answering(settings, clock, replay)
        self._clock = clock
        self._store = Store(settings, clock, self._answering)

    @property
    def stats(self) -> Stats:
        """The books as they stand now."""
        self._store.settle()
        return self._answering.stats()

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Returned:
        """The answer after its time; LineBrokenError where it is dropped. Never comes back where it times out."""
        return await self.end(self.begin(url, headers, body))

    def begin(self, url: str, headers: Mapping[str, str], body: bytes) -> Begun | Returned:
        """What a request leads to: it is admitted and billed now, or there is no such path."""
        path = urlsplit(url).path
        for route in _ROUTES:
            found = route.pattern.fullmatch(path)
            if found is not None and route.dialect is RESPONSES and is_background(body):
                break
            if found is not None:
                incoming = _incoming(found, headers, body)
                return Begun(incoming, self._answering.answer(incoming, route.dialect))
        return self.exchange("POST", url, headers, iter((body,)))

    def exchange(self, method: str, url: str, headers: Mapping[str, str], body: Iterator[bytes]) -> Returned:
        """The reply of a file's or batch's endpoint to any method; it comes at once."""
        parts = urlsplit(url)
        for way_in in _WAYS_IN:
            found = way_in.pattern.fullmatch(parts.path) if way_in.way.method == method else None
            if found is not None:
                return _returned(way_in.way.endpoint(self._store, _visit(found, parts, headers, body)))
        return Returned(status=_NOT_FOUND, headers=MARK, body=b"404: Not Found")

    async def end(self, begun: Begun | Returned) -> Returned:
        """Its answer, as `post` gives it. Blank lines that keep a connection open are only time here."""
        if isinstance(begun, Returned):
            if begun.is_lost:
                message = "the emulator closed the connection without an answer"
                raise LineBrokenError(message)
            return begun
        outgoing = begun.outgoing
        if outgoing.fault == "timeout":
            await asyncio.Event().wait()
        if outgoing.delay_s:
            await self._clock.sleep(outgoing.delay_s)
        if outgoing.fault == "dropped":
            message = "the emulator closed the connection in the middle"
            raise LineBrokenError(message)
        if outgoing.status == _OK:
            self._answering.delivered(begun.incoming)
        headers = {"content-type": "application/json", **outgoing.headers}
        return Returned(status=outgoing.status, headers=headers, body=outgoing.body)

    async def get_models(self, provider: str, headers: Mapping[str, str]) -> Returned:
        """The list of models of one provider."""
        return Returned(status=_OK, headers=MARK, body=self._answering.models(provider, headers))


def _incoming(found: re.Match[str], headers: Mapping[str, str], body: bytes) -> Incoming:
    """The request as the dialects read it."""
    named = {name: unquote(value) for name, value in found.groupdict().items()}
    lower = {name.lower(): value for name, value in headers.items()}
    return Incoming(
        provider=named["provider"],
        client_id=lower.get("x-client-request-id"),
        body=body,
        model=named.get("model"),
        headers=lower,
    )


def _visit(found: re.Match[str], url: SplitResult, headers: Mapping[str, str], body: Iterator[bytes]) -> Visit:
    """The request as the endpoints of files and batches read it."""
    return Visit(
        provider=unquote(found["provider"]),
        origin=f"{url.scheme}://{url.netloc}",
        named={name: unquote(value) for name, value in found.groupdict().items()},
        query=dict(parse_qsl(url.query)),
        headers={name.lower(): value for name, value in headers.items()},
        body=spooled(body),
    )


def _returned(reply: Reply) -> Returned:
    """A reply as it comes back."""
    headers = {**MARK, "content-type": reply.content_type, **reply.headers}
    return Returned(status=reply.status, headers=headers, body=reply.body, pieces=reply.pieces, is_lost=reply.is_lost)


def _pattern(path: str) -> re.Pattern[str]:
    """A path of the server's table (`{provider}`, `{model:[^:]+}`)."""
    pattern, at = "", 0
    for place in _PLACE.finditer(path):
        pattern += re.escape(path[at : place.start()]) + f"(?P<{place[1]}>{place[2] or '[^/]+'})"
        at = place.end()
    return re.compile(pattern + re.escape(path[at:]))


_ROUTES = tuple(_Route(_pattern(base + path), dialect) for base in BASES for path, dialect in PATHS)
_WAYS_IN = tuple(_WayIn(_pattern(base + way.path), way) for base in BASES for way in WAYS)
