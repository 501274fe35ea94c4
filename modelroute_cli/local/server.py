"""The program that answers: an OpenAI chat server on loopback, with a secret, that ends with the run that started it.

`python -m modelroute_cli.local.server NAME=FILE.gguf ...` reads a secret from its first line of input, tells on its
output where it listens and when its models are loaded (one JSON line each, `Told`), and ends when its input ends: also
when the run was killed, so that none is left behind.
"""

import asyncio
import hmac
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import msgspec
from aiohttp import web
from msgspec import Struct

from modelroute_cli.local.chat import Refusal, listed, read, refused, written
from modelroute_cli.local.engine import BadSchemaError, Engine, MistralEngine, Reply, TooLongError

HOST = "127.0.0.1"
_MOST_BODY_BYTES = 16 * 1024 * 1024
_JSON = "application/json"

Load = Callable[[Path], Engine]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Told(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of what the server says to the run that started it."""

    port: int | None = None  # where it listens
    ready: bool = False  # whether its models are loaded
    failed: str | None = None  # why they cannot be


@dataclass(slots=True)
class Serving:
    """The models of a server; `engines` is filled when they are loaded. One thread does all of the work."""

    secret: str = field(repr=False)
    names: Sequence[str]
    engines: dict[str, Engine] = field(default_factory=dict)
    worker: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "model"))

    async def load(self, files: Mapping[str, Path], load: Load) -> None:
        """Load every model, one after the other."""
        loop = asyncio.get_running_loop()
        for name, path in files.items():
            self.engines[name] = await loop.run_in_executor(self.worker, load, path)

    async def answer(self, body: bytes) -> bytes:
        """The answer to a body; Refusal. Requests wait for each other: the machine has no more to give."""
        asked = read(body)
        engine = self._engine(asked.model)
        loop = asyncio.get_running_loop()
        try:
            reply: Reply = await loop.run_in_executor(self.worker, engine.generate, asked.ask)
        except TooLongError as error:
            raise Refusal(400, "context_length_exceeded", str(error)) from error
        except BadSchemaError as error:
            raise Refusal(400, "invalid_json_schema", str(error)) from error
        except (ValueError, RuntimeError, TypeError) as error:  # what the engine raises of its own
            raise Refusal(500, "engine_error", str(error).partition("\n")[0]) from error
        return written(reply, asked.model)

    def _engine(self, name: str) -> Engine:
        """A model that is loaded; Refusal where it is not yet, or never will be."""
        if name not in self.names:
            raise Refusal(404, "model_not_found", f"`{name}` is not served here")
        if name not in self.engines:
            raise Refusal(503, "loading", f"`{name}` is being loaded")
        return self.engines[name]


_SERVING = web.AppKey("serving", Serving)


def application(serving: Serving) -> web.Application:
    """The routes; each wants the secret."""
    app = web.Application(client_max_size=_MOST_BODY_BYTES, middlewares=[_guarded])
    app[_SERVING] = serving
    app.router.add_post("/v1/chat/completions", _chat)
    app.router.add_get("/v1/models", _models)
    return app


@web.middleware
async def _guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Nobody else on this machine uses the server by accident, and no error is anything but JSON."""
    try:
        _check_secret(request.headers.get("authorization", ""), request.app[_SERVING].secret)
        return await handler(request)
    except web.HTTPException as error:
        return _refusal(Refusal(error.status, "http_error", error.reason))
    except Refusal as refusal:
        return _refusal(refusal)


def _check_secret(given: str, secret: str) -> None:
    """Refusal for anybody else; how long it takes tells nothing of the secret."""
    if not hmac.compare_digest(given.encode("utf-8", "replace"), f"Bearer {secret}".encode()):
        raise Refusal(401, "invalid_api_key", "this server answers only to the run that started it")


def _refusal(refusal: Refusal) -> web.Response:
    return web.Response(status=refusal.status, body=refused(refusal), content_type=_JSON)


async def _chat(http: web.Request) -> web.Response:
    """POST /v1/chat/completions."""
    body = await http.app[_SERVING].answer(await http.read())
    return web.Response(body=body, content_type=_JSON)


async def _models(http: web.Request) -> web.Response:
    """GET /v1/models."""
    return web.Response(body=listed(http.app[_SERVING].names), content_type=_JSON)


async def serve(secret: str, files: Mapping[str, Path], tell: Callable[[Told], None], load: Load) -> None:
    """Listen on a free port, load the models, then answer for as long as it is let."""
    serving = Serving(secret, tuple(files))
    runner = web.AppRunner(application(serving), access_log=None, handler_cancellation=True)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, 0).start()
        tell(Told(port=runner.addresses[0][1]))
        if await _loaded(serving, files, tell, load):
            await asyncio.Event().wait()
    finally:
        await runner.cleanup()


async def _loaded(serving: Serving, files: Mapping[str, Path], tell: Callable[[Told], None], load: Load) -> bool:
    """Load, and say how it went."""
    try:
        await serving.load(files, load)
    except (ValueError, RuntimeError, OSError, ImportError) as error:
        tell(Told(failed=str(error).partition("\n")[0]))
        return False
    tell(Told(ready=True))
    return True


def main(arguments: Sequence[str], load: Load = MistralEngine) -> None:
    """Serve the models that the arguments name until the input ends; the engine's own words go to the error output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ^C is for the run, which lets what is in flight come back
    told = os.dup(1)
    os.dup2(2, 1)
    secret = sys.stdin.buffer.readline().decode().strip()
    threading.Thread(target=_end_with, args=(sys.stdin.buffer,), daemon=True).start()
    files = {name: Path(path) for name, _, path in (each.partition("=") for each in arguments)}
    asyncio.run(serve(secret, files, lambda line: _tell(told, line), load))


def _tell(output: int, line: Told) -> None:
    """One line to the run."""
    os.write(output, msgspec.json.encode(line) + b"\n")


def _end_with(run: BinaryIO) -> None:
    """End at once when the run's end of the pipe is closed, whatever the engine is doing."""
    run.read()
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
