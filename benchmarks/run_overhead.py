"""CPU of a run for each request, against the transport alone and against a loop that keeps nothing.

    python benchmarks/run_overhead.py [--requests 10000] [--concurrency 500] [--latency 0.05] [--memory]

Three sides in this process, one after the other: the transport with the same bytes each time; encode, send, decode
under a semaphore; and the executor with journal, limits, cap, gates, cost and progress. The loopback server runs in a
process of its own, so its CPU does not count. With `--memory` the transport answers without a wire, which leaves the
executor's own share.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import msgspec
from msgspec.structs import replace
from support.plans import CHEAP, PlanParts, Row, plan_of
from support.runs import DIGEST, PLENTY, Job, Watcher

from modelroute_cli.base.clock import SystemClock
from modelroute_cli.base.collector import rare_collections
from modelroute_cli.catalog.cards import Limits, Provider
from modelroute_cli.catalog.settings import RunSettings
from modelroute_cli.execution.engine import execute
from modelroute_cli.execution.journal import Journal
from modelroute_cli.execution.keys import Credentials
from modelroute_cli.execution.work import RunWork
from modelroute_cli.providers.base import Call, Transport, WireRequest, WireResponse
from modelroute_cli.providers.formats import format_for
from modelroute_cli.providers.transport import make_transport

TEXT = (
    "Dear Anna,\n\nWe are happy to tell you that the kettle you ordered last week has left our warehouse and will be "
    "with you on Thursday. If nobody is at home, our driver leaves it with your neighbours.\n\n"
) * 6
BODY = msgspec.json.encode(
    {
        "id": "x",
        "model": "m",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": TEXT}}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150},
    }
)
SERVER = """
import asyncio, sys
from aiohttp import web
body = sys.stdin.buffer.read()
async def chat(request):
    await request.read()
    await asyncio.sleep(float(sys.argv[1]))
    return web.Response(body=body, content_type="application/json")
async def main():
    app = web.Application()
    app.router.add_post("/v1/chat/completions", chat)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(site._server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


class FromMemory:
    """A transport that answers after a while and does nothing else."""

    def __init__(self, latency_s: float) -> None:
        self._latency_s = latency_s

    async def send(self, request: WireRequest, timeout_s: float) -> WireResponse:
        """The same answer for everything."""
        del request, timeout_s
        await asyncio.sleep(self._latency_s)
        return WireResponse(status=200, headers={"content-type": "application/json"}, body=BODY)

    async def close(self) -> None:
        """Nothing to close."""


@asynccontextmanager
async def wire(options: argparse.Namespace) -> AsyncIterator[tuple[Transport, Provider]]:
    """A transport and the provider it reaches."""
    if options.memory:
        yield FromMemory(options.latency), Provider(name="cheap", base_url="http://127.0.0.1:9/v1", auth="none")
        return
    pipe = asyncio.subprocess.PIPE
    command = (sys.executable, "-c", SERVER, str(options.latency))
    server = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(BODY)
    server.stdin.close()
    port = int(await server.stdout.readline())
    transport = make_transport(options.concurrency)
    try:
        yield transport, Provider(name="cheap", base_url=f"http://127.0.0.1:{port}/v1", auth="none")
    finally:
        await transport.close()
        server.terminate()
        await server.wait()


async def alone(job: Job, transport: Transport, provider: Provider, concurrency: int) -> None:
    """The same bytes each time, and nothing is done with what comes back."""
    gate, headers = asyncio.Semaphore(concurrency), {"content-type": "application/json", "x-client-request-id": "1"}
    request = WireRequest(url=f"{provider.base_url}/chat/completions", headers=headers, body=b'{"model": "m"}' * 20)

    async def one() -> None:
        async with gate:
            await transport.send(request, 60.0)

    await asyncio.gather(*(one() for _ in job.rows))


async def bare(job: Job, transport: Transport, provider: Provider, concurrency: int) -> None:
    """Encode, send and decode under a semaphore, and keep nothing."""
    card, form, gate = job.plan.header.models[CHEAP], format_for(provider), asyncio.Semaphore(concurrency)

    async def one(number: int) -> None:
        async with gate:
            request = job.read(number, 1)
            call = Call(
                request=request,
                card=card,
                provider=provider,
                max_tokens=200,
                key=None,
                secrets={},
                client_id=str(number),
            )
            form.decode(await transport.send(form.encode(call), 60.0), call)

    await asyncio.gather(*(one(number) for number in range(len(job.rows))))


async def executed(job: Job, transport: Transport, provider: Provider, concurrency: int) -> None:
    """The same requests through the executor: journal, cap, pace, gates."""
    journal = Journal.open(job.journal, DIGEST)
    try:
        outcome = await execute(job.plan, _work(job, journal, transport, provider, concurrency), Watcher())
    finally:
        await journal.close()
    assert outcome.accepted == len(job.rows), outcome


def _work(job: Job, journal: Journal, transport: Transport, provider: Provider, concurrency: int) -> RunWork:
    return RunWork(
        run_id="bench",
        journal=journal,
        read=job.read,
        providers={name: replace(provider, limits=own.limits) for name, own in job.plan.header.providers.items()},
        formats=format_for,
        transport=transport,
        clock=SystemClock(),
        credentials={"cheap": Credentials()},
        settings=RunSettings(concurrency=concurrency),
        hard_cap_pusd=PLENTY,
    )


def _job(requests: int, folder: Path) -> Job:
    """Requests to an account whose limit is known and far: the first may all go at once."""
    rows = [Row()] * requests
    return Job.of(rows, folder, plan_of(rows, PlanParts(limits={"cheap": Limits(rpm=10**6)})))


async def measure(options: argparse.Namespace, folder: Path) -> None:
    """Warm up, then each side, and print milliseconds of CPU a request."""
    sides = (alone, bare, executed)
    async with wire(options) as (transport, provider):
        (folder / "warm").mkdir()
        warm, job = _job(1000, folder / "warm"), _job(options.requests, folder)
        for side in sides:
            await side(warm, transport, provider, options.concurrency)
        figures = []
        for side in sides:
            cpu, wall = time.process_time(), time.perf_counter()
            await side(job, transport, provider, options.concurrency)
            figures.append((time.process_time() - cpu, time.perf_counter() - wall))
    show(figures, options)


def show(figures: Sequence[tuple[float, float]], options: argparse.Namespace) -> None:
    """One line a side."""
    where = "from memory" if options.memory else "over HTTP on loopback"
    print(f"{options.requests} requests, {options.concurrency} in flight, {options.latency * 1e3:.0f} ms, {where}")
    for name, (cpu, wall) in zip(("transport alone", "encode and decode", "whole run"), figures, strict=True):
        print(f"{name:18} {cpu * 1e3 / options.requests:6.3f} ms CPU each, {options.requests / wall:7.0f} a second")


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description="CPU of a run against its transport and a bare loop")
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--concurrency", type=int, default=500)
    parser.add_argument("--latency", type=float, default=0.05)
    parser.add_argument("--memory", action="store_true")
    with tempfile.TemporaryDirectory() as folder, rare_collections():
        asyncio.run(measure(parser.parse_args(), Path(folder)))


if __name__ == "__main__":
    main()
