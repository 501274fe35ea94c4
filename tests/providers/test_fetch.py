"""Reading addresses: what is read for whom, and all that is never read. Servers are on loopback, allowed by hand."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from support.media import pdf, wav
from support.pictures import data_url, png

from modelroute_cli.base.schema import Request
from modelroute_cli.catalog.cards import Provider
from modelroute_cli.catalog.settings import ImageSettings
from modelroute_cli.providers.base import TransportError, UnsendableError
from modelroute_cli.providers.fetch import LinkFetcher
from modelroute_cli.providers.reach import Reach

READS_LINKS = Provider(name="a", base_url="https://a.invalid")
READS_NONE = Provider(name="b", base_url="https://b.invalid", fetches_links=False)
RULES = ImageSettings(fetch=True, fetch_max_mb=1)
HERE = Reach(schemes=frozenset({"http"}), allows=lambda _: True, timeout_s=5.0)
PIXEL = png(3, 3)


def content(body: bytes, *headers: str) -> bytes:
    """An answer that holds `body`."""
    lines = ["HTTP/1.1 200 OK", f"content-length: {len(body)}", *headers, "connection: close"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def answer(status: int, *headers: str) -> bytes:
    """An answer without content."""
    return (
        "\r\n".join([f"HTTP/1.1 {status} x", "content-length: 0", *headers, "connection: close"]).encode() + b"\r\n\r\n"
    )


@dataclass
class Site:
    """A server on loopback; what stands at each path, `{here}` being its own address, and what was asked for."""

    pages: Mapping[str, bytes]
    here: str = ""
    asked: list[str] = field(default_factory=list)
    tasks: list[asyncio.Task[object] | None] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.tasks.append(asyncio.current_task())
        await self._reply(reader, writer)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    async def _reply(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            path = head.split(" ")[1]
            self.asked.append(path)
            self.heads.append(head.lower())
            page = self.pages.get(path.partition("?")[0], answer(404))
            if page:
                writer.write(page.replace(b"{here}", self.here.encode()))
                await writer.drain()
            else:
                await reader.read()  # until the other side gives up

    async def done(self) -> None:
        """Once every exchange is over."""
        await asyncio.gather(*filter(None, self.tasks), return_exceptions=True)

    async def fetch(
        self, *requests: Request, provider: Provider = READS_NONE, rules: ImageSettings = RULES, reach: Reach = HERE
    ) -> list[Request | Exception]:
        """What becomes of these requests, fetched at once."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.here = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server:
            async with LinkFetcher(rules, reach) as links:
                made = [_placed(request, self.here) for request in requests]
                found = await asyncio.gather(*(links.fetched(each, provider) for each in made), return_exceptions=True)
            await self.done()
        return [each for each in found if isinstance(each, Request | Exception)]


def _placed(request: Request, here: str) -> Request:
    """The request with the server's address in the place of `{here}`."""
    images = tuple(item.replace("{here}", here) for item in request.images)
    audio = tuple(item.replace("{here}", here) for item in request.audio)
    files = tuple(item.replace("{here}", here) for item in request.files)
    return Request(custom_id="a", prompt="x", images=images, audio=audio, files=files)


def asking(*images: str, audio: tuple[str, ...] = (), files: tuple[str, ...] = ()) -> Request:
    """A request that carries these."""
    return Request(custom_id="a", prompt="x", images=images, audio=audio, files=files)


def fetched(site: Site, request: Request, provider: Provider = READS_NONE, rules: ImageSettings = RULES) -> Request:
    """What becomes of a request that can be read."""
    [found] = asyncio.run(site.fetch(request, provider=provider, rules=rules))
    assert isinstance(found, Request), found
    return found


def failed(site: Site, request: Request, reach: Reach = HERE) -> tuple[str, str]:
    """The kind and message of why it cannot, with the server's address taken out."""
    [found] = asyncio.run(site.fetch(request, reach=reach))
    assert isinstance(found, UnsendableError | TransportError), found
    return type(found).__name__, found.message.replace(site.here, "{here}")


def test_a_picture_is_read_for_who_reads_no_addresses() -> None:
    """What stands inline already stays, in its place."""
    site = Site({"/a.png": content(PIXEL)})
    request = asking(data_url(png(1, 1)), "{here}/a.png?size=3")
    assert fetched(site, request).images == (data_url(png(1, 1)), data_url(PIXEL))
    assert site.asked == ["/a.png?size=3"]


def test_a_provider_that_reads_addresses_is_sent_them() -> None:
    """Pictures, but never sound and PDFs: what they cost at most is known only when they are here."""
    site = Site({"/a.wav": content(wav(1)), "/a.pdf": content(pdf(2))})
    request = asking("{here}/a.png", audio=("{here}/a.wav",), files=("{here}/a.pdf",))
    found = fetched(site, request, provider=READS_LINKS)
    assert found.images == (f"{site.here}/a.png",)
    assert found.audio == (data_url(wav(1)).replace("image/png", "audio/wav"),)
    assert found.files == (data_url(pdf(2)).replace("image/png", "application/pdf"),)
    assert sorted(site.asked) == ["/a.pdf", "/a.wav"]


def test_nothing_is_read_unless_settings_allow_it() -> None:
    """The wire format then says that it cannot carry it."""
    site = Site({})
    request = asking("{here}/a.png")
    assert fetched(site, request, rules=ImageSettings()).images == (f"{site.here}/a.png",)
    assert site.asked == []


def test_an_address_is_read_once_for_all_who_ask() -> None:
    """At a time and later; also where it is not there."""
    site = Site({"/a.png": content(PIXEL)})
    found = asyncio.run(site.fetch(*[asking("{here}/a.png", "{here}/a.png")] * 3, *[asking("{here}/gone.png")] * 3))
    assert [isinstance(each, Request) for each in found] == [True] * 3 + [False] * 3
    assert sorted(site.asked) == ["/a.png", "/gone.png"]


def test_nothing_of_ours_is_told() -> None:
    """No cookies, no keys, no wish for packed content."""
    site = Site({"/a.png": content(PIXEL, "set-cookie: a=1"), "/b.png": content(PIXEL)})
    fetched(site, asking("{here}/a.png", "{here}/b.png"))
    for head in site.heads:
        assert "accept-encoding: identity" in head
        assert "cookie" not in head
        assert "authorization" not in head


def _redirecting(hops: int) -> Site:
    """A picture behind so many redirects."""
    pages = {f"/{at}": answer(302, f"location: /{at + 1}") for at in range(hops)}
    return Site({**pages, f"/{hops}": content(PIXEL)})


def test_three_redirects_are_followed() -> None:
    """A fourth is not."""
    assert fetched(_redirecting(3), asking("{here}/0")).images == (data_url(PIXEL),)
    assert failed(_redirecting(4), asking("{here}/0")) == (
        "UnsendableError",
        "`{here}/0` redirects more than 3 times",
    )


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("file:///etc/passwd", "leads to `file:`, and only https is read"),
        ("ftp://127.0.0.1/a", "leads to `ftp:`, and only https is read"),
        ("http://127.0.0.2/a.png", "leads to an address that is not public"),
        ("http://10.0.0.1/latest/meta-data", "leads to an address that is not public"),
        ("http://[::ffff:10.0.0.1]/a", "leads to an address that is not public"),
        ("http://[/a", "is no address that can be read"),
        ("http://user:pw@127.0.0.1/a", "holds a user name or password, which is not sent"),
    ],
)
def test_a_redirect_is_checked_like_the_first_address(location: str, message: str) -> None:
    """Neither another scheme nor another network."""
    reach = Reach(schemes=frozenset({"http"}), allows=lambda each: str(each) == "127.0.0.1")
    site = Site({"/a": answer(301, f"location: {location}")})
    assert failed(site, asking("{here}/a"), reach=reach) == ("UnsendableError", f"`{{here}}/a` {message}")
    assert site.asked == ["/a"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "169.254.169.254", "[::ffff:127.0.0.1]", "[::]"])
def test_a_private_address_is_never_asked(host: str) -> None:
    """By number or by name, with the rules of a real run."""
    site = Site({})
    reach = Reach(schemes=frozenset({"http", "https"}))
    message = f"`https://{host}/a.png` leads to an address that is not public"
    assert failed(site, asking(f"https://{host}/a.png"), reach=reach) == ("UnsendableError", message)


@pytest.mark.parametrize("host", ["2130706433", "127.1", "0x7f.1", "017700000001"])
def test_other_ways_to_write_a_number_are_no_way_around(host: str) -> None:
    """They are refused as such, or resolved and then found private."""
    [found] = asyncio.run(Site({}).fetch(asking(f"https://{host}/a.png"), reach=Reach()))
    assert isinstance(found, UnsendableError | TransportError)


def test_plain_http_is_not_read() -> None:
    """Though a job file with it would not have come so far."""
    message = "`{here}/a` leads to `http:`, and only https is read"
    assert failed(Site({}), asking("{here}/a"), reach=Reach()) == ("UnsendableError", message)


@pytest.mark.parametrize(
    ("page", "kind", "message"),
    [
        (content(b"<html>"), "UnsendableError", "holds no picture: its content is none of PNG, JPEG, WebP and GIF"),
        (content(PIXEL[:20]), "UnsendableError", "holds a broken PNG"),
        (content(bytes(1_000_001)), "UnsendableError", "is larger than 1 MB"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + bytes(1_200_000), "UnsendableError", "is larger than 1 MB"),
        (content(b"x", "content-encoding: gzip"), "UnsendableError", "comes packed, though it was not asked for so"),
        (answer(404), "UnsendableError", "answers 404"),
        (answer(403), "UnsendableError", "answers 403"),
        (answer(302), "UnsendableError", "answers 302"),
        (answer(503), "TransportError", "answers 503"),
        (answer(429), "TransportError", "answers 429"),
        (
            b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nxx",
            "TransportError",
            "cannot be reached (ClientPayloadError)",
        ),
        (b"what?\r\n\r\n", "TransportError", "cannot be reached (ClientResponseError)"),
    ],
)
def test_what_is_no_picture_is_refused(page: bytes, kind: str, message: str) -> None:
    """For good, or until it is tried again."""
    assert failed(Site({"/a.png": page}), asking("{here}/a.png")) == (kind, f"`{{here}}/a.png` {message}")


def test_a_slow_address_is_given_up() -> None:
    """All of it counts, redirects too; it may work another time."""
    reach = Reach(schemes=HERE.schemes, allows=HERE.allows, timeout_s=0.2)
    assert failed(Site({"/a": b""}), asking("{here}/a"), reach=reach) == (
        "TransportError",
        "`{here}/a` took longer than 0.2 s",
    )


def test_what_may_work_again_is_tried_again() -> None:
    """Only what cannot is remembered."""
    site = Site({"/a": answer(503)})

    async def twice() -> None:
        server = await asyncio.start_server(site._serve, "127.0.0.1", 0)
        site.here = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server:
            async with LinkFetcher(RULES, HERE) as links:
                for _ in range(2):
                    with pytest.raises(TransportError) as caught:
                        await links.fetched(asking(f"{site.here}/a"), READS_NONE)
                    assert not caught.value.sent
            await site.done()

    asyncio.run(twice())
    assert site.asked == ["/a", "/a"]


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (asking(files=("{here}/a",)), "has 21 pages, more than 20"),
        (asking(audio=("{here}/b",)), "has 601 seconds, more than 600"),
    ],
)
def test_more_than_was_planned_is_refused(request_: Request, message: str) -> None:
    """The reservation was made for no more."""
    site = Site({"/a": content(pdf(21)), "/b": content(wav(601, rate=8))})
    kind, told = failed(site, request_)
    assert (kind, told[len("`{here}/a` ") :]) == ("UnsendableError", message)


def test_no_key_in_an_address_is_shown() -> None:
    """Queries carry signatures, names and passwords stand before the host."""
    for address in ("https://u:secret@127.0.0.1/a.png", "https://127.0.0.1/a.png?sig=secret#secret"):
        [found] = asyncio.run(Site({}).fetch(asking(address), reach=Reach()))
        assert isinstance(found, UnsendableError)
        assert "secret" not in found.message
        assert found.message.startswith("`https://127.0.0.1/a.png` ")


def test_little_is_kept() -> None:
    """The oldest gives way; what is kept is counted."""
    links = LinkFetcher(RULES, HERE)
    for at in range(10):
        links._keep(f"https://{at}", bytes(10_000_000))
    assert list(links._kept) == [f"https://{at}" for at in range(4, 10)]
    assert links._kept_bytes == 60_000_000
