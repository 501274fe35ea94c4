"""Tests of modelroute_cli.providers.transport, against servers that misbehave on a real socket."""

import asyncio
import contextlib
import gzip
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from modelroute_cli.providers.base import TransportError, WireRequest, WireResponse
from modelroute_cli.providers.transport import make_transport

KEY = "sk-do-not-show-this-key"


@dataclass
class Server:
    """A raw server on loopback that does one thing with each request and remembers what it read."""

    answer: bytes
    hang: bool = False
    most_bytes: int = 1_000_000
    timeout_s: float = 5.0
    before: Callable[[str], None] = lambda _: None  # what is done with the server's address before the exchange
    reads: int = 2
    seen: bytes = b""
    tasks: list[asyncio.Task[object] | None] = field(default_factory=list)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.tasks.append(asyncio.current_task())
        with contextlib.suppress(asyncio.IncompleteReadError):  # the client may leave before it has said anything
            await self._reply(reader, writer)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    async def _reply(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.seen += head + await reader.readexactly(self.reads)
        writer.write(self.answer)
        if self.hang:
            await reader.read()

    async def _exchange(self, request: Callable[[str], WireRequest]) -> WireResponse:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self.before(url)
        transport = make_transport(2, most_bytes=self.most_bytes)
        try:
            return await transport.send(request(f"{url}/v1?key=hidden"), self.timeout_s)
        finally:
            await transport.close()
            server.close()
            await server.wait_closed()
            await asyncio.gather(*(task for task in self.tasks if task))

    def exchange(self, request: Callable[[str], WireRequest] | None = None) -> WireResponse:
        """One POST of `{}` and what came of it."""
        return asyncio.run(self._exchange(request or post))

    def breaks(self, request: Callable[[str], WireRequest] | None = None) -> TransportError:
        """One POST that must fail; neither key nor query may be told, in the error or behind it."""
        with pytest.raises(TransportError) as caught:
            self.exchange(request)
        told = f"{caught.value!r} {caught.value.message} {caught.value.__cause__!r}"
        assert KEY not in told
        assert "key=" not in told
        return caught.value


def post(url: str) -> WireRequest:
    """A POST with a key in its headers."""
    return WireRequest(url=url, headers={"authorization": f"Bearer {KEY}", "X-Client-Request-Id": "a-1"}, body=b"{}")


def response(body: bytes, *lines: str, status: str = "200 OK") -> bytes:
    """Raw HTTP."""
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *lines, "", ""]
    return "\r\n".join(head).encode() + body


def test_bytes_go_out_and_come_back() -> None:
    """Status, headers in lower case, body; the request as it was built."""
    server = Server(response(b'{"a":1}', "X-RateLimit-Remaining-Requests: 9", status="429 Too Many Requests"))
    received = server.exchange()
    assert (received.status, received.body) == (429, b'{"a":1}')
    assert received.headers["x-ratelimit-remaining-requests"] == "9"
    assert server.seen.startswith(b"POST /v1?key=hidden HTTP/1.1\r\n")
    assert f"Bearer {KEY}".encode() in server.seen
    assert server.seen.endswith(b"\r\n\r\n{}")


def test_a_large_request_goes_in_pieces_with_its_length() -> None:
    """Small servers do not take chunked bodies, so the length is told as for any other."""
    server = Server(response(b"ok"), reads=3_000_000)

    def large(url: str) -> WireRequest:
        return WireRequest(url=url, headers={}, body=b"x" * 3_000_000)

    assert server.exchange(large).body == b"ok"
    assert b"content-length: 3000000" in server.seen.lower()
    assert b"transfer-encoding" not in server.seen.lower()


def test_a_compressed_answer_is_unpacked() -> None:
    """Gateways compress."""
    packed = gzip.compress(b"hello " * 100)
    assert Server(response(packed, "Content-Encoding: gzip")).exchange().body == b"hello " * 100


def test_redirects_are_handed_back() -> None:
    """Following one would carry the key to another host."""
    answer = response(b"", "Location: http://127.0.0.1:1/elsewhere", status="307 Temporary Redirect")
    assert Server(answer).exchange().status == 307


def test_a_held_line_ends_at_the_total_time() -> None:
    """Blank lines keep a connection alive, not an attempt; it may have been billed."""
    error = Server(b"HTTP/1.1 200 OK\r\n\r\n\n\n\n", hang=True, timeout_s=0.2).breaks()
    assert error.sent
    assert error.message.startswith("no complete answer from `127.0.0.1:")
    assert error.message.endswith("within 0.2 s")


def test_a_line_that_breaks_in_the_body_was_sent() -> None:
    """Half an answer is possibly billed."""
    error = Server(response(b"x" * 100)[:-50]).breaks()
    assert error.sent
    assert "broke before the answer was complete" in error.message


def test_a_line_that_closes_without_an_answer_was_sent() -> None:
    """The library calls it a connect timeout; the request had arrived all the same."""
    assert Server(b"").breaks().sent


def test_an_answer_that_is_no_http_was_sent() -> None:
    """Garbage after a request says nothing about the bill."""
    assert Server(b"\x00\x01garbage\r\n\r\n").breaks().sent


def test_a_broken_compression_was_sent() -> None:
    """A body that cannot be unpacked arrived after the request."""
    assert Server(response(b"not gzip", "Content-Encoding: gzip")).breaks().sent


def test_an_answer_beyond_the_bound_is_refused() -> None:
    """A run's memory is not the provider's to fill."""
    error = Server(response(b"x" * 5000), most_bytes=1000).breaks()
    assert error.sent
    assert error.message.endswith("is larger than 1,000 bytes")


def test_the_bound_counts_unpacked_bytes() -> None:
    """A small compressed body can be a large one."""
    packed = gzip.compress(b"x" * 200_000)
    error = Server(response(packed, "Content-Encoding: gzip"), most_bytes=100_000).breaks()
    assert error.message.endswith("is larger than 100,000 bytes")


def test_a_refused_connection_was_not_sent() -> None:
    """Nothing can be billed; the reservation is free again."""

    def elsewhere(url: str) -> WireRequest:
        del url
        return post("http://127.0.0.1:9/v1")

    error = Server(b"").breaks(elsewhere)
    assert not error.sent
    assert error.message.startswith("no connection to `127.0.0.1:9`: ")


@pytest.mark.parametrize("bad", ["line\nbreak", "schlüssel-☃"])
def test_a_header_http_cannot_carry_was_not_sent(bad: str) -> None:
    """A key with a line break fails before a byte leaves, and is not quoted."""

    def with_header(url: str) -> WireRequest:
        return WireRequest(url=url, headers={"authorization": f"{KEY}{bad}"}, body=b"{}")

    error = Server(response(b"")).breaks(with_header)
    assert not error.sent
    assert error.message.endswith("cannot be sent: a header or the proxy is none that HTTP takes")


@pytest.mark.parametrize("url", ["no-scheme/v1", "ftp://127.0.0.1/v1", "http://[bad/v1"])
def test_an_address_that_is_none_was_not_sent(url: str) -> None:
    """A wrong base URL is an error of ours, not of the provider."""
    assert not Server(b"").breaks(lambda _: post(url)).sent


def test_loopback_never_goes_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The emulator and local servers are reached directly, whatever the environment says."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert Server(response(b"direct")).exchange().body == b"direct"


def test_other_hosts_go_through_the_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Companies need it; here the proxy on loopback answers in place of the provider."""
    server = Server(response(b"proxied"), before=lambda url: monkeypatch.setenv("HTTP_PROXY", url))
    assert server.exchange(lambda _: post("http://provider.example/v1")).body == b"proxied"
    assert server.seen.startswith(b"POST http://provider.example/v1 HTTP/1.1\r\n")
