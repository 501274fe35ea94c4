"""The edges of the wire: what broken, hostile and odd servers send, and what it means for the request and its money."""

import asyncio
import gzip
import json
import ssl
import tracemalloc
import zlib
from dataclasses import dataclass

import pytest
import trustme
from support.calls import make_call
from support.plans import CHEAP, rates
from support.raw_server import RawServer, Serve, answers, chunk, floods, half_closes, raw, raw_head, resets
from support.virtual import START

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.cards import Provider
from modelroute_cli.execution.settle import Sold, bill, broken
from modelroute_cli.providers.base import Answer, Call, Failure, FailureKind, Reply, TransportError
from modelroute_cli.providers.openai_chat import OpenAIChat
from modelroute_cli.providers.transport import make_transport

KEY = "sk-planted-edge-key"
GOOD = json.dumps({
    "choices": [{"message": {"content": "hello"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 10, "completion_tokens": 2},
}).encode()  # fmt: skip
MEGABYTE = b"x" * 2**20
SOLD = Sold({"standard": rates(CHEAP)}, "standard")


@dataclass(frozen=True)
class Ending:
    """What an exchange came to: `cost` is None where the reservation stays held."""

    reply: Reply
    cost: PicoUSD | None
    requests: tuple[bytes, ...]

    @property
    def failure(self) -> Failure:
        """The failure it ended in; it names no key."""
        assert isinstance(self.reply, Failure), self.reply
        assert KEY not in repr(self.reply)
        return self.reply

    @property
    def text(self) -> str:
        """The answer's text."""
        assert isinstance(self.reply, Answer), self.reply
        return self.reply.text


def _call(url: str) -> Call:
    return make_call(provider=Provider(name="edge", base_url=f"{url}/v1"), key=KEY)


async def _exchange(server: RawServer, timeout_s: float, most_bytes: int) -> Ending:
    async with server:
        transport, call = make_transport(2, most_bytes=most_bytes), _call(server.url)
        try:
            response = await transport.send(OpenAIChat().encode(call), timeout_s)
            reply: Reply = OpenAIChat().decode(response, call)
        except TransportError as error:
            reply = broken(error)
        finally:
            await transport.close()
        return Ending(reply, bill(reply, SOLD, START), tuple(server.seen))


def meet(act: Serve, *, timeout_s: float = 20.0, most_bytes: int = 2**24, tls: ssl.SSLContext | None = None) -> Ending:
    """One call to a server that does `act`, as the engine makes it: encoded, sent, decoded, billed."""
    return asyncio.run(_exchange(RawServer(act, tls), timeout_s, most_bytes))


@pytest.mark.parametrize(
    "body",
    [
        b"\n\n \r\n" + GOOD,
        b"\xef\xbb\xbf" + GOOD,
        GOOD + b"\n",
        GOOD.replace(b'"hello"', b'"hello", "nan": NaN'),
    ],
)
def test_an_answer_is_read_whatever_stands_around_it(body: bytes) -> None:
    """Blank keep-alive lines, a byte order mark, numbers that are none: the answer is there, and its price."""
    met = meet(answers(raw(body)))
    assert (met.text, met.cost) == ("hello", 10 * 1 + 2 * 10)


@pytest.mark.parametrize("kind", ["text/html", "application/octet-stream", "text/event-stream", "nonsense"])
def test_an_answer_of_a_wrong_content_type_is_read_all_the_same(kind: str) -> None:
    """Small servers and gateways name the wrong type; the bytes count."""
    assert meet(answers(raw(GOOD, f"Content-Type: {kind}"))).text == "hello"


def test_keep_alive_lines_that_trickle_in_before_the_answer_are_waited_for() -> None:
    """DeepSeek under load: the total time counts, not the silence between bytes."""
    head = raw_head("Transfer-Encoding: chunked")
    lines = [chunk(b"\n")] * 5
    assert meet(answers(head, *lines, chunk(GOOD) + chunk(b""), pause_s=0.02)).text == "hello"


def test_bytes_that_trickle_in_for_ever_end_at_the_total_time() -> None:
    """Each byte would start a silence anew; the attempt ends all the same, and may have been billed."""
    met = meet(answers(raw_head("Transfer-Encoding: chunked"), *[chunk(b"\n")] * 1000, pause_s=0.02), timeout_s=0.3)
    assert (met.failure.kind, met.cost) == (FailureKind.UNKNOWN, None)
    assert met.failure.message.endswith("within 0.3 s")


@pytest.mark.parametrize("body", [b"", b"   ", b"\n\n", b"null", b"[]", b"{}", b'"text"', b"17", b"<html>", b"{"])
def test_a_success_with_nothing_usable_is_malformed_and_held(body: bytes) -> None:
    """The provider may have answered and billed; another try costs another reservation, never this one again."""
    met = meet(answers(raw(body)))
    assert (met.failure.kind, met.failure.status, met.cost) == (FailureKind.MALFORMED, 200, None)


@pytest.mark.parametrize("status", [201, 202, 204])
def test_another_success_without_an_answer_is_malformed_too(status: int) -> None:
    """204 has no body by definition."""
    head = raw_head(status=f"{status} Fine") if status == 204 else raw(b"", status=f"{status} Fine")
    met = meet(answers(head))
    assert (met.failure.kind, met.failure.status, met.cost) == (FailureKind.MALFORMED, status, None)


@pytest.mark.parametrize(
    ("error", "kind", "held"),
    [
        ({"error": {"code": 502, "message": "down"}}, FailureKind.TRANSIENT, False),
        ({"error": {"code": 429, "message": "slow"}}, FailureKind.RATE_LIMITED, False),
        ({"error": {"code": "invalid_prompt", "message": "no"}}, FailureKind.REQUEST, False),
        ({"error": {"code": "timeout_error", "message": "gone"}}, FailureKind.UNKNOWN, True),
        ({"error": {"code": 502, "message": "down"}, "usage": {"prompt_tokens": 9}}, FailureKind.TRANSIENT, True),
        ({"error": {"code": 502, "message": "down"}, "usage": {"prompt_tokens": 0}}, FailureKind.TRANSIENT, False),
        ({"error": {"type": "refusal", "message": "no"}}, FailureKind.UNUSABLE, True),
    ],
)
def test_an_error_within_a_success_is_an_error(error: object, kind: FailureKind, held: bool) -> None:  # noqa: FBT001
    """It is held where tokens were used or nobody can say, free where the provider says that it failed."""
    met = meet(answers(raw(json.dumps(error).encode())))
    assert (met.failure.kind, met.cost) == (kind, None if held else 0)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("502 Bad Gateway", FailureKind.TRANSIENT),
        ("503 Service Unavailable", FailureKind.TRANSIENT),
        ("403 Forbidden", FailureKind.ACCOUNT),
        ("404 Not Found", FailureKind.REQUEST),
        ("413 Payload Too Large", FailureKind.REQUEST),
        ("429 Too Many Requests", FailureKind.RATE_LIMITED),
    ],
)
def test_a_page_of_html_is_judged_by_its_status(status: str, kind: FailureKind) -> None:
    """A proxy or a firewall in between; nothing was billed."""
    page = b"<!DOCTYPE html><html><head><title>Oops</title></head><body>go away</body></html>"
    met = meet(answers(raw(page, "Content-Type: text/html", status=status)))
    assert (met.failure.kind, met.failure.status, met.cost) == (kind, int(status[:3]), 0)
    assert "<title>Oops</title>" in met.failure.message


def test_a_gateway_that_gave_up_leaves_the_outcome_unknown() -> None:
    """504 and 524: the provider behind it may have finished, and billed."""
    for status in ("504 Gateway Timeout", "524 A Timeout Occurred"):
        met = meet(answers(raw(b"<html>", status=status)))
        assert (met.failure.kind, met.cost) == (FailureKind.UNKNOWN, None)


@pytest.mark.parametrize(
    "sent",
    [
        raw_head("Content-Length: 9999") + GOOD,
        raw_head("Transfer-Encoding: chunked") + chunk(GOOD),
        raw_head("Transfer-Encoding: chunked") + b"ff\r\n" + GOOD,
        raw_head("Transfer-Encoding: chunked") + b"not-a-length\r\n",
        raw_head("Content-Length: nonsense") + GOOD,
        raw(gzip.compress(GOOD, mtime=0)[:-12], "Content-Encoding: gzip"),
        raw(b"no gzip at all", "Content-Encoding: gzip"),
        raw_head(f"X-Huge: {'y' * 200_000}", "Content-Length: 2") + b"{}",
        b"HTTP/1.1 200",
        b"",
        b"\x16\x03\x01 this is no HTTP\r\n\r\n",
    ],
)
def test_an_answer_that_breaks_off_is_unknown_and_held(sent: bytes) -> None:
    """The request arrived; what came back cannot be trusted, also where what there is of it could be read."""
    met = meet(answers(sent))
    assert (met.failure.kind, met.failure.status, met.cost) == (FailureKind.UNKNOWN, None, None)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "GZIP"])
def test_a_packed_answer_is_unpacked(encoding: str) -> None:
    """Both packings that HTTP knows since its beginning."""
    packed = gzip.compress(GOOD) if encoding != "deflate" else zlib.compress(GOOD)
    assert meet(answers(raw(packed, f"Content-Encoding: {encoding}"))).text == "hello"


def test_a_packing_that_was_not_asked_for_is_malformed() -> None:
    """Only gzip is asked for; what comes in another packing is bytes that are no JSON."""
    met = meet(answers(raw(b"\x28\xb5\x2f\xfd\x00", "Content-Encoding: zstd")))
    assert (met.failure.kind, met.cost) == (FailureKind.MALFORMED, None)


def test_invalid_utf_8_is_replaced_and_the_answer_kept() -> None:
    """A provider that cuts a character in half loses that character, not the answer that was paid."""
    met = meet(answers(raw(GOOD.replace(b"hello", b"h\xc3\x28llo \xff"))))
    assert (met.text, met.cost) == ("h\ufffd(llo \ufffd", 30)


def _peak(act: Serve, most_bytes: int) -> tuple[Ending, int]:
    tracemalloc.start()
    try:
        met = meet(act, most_bytes=most_bytes)
        return met, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("head", [raw_head("Connection: close"), raw_head(f"Content-Length: {100 * 2**20}")])
def test_a_hundred_megabytes_are_cut_off_with_bounded_memory(head: bytes) -> None:
    """A run's memory is not the provider's to fill; with its length told, the body is not read at all."""
    met, peak = _peak(floods(head, MEGABYTE, 100), 4 * 2**20)
    assert (met.failure.kind, met.cost) == (FailureKind.UNKNOWN, None)
    assert met.failure.message.endswith("is larger than 4,194,304 bytes")
    assert peak < 16 * 2**20


def test_a_bomb_is_cut_off_with_bounded_memory() -> None:
    """100 KB that unpack to 100 MB never do."""
    bomb = gzip.compress(b"\0" * (100 * 2**20), compresslevel=9)
    assert len(bomb) < 110_000
    met, peak = _peak(answers(raw(bomb, "Content-Encoding: gzip")), 4 * 2**20)
    assert met.failure.message.endswith("is larger than 4,194,304 bytes")
    assert peak < 16 * 2**20


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_refused_and_the_key_goes_nowhere(status: int) -> None:
    """Neither another host nor the same one gets a second request; the account is stopped, with the reason."""

    async def both() -> tuple[Ending, list[bytes]]:
        async with RawServer(answers(raw(GOOD))) as elsewhere:
            moved = raw(b"", f"Location: {elsewhere.url}/v1?key={KEY}", status=f"{status} Moved")
            return await _exchange(RawServer(answers(moved)), 5.0, 2**20), elsewhere.seen

    met, stolen = asyncio.run(both())
    assert (met.failure.kind, met.failure.status, met.cost) == (FailureKind.ACCOUNT, status, 0)
    assert (stolen, len(met.requests)) == ([], 1)


def test_a_connection_that_is_refused_was_not_sent() -> None:
    """Nobody listens: nothing is billed, and another try follows."""

    async def refused() -> Failure:
        async with RawServer(answers()) as gone:
            call = _call(gone.url)
        transport = make_transport(1)
        try:
            await transport.send(OpenAIChat().encode(call), 5.0)
        except TransportError as error:
            return broken(error)
        finally:
            await transport.close()
        pytest.fail("somebody answered")

    failure = asyncio.run(refused())
    assert (failure.kind, bill(failure, SOLD, START)) == (FailureKind.TRANSIENT, 0)


@pytest.mark.parametrize("act", [resets(), resets(raw_head("Content-Length: 99")), half_closes()])
def test_a_connection_that_breaks_after_the_request_is_unknown_and_held(act: Serve) -> None:
    """Reset before the answer, reset inside it, or closed on one side: it may have been billed."""
    met = meet(act, timeout_s=5.0)
    assert (met.failure.kind, met.cost) == (FailureKind.UNKNOWN, None)
    assert len(met.requests) == 1


def test_a_certificate_that_nobody_vouches_for_is_refused_before_anything_is_sent() -> None:
    """No key leaves to a server that cannot show who it is."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    met = meet(answers(raw(GOOD)), tls=context)
    assert (met.failure.kind, met.cost, met.requests) == (FailureKind.TRANSIENT, 0, ())
    assert met.failure.message.endswith("its certificate or TLS was refused")


def test_a_server_that_speaks_no_tls_is_refused_before_anything_is_sent() -> None:
    """An address with https in front of a server without."""

    async def plain() -> tuple[Failure, list[bytes]]:
        async with RawServer(answers(raw(b"", status="400 Bad Request")), reads=False) as server:
            transport = make_transport(1)
            try:
                await transport.send(OpenAIChat().encode(_call(f"https://127.0.0.1:{server.port}")), 5.0)
            except TransportError as error:
                return broken(error), server.seen
            finally:
                await transport.close()
        pytest.fail("somebody answered")

    failure, seen = asyncio.run(plain())
    assert (failure.kind, seen) == (FailureKind.TRANSIENT, [])
