"""CPU of the executor for each 1,000 requests, against a bare loop over the same transport and wire format.

    python benchmarks/run_overhead.py [--requests 4000] [--concurrency 64] [--real]

Both sides encode, send and decode the same requests in this process, one after the other. The loopback server
runs in a process of its own, so its CPU does not count. `--real` uses the HTTP transport against that server;
without it the transport answers from memory after 5 ms, which leaves the executor's own share.
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
from support.plans import CHEAP, Row
from support.runs import DIGEST, PLENTY, Job, Watcher

from modelroute_cli.base.clock import SystemClock
from modelroute_cli.catalog.cards import Provider
from modelroute_cli.catalog.settings import RunSettings
from modelroute_cli.execution.engine import execute
from modelroute_cli.execution.journal import Journal
from modelroute_cli.execution.keys import Credentials
from modelroute_cli.execution.work import RunWork
from modelroute_cli.providers.base import Call, Transport, WireRequest, WireResponse
from modelroute_cli.providers.formats import format_for
from modelroute_cli.providers.transport import make_transport

TEXT = "Dear Anna, thank you for your order. " * 30
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
    await asyncio.sleep(0.005)
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
    """A transport that answers after 5 ms and does nothing else."""

    async def send(self, request: WireRequest, timeout_s: float) -> WireResponse:
        """The same answer for everything."""
        del request, timeout_s
        await asyncio.sleep(0.005)
        return WireResponse(status=200, headers={"content-type": "application/json"}, body=BODY)

    async def close(self) -> None:
        """Nothing to close."""


@asynccontextmanager
async def wire(concurrency: int, *, real: bool) -> AsyncIterator[tuple[Transport, Provider]]:
    """A transport and the provider it reaches."""
    if not real:
        yield FromMemory(), Provider(name="cheap", base_url="http://127.0.0.1:9/v1", auth="none")
        return
    pipe = asyncio.subprocess.PIPE
    server = await asyncio.create_subprocess_exec(sys.executable, "-c", SERVER, stdin=pipe, stdout=pipe)
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(BODY)
    server.stdin.close()
    port = int(await server.stdout.readline())
    transport = make_transport(concurrency)
    try:
        yield transport, Provider(name="cheap", base_url=f"http://127.0.0.1:{port}/v1", auth="none")
    finally:
        await transport.close()
        server.terminate()
        await server.wait()


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
        providers=dict.fromkeys(job.plan.header.providers, provider),
        formats=format_for,
        transport=transport,
        clock=SystemClock(),
        credentials={"cheap": Credentials()},
        settings=RunSettings(concurrency=concurrency),
        hard_cap_pusd=PLENTY,
    )


async def measure(options: argparse.Namespace, folder: Path) -> None:
    """Warm up, then both sides, and print milliseconds of CPU a request."""
    async with wire(options.concurrency, real=options.real) as (transport, provider):
        warm = Job.of([Row()] * 200, folder / "warm")
        warm.journal.parent.mkdir()
        await bare(warm, transport, provider, options.concurrency)
        await executed(warm, transport, provider, options.concurrency)
        job = Job.of([Row()] * options.requests, folder)
        figures = []
        for side in (bare, executed):
            cpu, wall = time.process_time(), time.perf_counter()
            await side(job, transport, provider, options.concurrency)
            figures.append((time.process_time() - cpu, time.perf_counter() - wall))
    show(figures, options)


def show(figures: Sequence[tuple[float, float]], options: argparse.Namespace) -> None:
    """One line a side, and the difference."""
    per_thousand = 1000 / options.requests
    print(f"{options.requests} requests, {options.concurrency} in flight, {'HTTP' if options.real else 'from memory'}")
    for name, (cpu, wall) in zip(("bare loop", "executor"), figures, strict=True):
        print(f"{name:10} {cpu * per_thousand:6.3f} s CPU a 1,000, {options.requests / wall:7.0f} requests/s")
    share = (figures[1][0] - figures[0][0]) * per_thousand
    print(f"{'difference':10} {share:6.3f} s CPU a 1,000 (that is also ms a request)")


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description="CPU of the executor against a bare loop")
    parser.add_argument("--requests", type=int, default=4000)
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--real", action="store_true")
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(parser.parse_args(), Path(folder)))


if __name__ == "__main__":
    main()
