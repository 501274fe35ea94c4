"""Memory and time of a batch's way out and back: a file of lines is sent, as large a file of results is read.

    python benchmarks/batch_transfer.py [--megabytes 200]

Two sides in this process: streamed, as batches are; then held whole, as ordinary requests are. The loopback server runs
in a process of its own. What is counted is how much the greatest memory of this process grows.
"""

import argparse
import asyncio
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Self

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import msgspec
from aiohttp import web
from msgspec.structs import replace
from support.batch_wire import parcel
from support.calls import OPENAI

from modelroute_cli.providers.base import WireRequest
from modelroute_cli.providers.batch import Account, BatchPhase, BatchStatus
from modelroute_cli.providers.batches.openai import OpenAIBatches
from modelroute_cli.providers.transport import make_transport

API = OpenAIBatches()
TEXT = "The kettle that you ordered has left our warehouse and will be with you before the end of the week. " * 10
MEGABYTE = 1_000_000


def served(number: int) -> bytes:
    """One line of results, about a kilobyte."""
    body = {
        "id": f"c-{number}",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": TEXT}}],
        "usage": {"prompt_tokens": 90, "completion_tokens": 200, "total_tokens": 290},
    }
    line = {"id": "l", "custom_id": f"row-{number}", "response": {"status_code": 200, "body": body}, "error": None}
    return msgspec.json.encode(line) + b"\n"


async def _serve(tell: Connection, path: str) -> None:
    async def upload(request: web.Request) -> web.Response:
        async for _ in request.content.iter_any():
            pass
        return web.json_response({"id": "file-1"})

    async def download(request: web.Request) -> web.FileResponse:
        del request
        return web.FileResponse(path)

    app = web.Application(client_max_size=0)
    app.router.add_post("/files", upload)
    app.router.add_get("/files/{name}/content", download)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    tell.send(runner.addresses[0][1])
    await asyncio.Event().wait()


def _server(tell: Connection, path: str) -> None:
    asyncio.run(_serve(tell, path))


@dataclass
class Meter:
    """What a step takes: seconds, and by how many megabytes the most memory grows."""

    began: float = 0.0
    most: float = 0.0

    def __enter__(self) -> Self:
        self.began, self.most = time.perf_counter(), _most_mb()
        return self

    def __exit__(self, *_: object) -> None:
        self.began, self.most = time.perf_counter() - self.began, _most_mb() - self.most


def _most_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def _streamed(account: Account, lines: AsyncIterator[bytes]) -> None:
    with Meter() as out:
        sent = parcel(account.folder)
        with sent.lines.open("wb") as file:
            async for line in lines:
                file.write(line)
        await API.upload(account, sent)
    print(f"streamed: upload    {out.began:6.2f} s, memory grows by {out.most:6.1f} MB")
    with Meter() as back:
        status = BatchStatus(name="b", phase=BatchPhase.ENDED, results=("out",))
        count = sum([1 async for _ in API.results(account, status)])
    print(f"streamed: download  {back.began:6.2f} s, memory grows by {back.most:6.1f} MB, {count:,} lines read")


async def _held(account: Account) -> None:
    with Meter() as out:
        body = (account.folder / "parcel.jsonl").read_bytes()
        url = f"{account.provider.base_url}/files"
        await account.transport.send(WireRequest(url=url, headers={}, body=body), 600.0)
    print(f"held:     upload    {out.began:6.2f} s, memory grows by {out.most:6.1f} MB")
    with Meter() as back:
        url = f"{account.provider.base_url}/files/out/content"
        response = await account.transport.send(WireRequest(url=url, headers={}, body=b"", method="GET"), 600.0)
        count = len([msgspec.json.decode(line) for line in response.body.splitlines()])
    print(f"held:     download  {back.began:6.2f} s, memory grows by {back.most:6.1f} MB, {count:,} lines read")


async def _both(port: int, folder: Path, count: int) -> None:
    async def lines() -> AsyncIterator[bytes]:
        for number in range(count):
            yield served(number)

    transport = make_transport(2, most_bytes=10**10)
    provider = replace(OPENAI, base_url=f"http://127.0.0.1:{port}")
    account = Account(provider=provider, transport=transport, timeout_s=60.0, folder=folder, key=None, secrets={})
    try:
        await _streamed(account, lines())
        await _held(account)
    finally:
        await transport.close()


def main() -> None:
    """Both sides, one after the other."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--megabytes", type=int, default=200)
    count = parser.parse_args().megabytes * MEGABYTE // len(served(0))
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "results.jsonl"
        with path.open("wb") as file:
            file.writelines(served(number) for number in range(count))
        here, there = context.Pipe()
        server = context.Process(target=_server, args=(there, str(path)), daemon=True)
        server.start()
        asyncio.run(_both(here.recv(), Path(name), count))
        server.terminate()


if __name__ == "__main__":
    main()
