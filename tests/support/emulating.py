"""The emulator's parts in short form, and a clock that notes waits instead of waiting."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

from modelroute_cli.catalog.settings import EmulatorSettings
from modelroute_cli.emulator.answering import Answering, Outgoing
from modelroute_cli.emulator.asked import Asked
from modelroute_cli.emulator.dialects.base import Incoming
from modelroute_cli.emulator.dialects.chat import CHAT
from modelroute_cli.emulator.dialects.chat.request import ChatRequest, read_request

UNLIMITED = EmulatorSettings(latency_s=0, rpm=10**9, tpm=10**12)


class NotingClock:
    """Time that passes only when a test says so; a sleep is noted and lets others run."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.slept_s: list[float] = []

    def now(self) -> datetime:
        """A fixed moment."""
        return datetime(2026, 11, 23, 10, 0, tzinfo=UTC)

    def monotonic(self) -> float:
        """As set by the test."""
        return self.now_s

    async def sleep(self, delay_s: float) -> None:
        """Note the wait."""
        self.slept_s.append(delay_s)
        await asyncio.sleep(0)


def chat_body(prompt: str = "Say hello.", **fields: object) -> bytes:
    """A body as a client sends it; `model` and `messages` may be replaced."""
    body = {"model": "gpt-4.1", "messages": [{"role": "user", "content": prompt}]} | fields
    return json.dumps(body).encode()


def chat_request(prompt: str = "Say hello.", **fields: object) -> ChatRequest:
    """The same, read."""
    request = read_request(chat_body(prompt, **fields))
    assert isinstance(request, ChatRequest), request
    return request


def asked(prompt: str = "Say hello.", provider: str = "acme", **fields: object) -> Asked:
    """The same, in the form of all dialects."""
    got = CHAT.read(Incoming(provider=provider, client_id=None, body=chat_body(prompt, **fields)))
    assert isinstance(got, Asked), got
    return got


def ask(answering: Answering, body: bytes, provider: str = "acme", client_id: str = "a-1") -> Outgoing:
    """One POST to /chat/completions."""
    return answering.answer(Incoming(provider=provider, client_id=client_id, body=body))


def read(outgoing: Outgoing) -> dict[str, Any]:
    """The body of a reply."""
    body: dict[str, Any] = json.loads(outgoing.body)
    return body
