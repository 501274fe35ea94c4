"""The loopback server: HTTP in, the answering room's reply out, with its waits and its broken lines."""

import asyncio
import ipaddress
from functools import partial

import msgspec
from aiohttp import web

from modelroute_cli.base.clock import Clock, SystemClock
from modelroute_cli.base.errors import UsageError
from modelroute_cli.catalog.settings import EmulatorSettings
from modelroute_cli.emulator.answering import MARK, Answering, Outgoing
from modelroute_cli.emulator.batches import background
from modelroute_cli.emulator.batches.background import is_background
from modelroute_cli.emulator.batches.routes import RESPONSES_PATH, WAYS, Endpoint
from modelroute_cli.emulator.batches.spool import Spool, spooled
from modelroute_cli.emulator.batches.store import Store
from modelroute_cli.emulator.batches.visit import Reply, Visit, blocks
from modelroute_cli.emulator.dialects.base import Dialect, Incoming
from modelroute_cli.emulator.dialects.responses import RESPONSES
from modelroute_cli.emulator.dialects.routes import BASES, PATHS
from modelroute_cli.emulator.ledger import Stats
from modelroute_cli.emulator.replay.replay import Replay

_MOST_BODY_BYTES = 64 * 1024 * 1024
_CLOSING_S = 0.1
_JSON = "application/json"
_ANSWERING = web.AppKey("answering", Answering)
_CLOCK = web.AppKey("clock", Clock)
_STORE = web.AppKey("store", Store)


class Emulator:
    """A running emulator."""

    def __init__(self, runner: web.AppRunner, answering: Answering, url: str, store: Store) -> None:
        self._runner = runner
        self._answering = answering
        self._store = store
        self.url = url

    @property
    def stats(self) -> Stats:
        """The books as they stand now."""
        self._store.settle()
        return self._answering.stats()

    async def stop(self) -> None:
        """Close every connection and the port."""
        await self._runner.cleanup()


async def start(
    settings: EmulatorSettings,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    clock: Clock | None = None,
    replay: Replay | None = None,
) -> Emulator:
    """A server on loopback at `port` (0: a free one); UsageError for any other host or a port that is taken.

    A `replay` decides what is right of the job that it knows; closing it stays with the caller.
    """
    if not _is_loopback(host):
        message = f"the emulator listens on loopback only, not on `{host}`"
        raise UsageError(message, hint="use `127.0.0.1`")
    chosen = clock or SystemClock()
    answering = Answering(settings, chosen, replay)
    store = Store(settings, chosen, answering)
    runner = web.AppRunner(
        _application(answering, chosen, store), access_log=None, handler_cancellation=True, shutdown_timeout=_CLOSING_S
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, backlog=4096).start()
    except OSError as error:
        await runner.cleanup()
        message = f"the emulator cannot listen on `{host}:{port}`: {error.strerror}"
        raise UsageError(message, hint="choose another port, or 0 for a free one") from error
    bound = runner.addresses[0][1]
    return Emulator(runner, answering, f"http://{_in_url(host)}:{bound}", store)


def _is_loopback(host: str) -> bool:
    """Whether only this machine reaches `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _in_url(host: str) -> str:
    """The host as a URL writes it."""
    return f"[{host}]" if ":" in host else host


def _application(answering: Answering, clock: Clock, store: Store) -> web.Application:
    """The routes."""
    app = web.Application(client_max_size=_MOST_BODY_BYTES)
    app[_ANSWERING], app[_CLOCK], app[_STORE] = answering, clock, store
    for base in BASES:
        app.router.add_get(f"{base}/models", _models)
        for path, dialect in PATHS:
            app.router.add_post(base + path, partial(_ask, dialect))
        for way in (way for way in WAYS if (way.method, way.path) != ("POST", RESPONSES_PATH)):
            app.router.add_route(way.method, base + way.path, partial(_visited, way.endpoint))
    app.router.add_get("/stats", _stats)
    return app


async def _ask(dialect: Dialect, http: web.Request) -> web.StreamResponse:
    """A POST to one provider in one dialect."""
    answering, body = http.app[_ANSWERING], await http.read()
    if dialect is RESPONSES and is_background(body):
        return await _sent(http, background.create(http.app[_STORE], _visit(http, spooled(iter((body,))))))
    incoming = Incoming(
        provider=http.match_info["provider"],
        client_id=http.headers.get("x-client-request-id"),
        body=body,
        model=http.match_info.get("model"),
        headers=_lower(http),
    )
    outgoing = answering.answer(incoming, dialect)
    if outgoing.fault == "timeout":
        await asyncio.Event().wait()  # until the client leaves, which cancels this handler
    if outgoing.blank_lines:
        return await _drip(http, outgoing, incoming)
    if outgoing.delay_s:
        await http.app[_CLOCK].sleep(outgoing.delay_s)
    if outgoing.fault == "dropped":
        return await _break_off(http, outgoing)
    if outgoing.status == web.HTTPOk.status_code:
        answering.delivered(incoming)
    return web.Response(status=outgoing.status, headers=outgoing.headers, body=outgoing.body, content_type=_JSON)


def _lower(http: web.Request) -> dict[str, str]:
    """The headers, names in lower case."""
    return {name.lower(): value for name, value in http.headers.items()}


async def _drip(http: web.Request, outgoing: Outgoing, incoming: Incoming) -> web.StreamResponse:
    """Blank lines over the whole wait, then the body."""
    response = web.StreamResponse(status=outgoing.status, headers=outgoing.headers)
    response.content_type = _JSON
    await response.prepare(http)
    for _ in range(outgoing.blank_lines):
        await response.write(b"\n")
        await http.app[_CLOCK].sleep(outgoing.delay_s / outgoing.blank_lines)
    await response.write(outgoing.body)
    await response.write_eof()
    http.app[_ANSWERING].delivered(incoming)
    return response


async def _break_off(http: web.Request, outgoing: Outgoing) -> web.StreamResponse:
    """Half of the body, then a closed connection."""
    response = web.StreamResponse(status=outgoing.status, headers=outgoing.headers)
    response.content_type, response.content_length = _JSON, len(outgoing.body)
    await response.prepare(http)
    await response.write(outgoing.body[: len(outgoing.body) // 2])
    if http.transport is not None:
        http.transport.close()
    return response


async def _visited(endpoint: Endpoint, http: web.Request) -> web.StreamResponse:
    """A request about files or batches."""
    body = Spool()
    async for piece in http.content.iter_any():
        body.write(piece)
    return await _sent(http, endpoint(http.app[_STORE], _visit(http, body)))


def _visit(http: web.Request, body: Spool) -> Visit:
    """The request as the endpoints of files and batches read it."""
    return Visit(
        provider=http.match_info["provider"],
        origin=f"{http.scheme}://{http.host}",
        named=dict(http.match_info),
        query=dict(http.query),
        headers=_lower(http),
        body=body,
    )


async def _sent(http: web.Request, reply: Reply) -> web.StreamResponse:
    """A reply at once, piece by piece, or never."""
    headers = {**MARK, **reply.headers}
    if reply.is_lost and http.transport is not None:
        http.transport.close()
    if reply.pieces is None:
        return web.Response(status=reply.status, headers=headers, body=reply.body, content_type=reply.content_type)
    response = web.StreamResponse(status=reply.status, headers=headers)
    response.content_type = reply.content_type
    await response.prepare(http)
    for piece in blocks(reply.pieces):
        await response.write(piece)
        await asyncio.sleep(0)
    await response.write_eof()
    return response


async def _models(http: web.Request) -> web.Response:
    """GET /models of one provider."""
    body = http.app[_ANSWERING].models(http.match_info["provider"], _lower(http))
    return web.Response(body=body, content_type=_JSON, headers=MARK)


async def _stats(http: web.Request) -> web.Response:
    """GET /stats: the books as JSON."""
    http.app[_STORE].settle()
    body = msgspec.json.encode(http.app[_ANSWERING].stats())
    return web.Response(body=body, content_type=_JSON, headers=MARK)
