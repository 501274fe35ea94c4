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


def nested(levels: int) -> dict[str, object]:
    """So many objects inside each other."""
    return closed(inner=nested(levels - 1)) if levels > 1 else closed(a={"type": "string"})


@pytest.mark.parametrize(("levels", "strict"), [(1, True), (5, True), (6, False)])
def test_deep_schemas_go_as_guidance(levels: int, strict: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Not every model takes more levels than five; a list is none."""
    assert is_strict(nested(levels)) is strict
    assert is_strict(closed(many={"type": "array", "items": nested(levels - 1)}) if levels > 1 else closed()) is strict


@pytest.mark.parametrize(
    "field",
    [
        {"type": "string", "default": "x"},
        {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        {"type": "array", "items": {"type": "string"}, "contains": {"const": "x"}},
        {"$ref": "#/$defs/A", "description": "The first."},
    ],
)
def test_keywords_that_strict_mode_refuses_are_found(field: dict[str, object]) -> None:
    """Wherever they stand."""
    assert not is_strict(closed(a=field) | {"$defs": {"A": {"type": "string"}}})


def test_a_property_may_be_called_like_a_keyword() -> None:
    """Names of properties are no keywords."""
    assert is_strict(closed(default={"type": "string"}, contains={"type": "string"}, **{"not": {"type": "null"}}))


def test_the_root_is_no_choice() -> None:
    """An object beside `anyOf` is refused."""
    assert not is_strict(closed(a={"type": "string"}) | {"anyOf": [closed()]})
