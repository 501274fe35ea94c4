"""Reads what stands at an https address, for providers that need it in the request itself; only where settings allow.

Problem: job files name addresses, and whoever writes them must not make this machine ask its own network for things.
Not enough is looking at the name: it may resolve to a private address, or to another one the second time (DNS
rebinding), and a redirect may lead anywhere. So every name is resolved here, all of its addresses are checked, and
the connection goes to one that was; each hop of a redirect is a new address with the same checks. No proxy is used,
since it would resolve the name itself, out of reach of the check. What still passes: a public address that somebody
routes into a private network.
"""

import asyncio
import re
from collections import OrderedDict
from importlib.metadata import version
from ipaddress import ip_address
from types import TracebackType
from typing import Final, Self
from urllib.parse import urljoin, urlsplit
from weakref import WeakValueDictionary

import aiohttp
import msgspec

from modelroute_cli.base.schema import Request
from modelroute_cli.catalog.cards import Provider
from modelroute_cli.catalog.settings import ImageSettings
from modelroute_cli.jobs.media_forms import DOCUMENT, FORMS, MOST_UNKNOWN_PAGES, MOST_UNKNOWN_SECONDS, PICTURE, Form
from modelroute_cli.jobs.planned_media import data_url
from modelroute_cli.providers.base import TransportError, UnsendableError
from modelroute_cli.providers.reach import CheckedResolver, ForbiddenError, Reach

_MB: Final = 1_000_000
_PIECE_BYTES: Final = 64 * 1024
_MOST_HOPS: Final = 3
_MOST_KEPT_BYTES: Final = 64 * _MB  # of what was read, for requests that share an address
_MOST_KEPT: Final = 4_096
_SHOWN_CHARS: Final = 80
_CONNECTIONS: Final = 16
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_USER: Final = re.compile(r"//[^/]*@")


class LinkFetcher:
    """Reads addresses for the requests of one run, each once as long as it is kept; to be entered on the event loop."""

    def __init__(self, rules: ImageSettings, reach: Reach | None = None) -> None:
        self._rules = rules
        self._reach = reach or Reach()
        self._kept: OrderedDict[str, bytes | UnsendableError] = OrderedDict()
        self._kept_bytes = 0
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(
            resolver=CheckedResolver(self._reach.allows), limit=_CONNECTIONS, ssl=self._reach.tls or True
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=self._reach.timeout_s),
            headers={"user-agent": f"modelroute/{version('modelroute-cli')}", "accept-encoding": "identity"},
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._session.close()

    async def fetched(self, request: Request, provider: Provider) -> Request:
        """The request with the content of addresses that this provider is not sent, as data URLs.

        Pictures are left to providers that read addresses; sound and PDFs never are. Where settings do not allow it
        nothing is read. UnsendableError for what may not be read, is not there, too large or of another kind;
        TransportError for what may work again.
        """
        if not self._rules.fetch:
            return request
        changed = {}
        for form in FORMS:
            given = form.items(request)
            if any(map(_is_link, given)) and not (form is PICTURE and provider.fetches_links):
                changed[form.field] = tuple([await self._inline(item, form) for item in given])
        return msgspec.structs.replace(request, **changed) if changed else request

    async def _inline(self, item: str, form: Form) -> str:
        if not _is_link(item):
            return item
        return _data_url(await self._content(item), form, item)

    async def _content(self, url: str) -> bytes:
        """What stands there, read once for all who ask at a time; what cannot work is not tried again."""
        lock = self._locks.setdefault(url, asyncio.Lock())
        async with lock:
            if url not in self._kept:
                try:
                    self._keep(url, await self._read(url))
                except UnsendableError as error:
                    self._keep(url, error)
            found = self._kept[url]
        if isinstance(found, UnsendableError):
            raise found
        return found

    def _keep(self, url: str, found: bytes | UnsendableError) -> None:
        """Remember the newest; the oldest give way, never the one just read."""
        self._kept[url] = found
        self._kept_bytes += _size(found)
        while len(self._kept) > 1 and (self._kept_bytes > _MOST_KEPT_BYTES or len(self._kept) > _MOST_KEPT):
            _, oldest = self._kept.popitem(last=False)
            self._kept_bytes -= _size(oldest)

    async def _read(self, url: str) -> bytes:
        """The content at the end of its redirects."""
        at = url
        try:
            async with asyncio.timeout(self._reach.timeout_s):
                for _ in range(_MOST_HOPS + 1):
                    self._check(at, url)
                    found = await self._get(at, url)
                    if isinstance(found, bytes):
                        return found
                    at = urljoin(at, found)
        except ForbiddenError:
            raise _refused(url, "leads to an address that is not public") from None
        except TimeoutError:
            raise _passing(url, f"took longer than {self._reach.timeout_s:g} s") from None
        except ValueError:  # aiohttp.InvalidURL is one
            raise _refused(url, "is no address that can be read") from None
        except (aiohttp.ClientError, OSError) as error:
            raise _passing(url, f"cannot be reached ({type(error).__name__})") from None
        raise _refused(url, f"redirects more than {_MOST_HOPS} times")

    def _check(self, at: str, url: str) -> None:
        """UnsendableError for an address that may not be asked, before its name is looked up."""
        try:
            parts = urlsplit(at)
            host = parts.hostname or ""
        except ValueError:
            raise _refused(url, "is no address that can be read") from None
        if parts.scheme not in self._reach.schemes:
            raise _refused(url, f"leads to `{parts.scheme}:`, and only https is read")
        if parts.username is not None or parts.password is not None:
            raise _refused(url, "holds a user name or password, which is not sent")
        try:
            address = ip_address(host)
        except ValueError:
            return
        if not self._reach.allows(address):
            raise ForbiddenError

    async def _get(self, at: str, url: str) -> bytes | str:
        """The content of one address, or where it redirects to."""
        async with self._session.get(at, allow_redirects=False) as response:
            if response.status in _REDIRECTS and "location" in response.headers:
                return response.headers["location"]
            if response.status in _PASSING:
                raise _passing(url, f"answers {response.status}")
            if response.status != 200:  # noqa: PLR2004 - all that is content
                raise _refused(url, f"answers {response.status}")
            if response.headers.get("content-encoding", "identity").lower() != "identity":
                raise _refused(url, "comes packed, though it was not asked for so")
            return await self._body(response, url)

    async def _body(self, response: aiohttp.ClientResponse, url: str) -> bytes:
        """All of it, at most what settings allow."""
        most = self._rules.fetch_max_mb * _MB
        too_large = _refused(
            url, f"is larger than {self._rules.fetch_max_mb} MB", "raise `images: {fetch_max_mb: ...}` in your settings"
        )
        if (response.content_length or 0) > most:
            raise too_large
        body = bytearray()
        async for piece in response.content.iter_chunked(_PIECE_BYTES):
            body += piece
            if len(body) > most:
                raise too_large
        return bytes(body)


def _is_link(item: str) -> bool:
    return item.startswith(("https://", "http://"))  # the latter is refused when a job file is checked


def _size(found: bytes | UnsendableError) -> int:
    return len(found) if isinstance(found, bytes) else 0


def _data_url(data: bytes, form: Form, url: str) -> str:
    """The content as a data URL; UnsendableError where it is none that is sent, or more than was planned."""
    kind = form.kind(data)
    if kind is None:
        raise _refused(url, f"holds no {form.what}: its content is {form.none_of}")
    amount = form.amount(data)
    if amount is None:
        raise _refused(url, f"holds a broken {form.names[kind]}")
    most, unit = (MOST_UNKNOWN_PAGES, "pages") if form is DOCUMENT else (MOST_UNKNOWN_SECONDS, "seconds")
    if form is not PICTURE and amount > most:
        hint = "give it as a file: what stands at an address is planned with no more"
        raise _refused(url, f"has {amount:,} {unit}, more than {most}", hint)
    return data_url(data, form)


def _shown(url: str) -> str:
    """An address as messages name it: without user and query, which may hold a key, and cut where it is long."""
    plain = _USER.sub("//", url.partition("?")[0].partition("#")[0])
    return f"`{plain}`" if len(plain) <= _SHOWN_CHARS else f"`{plain[: _SHOWN_CHARS - 1]}…`"


def _refused(url: str, why: str, hint: str | None = None) -> UnsendableError:
    return UnsendableError(f"{_shown(url)} {why}", hint=hint or "give it as a file or as a `data:...;base64,` URL")


def _passing(url: str, why: str) -> TransportError:
    """What may work another time: nothing was sent to a provider."""
    return TransportError(f"{_shown(url)} {why}", sent=False)
