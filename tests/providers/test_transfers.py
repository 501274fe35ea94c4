"""Tests of modelroute_cli.providers.transport with files, over real sockets: uploads, downloads, the one redirect."""

import asyncio
import gzip
import ssl
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme
from support.raw_server import RawServer, Serve, answers, floods, raw, raw_head

from modelroute_cli.providers import transport as module
from modelroute_cli.providers.base import TransportError, WireRequest, WireResponse
from modelroute_cli.providers.file_body import FileBody
from modelroute_cli.providers.network import Network
from modelroute_cli.providers.transport import make_transport

KEY = "sk-do-not-show-this-key"
HEADERS = {"authorization": f"Bearer {KEY}"}


async def _sent(request: WireRequest, network: Network | None = None) -> WireResponse:
    transport = make_transport(2, network=network or Network())
    try:
        return await transport.send(request, 10.0)
    finally:
        await transport.close()


def exchange(serve: Serve, request: Callable[[str], WireRequest]) -> tuple[WireResponse, bytes]:
    """What came back, and what the server read."""

    async def run() -> tuple[WireResponse, bytes]:
        async with RawServer(serve) as server:
            return await _sent(request(server.url)), b"".join(server.seen)

    return asyncio.run(run())


def breaks(serve: Serve, request: Callable[[str], WireRequest]) -> TransportError:
    """The error that must come of it, which tells no secret."""
    with pytest.raises(TransportError) as caught:
        exchange(serve, request)
    assert KEY not in f"{caught.value!r} {caught.value.__cause__!r}"
    return caught.value


def upload(path: Path) -> Callable[[str], WireRequest]:
    """A POST of a file between two marks."""
    return lambda url: WireRequest(url=f"{url}/files", headers=HEADERS, body=b"", file=FileBody(b"<", path, b">"))


def download(path: Path) -> Callable[[str], WireRequest]:
    """A GET into a file."""
    return lambda url: WireRequest(url=f"{url}/f/content", headers=HEADERS, body=b"", method="GET", save=path)


def test_a_file_goes_out_with_its_length(tmp_path: Path) -> None:
    """Small servers do not take chunked bodies."""
    path = tmp_path / "lines"
    path.write_bytes(b"line\n" * 200_000)
    response, seen = exchange(answers(raw(b"ok")), upload(path))
    head, _, body = seen.partition(b"\r\n\r\n")
    assert response.body == b"ok"
    assert body == b"<" + b"line\n" * 200_000 + b">"
    assert b"content-length: 1000002" in head.lower()
    assert b"transfer-encoding" not in head.lower()


def test_a_file_that_is_not_there_was_not_sent(tmp_path: Path) -> None:
    """It can be tried again."""
    error = breaks(answers(raw(b"ok")), upload(tmp_path / "gone"))
    assert error.message == "the file to be sent cannot be read: No such file or directory"
    assert error.sent is False


def test_a_download_is_in_its_file_and_not_held(tmp_path: Path) -> None:
    """Status and headers as for any answer."""
    path = tmp_path / "to"
    response, seen = exchange(answers(raw(b"a\nb\n", "X-Modelroute-Emulated: 1")), download(path))
    assert (response.status, response.body, path.read_bytes()) == (200, b"", b"a\nb\n")
    assert response.headers["x-modelroute-emulated"] == "1"
    assert seen.startswith(b"GET /f/content HTTP/1.1\r\n")
    assert f"Bearer {KEY}".encode() in seen


def test_a_packed_download_is_unpacked(tmp_path: Path) -> None:
    """Result files are text."""
    path = tmp_path / "to"
    exchange(answers(raw(gzip.compress(b"line\n" * 1000), "Content-Encoding: gzip")), download(path))
    assert path.read_bytes() == b"line\n" * 1000


def test_an_error_is_held_and_not_saved(tmp_path: Path) -> None:
    """It is read like any other."""
    path = tmp_path / "to"
    response, _ = exchange(answers(raw(b'{"error":1}', status="404 Not Found")), download(path))
    assert (response.status, response.body, path.exists()) == (404, b'{"error":1}', False)


def test_memory_does_not_grow_with_a_download(tmp_path: Path) -> None:
    """A result file may be hundreds of megabytes; what an answer may hold does not bound it."""
    path = tmp_path / "to"
    piece = b"x" * 1_000_000
    tracemalloc.start()
    exchange(floods(raw_head("Content-Length: 80000000"), piece, 80), download(path))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert path.stat().st_size == 80_000_000 > module.MOST_BYTES
    assert most < 16_000_000


def test_a_download_beyond_its_own_bound_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """By the length that it tells."""
    error = breaks(answers(raw_head(f"Content-Length: {module.MOST_SAVED_BYTES + 1}")), download(tmp_path / "to"))
    assert error.message.endswith("is larger than 4,294,967,296 bytes")


def test_a_download_that_breaks_off_is_an_error(tmp_path: Path) -> None:
    """Half a file is none."""
    error = breaks(answers(raw_head("Content-Length: 100") + b"half"), download(tmp_path / "to"))
    assert "broke before the answer was complete" in error.message


def test_a_download_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """A full disk, a folder that is gone."""
    error = breaks(answers(raw(b"a\n")), download(tmp_path / "no" / "folder"))
    assert error.message.endswith("broke before the answer was complete (No such file or directory)")


def test_a_download_that_is_sent_to_plain_http_is_handed_back(tmp_path: Path) -> None:
    """The redirect stands as the answer."""
    answer = raw(b"", "Location: http://127.0.0.1:1/elsewhere", status="302 Found")
    response, _ = exchange(answers(answer), download(tmp_path / "to"))
    assert response.status == 302


def test_a_download_follows_one_redirect_to_https_and_leaves_its_key_behind(tmp_path: Path) -> None:
    """Storage is another host: it gets the address and nothing else."""

    async def run() -> tuple[WireResponse, bytes, bytes]:
        async with RawServer(answers(raw(b"line\n")), tls=server_tls) as storage:
            to = f"Location: https://localhost:{storage.port}/f?signed=1"
            async with RawServer(answers(raw(b"", to, status="302 Found"))) as provider:
                response = await _sent(download(tmp_path / "to")(provider.url), Network(ca_file=tmp_path / "ca.pem"))
            return response, b"".join(provider.seen), b"".join(storage.seen)

    server_tls = _certified(tmp_path)
    response, provider_saw, storage_saw = asyncio.run(run())
    assert (response.status, (tmp_path / "to").read_bytes()) == (200, b"line\n")
    assert KEY.encode() in provider_saw
    assert storage_saw.startswith(b"GET /f?signed=1 HTTP/1.1\r\n")
    assert KEY.encode() not in storage_saw
    assert b"authorization" not in storage_saw.lower()


def test_a_second_redirect_is_not_followed(tmp_path: Path) -> None:
    """One is what storage needs; more is a maze."""

    async def run() -> WireResponse:
        onward = raw(b"", "Location: https://localhost:1/more", status="302 Found")
        async with RawServer(answers(onward), tls=server_tls) as storage:
            to = f"Location: https://localhost:{storage.port}/f"
            async with RawServer(answers(raw(b"", to, status="307 Temporary Redirect"))) as provider:
                return await _sent(download(tmp_path / "to")(provider.url), Network(ca_file=tmp_path / "ca.pem"))

    server_tls = _certified(tmp_path)
    assert asyncio.run(run()).status == 302


def _certified(folder: Path) -> ssl.SSLContext:
    """A server's TLS, and the authority that signed it in `ca.pem`."""
    authority, server = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(server)
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    return server
