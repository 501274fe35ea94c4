"""Tests of modelroute_cli.emulator.dialects.openai_errors."""

import json
from dataclasses import replace

import pytest
from support.dialects import place

from modelroute_cli.emulator.asked import Refusal
from modelroute_cli.emulator.dialects.openai_errors import error, error_in_200, strict_schema, unsupported

REFUSAL = Refusal(status=400, message="no", param="model", code="bad")
TEXT = {"type": "string"}
CLOSED = {"type": "object", "properties": {"a": TEXT}, "required": ["a"], "additionalProperties": False}
START = "Invalid schema for response_format 'n': In context="


def test_errors_have_openai_s_form() -> None:
    """All four fields."""
    assert json.loads(error(REFUSAL, place("openai"))) == {
        "error": {"message": "no", "type": "invalid_request_error", "param": "model", "code": "bad"}
    }


def test_others_have_their_own() -> None:
    """OpenRouter and vLLM put the status in, Mistral a list of what is wrong."""
    written = {name: json.loads(error(REFUSAL, place(name))) for name in ("openrouter", "vllm", "mistral")}
    assert written["openrouter"] == {"error": {"code": 400, "message": "no"}}
    assert (written["vllm"]["error"]["type"], written["vllm"]["error"]["code"]) == ("BadRequestError", 400)
    assert written["mistral"]["error"]["code"] == "bad"
    unprocessable = json.loads(error(replace(REFUSAL, status=422), place("mistral")))
    assert unprocessable == {"detail": [{"type": "value_error", "loc": ["body"], "msg": "no", "input": None}]}


def test_an_error_inside_a_200_carries_its_status() -> None:
    """As OpenRouter sends it."""
    assert json.loads(error_in_200())["error"]["code"] == 502


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": "object"}, "(), 'additionalProperties' is required to be supplied and to be false."),
        (
            CLOSED | {"properties": {"a": {"type": "object"}}},
            "('properties', 'a'), 'additionalProperties' is required to be supplied and to be false.",
        ),
        (
            CLOSED | {"properties": {"a": TEXT, "b": TEXT}},
            (
                "(), 'required' is required to be supplied and to be an array including every key in properties. "
                "Missing 'b'."
            ),
        ),
    ],
)
def test_a_strict_schema_is_closed_and_requires_all(schema: dict[str, object], said: str) -> None:
    """With the place as Python would write it."""
    refusal = strict_schema("n", schema, "response_format")
    assert refusal == Refusal(status=400, message=START + said, param="response_format", code="invalid_json_schema")


def test_a_closed_schema_passes() -> None:
    """Nothing to say."""
    assert strict_schema("n", CLOSED, "response_format") is None


def test_what_is_not_supported_is_named() -> None:
    """A parameter or its value."""
    refusal = unsupported("value", "stop", "is not supported with this model.")
    assert (refusal.message, refusal.code) == (
        "Unsupported value: 'stop' is not supported with this model.",
        "unsupported_value",
    )
