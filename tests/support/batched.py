"""An in-process emulator whose batches pass in virtual time, with files and batches in short form."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from msgspec.structs import replace
from support.dialects import NEWEST, messages_body
from support.emulating import UNLIMITED, NotingClock, chat_body

from modelroute_cli.catalog.settings import EmulatorBatches, EmulatorFaults
from modelroute_cli.emulator.in_process import URL, InProcess, Returned
from modelroute_cli.emulator.ledger import Stats
from modelroute_cli.emulator.server import Emulator, start

T = TypeVar("T")

DAY_S = 86_400.0
_BOUNDARY = "b0undary"


def chat_line(name: str, url: str = "/v1/chat/completions", **fields: object) -> dict[str, Any]:
    """A line of a file for OpenAI's batches."""
    body = json.loads(chat_body(f"Write about tea number {name}.", **{"model": "gpt-6-luna", **fields}))
    return {"custom_id": name, "method": "POST", "url": url, "body": body}


def message_request(name: str, **fields: object) -> dict[str, Any]:
    """A request of one of Anthropic's batches."""
    return {"custom_id": name, "params": messages_body(f"Write about tea number {name}.", **fields)}


def as_lines(values: Iterable[object]) -> bytes:
    """JSON lines."""
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


def form(content: bytes, purpose: str = "batch", filename: str = "lines.jsonl") -> bytes:
    """A multipart form as a client sends it."""
    head = f'--{_BOUNDARY}\r\ncontent-disposition: form-data; name="purpose"\r\n\r\n{purpose}\r\n'
    file = f'--{_BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="{filename}"\r\n\r\n'
    return f"{head}{file}".encode() + content + f"\r\n--{_BOUNDARY}--\r\n".encode()


@dataclass
class Batched:
    """An emulator with a clock that a test moves."""

    clock: NotingClock
    emulator: InProcess
    provider: str = "openai"
    headers: Mapping[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> Returned:
        """One exchange; a body that is not bytes is sent as JSON."""
        return self.exchange(method, f"{URL}/{self.provider}/v1{path}", body, headers)

    def exchange(self, method: str, url: str, body: object, headers: Mapping[str, str] | None = None) -> Returned:
        """The same at any address."""
        sent = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return self.emulator.exchange(method, url, {**self.headers, **(headers or {})}, iter((sent,)))

    def told(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """The JSON that comes back of a success."""
        returned = self.ask(method, path, body)
        assert returned.status < 300, returned.content()
        told: dict[str, Any] = json.loads(returned.content())
        return told

    def lines(self, path: str) -> list[dict[str, Any]]:
        """JSON lines that come back."""
        returned = self.ask("GET", path)
        assert returned.status == 200, returned.content()
        return [json.loads(line) for line in returned.content().splitlines()]

    def uploaded(self, lines: Iterable[object]) -> str:
        """The name of a file of lines, uploaded."""
        return self.stored(as_lines(lines))

    def stored(self, content: bytes, filename: str = "lines.jsonl") -> str:
        """The name of a file, uploaded."""
        kind = {"content-type": f"multipart/form-data; boundary={_BOUNDARY}"}
        returned = self.ask("POST", "/files", form(content, filename=filename), kind)
        assert returned.status == 200, returned.content()
        return str(json.loads(returned.content())["id"])

    def batch(
        self, lines: Iterable[object], endpoint: str = "/v1/chat/completions", **fields: object
    ) -> dict[str, Any]:
        """A batch of OpenAI's form, just created."""
        return self.batch_of(as_lines(lines), endpoint, **fields)

    def batch_of(self, content: bytes, endpoint: str = "/v1/chat/completions", **fields: object) -> dict[str, Any]:
        """The same of any file."""
        body = {"input_file_id": self.stored(content), "endpoint": endpoint, "completion_window": "24h", **fields}
        return self.told("POST", "/batches", body)

    def after(self, seconds: float) -> "Batched":
        """The same, when so much time has passed."""
        self.clock.now_s += seconds
        return self

    @property
    def stats(self) -> Stats:
        """The books."""
        return self.emulator.stats


def batched(provider: str = "openai", faults: EmulatorFaults | None = None, **batches: Any) -> Batched:  # noqa: ANN401
    """An emulator whose batches behave so; a day each, unless said."""
    settings = replace(
        UNLIMITED, batches=EmulatorBatches(**{"seconds": DAY_S / 2, **batches}), faults=faults or EmulatorFaults()
    )
    clock = NotingClock()
    headers = NEWEST if provider == "anthropic" else {}
    return Batched(clock, InProcess(settings, clock), provider, headers)


def serving(use: Callable[[Emulator, NotingClock], Awaitable[T]], **batches: float) -> T:
    """What `use` makes of a running emulator and its clock."""

    async def run() -> T:
        clock = NotingClock()
        emulator = await start(replace(UNLIMITED, batches=EmulatorBatches(**batches)), clock=clock)  # type: ignore[arg-type]
        try:
            return await use(emulator, clock)
        finally:
            await emulator.stop()

    return asyncio.run(run())


def extras(value: object) -> list[str]:
    """Fields that an SDK's model does not know, at any depth."""
    if isinstance(value, list):
        return [name for inner in value for name in extras(inner)]
    unknown = list(getattr(value, "model_extra", None) or {})
    fields = vars(value).values() if hasattr(value, "model_extra") else ()
    return unknown + [name for inner in fields for name in extras(inner)]
