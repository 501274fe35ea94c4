"""Tests of modelroute_cli.providers.strict_schema."""

import pytest

from modelroute_cli.providers.strict_schema import is_strict


def closed(**properties: object) -> dict[str, object]:
    """An object that requires its properties and takes no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


@pytest.mark.parametrize(
    "schema",
    [
        closed(),
        closed(a={"type": "string"}, b={"type": ["integer", "null"]}),
        closed(inner=closed(a={"enum": ["x"]})),
        closed(many={"type": "array", "items": closed(a={})}),
        closed(either={"anyOf": [{"type": "null"}, closed(a={})]}),
        closed(a={"$ref": "#/$defs/A"}) | {"$defs": {"A": closed(b={})}},
    ],
)
def test_closed_schemas_are_strict(schema: dict[str, object]) -> None:
    """Every object closed, every property required: strict mode takes it."""
    assert is_strict(schema)


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"type": "array", "items": closed()},
        {"type": "object", "properties": {"a": {}}, "required": ["a"]},
        closed(a={}) | {"required": []},
        closed(a={}) | {"additionalProperties": {"type": "string"}},
        closed(inner={"type": "object"}),
        closed(inner={"properties": {"a": {}}}),
        closed(many={"type": "array", "items": {"type": "object"}}),
        closed(either={"oneOf": [{"type": "null"}]}),
        closed(either={"anyOf": [{"type": "object"}]}),
        closed(a={"$ref": "#/$defs/A"}) | {"$defs": {"A": {"type": "object"}}},
    ],
)
def test_open_schemas_are_not(schema: dict[str, object]) -> None:
    """One open object anywhere, and OpenAI would refuse the request."""
    assert not is_strict(schema)
