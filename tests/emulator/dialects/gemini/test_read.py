"""Tests of modelroute_cli.emulator.dialects.gemini.read and its body."""

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.dialects import ANY_JSON, gemini_body, gemini_incoming, read_gemini, refused_with, understood
from support.pictures import png

from modelroute_cli.emulator.asked import Asked, Function, Refusal, Turn
from modelroute_cli.emulator.dialects.base import Incoming
from modelroute_cli.emulator.dialects.gemini.read import read
from modelroute_cli.emulator.media import Medium
from modelroute_cli.jobs.image_header import Size

OBJECT = {"type": "OBJECT", "properties": {"a": {"type": "ARRAY", "items": {"type": "STRING"}}}}
AS_JSON = {"type": "object", "properties": {"a": {"type": "array", "items": {"type": "string"}}}}


def inline(mime_type: str, data: bytes) -> dict[str, object]:
    """A part with content; Google's SDK writes base64 for URLs."""
    return {"inlineData": {"mimeType": mime_type, "data": base64.urlsafe_b64encode(data).decode()}}


def test_a_request_is_read() -> None:
    """The model stands in the path; the system's words come first."""
    system = {"parts": [{"text": "Be brief."}]}
    got = understood(read_gemini(prompt="Hi", systemInstruction=system, maxOutputTokens=9, stopSequences=["END"]))
    assert (got.model, got.limit, got.stop, got.tier) == ("gemini-3.8-flash", 9, ("END",), "standard")
    assert got.turns == (Turn(role="system", text="Be brief."), Turn(role="user", text="Hi"))
    assert (got.marks, got.least_cached) == (None, 4096)


def test_a_resource_name_is_a_model_too() -> None:
    """With or without its collection."""
    assert understood(read(gemini_incoming(gemini_body(), "models/gemini-3"))).model == "gemini-3"


def test_names_with_underscores_are_the_same() -> None:
    """Down to where names are the client's own."""
    picture = {"mime_type": "image/png", "data": base64.b64encode(png(4, 3)).decode()}
    schema = {"type": "object", "properties": {"first_name": {"type": "string"}}}
    config = {"max_output_tokens": 5, "response_mime_type": "application/json", "response_json_schema": schema}
    body = {"contents": [{"parts": [{"inline_data": picture}]}], "generation_config": config}
    got = understood(read(gemini_incoming(body)))
    assert (got.limit, got.media()) == (5, (Medium(kind="image", size=Size(4, 3)),))
    assert got.schema == schema


def test_parts_are_words_and_media() -> None:
    """What a part is, its stated type says."""
    parts = [
        {"text": "What is this?"},
        inline("image/png", png(40, 30)),
        inline("application/pdf", b"%PDF-1.4"),
        inline("audio/mp3", bytes(16_000)),
        {"fileData": {"mimeType": "application/pdf", "fileUri": "files/abc"}},
    ]
    turn = understood(read_gemini(contents=[{"role": "user", "parts": parts}])).turns[0]
    assert (turn.role, turn.text) == ("user", "What is this?")
    assert turn.media == (
        Medium(kind="image", size=Size(40, 30)),
        Medium(kind="file", amount=1.0),
        Medium(kind="audio", amount=1.0),
        Medium(kind="file", amount=1.0),
    )


def test_what_is_no_picture_is_refused() -> None:
    """As Google says it."""
    got = read_gemini(contents=[{"role": "user", "parts": [inline("image/png", b"no")]}])
    assert refused_with(got) == "Unable to process input image. Please retry or report in https://ai.google.dev"


@pytest.mark.parametrize(
    ("model", "config", "said"),
    [
        ("gemini-3.8-flash", {}, (None, None, False)),
        ("gemini-3.8-flash", {"thinkingLevel": "LOW"}, ("low", None, False)),
        ("gemini-2.5-flash-lite", {"thinkingBudget": 0}, ("none", None, False)),
        ("gemini-2.5-flash-lite", {"thinkingBudget": 512}, (None, 512, True)),
        ("gemini-2.5-flash-lite", {"thinkingBudget": -1}, (None, None, True)),
    ],
)
def test_thinking_is_read(model: str, config: dict[str, object], said: tuple[str | None, int | None, bool]) -> None:
    """By level, by tokens, off, or left to the model."""
    got = understood(read_gemini(model, thinkingConfig=config))
    assert (got.effort, got.budget, got.thinks) == said


def test_both_kinds_of_schema_are_read() -> None:
    """The OpenAPI subset has its types in capitals."""
    for field, schema in (("responseSchema", OBJECT), ("responseJsonSchema", AS_JSON)):
        config: dict[str, Any] = {"responseMimeType": "application/json", field: schema}
        got = understood(read_gemini(**config))
        assert (got.form, got.schema) == ("json", AS_JSON)


@pytest.mark.parametrize(
    ("chosen", "choice", "names"),
    [
        ({}, "auto", ["f", "g"]),
        ({"mode": "NONE"}, "none", ["f", "g"]),
        ({"mode": "ANY"}, "required", ["f", "g"]),
        ({"mode": "ANY", "allowedFunctionNames": ["g"]}, "required", ["g"]),
    ],
)
def test_tools_are_read(chosen: dict[str, object], choice: str, names: list[str]) -> None:
    """What may be called, and whether something must be."""
    declared = [{"name": "f", "parameters": OBJECT}, {"name": "g", "parametersJsonSchema": AS_JSON}]
    tools = [{"functionDeclarations": declared}]
    got = understood(read_gemini(tools=tools, toolConfig={"functionCallingConfig": chosen}))
    assert (got.choice, [each.name for each in got.functions]) == (choice, names)
    assert got.functions[-1] == Function(name="g", parameters=AS_JSON)


def test_calls_and_results_are_part_of_the_chat() -> None:
    """A turn with a result is the tool's."""
    contents = [
        {"role": "user", "parts": [{"text": "Rome?"}]},
        {"role": "model", "parts": [{"functionCall": {"name": "f", "args": {"my_city": "R"}}}]},
        {"role": "user", "parts": [{"functionResponse": {"name": "f", "response": {"sky_is": "grey"}}}]},
    ]
    assert [(turn.role, turn.text) for turn in understood(read_gemini(contents=contents)).turns] == [
        ("user", "Rome?"),
        ("assistant", 'f({"my_city": "R"})'),
        ("tool", '{"sky_is": "grey"}'),
    ]


@given(ANY_JSON, st.sampled_from(["contents", "systemInstruction", "tools", "generationConfig", "toolConfig"]))
def test_any_content_is_read_or_refused(content: object, field: str) -> None:
    """No client can break the server."""
    assert isinstance(read(gemini_incoming(gemini_body() | {field: content})), Asked | Refusal)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_request_or_a_refusal(body: bytes) -> None:
    """Neither."""
    assert isinstance(read(Incoming(provider="google", client_id=None, body=body, model="m")), Asked | Refusal)


def test_json_beyond_any_depth_is_refused() -> None:
    """Not a crash."""
    deep = Incoming(provider="google", client_id=None, body=b'{"labels":' + b"[" * 100_000, model="m")
    assert isinstance(read(deep), Refusal)
