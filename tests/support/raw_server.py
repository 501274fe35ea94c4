"""Servers on loopback that misbehave on a real socket: bytes as given, pauses, resets, TLS, a proxy."""

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Self

# How a connection may end: the client leaves, TLS is refused, the test is over.
_ENDS = (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError, asyncio.CancelledError)

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def raw(body: bytes, *lines: str, status: str = "200 OK") -> bytes:
    """An answer as it goes over the wire, with its true length."""
    return raw_head(f"Content-Length: {len(body)}", *lines, status=status) + body


def raw_head(*lines: str, status: str = "200 OK") -> bytes:
    """The head of an answer, whose length the lines give."""
    return "\r\n".join((f"HTTP/1.1 {status}", *lines, "", "")).encode("latin-1")


def chunk(data: bytes) -> bytes:
    """One chunk of a body in chunks."""
    return b"%x\r\n%s\r\n" % (len(data), data)


@dataclass
class RawServer:
    """Reads one request whole, then does what it is told; `seen` is what it read, each connection apart."""

    act: Serve
    tls: ssl.SSLContext | None = None
    reads: bool = True  # whether it waits for a request before it acts
    seen: list[bytes] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.tls)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def url(self) -> str:
        """Its address."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            with contextlib.suppress(*_ENDS):
                if self.reads:
                    self.seen.append(await read_request(reader))
                await self.act(reader, writer)
        finally:
            writer.close()
            with contextlib.suppress(*_ENDS):
                await writer.wait_closed()


async def read_request(reader: asyncio.StreamReader) -> bytes:
    """One request with its body."""
    head = await reader.readuntil(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return head + await reader.readexactly(int(lengths[0]) if lengths else 0)


def answers(*pieces: bytes, pause_s: float = 0.0, hang: bool = False) -> Serve:
    """Writes the pieces, with a pause before each; then closes, or keeps the line open."""

    async def act(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            await asyncio.sleep(pause_s)
            writer.write(piece)
            await writer.drain()
        if hang:
            await reader.read()

    return act


def floods(head: bytes, piece: bytes, times: int) -> Serve:
    """Writes a piece again and again, and never holds more than one of it."""

    async def act(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del reader
        writer.write(head)
        for _ in range(times):
            writer.write(piece)
            await writer.drain()

    return act


def resets(*pieces: bytes) -> Serve:
    """Writes the pieces and breaks the connection off without an end."""

    async def act(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del reader
        for piece in pieces:
            writer.write(piece)
        await writer.drain()
        line: socket.socket = writer.get_extra_info("socket")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    return act


def half_closes() -> Serve:
    """Says that nothing more will come, and goes on listening."""

    async def act(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write_eof()
        await reader.read()

    return act


@dataclass
class Proxy:
    """A real proxy on loopback: CONNECT is a tunnel to `target`, whatever host is asked for; all else it forwards."""

    target: int  # the port that everything is led to
    wants: bytes = b""  # the line that must stand in the head, else 407
    asked: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection to its end."""
        head = await reader.readuntil(b"\r\n\r\n")
        self.asked.append(head)
        if self.wants.lower() not in head.lower():
            writer.write(raw(b"", status="407 Proxy Authentication Required"))
        else:
            await self._lead(head, reader, writer)
        await writer.drain()

    async def _lead(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        if head.startswith(b"CONNECT "):
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            far_writer.write(head)
        try:
            await _first_of((_pump(reader, far_writer), _pump(far_reader, writer)))
        finally:
            far_writer.close()
            with contextlib.suppress(*_ENDS):
                await far_writer.wait_closed()


async def _first_of(works: Iterable[Awaitable[None]]) -> None:
    """Until one side has nothing more to say."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await source.read(65_536):
            sink.write(data)
            await sink.drain()
