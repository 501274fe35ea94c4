"""Tests of modelroute_cli.emulator.in_process: the emulator without HTTP, on a clock that jumps."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest
from msgspec.structs import replace
from support.emulating import UNLIMITED, NotingClock, chat_body
from support.in_process import EmulatedTransport, emulated
from support.plans import CHEAP, OTHER, Row
from support.runs import Job, Setup, run, scratch
from support.virtual import VirtualClock, run_virtual

from modelroute_cli.catalog.settings import EmulatorFaults, EmulatorLimits, EmulatorSettings, RunSettings
from modelroute_cli.emulator.in_process import URL, InProcess, LineBrokenError, Returned
from modelroute_cli.emulator.server import start
from modelroute_cli.execution.journal_read import attempts_frame
from modelroute_cli.providers.base import TransportError, WireRequest
from modelroute_cli.providers.transport import make_transport

T = TypeVar("T")
CHAT_URL = f"{URL}/acme/v1/chat/completions"
SLOW = EmulatorSettings(latency_s=2.0, rpm=10**9, tpm=10**12)


def posting(use: Callable[[InProcess], Awaitable[T]], settings: EmulatorSettings = UNLIMITED) -> T:
    """What one use of an emulator comes to, in virtual time."""

    async def main() -> T:
        return await use(InProcess(settings, VirtualClock()))

    return run_virtual(main())


def said(returned: Returned) -> dict[str, Any]:
    """The body."""
    body: dict[str, Any] = json.loads(returned.body)
    return body


@pytest.mark.parametrize(
    ("path", "body", "sign"),
    [
        ("/acme/v1/chat/completions", chat_body(), "choices"),
        ("/acme/chat/completions", chat_body(), "choices"),
        ("/acme/v1/responses", b'{"model": "gpt-6", "input": "Say hello."}', "output"),
        ("/gemini/v1beta/models/gemini-3-flash:generateContent", b'{"contents": [{"parts": [{"text": "Hi"}]}]}',
         "candidates"),
    ],
)  # fmt: skip
def test_the_paths_are_the_server_s(path: str, body: bytes, sign: str) -> None:
    """One table of routes serves both."""
    returned = posting(lambda emulator: emulator.post(URL + path, {}, body))
    assert (returned.status, sign in said(returned)) == (200, True)


def test_an_unknown_path_is_not_found() -> None:
    """As over HTTP."""
    returned = posting(lambda emulator: emulator.post(f"{URL}/acme/v1/completions", {}, b"{}"))
    assert (returned.status, returned.headers) == (404, {"x-modelroute-emulated": "1"})


def test_models_are_listed() -> None:
    """Those that answered."""

    async def use(emulator: InProcess) -> Returned:
        await emulator.post(CHAT_URL, {}, chat_body())
        return await emulator.get_models("acme", {})

    assert [model["id"] for model in said(posting(use))["data"]] == ["gpt-4.1"]


def test_http_and_memory_answer_alike() -> None:
    """The same request gives the same bytes, status and headers, but for those of the protocol."""
    request = WireRequest(url="/acme/v1/chat/completions", headers={"X-Client-Request-Id": "a-1"}, body=chat_body())

    async def both() -> tuple[Returned, Returned]:
        clock = NotingClock()
        server = await start(UNLIMITED, clock=clock)
        transport = make_transport(1)
        try:
            sent = WireRequest(url=server.url + request.url, headers=request.headers, body=request.body)
            far = await transport.send(sent, 30.0)
        finally:
            await transport.close()
            await server.stop()
        near = await InProcess(UNLIMITED, clock).post(URL + request.url, request.headers, request.body)
        kept = {name: value for name, value in far.headers.items() if name in near.headers}
        return Returned(status=far.status, headers=kept, body=far.body), near

    far, near = asyncio.run(both())
    assert (far.status, far.body) == (near.status, near.body)
    assert {**far.headers, "content-type": ""} == {**near.headers, "content-type": ""}


def test_waits_are_virtual() -> None:
    """Two seconds to the first token pass at once."""

    async def use(emulator: InProcess) -> float:
        await emulator.post(CHAT_URL, {}, chat_body())
        return asyncio.get_running_loop().time()

    assert 1.0 < posting(use, SLOW) < 6.0


def test_an_answer_that_is_not_awaited_is_billed_and_not_delivered() -> None:
    """The books know what the client does not."""

    async def use(emulator: InProcess) -> tuple[int, int]:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await emulator.post(CHAT_URL, {}, chat_body())
        return emulator.stats.billed, emulator.stats.answers

    assert posting(use, SLOW) == (1, 0)


def test_a_dropped_line_breaks_after_the_answer_was_made() -> None:
    """Billed, and not delivered."""

    async def use(emulator: InProcess) -> tuple[int, int]:
        with pytest.raises(LineBrokenError, match="closed the connection in the middle"):
            await emulator.post(CHAT_URL, {}, chat_body())
        return emulator.stats.billed, emulator.stats.answers

    assert posting(use, replace(UNLIMITED, faults=EmulatorFaults(dropped=1.0))) == (1, 0)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("timeout", "no complete answer from `emulated` within 60 s"),
        ("dropped", "the connection to `emulated` broke before the answer was complete"),
    ],
)
def test_broken_exchanges_are_possibly_billed(fault: str, message: str) -> None:
    """The transport of the tests tells them as the true one does."""

    async def use() -> None:
        transport = emulated(replace(UNLIMITED, faults=EmulatorFaults(**{fault: 1.0})))
        await transport.send(WireRequest(url=CHAT_URL, headers={}, body=chat_body()), 60.0)

    with pytest.raises(TransportError) as broken:
        run_virtual(use())
    assert (broken.value.message, broken.value.sent) == (message, True)


def ran(transport: EmulatedTransport, rows: int = 40, concurrency: int = 8) -> list[tuple[str, int]]:
    """Failures of a run against it, with how often they were met; all requests must be accepted."""
    items = [Row(model=(CHEAP, OTHER)[number % 2]) for number in range(rows)]
    with scratch() as folder:
        job = Job.of(items, folder)
        outcome = run(job, transport, Setup(settings=RunSettings(concurrency=concurrency, timeout_s=60)))
        assert (outcome.accepted, outcome.failed) == (rows, 0), outcome
        failures = attempts_frame(job.journal)["failure"].drop_nulls().value_counts().sort("failure")
    return [(str(name), int(count)) for name, count in failures.iter_rows()]


def test_a_whole_run_goes_through_it() -> None:
    """Ordinary executor code, true wire formats, no socket."""
    transport = emulated(SLOW)
    assert ran(transport) == []
    assert (transport.stats.answers, transport.most_in_flight) == (40, 8)


def test_a_run_meets_the_limits_of_each_account() -> None:
    """An account that takes one request at a time says so, and is asked again until all are answered."""
    transport = emulated(SLOW, cheap=EmulatorLimits(concurrency=1))
    failures = dict(ran(transport, rows=12))
    assert set(failures) == {"rate_limited"}
    assert transport.stats.rate_limited == failures["rate_limited"]
