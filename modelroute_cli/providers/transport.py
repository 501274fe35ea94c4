"""The one place that knows the HTTP library: bytes out, bytes back, within a total time and a size.

aiohttp is used as it is: under httpx the same exchange costs three times the CPU with 500 in flight
(`benchmarks/run_overhead.py`), and a large run is bound by it.
"""

import asyncio
import ssl
from datetime import UTC, datetime
from functools import lru_cache
from importlib.metadata import version
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from modelroute_cli.providers.base import Transport, TransportError, WireRequest, WireResponse
from modelroute_cli.providers.network import DIRECT, Network, Proxies, make_tls, proxies
from modelroute_cli.providers.outgoing import body_data, body_length
from modelroute_cli.providers.redirect import redirected
from modelroute_cli.providers.unpack import Saver, TooLargeError, Unpacker

MOST_BYTES = 64 * 1024 * 1024
MOST_SAVED_BYTES = 4 * 1024 * 1024 * 1024  # of an answer that is written to a file
_CONNECT_S = 20.0
_STALLED_S = 120.0  # a download may take long, as long as something comes
_SUCCESS = range(200, 300)
_IDLE_S = 5.0  # shorter than servers keep idle connections: a POST on one just closed would count as possibly billed
_PACKING = "gzip"  # what is taken: any other packing would be unpacked without a bound
_NOT_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
)
_USUAL = aiohttp.ClientTimeout(total=None, connect=None, sock_connect=_CONNECT_S)
_PATIENT = aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_S, sock_read=_STALLED_S)
_BROKEN = (aiohttp.ClientError, OSError, ValueError)
"""All that an exchange can end with; ValueError is a header value that HTTP cannot carry."""


def make_transport(connections: int, *, most_bytes: int = MOST_BYTES, network: Network = DIRECT) -> Transport:
    """A pool of at most `connections`, which refuses answers above `most_bytes`; close it when done.

    The proxy of the settings is used, else those of the environment, and none for loopback. Redirects are not
    followed, since the key would go along, but for downloads (`providers.redirect`), which have a bound of their own.
    SettingsError where a file of certificates cannot be read.
    """
    return _HttpTransport(_Pool(connections, make_tls(network)), proxies(network), most_bytes)


class _Pool:
    """A session of the HTTP library, made at its first use: it belongs to an event loop."""

    def __init__(self, connections: int, tls: ssl.SSLContext) -> None:
        self._connections = connections
        self._tls = tls
        self._session: aiohttp.ClientSession | None = None

    def session(self) -> aiohttp.ClientSession:
        """The session; cookies are not kept, and bodies come as they are on the wire."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=_IDLE_S, ssl=self._tls),
                timeout=_USUAL,
                headers={"user-agent": f"modelroute/{version('modelroute-cli')}", "accept-encoding": _PACKING},
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,  # the environment's proxies and authorities are read by providers.network
            )
        return self._session

    async def close(self) -> None:
        """Give the connections back."""
        if self._session is not None:
            await self._session.close()


class _HttpTransport:
    """Transport over one pool of connections."""

    def __init__(self, pool: _Pool, routes: Proxies, most_bytes: int) -> None:
        self._pool = pool
        self._routes = routes
        self._most_bytes = most_bytes

    async def send(self, request: WireRequest, timeout_s: float) -> WireResponse:
        """Send and read the whole answer within `timeout_s` in total; TransportError when that fails."""
        try:
            async with asyncio.timeout(timeout_s):
                response = await self._exchange(request)
                onward = redirected(request, response)
                return response if onward is None else await self._exchange(onward)
        except TimeoutError as error:
            if isinstance(error, aiohttp.ServerTimeoutError):
                raise _translated(error, _host(request.url)) from None
            msg = f"no complete answer from {_host(request.url)} within {timeout_s:g} s"
            raise TransportError(msg, sent=True) from error
        except _BROKEN as error:
            raise _translated(error, _host(request.url)) from None  # the library's own text may quote URLs and headers

    async def close(self) -> None:
        """Give the connections back."""
        await self._pool.close()

    async def _exchange(self, request: WireRequest) -> WireResponse:
        """One request and its answer."""
        url, headers = _url(request.url), _writable(request)
        proxy = self._routes.towards(url.scheme, url.host or "")
        async with self._pool.session().request(
            request.method,
            url,
            data=body_data(request),
            headers=headers,
            allow_redirects=False,
            proxy=None if proxy is None else proxy.url,
            proxy_headers=None if proxy is None else proxy.headers,
            timeout=_USUAL if request.save is None else _PATIENT,
        ) as response:
            body = await self._read(response, request)
            return WireResponse(
                status=response.status, headers=_lower(response), body=body, received_at=datetime.now(UTC)
            )

    async def _read(self, response: aiohttp.ClientResponse, request: WireRequest) -> bytes:
        """The unpacked body, or nothing where it is saved; TransportError once it passes its bound.

        Where the answer tells its length it is refused before it is read.
        """
        if request.save is not None and response.status in _SUCCESS:
            with request.save.open("wb") as file:
                saver = Saver(_packing(response), MOST_SAVED_BYTES, file)
                await _taken_in(response, saver, request.url, MOST_SAVED_BYTES)
            return b""
        unpacker = Unpacker(_packing(response), self._most_bytes)
        await _taken_in(response, unpacker, request.url, self._most_bytes)
        return unpacker.body()


def _packing(response: aiohttp.ClientResponse) -> str:
    """How the body is packed."""
    return response.headers.get("content-encoding", "").strip().lower()


async def _taken_in(response: aiohttp.ClientResponse, into: Unpacker | Saver, url: str, most: int) -> None:
    """Read all of the body; TransportError where it is too large or cannot be unpacked."""
    try:
        into.expect(response.headers.get("content-length", ""))
        async for piece in response.content.iter_any():
            into.add(piece)
        into.end()
    except TooLargeError:
        msg = f"the answer of {_host(url)} is larger than {most:,} bytes"
        raise TransportError(msg, sent=True) from None
    except ValueError as error:
        msg = f"the answer of {_host(url)} cannot be read: {error}"
        raise TransportError(msg, sent=True) from None


@lru_cache(maxsize=256)
def _url(address: str) -> URL:
    """The address as it is, never written anew; a run uses few."""
    url = URL(address, encoded=True)
    if not url.host or url.scheme not in {"http", "https"}:
        raise aiohttp.InvalidURL(address)
    return url


def _writable(request: WireRequest) -> dict[str, str]:
    """The headers with the body's length; ValueError where one is not plain ASCII."""
    if not all(map(str.isascii, request.headers.values())):
        msg = "a header that HTTP cannot carry"
        raise ValueError(msg)
    sized = {"content-length": str(body_length(request))} if request.method == "POST" else {}
    return {**request.headers, **sized}


def _lower(response: aiohttp.ClientResponse) -> dict[str, str]:
    """Header names in lower case, repeated ones joined."""
    headers: dict[str, str] = {}
    for name, value in response.headers.items():
        known = name.lower()
        headers[known] = f"{headers[known]}, {value}" if known in headers else value
    return headers


def _host(url: str) -> str:
    """What a message may name: host and port, never path, query or user."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "the provider"
    return f"`{parts.hostname}{port}`" if parts.hostname else "the provider"


def _translated(cause: Exception, host: str) -> TransportError:
    """The library's error as ours; only what failed before a connection stood counts as not sent."""
    if isinstance(cause, _NOT_SENT):
        return TransportError(f"no connection to {host}: {_why(cause)}", sent=False)
    if _is_unwritable(cause):
        return TransportError(
            f"the request to {host} cannot be sent: a header or the proxy is none that HTTP takes", sent=False
        )
    return TransportError(f"the connection to {host} broke before the answer was complete ({_why(cause)})", sent=True)


def _is_unwritable(cause: BaseException) -> bool:
    """Whether a header or URL could not be written, which is found before anything is sent."""
    return isinstance(cause, ValueError) and not isinstance(cause, aiohttp.ClientError | OSError)


def _why(cause: BaseException) -> str:
    """The operating system's reason, else the kind of error; never its text, which may quote the request."""
    if isinstance(cause, aiohttp.ClientConnectorDNSError):
        return "its name was not found"
    if isinstance(cause, aiohttp.ClientConnectorCertificateError | aiohttp.ClientSSLError):
        return "its certificate or TLS was refused"
    if isinstance(cause, aiohttp.SocketTimeoutError):
        return f"nothing came for {_STALLED_S:g} s"
    if isinstance(cause, aiohttp.ClientHttpProxyError):
        return f"the proxy answered {cause.status}"
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror
    return type(cause).__name__
