"""Requests to the emulator in every dialect, and what comes back."""

import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st
from msgspec.structs import replace
from support.emulating import UNLIMITED, NotingClock

from modelroute_cli.catalog.settings import EmulatorFaults
from modelroute_cli.emulator.answering import Answering, Outgoing
from modelroute_cli.emulator.asked import Asked, Refusal
from modelroute_cli.emulator.buckets import Mark
from modelroute_cli.emulator.dialects.base import Incoming, Place
from modelroute_cli.emulator.dialects.gemini import GEMINI
from modelroute_cli.emulator.dialects.messages import MESSAGES
from modelroute_cli.emulator.dialects.responses import RESPONSES
from modelroute_cli.emulator.rate_limits import Standing

NEWEST = {"anthropic-version": "2026-10-21"}
OLDER = {"anthropic-version": "2023-06-01"}
GEMINI_FIELDS = frozenset({"contents", "systemInstruction", "tools", "toolConfig", "serviceTier", "safetySettings"})

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)


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


def gemini_body(prompt: str = "Say hello.", **fields: object) -> dict[str, Any]:
    """A body of generateContent; fields other than its own are those of `generationConfig`."""
    contents = [{"role": "user", "parts": [{"text": prompt}]}]
    own = {name: value for name, value in fields.items() if name in GEMINI_FIELDS}
    config = {name: value for name, value in fields.items() if name not in GEMINI_FIELDS}
    return {"contents": contents, "generationConfig": config} | own


def gemini_incoming(body: dict[str, Any], model: str = "gemini-3.8-flash") -> Incoming:
    """The POST of a body to a model."""
    return Incoming(provider="google", client_id=None, body=json.dumps(body).encode(), model=model)


def read_gemini(model: str = "gemini-3.8-flash", **fields: object) -> Asked | Refusal:
    """What is read from a body of generateContent."""
    return GEMINI.read(gemini_incoming(gemini_body(**fields), model))  # type: ignore[arg-type]


def ask_gemini(answering: Answering, model: str = "gemini-3.8-flash", **fields: object) -> Outgoing:
    """One POST to generateContent."""
    return answering.answer(gemini_incoming(gemini_body(**fields), model), GEMINI)  # type: ignore[arg-type]


def responses_body(prompt: str = "Say hello.", **fields: object) -> dict[str, Any]:
    """A body of POST /responses."""
    return {"model": "gpt-6-luna", "input": prompt} | fields


def read_responses(**fields: object) -> Asked | Refusal:
    """What is read from a body of POST /responses."""
    return RESPONSES.read(incoming(responses_body(**fields), "openai"))  # type: ignore[arg-type]


def ask_responses(answering: Answering, **fields: object) -> Outgoing:
    """One POST /responses."""
    return answering.answer(incoming(responses_body(**fields), "openai"), RESPONSES)  # type: ignore[arg-type]


def faulty(**faults: float) -> Answering:
    """An emulator that has faults."""
    return Answering(replace(UNLIMITED, faults=EmulatorFaults(**faults)), NotingClock())


def refused_with(got: Asked | Refusal) -> str:
    """What a refusal says."""
    assert isinstance(got, Refusal), got
    return got.message


def understood(got: Asked | Refusal) -> Asked:
    """The request, which must not be refused."""
    assert isinstance(got, Asked), got
    return got


def place(provider: str) -> Place:
    """Where a provider's account stands at its first request, named `1`."""
    standing = Standing(
        requests=Mark(limit=60, remaining=59, reset_s=1.0),
        tokens=Mark(limit=6000, remaining=5900, reset_s=90.0),
        admitted=1,
    )
    return Place(provider=provider, request_id="1", now=datetime(2026, 11, 23, 10, 0, tzinfo=UTC), standing=standing)
