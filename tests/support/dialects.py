"""Requests to the emulator in every dialect, and what comes back."""

import json
from typing import Any

from modelroute_cli.emulator.answering import Answering, Outgoing
from modelroute_cli.emulator.asked import Asked, Refusal
from modelroute_cli.emulator.dialects.base import Dialect, Incoming
from modelroute_cli.emulator.dialects.messages import MESSAGES

NEWEST = {"anthropic-version": "2026-10-21"}
OLDER = {"anthropic-version": "2023-06-01"}


def messages_body(prompt: str = "Say hello.", **fields: object) -> dict[str, Any]:
    """A body of POST /messages."""
    turns = [{"role": "user", "content": prompt}]
    return {"model": "claude-haiku-5-5", "max_tokens": 4096, "messages": turns} | fields


def incoming(body: dict[str, Any], provider: str, headers: dict[str, str] | None = None) -> Incoming:
    """The POST of a body."""
    return Incoming(provider=provider, client_id=None, body=json.dumps(body).encode(), headers=headers or {})


def read_messages(headers: dict[str, str] = NEWEST, **fields: object) -> Asked | Refusal:
    """What is read from a body of POST /messages."""
    return MESSAGES.read(incoming(messages_body(**fields), "anthropic", headers))  # type: ignore[arg-type]


def ask_messages(answering: Answering, headers: dict[str, str] = NEWEST, **fields: object) -> Outgoing:
    """One POST /messages."""
    return answering.answer(incoming(messages_body(**fields), "anthropic", headers), MESSAGES)  # type: ignore[arg-type]


def refused_with(got: Asked | Refusal) -> str:
    """What a refusal says."""
    assert isinstance(got, Refusal), got
    return got.message


def understood(got: Asked | Refusal) -> Asked:
    """The request, which must not be refused."""
    assert isinstance(got, Asked), got
    return got


__all__ = ["Dialect", "ask_messages", "incoming", "messages_body", "read_messages", "refused_with", "understood"]
