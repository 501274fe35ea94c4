"""Tests of modelroute_cli.emulator.dialects.responses.read."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.dialects import ANY_JSON, incoming, read_responses, responses_body, understood
from support.pictures import data_url, png

from modelroute_cli.emulator.asked import Asked, Function, Refusal, Turn
from modelroute_cli.emulator.dialects.base import Incoming
from modelroute_cli.emulator.dialects.responses.read import read
from modelroute_cli.emulator.media import Medium
from modelroute_cli.jobs.image_header import Size

CLOSED = {"type": "object", "properties": {}, "additionalProperties": False}
WEATHER = {"type": "function", "name": "weather", "description": "Now", "parameters": {"type": "object"}}


def test_a_request_is_read() -> None:
    """Model, input and limit; instructions come first."""
    got = understood(read_responses(prompt="Hi", instructions="Be brief.", max_output_tokens=99, store=False))
    assert (got.model, got.limit, got.tier) == ("gpt-6-luna", 99, "default")
    assert got.turns == (Turn(role="system", text="Be brief."), Turn(role="user", text="Hi"))


def test_parts_are_words_and_media() -> None:
    """Pictures, files and sound."""
    parts = [
        {"type": "input_text", "text": "What is this?"},
        {"type": "input_image", "image_url": data_url(png(40, 30)), "detail": "auto"},
        {"type": "input_image", "file_id": "file-1"},
        {"type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERg=="},
        {"type": "input_file", "file_url": "https://e.example/a.pdf"},
        {"type": "input_audio", "input_audio": {"data": base64.b64encode(bytes(16_000)).decode(), "format": "mp3"}},
    ]
    turn = understood(read_responses(input=[{"role": "user", "content": parts}])).turns[0]
    assert (turn.role, turn.text) == ("user", "What is this?")
    assert turn.media == (
        Medium(kind="image", size=Size(40, 30)),
        Medium(kind="image"),
        Medium(kind="file", amount=1.0),
        Medium(kind="file", amount=1.0),
        Medium(kind="audio", amount=1.0),
    )


def test_what_cannot_be_read_is_refused() -> None:
    """With its place."""
    parts = [{"type": "input_image", "image_url": "photo.png"}]
    got = read_responses(input=[{"role": "user", "content": parts}])
    message = "Invalid 'input[0].content[0].input_image': it cannot be read."
    assert got == Refusal(status=400, message=message, param="input", code="invalid_image_url")


def test_items_are_turns() -> None:
    """Calls are the model's, results the tool's, thoughts nobody's."""
    items = [
        {"role": "developer", "content": "Be brief."},
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Rome?"}]},
        {"type": "reasoning", "id": "rs_1", "summary": []},
        {"type": "function_call", "call_id": "c", "name": "weather", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c", "output": "rain"},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Rain."}]},
    ]
    turns = understood(read_responses(input=items, tools=[WEATHER])).turns
    assert [(turn.role, turn.text) for turn in turns] == [
        ("system", "Be brief."),
        ("user", "Rome?"),
        ("assistant", "weather({})"),
        ("tool", "rain"),
        ("assistant", "Rain."),
    ]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"type": "text"}, ("text", None)),
        ({"type": "json_schema", "name": "n", "schema": CLOSED, "strict": True}, ("json", CLOSED)),
    ],
)
def test_the_form_is_read(form: dict[str, object], said: tuple[str, object]) -> None:
    """Under `text`, not beside it."""
    got = understood(read_responses(text={"format": form}))
    assert (got.form, got.schema) == said


@pytest.mark.parametrize(
    ("choice", "read_as"),
    [("auto", "auto"), ("required", "required"), ({"type": "function", "name": "weather"}, "weather")],
)
def test_tools_are_read(choice: object, read_as: str) -> None:
    """Without a wrapper around the function."""
    got = understood(read_responses(tools=[WEATHER], tool_choice=choice))
    assert got.functions == (Function(name="weather", description="Now", parameters={"type": "object"}),)
    assert got.choice == read_as


@pytest.mark.parametrize(
    ("wanted", "served"), [("flex", "flex"), ("fast", "priority"), ("auto", "default"), (None, "default")]
)
def test_the_tier_that_is_asked_for_serves(wanted: str | None, served: str) -> None:
    """`fast` comes back as `priority`."""
    assert understood(read_responses(service_tier=wanted)).tier == served


def test_thoughts_are_told_of_where_a_summary_is_asked_for() -> None:
    """Else none."""
    wanted = [{"effort": "high"}, {"effort": "high", "summary": "auto"}]
    got = [understood(read_responses(reasoning=reasoning)) for reasoning in wanted]
    assert [(each.effort, each.shows_thoughts) for each in got] == [("high", False), ("high", True)]


def test_what_was_asked_is_repeated_with_its_defaults() -> None:
    """As OpenAI's answers do."""
    got = understood(read_responses(instructions="Be brief.", tools=[WEATHER], max_output_tokens=99))
    assert got.echo == {
        "instructions": "Be brief.",
        "max_output_tokens": 99,
        "temperature": None,
        "top_p": None,
        "user": None,
        "metadata": {},
        "parallel_tool_calls": True,
        "reasoning": {"effort": None, "summary": None},
        "text": {"format": {"type": "text"}},
        "tool_choice": "auto",
        "tools": [WEATHER | {"strict": False}],
        "truncation": "disabled",
    }


@given(ANY_JSON, st.sampled_from(["input", "text", "tools", "reasoning", "tool_choice", "instructions"]))
def test_any_content_is_read_or_refused(content: object, field: str) -> None:
    """No client can break the server."""
    assert isinstance(read(incoming(responses_body() | {field: content}, "openai")), Asked | Refusal)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_request_or_a_refusal(body: bytes) -> None:
    """Neither."""
    assert isinstance(read(Incoming(provider="openai", client_id=None, body=body)), Asked | Refusal)
