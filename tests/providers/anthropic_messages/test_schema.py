"""Tests of modelroute_cli.providers.anthropic_messages.schema."""

import copy

import jsonschema
import pytest
from anthropic.lib._parse._transform import transform_schema
from hypothesis import given, settings
from hypothesis import strategies as st
from support.asked import schemas

from modelroute_cli.providers.anthropic_messages.schema import MOST_OPTIONAL, MOST_UNIONS, fitted
from modelroute_cli.providers.encoding import Body

STRING: Body = {"type": "string"}


def closed(**properties: Body) -> Body:
    """An object that has these properties, all of them, and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def field(schema: Body) -> object:
    """A schema as it stands in an object, fitted."""
    found = fitted(closed(a=schema))
    assert found is not None
    properties = found["properties"]
    assert isinstance(properties, dict)
    return properties["a"]


def test_what_claude_takes_stays_as_it_is() -> None:
    """A closed object of plain types, with nothing to add or to leave out."""
    schema = closed(name=STRING, tags={"type": "array", "items": STRING, "minItems": 1}, on={"type": "boolean"})
    assert fitted(schema) == schema


def test_open_objects_are_closed() -> None:
    """Pydantic leaves them open: the answer meets the open schema as well."""
    assert fitted({"type": "object", "properties": {"a": STRING}}) == {
        "type": "object",
        "properties": {"a": STRING},
        "additionalProperties": False,
    }


@pytest.mark.parametrize(
    ("given_schema", "sent"),
    [
        (
            {"type": "integer", "minimum": 1, "maximum": 5},
            {"type": "integer", "description": '{"minimum":1,"maximum":5}'},
        ),
        (
            {"type": "string", "description": "A name.", "maxLength": 20},
            {"type": "string", "description": 'A name.\n\n{"maxLength":20}'},
        ),
        (
            {"type": "array", "items": STRING, "minItems": 3},
            {"type": "array", "items": STRING, "description": '{"minItems":3}'},
        ),
        ({"type": "string", "pattern": "^a"}, {"type": "string", "description": '{"pattern":"^a"}'}),
        ({"type": "string", "format": "date"}, {"type": "string", "format": "date"}),
        ({"type": "string", "format": "color"}, {"type": "string", "description": '{"format":"color"}'}),
        (
            {"type": "string", "default": "x", "title": "T"},
            {"type": "string", "description": '{"default":"x"}', "title": "T"},
        ),
    ],
)
def test_bounds_are_told_in_words(given_schema: Body, sent: Body) -> None:
    """Claude's grammar knows none; our own gate checks them."""
    assert field(given_schema) == sent


@pytest.mark.parametrize(
    ("given_schema", "sent"),
    [
        ({"type": ["string", "null"]}, {"anyOf": [STRING, {"type": "null"}]}),
        ({"oneOf": [STRING, {"type": "null"}]}, {"anyOf": [STRING, {"type": "null"}]}),
        ({"type": "string", "enum": ["a", "b"]}, {"enum": ["a", "b"]}),
        ({"const": 3}, {"const": 3}),
        ({"allOf": [STRING]}, {"allOf": [STRING]}),
    ],
)
def test_other_spellings_become_claude_s(given_schema: Body, sent: Body) -> None:
    """Several types, one of several schemas, given values."""
    assert field(given_schema) == sent


def test_definitions_have_one_name() -> None:
    """Draft 7 calls them `definitions`."""
    assert fitted({**closed(a={"$ref": "#/definitions/A"}), "definitions": {"A": STRING}}) == {
        **closed(a={"$ref": "#/$defs/A"}),
        "$defs": {"A": STRING},
    }


@pytest.mark.parametrize(
    "outside",
    [
        {},
        {"type": "object"},
        {"type": "object", "properties": {}},
        {"type": "object", "properties": {"a": STRING}, "additionalProperties": True},
        {"type": "object", "properties": {"a": STRING}, "additionalProperties": STRING},
        {"type": "object", "properties": {"a": STRING}, "required": ["b"]},
        {"type": "object", "patternProperties": {"^a": STRING}},
        {"type": "array"},
        {"type": "color"},
        {"not": STRING},
        {"enum": [["a"]]},
        {"enum": []},
        {"anyOf": []},
        {"anyOf": [STRING], "properties": {"a": STRING}},
        {"allOf": [{"$ref": "#/$defs/A"}], "$defs": {"A": STRING}},
        {"$ref": "https://example.com/schema.json"},
        {"$ref": "#/$defs/gone"},
        {"$defs": []},
        {"if": STRING, "then": STRING},
    ],
    ids=str,
)
def test_what_has_no_counterpart_is_left_to_words(outside: Body) -> None:
    """At the root and within an object: the schema then stands in the prompt."""
    assert fitted(outside) is None
    assert fitted(closed(a=outside)) is None


def test_a_schema_that_refers_to_itself_is_none() -> None:
    """A tree of nodes has no end, which Claude's grammar needs."""
    node = closed(next={"anyOf": [{"$ref": "#/$defs/Node"}, {"type": "null"}]})
    assert fitted({**closed(a={"$ref": "#/$defs/Node"}), "$defs": {"Node": node}}) is None
    assert fitted({**closed(a=STRING), "$defs": {"Node": node}}) is not None


def test_more_than_the_api_allows_is_none() -> None:
    """Values of several types, and properties that may be left out."""
    union: Body = {"type": ["string", "null"]}
    assert fitted(closed(**{f"u{at}": union for at in range(MOST_UNIONS)})) is not None
    assert fitted(closed(**{f"u{at}": union for at in range(MOST_UNIONS + 1)})) is None
    optional: Body = {"type": "object", "properties": {f"o{at}": STRING for at in range(MOST_OPTIONAL)}}
    assert fitted(optional) is not None
    assert fitted({"type": "object", "properties": {f"o{at}": STRING for at in range(MOST_OPTIONAL + 1)}}) is None


def test_endless_nesting_is_none() -> None:
    """Deeper than Python can follow is deeper than any grammar."""
    deep: Body = STRING
    for _ in range(100_000):
        deep = {"type": "array", "items": deep}
    assert fitted(deep) is None


@given(schemas())
def test_the_sdk_would_change_nothing_more(schema: Body) -> None:
    """Anthropic's own transformation leaves what we send as it is, and the user's schema stays untouched."""
    before = copy.deepcopy(schema)
    sent = fitted(schema)
    assert schema == before
    if sent is not None:
        assert transform_schema(sent) == sent


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 6) | st.text("ab", max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300)
@given(schemas(), JSON)
def test_what_meets_the_sent_schema_has_the_shape_that_was_asked_for(schema: Body, value: object) -> None:
    """But for the bounds, nothing that Claude may answer is outside the user's schema."""
    sent = fitted(schema)
    if sent is not None and jsonschema.Draft202012Validator(sent).is_valid(value):
        errors = jsonschema.Draft202012Validator(schema).iter_errors(value)
        assert {error.validator for error in errors} <= {"minimum", "maximum"}
