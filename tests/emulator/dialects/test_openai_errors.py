"""Tests of modelroute_cli.emulator.dialects.openai_errors."""

import json

import pytest

from modelroute_cli.emulator.asked import Refusal
from modelroute_cli.emulator.dialects.openai_errors import error, error_in_200, strict_schema, unsupported

TEXT = {"type": "string"}
CLOSED = {"type": "object", "properties": {"a": TEXT}, "required": ["a"], "additionalProperties": False}
START = "Invalid schema for response_format 'n': In context="


def test_errors_have_openai_s_form() -> None:
    """All four fields."""
    assert json.loads(error(Refusal(status=400, message="no", param="model", code="bad"))) == {
        "error": {"message": "no", "type": "invalid_request_error", "param": "model", "code": "bad"}
    }


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
