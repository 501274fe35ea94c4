"""The one place that knows the HTTP library: bytes out, bytes back, within a total time and a size."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from importlib.metadata import version
from urllib.parse import urlsplit

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport, HttpxAiohttpClient

from modelroute_cli.providers.base import Transport, TransportError, WireRequest, WireResponse
from modelroute_cli.providers.network import DIRECT, Network, make_tls, proxies
from modelroute_cli.providers.unpack import TooLargeError, Unpacker

MOST_BYTES = 64 * 1024 * 1024
_PIECE_BYTES = 256 * 1024
_CONNECT_S = 20.0
_IDLE_S = 5.0  # shorter than servers keep idle connections: a POST on one just closed would count as possibly billed
_PACKING = "gzip"  # what is taken: any other packing would be unpacked without a bound
_NOT_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
    httpx.InvalidURL,
    httpx.UnsupportedProtocol,
)
_BROKEN = (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError, ValueError)
"""All that an exchange can end with; ValueError is a header value that HTTP cannot carry."""


def make_transport(connections: int, *, most_bytes: int = MOST_BYTES, network: Network = DIRECT) -> Transport:
    """A pool of at most `connections`, which refuses answers above `most_bytes`; close it when done.

    The proxy of the settings is used, else those of the environment, and none for loopback. Redirects are never
    followed: the key would go along. SettingsError where a file of certificates cannot be read.
    """
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=_IDLE_S)
    tls = make_tls(network)
    mounts = {
        pattern: None if proxy is None else AiohttpTransport(verify=tls, limits=limits, proxy=proxy)
        for pattern, proxy in proxies(network).items()
    }
    client = HttpxAiohttpClient(
        limits=limits,
        timeout=httpx.Timeout(None, connect=_CONNECT_S),
        follow_redirects=False,
        verify=tls,
        trust_env=False,  # the environment's proxies and authorities are read by providers.network
        mounts=mounts,
        headers={"user-agent": f"modelroute/{version('modelroute-cli')}", "accept-encoding": _PACKING},
    )
    return _HttpTransport(client, most_bytes)


class _HttpTransport:
    """Transport over one httpx client on aiohttp's connection pool."""

    def __init__(self, client: httpx.AsyncClient, most_bytes: int) -> None:
        self._client = client
        self._most_bytes = most_bytes

    async def send(self, request: WireRequest, timeout_s: float) -> WireResponse:
        """Send and read the whole answer within `timeout_s` in total; TransportError when that fails."""
        host = _host(request.url)
        try:
            async with asyncio.timeout(timeout_s):
                return await self._exchange(request, host)
        except TimeoutError as error:
            msg = f"no complete answer from {host} within {timeout_s:g} s"
            raise TransportError(msg, sent=True) from error
        except _BROKEN as error:
            raise _translated(error, host) from None  # the library's own text may quote URLs and headers

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()

    async def _exchange(self, request: WireRequest, host: str) -> WireResponse:
        """One request, its answer read piece by piece."""
        sized = {"content-length": str(len(request.body))} if request.method == "POST" else {}
        content = request.body if len(request.body) <= _PIECE_BYTES else _in_pieces(request.body)
        headers = {**request.headers, **sized}
        async with self._client.stream(request.method, request.url, content=content, headers=headers) as response:
            return WireResponse(
                status=response.status_code,
                headers=_lower(response.headers),
                body=await self._read(response, host),
                received_at=datetime.now(UTC),
            )

    async def _read(self, response: httpx.Response, host: str) -> bytes:
        """The unpacked body; TransportError once it passes the bound, before it is read where it says its length."""
        unpacker = Unpacker(response.headers.get("content-encoding", "").strip().lower(), self._most_bytes)
        try:
            unpacker.expect(response.headers.get("content-length", ""))
            async for piece in response.aiter_raw():
                unpacker.add(piece)
            return unpacker.body()
        except TooLargeError:
            msg = f"the answer of {host} is larger than {self._most_bytes:,} bytes"
            raise TransportError(msg, sent=True) from None
        except ValueError as error:
            msg = f"the answer of {host} cannot be read: {error}"
            raise TransportError(msg, sent=True) from None


async def _in_pieces(body: bytes) -> AsyncIterator[bytes]:
    """A large body bit by bit: written at once it would hold up every other exchange, of which aiohttp warns."""
    for start in range(0, len(body), _PIECE_BYTES):
        yield body[start : start + _PIECE_BYTES]


def _lower(headers: httpx.Headers) -> dict[str, str]:
    """Header names in lower case, repeated ones joined."""
    return {name.lower(): value for name, value in headers.items()}


def _host(url: str) -> str:
    """What a message may name: host and port, never path, query or user."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "the provider"
    return f"`{parts.hostname}{port}`" if parts.hostname else "the provider"


def _translated(error: Exception, host: str) -> TransportError:
    """The library's error as ours; only what failed before a connection stood counts as not sent.

    httpx-aiohttp maps a connection that broke after sending to ConnectTimeout, so the cause decides, not the class.
    """
    cause = error.__cause__ if isinstance(error, httpx.HTTPError) and error.__cause__ else error
    if isinstance(cause, _NOT_SENT):
        return TransportError(f"no connection to {host}: {_why(cause)}", sent=False)
    if _is_unwritable(cause):
        return TransportError(
            f"the request to {host} cannot be sent: a header or the proxy is none that HTTP takes", sent=False
        )
    return TransportError(f"the connection to {host} broke before the answer was complete ({_why(cause)})", sent=True)


def _is_unwritable(cause: BaseException) -> bool:
    """Whether a header or URL could not be written, which is found before anything is sent."""
    known = (httpx.HTTPError, aiohttp.ClientError, OSError)
    return isinstance(cause, ValueError) and not isinstance(cause, known)


def _why(cause: BaseException) -> str:
    """The operating system's reason, else the kind of error; never its text, which may quote the request."""
    if isinstance(cause, aiohttp.ClientConnectorDNSError):
        return "its name was not found"
    if isinstance(cause, aiohttp.ClientConnectorCertificateError | aiohttp.ClientSSLError):
        return "its certificate or TLS was refused"
    if isinstance(cause, aiohttp.ClientHttpProxyError):
        return f"the proxy answered {cause.status}"
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror
    return type(cause).__name__
