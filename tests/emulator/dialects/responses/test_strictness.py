"""Tests of modelroute_cli.emulator.dialects.responses.strictness and of the body's form."""

import pytest
from support.dialects import read_responses, understood

from modelroute_cli.emulator.asked import Refusal

OPEN = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
WEATHER = {"type": "function", "name": "weather", "parameters": {}}
MOVED = "In the Responses API, this parameter has moved to"
AGAIN = "Try again with the new parameter."


def formed(**form: object) -> dict[str, object]:
    """The form of the answer."""
    return {"text": {"format": form}}


def said(role: str, kind: str) -> dict[str, object]:
    """A message of one part."""
    return {"input": [{"role": role, "content": [{"type": kind, "text": "x"}]}]}


@pytest.mark.parametrize(
    ("fields", "message", "code"),
    [
        (
            {"max_tokens": 5},
            f"Unsupported parameter: 'max_tokens'. {MOVED} 'max_output_tokens'. {AGAIN}",
            "unsupported_parameter",
        ),
        (
            {"response_format": {}},
            f"Unsupported parameter: 'response_format'. {MOVED} 'text.format'. {AGAIN}",
            "unsupported_parameter",
        ),
        ({"stop": ["END"]}, "Unknown parameter: 'stop'.", "unknown_parameter"),
        ({"seed": 1}, "Unknown parameter: 'seed'.", "unknown_parameter"),
        (
            {"input": [{"role": "user", "content": "x", "tool_calls": []}]},
            "Unknown parameter: 'input[0].tool_calls'.",
            "unknown_parameter",
        ),
        (
            {"tools": [{"type": "function"}]},
            "Missing required parameter: 'tools[0].name'.",
            "missing_required_parameter",
        ),
        (
            {"max_output_tokens": 5},
            "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 5 instead.",
            "integer_below_min_value",
        ),
        (
            said("assistant", "input_text"),
            "Invalid value: 'input_text'. Supported values are: 'output_text' and 'refusal'.",
            "invalid_value",
        ),
        (
            said("user", "output_text"),
            (
                "Invalid value: 'output_text'. Supported values are: 'input_text', 'input_image', 'input_file' and "
                "'input_audio'."
            ),
            "invalid_value",
        ),
        (
            {"model": "gpt-4.1", "reasoning": {"effort": "low"}},
            "Unsupported parameter: 'reasoning.effort' is not supported with this model.",
            "unsupported_parameter",
        ),
        (
            {"model": "gpt-6.1-sol", "reasoning": {"effort": "none"}},
            "Unsupported value: 'reasoning.effort' does not support 'none' with this model.",
            "unsupported_value",
        ),
        (
            {"temperature": 0.5},
            "Unsupported parameter: 'temperature' is not supported with this model.",
            "unsupported_parameter",
        ),
        (
            {"tool_choice": "required"},
            "Tool choice 'function' not found in 'tools' parameter.",
            None,
        ),
        (
            formed(type="json_schema", schema=OPEN),
            "Missing required parameter: 'text.format.name'.",
            "missing_required_parameter",
        ),
        (
            formed(type="json_schema", name="n", schema=OPEN, strict=True),
            (
                "Invalid schema for response_format 'n': In context=(), "
                "'additionalProperties' is required to be supplied and to be false."
            ),
            "invalid_json_schema",
        ),
        (
            formed(type="json_object"),
            (
                "Response input messages must contain the word 'json' in some form to use 'text.format' of type "
                "'json_object'."
            ),
            None,
        ),
        ({"stream": True}, "Unsupported value: 'stream' is not played by the emulator.", "unsupported_value"),
        ({"background": True}, "Unsupported value: 'background' is not played by the emulator.", "unsupported_value"),
        (
            {"previous_response_id": "resp_1"},
            "Previous response with id 'resp_1' not found.",
            "previous_response_not_found",
        ),
    ],
)
def test_what_openai_refuses_is_refused(fields: dict[str, object], message: str, code: str | None) -> None:
    """A body that would fail for money fails here for nothing."""
    got = read_responses(**fields)
    assert isinstance(got, Refusal)
    assert (got.status, got.message, got.code) == (400, message, code)


def test_the_input_must_be_there() -> None:
    """It has no default."""
    got = read_responses(input=3)
    assert isinstance(got, Refusal)
    assert got.code == "invalid_value"


@pytest.mark.parametrize(
    "fields",
    [
        {"max_output_tokens": 16, "store": False, "truncation": "auto", "prompt_cache_key": "k"},
        {"model": "gpt-4.1", "temperature": 0.5, "top_p": 0.9},
        {"reasoning": {"effort": "none", "summary": "auto"}},
        {"tools": [WEATHER], "tool_choice": {"type": "function", "name": "weather"}},
        {"prompt": "Answer in JSON."} | formed(type="json_object"),
        formed(type="json_schema", name="n", schema=OPEN, strict=False),
        {"text": {"verbosity": "low"}, "metadata": {"row": "1"}, "parallel_tool_calls": False},
        said("user", "input_text"),
        said("assistant", "output_text"),
    ],
)
def test_what_openai_takes_is_taken(fields: dict[str, object]) -> None:
    """No more is refused than is known to be."""
    understood(read_responses(**fields))
