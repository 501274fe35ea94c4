"""Tests of modelroute_cli.providers.gemini.schema_subset."""

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator
from support.asked import schemas

from modelroute_cli.providers.gemini.schema_subset import held_schema

NODE: dict[str, object] = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "next": {"$ref": "#/$defs/node"}},
    "required": ["name"],
}
SHARED: dict[str, object] = {
    "type": "object",
    "properties": {"from": {"$ref": "#/$defs/town"}, "to": {"$ref": "#/$defs/town"}},
    "$defs": {"town": {"type": "string", "enum": ["Graz", "Linz"]}},
}


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"type": "object", "properties": {"a": {"type": ["string", "null"]}}, "additionalProperties": False},
        {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 5}, "minItems": 1, "maxItems": 3},
        {"type": "array", "prefixItems": [{"type": "string"}, {"type": "number"}]},
        {"anyOf": [{"type": "string", "format": "date-time"}, {"enum": [1, 2.5]}]},
        {"oneOf": [{"type": "string", "title": "A word"}, {"type": "null", "description": "none"}]},
        {"type": "object", "properties": {}, "additionalProperties": {"type": "string"}},
        {"type": "object", "properties": {"pattern": {"type": "string"}, "$ref": {"type": "string"}}},
        SHARED,
    ],
)
def test_what_google_lists_is_sent_as_it_is(schema: dict[str, object]) -> None:
    """Keywords are told from properties that bear their name."""
    assert held_schema(schema) == schema


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "pattern": "^a"},
        {"type": "string", "maxLength": 5},
        {"type": "integer", "exclusiveMinimum": 0},
        {"type": "object", "properties": {"a": {"not": {"type": "string"}}}},
        {"type": "array", "items": {"allOf": [{"type": "string"}]}},
        {"type": "array", "items": False},
        {"type": "array", "prefixItems": {"type": "string"}},
        {"type": "object", "properties": [{"type": "string"}]},
        {"type": "object", "properties": {"a": True}},
        {"enum": ["a", None]},
        {"enum": "a"},
        {"const": True},
        {"anyOf": [{"type": "string", "minLength": 1}]},
        {"type": "object", "patternProperties": {"^a": {}}},
        {"type": "object", "additionalProperties": {"type": "string", "pattern": "^a"}},
        {"$defs": {"a": {"type": "string", "pattern": "^a"}}, "$ref": "#/$defs/a"},
        {"$ref": "#/definitions/a", "$defs": {}},
        {"$ref": "#/$defs/a"},
        {"$ref": "#/$defs/a", "$defs": []},
        {"$ref": "#"},
        {"$ref": "https://example.com/schema.json"},
        {"$defs": {"a": {"type": "object"}}, "properties": {"a": {"$ref": "#/$defs/a", "required": ["b"]}}},
        {"$defs": {"node": NODE}, "$ref": "#/$defs/node"},
        {"$defs": {"a": {"items": {"$ref": "#/$defs/b"}}, "b": {"items": {"$ref": "#/$defs/a"}}}, "type": "array"},
    ],
)
def test_what_google_does_not_list_is_not_sent(schema: dict[str, object]) -> None:
    """Nobody says whether it is refused or ignored; the schema is told in words instead."""
    assert held_schema(schema) is None


def test_remarks_are_left_out() -> None:
    """They change nothing about what is valid, and Google refuses names it does not know."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": "made by hand",
        "type": "object",
        "properties": {"mail": {"type": "string", "format": "email", "default": "-", "examples": ["a@b.example"]}},
    }
    assert held_schema(schema) == {"type": "object", "properties": {"mail": {"type": "string"}}}


def test_a_constant_is_written_as_the_only_value() -> None:
    """Gemini knows no `const`."""
    assert held_schema({"type": "string", "const": "invoice"}) == {"type": "string", "enum": ["invoice"]}


def test_a_reference_stands_alone() -> None:
    """What pydantic writes beside it is a remark, and refused there."""
    beside = {"type": "object", "properties": {"a": {"$ref": "#/$defs/t", "description": "A town."}}}
    assert held_schema(beside | {"$defs": {"t": {"type": "string"}}}) == {
        "type": "object",
        "properties": {"a": {"$ref": "#/$defs/t"}},
        "$defs": {"t": {"type": "string"}},
    }


def test_definitions_that_lead_on_but_not_back_are_sent() -> None:
    """Only a circle is refused."""
    chained = {
        "$ref": "#/$defs/a",
        "$defs": {
            "a": {"items": {"$ref": "#/$defs/b"}},
            "b": {"anyOf": [{"$ref": "#/$defs/c"}]},
            "c": {"type": "null"},
        },
    }
    assert held_schema(chained) == chained


def test_properties_keep_their_order() -> None:
    """Gemini writes an answer in the order of the schema's keys."""
    sent = held_schema({"properties": {"z": {"default": 1}, "a": {}, "m": {}}})
    assert sent is not None
    assert list(sent["properties"]) == ["z", "a", "m"]  # type: ignore[call-overload]


@given(schemas())
def test_a_schema_of_everyday_keywords_is_held_and_still_one(schema: dict[str, object]) -> None:
    """Objects, lists, enums and bounds are what Gemini holds a model to."""
    sent = held_schema(schema)
    assert sent == schema
    Draft202012Validator.check_schema(sent)
