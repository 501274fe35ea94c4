"""Tests of modelroute_cli.emulator.server: over real sockets, through our own transport and wire format."""

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from typing import TypeVar

import httpx
import pytest
from msgspec.structs import replace
from support.calls import DEEPSEEK, OPENAI, answered, failed, make_call
from support.dialects import gemini_body, messages_body, responses_body
from support.emulating import UNLIMITED, NotingClock, chat_body

from modelroute_cli.base.errors import UsageError
from modelroute_cli.base.schema import Request
from modelroute_cli.catalog.settings import EmulatorFaults, EmulatorSettings
from modelroute_cli.emulator.rewire import rewire
from modelroute_cli.emulator.server import Emulator, start
from modelroute_cli.providers.base import Answer, Failure, FailureKind, Reply, TransportError
from modelroute_cli.providers.formats import format_for
from modelroute_cli.providers.transport import make_transport

T = TypeVar("T")


def serving(
    use: Callable[[Emulator], Awaitable[T]], settings: EmulatorSettings = UNLIMITED, clock: NotingClock | None = None
) -> T:
    """What `use` makes of a running emulator, which is stopped afterwards."""

    async def run() -> T:
        emulator = await start(settings, clock=clock or NotingClock())
        try:
            return await use(emulator)
        finally:
            await emulator.stop()

    return asyncio.run(run())


async def exchange(emulator: Emulator, *prompts: str, timeout_s: float = 5.0) -> list[Reply | TransportError]:
    """Each prompt sent through the real adapter and transport, all at once."""
    provider = rewire(OPENAI, emulator.url)
    wire_format, transport = format_for(provider), make_transport(len(prompts))

    async def one(prompt: str) -> Reply | TransportError:
        call = make_call(Request(custom_id="r", prompt=prompt), provider)
        try:
            return wire_format.decode(await transport.send(wire_format.encode(call), timeout_s), call)
        except TransportError as error:
            return error

    try:
        return await asyncio.gather(*map(one, prompts))
    finally:
        await transport.close()


def one_exchange(timeout_s: float = 5.0, **faults: float) -> Reply | TransportError:
    """One request to an emulator with faults."""
    settings = replace(UNLIMITED, faults=EmulatorFaults(**faults))
    return serving(lambda emulator: exchange(emulator, "Write a headline.", timeout_s=timeout_s), settings)[0]


def reply(got: Reply | TransportError) -> Reply:
    """What came back, which must be a reply."""
    assert not isinstance(got, TransportError), got.message
    return got


def test_a_request_is_answered_through_the_real_adapter() -> None:
    """Plausible, counted, marked."""
    answer = answered(reply(one_exchange()))
    assert answer.emulated
    assert answer.text
    assert answer.finish_reason == "stop"
    assert answer.usage is not None
    assert answer.usage.output_tokens > 0
    assert answer.rate.limit_requests == 10**9


def test_many_at_once_are_all_answered_and_counted() -> None:
    """Nothing is lost between the sockets."""

    async def use(emulator: Emulator) -> list[Reply | TransportError]:
        replies = await exchange(emulator, *(f"Write headline {nth}." for nth in range(100)))
        assert emulator.stats.answers == emulator.stats.requests == 100
        assert emulator.stats.answered_again == 0
        return replies

    assert all(isinstance(got, Answer) for got in serving(use))


def test_answers_wait_as_long_as_they_should() -> None:
    """The clock is asked for the time the answer takes."""
    clock = NotingClock()
    serving(lambda emulator: exchange(emulator, "Hi"), replace(UNLIMITED, latency_s=0.5), clock)
    assert len(clock.slept_s) == 1
    assert 0.1 < clock.slept_s[0] < 3.0


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("rate_limited", FailureKind.RATE_LIMITED),
        ("server_error", FailureKind.TRANSIENT),
        ("malformed", FailureKind.MALFORMED),
        ("error_in_200", FailureKind.TRANSIENT),
    ],
)
def test_faults_reach_the_run_as_failures(fault: str, kind: FailureKind) -> None:
    """Each as the kind that the run must handle, marked emulated."""
    failure = failed(reply(one_exchange(**{fault: 1.0})))
    assert (failure.kind, failure.emulated) == (kind, True)


def test_a_storm_says_how_long_it_lasts() -> None:
    """A quarter of a second, told in milliseconds."""
    assert failed(reply(one_exchange(rate_limited=1.0))).retry_after_s == 0.25


@pytest.mark.parametrize(
    ("fault", "text", "finish_reason"),
    [("empty", "", "stop"), ("refusal", "", "refusal"), ("truncated", None, "length")],
)
def test_faults_of_the_content_are_answers(fault: str, text: str | None, finish_reason: str) -> None:
    """They were billed; gates judge them."""
    answer = answered(reply(one_exchange(**{fault: 1.0})))
    assert answer.finish_reason == finish_reason
    assert answer.text == text or text is None


def test_a_dropped_line_is_a_broken_exchange() -> None:
    """Half a body, then nothing: sent, possibly billed."""
    got = one_exchange(dropped=1.0)
    assert isinstance(got, TransportError)
    assert got.sent


def test_a_held_line_ends_with_the_client_s_patience() -> None:
    """The emulator holds on until the client leaves, and can then be stopped."""
    got = one_exchange(timeout=1.0, timeout_s=0.2)
    assert isinstance(got, TransportError)
    assert got.sent


def test_lost_answers_are_in_the_books_as_billed() -> None:
    """The emulator's books are those of the side that wants to be paid."""

    async def use(emulator: Emulator) -> None:
        await exchange(emulator, "Hi")
        assert (emulator.stats.billed, emulator.stats.answers) == (1, 0)

    serving(use, replace(UNLIMITED, faults=EmulatorFaults(dropped=1.0)))


def test_the_books_are_served_as_json() -> None:
    """For `--emulator-url`, from another process."""

    async def use(emulator: Emulator) -> dict[str, object]:
        await exchange(emulator, "Hi")
        async with httpx.AsyncClient() as client:
            response = await client.get(f"{emulator.url}/stats")
        books: dict[str, object] = response.json()
        return books

    books = serving(use)
    assert books["clients"] == {"a-1": 1}
    assert books["models"] == {"gpt-6-luna": 1}


def test_models_are_served() -> None:
    """Marked as everything is."""

    async def use(emulator: Emulator) -> httpx.Response:
        await exchange(emulator, "Hi")
        async with httpx.AsyncClient() as client:
            return await client.get(f"{emulator.url}/openai/v1/models")

    response = serving(use)
    assert response.headers["x-modelroute-emulated"] == "1"
    assert [model["id"] for model in response.json()["data"]] == ["gpt-6-luna"]


def test_a_large_request_is_read() -> None:
    """Five megabytes in one row."""

    async def use(emulator: Emulator) -> Reply | TransportError:
        return (await exchange(emulator, "word " * 1_000_000, timeout_s=30.0))[0]

    assert isinstance(serving(use), Answer)


def test_deepseek_s_manner_passes_too() -> None:
    """Its system role, limit and thinking switch are taken by its strict side."""

    async def use(emulator: Emulator) -> Reply:
        provider = rewire(DEEPSEEK, emulator.url)
        transport, wire_format = make_transport(1), format_for(provider)
        call = make_call(Request(custom_id="r", prompt="Hi", system="Be brief."), provider)
        try:
            return wire_format.decode(await transport.send(wire_format.encode(call), 5.0), call)
        finally:
            await transport.close()

    assert not isinstance(serving(use), Failure)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.com", "::"])  # noqa: S104 - refused, that is the test
def test_other_hosts_are_refused(host: str) -> None:
    """Nobody else on the network may use it or be misled by it."""
    with pytest.raises(UsageError) as caught:
        asyncio.run(start(UNLIMITED, host))
    assert caught.value.message == f"the emulator listens on loopback only, not on `{host}`"
    assert caught.value.hint == "use `127.0.0.1`"


def test_a_port_that_is_taken_is_named() -> None:
    """With what to do instead."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError) as caught:
            asyncio.run(start(UNLIMITED, port=port))
    assert caught.value.message.startswith(f"the emulator cannot listen on `127.0.0.1:{port}`: ")
    assert caught.value.hint == "choose another port, or 0 for a free one"


def test_localhost_is_loopback() -> None:
    """By its name too."""

    async def run() -> str:
        emulator = await start(UNLIMITED, "localhost")
        await emulator.stop()
        return emulator.url

    assert asyncio.run(run()).startswith("http://localhost:")


BODIES = {
    "chat/completions": chat_body(),
    "responses": json.dumps(responses_body()).encode(),
    "messages": json.dumps(messages_body()).encode(),
    "models/gemini-3.8-flash:generateContent": json.dumps(gemini_body()).encode(),
}


@pytest.mark.parametrize("base", ["acme/v1", "acme/v1beta", "acme"])
@pytest.mark.parametrize("path", BODIES)
def test_every_dialect_is_served_under_every_base(base: str, path: str) -> None:
    """Gateways leave the version out or use the other one; every answer is marked."""

    async def use(emulator: Emulator) -> httpx.Response:
        headers = {"anthropic-version": "2026-10-21"}
        async with httpx.AsyncClient() as client:
            return await client.post(f"{emulator.url}/{base}/{path}", content=BODIES[path], headers=headers)

    response = serving(use)
    assert (response.status_code, response.headers["x-modelroute-emulated"]) == (200, "1")
    assert "model" in response.text


def test_a_slow_line_is_kept_open_with_blank_lines() -> None:
    """As DeepSeek does: the body is JSON all the same, and the whole time passes."""
    clock = NotingClock()

    async def use(emulator: Emulator) -> bytes:
        async with httpx.AsyncClient() as client:
            url = f"{emulator.url}/deepseek/v1/chat/completions"
            content = (await client.post(url, content=chat_body())).content
            assert emulator.stats.answers == 1
            return content

    content = serving(use, replace(UNLIMITED, faults=EmulatorFaults(slow=1.0)), clock)
    assert content.startswith(b"\n")
    assert json.loads(content)["object"] == "chat.completion"
    assert len(content) - len(content.lstrip()) == len(clock.slept_s)
    assert sum(clock.slept_s) > 0.3
