"""Tests of modelroute_cli.emulator.dialects.messages.read."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.dialects import ANY_JSON, NEWEST, incoming, messages_body, read_messages, refused_with, understood
from support.pictures import png

from modelroute_cli.emulator.asked import Asked, CacheMark, Function, Refusal, Turn
from modelroute_cli.emulator.dialects.base import Incoming
from modelroute_cli.emulator.dialects.messages.read import MOST_BYTES, read
from modelroute_cli.emulator.media import Medium
from modelroute_cli.jobs.image_header import Size

KEPT = {"type": "ephemeral"}
SCHEMA = {"type": "object", "properties": {}, "additionalProperties": False}
WEATHER = {"name": "weather", "description": "Now", "input_schema": {"type": "object"}}


def picture(data: bytes) -> dict[str, object]:
    """A block with a picture."""
    source = {"type": "base64", "media_type": "image/png", "data": base64.b64encode(data).decode()}
    return {"type": "image", "source": source}


def test_a_request_is_read() -> None:
    """Model, turns and limit; the system's words come first."""
    got = understood(read_messages(prompt="Hi", system="Be brief.", max_tokens=9))
    assert (got.model, got.limit, got.tier) == ("claude-haiku-5-5", 9, "standard")
    assert got.turns == (Turn(role="system", text="Be brief."), Turn(role="user", text="Hi"))


def test_blocks_are_words_and_media() -> None:
    """Pictures, documents and what is behind an address."""
    blocks = [
        picture(png(40, 30)),
        {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERg=="}},
        {"type": "image", "source": {"type": "url", "url": "https://e.example/a.png"}},
        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "notes"}},
        {"type": "text", "text": "What is this?"},
    ]
    turn = understood(read_messages(messages=[{"role": "user", "content": blocks}])).turns[0]
    assert turn.text == "notes\nWhat is this?"
    assert turn.media == (
        Medium(kind="image", size=Size(40, 30)),
        Medium(kind="file", amount=1.0),
        Medium(kind="image"),
    )


def test_what_is_no_picture_is_refused() -> None:
    """With its place."""
    got = read_messages(messages=[{"role": "user", "content": [{"type": "text", "text": "x"}, picture(b"no")]}])
    assert refused_with(got) == "messages.0.content.1: Could not process image"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, (None, None, False)),
        ({"output_config": {"effort": "low"}}, ("low", None, False)),
        ({"thinking": {"type": "disabled"}}, ("none", None, False)),
        ({"thinking": {"type": "adaptive"}, "output_config": {"effort": "max"}}, ("max", None, True)),
        ({"model": "claude-sonnet-5-5", "thinking": {"type": "between_tools"}}, (None, 0, False)),
        ({"thinking": {"type": "enabled", "budget_tokens": 2000}}, (None, 2000, True)),
    ],
)
def test_thinking_is_read(fields: dict[str, object], said: tuple[str | None, int | None, bool]) -> None:
    """Whether, how hard, and how many tokens."""
    got = understood(read_messages(**fields))  # type: ignore[arg-type]
    assert (got.effort, got.budget, got.thinks) == said


def test_the_schema_is_read() -> None:
    """As structured outputs carry it."""
    wanted = {"format": {"type": "json_schema", "schema": SCHEMA}}
    got = understood(read_messages(output_config=wanted))
    assert (got.form, got.schema) == ("json", SCHEMA)


@pytest.mark.parametrize(
    ("choice", "read_as"),
    [
        (None, "auto"),
        ({"type": "auto"}, "auto"),
        ({"type": "any"}, "required"),
        ({"type": "none"}, "none"),
        ({"type": "tool", "name": "weather"}, "weather"),
    ],
)
def test_tools_are_read(choice: object, read_as: str) -> None:
    """What may be called, and whether it must be."""
    got = understood(read_messages(tools=[WEATHER], tool_choice=choice))
    assert got.functions == (Function(name="weather", description="Now", parameters={"type": "object"}),)
    assert got.choice == read_as


def test_calls_and_results_are_part_of_the_chat() -> None:
    """A turn with a result is the tool's."""
    turns = [
        {"role": "user", "content": "Rome?"},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": "weather", "input": {"c": "R"}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": "rain"}]},
    ]
    got = understood(read_messages(messages=turns, tools=[WEATHER]))
    assert [(turn.role, turn.text) for turn in got.turns] == [
        ("user", "Rome?"),
        ("assistant", 'weather({"c": "R"})'),
        ("tool", "rain"),
    ]


def test_marks_decide_what_is_cached() -> None:
    """Each with all that stands before it, and for how long."""
    system = [{"type": "text", "text": "Be brief.", "cache_control": KEPT | {"ttl": "1h"}}]
    turns = [{"role": "user", "content": [{"type": "text", "text": "Hi", "cache_control": KEPT}]}]
    assert understood(read_messages(system=system, messages=turns)).marks == (
        CacheMark(prefix="Be brief.", kept_s=3600.0),
        CacheMark(prefix="Be brief.\nHi", kept_s=300.0),
    )


def test_without_marks_nothing_is_cached() -> None:
    """Unlike where providers cache on their own."""
    assert understood(read_messages()).marks == ()


def test_a_mark_on_the_whole_request_is_on_its_end() -> None:
    """Anthropic's automatic marking."""
    got = understood(read_messages(prompt="Hi", system="Be brief.", cache_control=KEPT))
    assert got.marks == (CacheMark(prefix="Be brief.\nHi\n", kept_s=300.0),)


def test_a_body_that_is_too_large_is_a_413() -> None:
    """32 MB."""
    got = read(Incoming(provider="anthropic", client_id=None, body=b" " * (MOST_BYTES + 1), headers=NEWEST))
    assert isinstance(got, Refusal)
    assert got.status == 413


@given(ANY_JSON, st.sampled_from(["content", "system", "tools", "thinking", "output_config", "cache_control"]))
def test_any_content_is_read_or_refused(content: object, field: str) -> None:
    """No client can break the server."""
    body = messages_body()
    body |= {"messages": [{"role": "user", "content": content}]} if field == "content" else {field: content}
    assert isinstance(read(incoming(body, "anthropic", NEWEST)), Asked | Refusal)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_request_or_a_refusal(body: bytes) -> None:
    """Neither."""
    got = read(Incoming(provider="anthropic", client_id=None, body=body, headers=NEWEST))
    assert isinstance(got, Asked | Refusal)


def test_json_beyond_any_depth_is_refused() -> None:
    """Not a crash."""
    deep = json.dumps(messages_body()).encode()[:-1] + b',"metadata":{"a":' + b"[" * 100_000
    assert isinstance(read(Incoming(provider="anthropic", client_id=None, body=deep, headers=NEWEST)), Refusal)
