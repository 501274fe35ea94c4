"""A server of this machine's models whose model is made up: `python -m support.own_model NAME=FILE ...`.

What it does follows from what it is asked: `fail`, `too long`, `bad schema`; a file whose name has `broken` in it
cannot be loaded.
"""

import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import httpx
from aiohttp import web

from modelroute_cli.local.engine import Ask, BadSchemaError, Reply, TooLongError
from modelroute_cli.local.server import Serving, application, main


@dataclass
class MadeUp:
    """An engine that says back what it was told last, and notices when it is called twice at once."""

    file: Path
    asked: list[Ask] = field(default_factory=list)
    alone: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        if "broken" in self.file.name:
            message = "tensor 7 is missing\nstack: 1, 2, 3"
            raise ValueError(message)

    def generate(self, ask: Ask) -> Reply:
        """The last turn's text, as JSON where a schema is asked for."""
        if not self.alone.acquire(blocking=False):
            message = "already borrowed"
            raise RuntimeError(message)
        try:
            return self._reply(ask)
        finally:
            self.alone.release()

    def _reply(self, ask: Ask) -> Reply:
        self.asked.append(ask)
        text = ask.turns[-1].content
        errors: dict[str, Exception] = {
            "too long": TooLongError("4096 tokens are too many"),
            "bad schema": BadSchemaError("no such type"),
            "fail": ValueError("out of range\nstack: 1, 2, 3"),
        }
        if text in errors:
            raise errors[text]
        words = text.split()
        said = json.dumps({"said": text}) if ask.schema is not None else " ".join(words[: ask.max_tokens])
        reason = "length" if len(words) > ask.max_tokens else "stop"
        return Reply(text=said, finish_reason=reason, input_tokens=7, output_tokens=min(len(words), ask.max_tokens))


@asynccontextmanager
async def client(serving: Serving, secret: str | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """What speaks to a server with these models, on loopback."""
    runner = web.AppRunner(application(serving), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    headers = {"authorization": f"Bearer {serving.secret if secret is None else secret}"}
    try:
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{runner.addresses[0][1]}", headers=headers, trust_env=False
        ) as ready:
            yield ready
    finally:
        await runner.cleanup()


def body(text: str, **more: object) -> Mapping[str, object]:
    """A request of one turn."""
    return {"model": "tiny", "messages": [{"role": "user", "content": text}], **more}


if __name__ == "__main__":
    main(sys.argv[1:], load=MadeUp)
