"""Tests of modelroute_cli.emulator.dialects.chat.read."""

import base64
import json

import pytest
from hypothesis import given
from support.dialects import ANY_JSON
from support.emulating import asked, chat_body
from support.pictures import data_url, png

from modelroute_cli.emulator.asked import Asked, Function, Refusal
from modelroute_cli.emulator.dialects.base import Incoming
from modelroute_cli.emulator.dialects.chat.read import read
from modelroute_cli.emulator.media import Medium
from modelroute_cli.jobs.image_header import Size

WEATHER = {"name": "weather", "description": "Now", "parameters": {"type": "object", "properties": {}}}


def got(body: bytes, provider: str = "acme") -> Asked | Refusal:
    """What is read from a body."""
    return read(Incoming(provider=provider, client_id=None, body=body))


def test_a_request_is_read() -> None:
    """Model, turns and limits; unknown fields have no effect."""
    request = asked("Hi", max_tokens=5, metadata={"row": "1"}, seed=3)
    assert (request.model, request.limit, request.texts()) == ("gpt-4.1", 5, ["Hi"])


def test_parts_are_words_and_media() -> None:
    """Content may be a list; a picture's size is read from its own bytes."""
    parts = [
        {"type": "text", "text": "What is"},
        {"type": "image_url", "image_url": {"url": "https://e.example/a.png"}},
        {"type": "image_url", "image_url": {"url": data_url(png(40, 30))}},
        {"type": "text", "text": "this?"},
    ]
    request = asked(messages=[{"role": "user", "content": parts}])
    assert request.texts() == ["What is\nthis?"]
    assert request.media() == (Medium(kind="image"), Medium(kind="image", size=Size(40, 30)))


def test_sound_and_files_are_media_too() -> None:
    """In OpenAI's shapes and in Mistral's."""
    sound = base64.b64encode(bytes(16_000)).decode()
    pdf = "data:application/pdf;base64,JVBERg=="
    parts = [
        {"type": "input_audio", "input_audio": {"data": sound, "format": "mp3"}},
        {"type": "file", "file": {"filename": "a.pdf", "file_data": pdf}},
        {"type": "file", "file": {"file_id": "file-1"}},
        {"type": "image_url", "image_url": data_url(png(4, 3))},
        {"type": "input_audio", "input_audio": sound},
        {"type": "document_url", "document_url": pdf, "document_name": "a.pdf"},
    ]
    audio, file = Medium(kind="audio", amount=1.0), Medium(kind="file", amount=1.0)
    picture = Medium(kind="image", size=Size(4, 3))
    assert asked(messages=[{"role": "user", "content": parts}]).media() == (audio, file, file, picture, audio, file)


@pytest.mark.parametrize("url", ["photo.png", "data:image/png;base64,%%%", data_url(b"no picture")])
def test_what_is_no_picture_is_refused(url: str) -> None:
    """As OpenAI refuses it."""
    parts = [{"type": "image_url", "image_url": {"url": url}}]
    refusal = got(chat_body(messages=[{"role": "user", "content": parts}]))
    assert isinstance(refusal, Refusal)
    assert (refusal.status, refusal.code) == (400, "invalid_image_url")


@pytest.mark.parametrize(
    ("fields", "effort"),
    [
        ({}, None),
        ({"reasoning_effort": "low"}, "low"),
        ({"reasoning": {"effort": "high"}}, "high"),
        ({"thinking": {"type": "disabled"}}, "none"),
        ({"thinking": {"type": "enabled"}, "reasoning_effort": "max"}, "max"),
    ],
)
def test_the_effort_is_read_from_any_field(fields: dict[str, object], effort: str | None) -> None:
    """OpenAI's, OpenRouter's and DeepSeek's."""
    assert asked(**fields).effort == effort  # type: ignore[arg-type]


def test_the_newer_limit_counts_only_where_it_is_known() -> None:
    """DeepSeek and small servers ignore `max_completion_tokens`, as they really do."""
    limits = [asked("Hi", provider, max_completion_tokens=9).limit for provider in ("openai", "deepseek", "local")]
    assert limits == [9, None, None]


def test_the_schema_is_read() -> None:
    """As OpenAI's structured outputs carry it."""
    named = {"name": "n", "strict": True, "schema": {"type": "object"}}
    assert asked(response_format={"type": "json_schema", "json_schema": named}).schema == {"type": "object"}
    json_mode = asked(response_format={"type": "json_object"})
    assert (json_mode.schema, json_mode.form) == (None, "json")


@pytest.mark.parametrize(
    ("wanted", "served"), [("flex", "flex"), ("priority", "priority"), ("auto", "default"), (None, "default")]
)
def test_the_tier_that_is_asked_for_serves(wanted: str | None, served: str) -> None:
    """What is not sold is the standard one, by OpenAI's name."""
    assert asked(service_tier=wanted).tier == served


@pytest.mark.parametrize(
    ("choice", "read_as"),
    [
        (None, "auto"),
        ("required", "required"),
        ({"type": "function", "function": {"name": "weather"}}, "weather"),
    ],
)
def test_tools_are_read(choice: object, read_as: str) -> None:
    """What may be called, and whether it must be."""
    request = asked(tools=[{"type": "function", "function": WEATHER}], tool_choice=choice)
    function = Function(name="weather", description="Now", parameters={"type": "object", "properties": {}})
    assert (request.functions, request.choice) == ((function,), read_as)


def test_calls_and_results_are_part_of_the_chat() -> None:
    """They are read as words."""
    past = {"id": "c", "type": "function", "function": {"name": "weather", "arguments": "{}"}}
    turns = [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": None, "tool_calls": [past]},
        {"role": "tool", "tool_call_id": "c", "content": "rain"},
    ]
    assert asked(messages=turns).texts() == ["Hi", "weather({})", "rain"]


@pytest.mark.parametrize(("stop", "words"), [(None, ()), ("END", ("END",)), (["a", "b"], ("a", "b"))])
def test_stop_words_come_alone_or_in_a_list(stop: object, words: tuple[str, ...]) -> None:
    """At most four."""
    assert asked(stop=stop).stop == words
    assert isinstance(got(chat_body(stop=["a", "b", "c", "d", "e"])), Refusal)


@given(ANY_JSON)
def test_any_content_is_read_or_refused(content: object) -> None:
    """No client can break the server."""
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": content}], "tools": content}).encode()
    assert isinstance(got(body), Asked | Refusal)
