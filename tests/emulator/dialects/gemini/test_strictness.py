"""Tests of modelroute_cli.emulator.dialects.gemini.strictness."""

import pytest
from support.dialects import gemini_body, gemini_incoming, read_gemini, refused_with, understood

from modelroute_cli.emulator.dialects.gemini.read import read

JSON = {"responseMimeType": "application/json"}
OBJECT = {"type": "object", "properties": {"a": {"type": "string", "additionalProperties": False}}}
PAYLOAD = "Invalid JSON payload received. "
CONTENTS = "* GenerateContentRequest.contents"
TOOLS = [{"functionDeclarations": [{"name": "f"}]}]


def config(**chosen: object) -> dict[str, object]:
    """How functions are to be called."""
    return {"functionCallingConfig": chosen}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"contents": []}, f"{CONTENTS}: contents is not specified\n"),
        ({"contents": [{"role": "assistant", "parts": [{"text": "x"}]}]}, "Please use a valid role: user, model."),
        ({"contents": [{"parts": []}]}, f"{CONTENTS}[0].parts: contents.parts must not be empty.\n"),
        ({"contents": [{"parts": [{}]}]}, f"{CONTENTS}[0].parts: required oneof field 'data' must have one field\n"),
        (
            {"contents": [{"parts": [{"fileData": {"fileUri": "https://e.example/a.pdf"}}]}]},
            "Unsupported file URI type: https://e.example/a.pdf",
        ),
        (
            {"contents": [{"parts": [{"type": "text", "text": "x"}]}]},
            PAYLOAD + "Unknown name \"type\" at 'contents[0].parts[0]': Cannot find field.",
        ),
        (
            {"max_tokens": 5},
            PAYLOAD + "Unknown name \"maxTokens\" at 'generation_config': Cannot find field.",
        ),
        (
            JSON | {"responseSchema": {}, "responseJsonSchema": {}},
            "Only one of response_schema and response_json_schema can be set.",
        ),
        (
            {"responseJsonSchema": {}},
            "A response schema is only allowed with response_mime_type `application/json` or `text/x.enum`.",
        ),
        (
            JSON | {"responseSchema": OBJECT},
            PAYLOAD
            + "Unknown name \"additionalProperties\" at 'generation_config.response_schema.properties.a': "
            + "Cannot find field.",
        ),
        (
            {"thinkingConfig": {"thinkingLevel": "LOW", "thinkingBudget": 5}},
            "You can only set only one of thinking budget and thinking level.",
        ),
        (
            {"thinkingConfig": {"thinkingLevel": "SOME"}},
            "Invalid value at 'generation_config.thinking_config.thinking_level': \"SOME\"",
        ),
        (
            {"thinkingConfig": {"thinkingLevel": "MINIMAL"}},
            "Thinking level MINIMAL is not supported for this model.",
        ),
        (
            {"thinkingConfig": {"thinkingBudget": 0}},
            "Budget 0 is invalid. This model only works in thinking mode.",
        ),
        ({"temperature": 0.5}, "temperature is not supported for this model."),
        ({"candidateCount": 2}, "Multiple candidates is not enabled for this model"),
        ({"stopSequences": list("abcdef")}, "The number of stop sequences must not exceed 5."),
        (
            {"tools": TOOLS, "toolConfig": config(mode="ANY", allowedFunctionNames=["g"])},
            "allowed_function_names contains `g`, which is not declared.",
        ),
        (
            {"tools": TOOLS, "toolConfig": config(mode="AUTO", allowedFunctionNames=["f"])},
            "allowed_function_names should only be set when mode is ANY or VALIDATED.",
        ),
        (
            {"tools": [{"functionDeclarations": [{"name": "f", "parameters": {}, "parametersJsonSchema": {}}]}]},
            "Only one of parameters and parameters_json_schema can be set.",
        ),
    ],
)
def test_what_google_refuses_is_refused(fields: dict[str, object], said: str) -> None:
    """A body that would fail for money fails here for nothing."""
    assert refused_with(read_gemini(**fields)) == said  # type: ignore[arg-type]


def test_an_unknown_field_of_the_body_is_refused() -> None:
    """Such as OpenAI's."""
    said = refused_with(read(gemini_incoming(gemini_body() | {"model": "m"})))
    assert said == PAYLOAD + 'Unknown name "model": Cannot find field.'


def test_levels_came_with_the_third_generation() -> None:
    """Before it, models are told a number."""
    got = read_gemini("gemini-2.5-flash", thinkingConfig={"thinkingLevel": "LOW"})
    assert refused_with(got) == "Thinking level is not supported for this model."


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        ("gemini-2.5-flash", {"temperature": 0.5, "topP": 0.9, "topK": 3, "seed": 1}),
        ("gemini-2.5-flash", {"thinkingConfig": {"thinkingBudget": 0}}),
        ("gemini-3.8-flash", {"thinkingConfig": {"thinkingLevel": "XHIGH", "includeThoughts": True}}),
        ("gemini-3.8-flash", JSON | {"responseJsonSchema": {"type": "object", "additionalProperties": False}}),
        ("gemini-3.8-flash", {"tools": TOOLS, "toolConfig": config(mode="ANY", allowedFunctionNames=["f"])}),
        ("gemini-3.8-flash", {"serviceTier": "flex", "safetySettings": [{"category": "x", "threshold": "OFF"}]}),
        ("gemini-3.8-flash", {"candidateCount": 1, "stopSequences": ["a", "b", "c", "d", "e"]}),
    ],
)
def test_what_google_takes_is_taken(model: str, fields: dict[str, object]) -> None:
    """No more is refused than is known to be."""
    understood(read_gemini(model, **fields))
