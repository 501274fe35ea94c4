"""Tests of modelroute_cli.emulator.json_answer: what it makes is checked by jsonschema."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from support.emulating import asked

from modelroute_cli.emulator.chance import chance
from modelroute_cli.emulator.json_answer import make_value
from modelroute_cli.emulator.reading import read

READING = read(asked("Classify as red, green or blue."))


def problems(schema: dict[str, object], seed: int = 1) -> list[str]:
    """What jsonschema has against the value made for a schema."""
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    value = make_value(schema, READING, chance(seed, b""))
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def obj(**properties: Any) -> dict[str, object]:  # noqa: ANN401 - any schema
    """An object that requires its properties."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


NODE = {"$ref": "#/$defs/Node"}
SCHEMAS: list[dict[str, object]] = [
    {},
    obj(name={"type": "string"}, age={"type": "integer", "minimum": 18, "maximum": 20}),
    obj(kind={"enum": ["x", "y"]}, fixed={"const": 7}),
    obj(tags={"type": "array", "items": {"type": "string"}, "minItems": 3, "maxItems": 3}),
    obj(subject={"type": "string", "maxLength": 10}, body={"type": "string", "minLength": 500}),
    obj(when={"type": "string", "format": "date"}, at={"type": "string", "format": "date-time"}),
    obj(mail={"type": "string", "format": "email"}, id={"type": "string", "format": "uuid"}),
    obj(sku={"type": "string", "pattern": "^[A-Z]{3}-\\d{4}$"}),
    obj(maybe={"type": ["null", "integer"]}, nothing={"type": "null"}, flag={"type": "boolean"}),
    obj(either={"anyOf": [{"type": "integer", "minimum": 5}, {"type": "string"}]}),
    obj(both={"allOf": [obj(a={"type": "integer"}), {"properties": {"a": {"minimum": 3}}}]}),
    obj(share={"type": "number", "minimum": 0, "maximum": 1}, price={"type": "number", "multipleOf": 0.25}),
    obj(over={"type": "integer", "exclusiveMinimum": 5, "exclusiveMaximum": 7}),
    obj(pair={"type": "array", "prefixItems": [{"type": "integer"}, {"type": "null"}], "items": False, "minItems": 2}),
    obj(some={"type": "array", "uniqueItems": True, "minItems": 3, "items": {"type": "integer"}}),
    {"$ref": "#/$defs/Node", "$defs": {"Node": obj(name={"type": "string"}, next={"anyOf": [NODE, {"type": "null"}]})}},
    {"type": "array", "items": {"$ref": "#/definitions/I"}, "definitions": {"I": {"type": "integer", "maximum": -3}}},
    {"properties": {"a": {"items": {"minimum": 2}}}},
    {"required": ["free"]},
]  # fmt: skip


@pytest.mark.parametrize("schema", SCHEMAS, ids=range(len(SCHEMAS)))
def test_usual_schemas_are_met(schema: dict[str, object]) -> None:
    """Types, bounds, formats, patterns, references and combinations, for many seeds."""
    assert [problems(schema, seed) for seed in range(12)] == [[]] * 12


SMALL = st.integers(0, 90)
LEAVES: st.SearchStrategy[dict[str, object]] = st.one_of(
    st.builds(lambda low, span: {"type": "integer", "minimum": low, "maximum": low + span}, st.integers(-99), SMALL),
    st.builds(lambda low, span: {"type": "string", "minLength": low, "maxLength": low + span}, SMALL, SMALL),
    st.builds(lambda values: {"enum": values}, st.lists(st.integers() | st.text(max_size=5), min_size=1, max_size=4)),
    st.sampled_from([{"type": "boolean"}, {"type": "null"}, {"type": "number"}, {"type": ["string", "null"]}]),
)  # fmt: skip
ANY_SCHEMA = st.recursive(
    LEAVES,
    lambda inner: (
        st.builds(
            lambda item, low, span: {"type": "array", "items": item, "minItems": low, "maxItems": low + span},
            inner,
            st.integers(0, 4),
            st.integers(0, 4),
        )
        | st.builds(lambda options: {"anyOf": options}, st.lists(inner, min_size=1, max_size=3))
        | st.dictionaries(st.text(min_size=1, max_size=6), inner, max_size=4).map(lambda named: obj(**named))
    ),
    max_leaves=8,
)


def test_whole_numbers_beyond_floats_stay_exact() -> None:
    """2**53 + 1 has no float, and is still met."""
    assert problems({"type": "integer", "minimum": 2**53 + 1, "maximum": 2**53 + 1}, 0) == []


@given(ANY_SCHEMA, st.integers(0, 9))
def test_any_combination_of_what_we_know_is_met(schema: dict[str, object], seed: int) -> None:
    """jsonschema, which we did not write, has nothing against it."""
    assert problems(schema, seed) == []


def test_a_recursive_schema_ends() -> None:
    """Deep down only what is required is written."""
    kids = {"type": "array", "items": {"$ref": "#/$defs/T"}}
    assert problems({"$ref": "#/$defs/T", "$defs": {"T": {"type": "object", "properties": {"kids": kids}}}}) == []


def test_an_endless_reference_ends() -> None:
    """A schema that refers to itself alone means anything."""
    assert isinstance(make_value({"$ref": "#"}, READING, chance(1, b"")), str)


def test_an_enum_prefers_the_labels_of_the_request() -> None:
    """Asked for colours, a colour is chosen."""
    schema = {"enum": ["square", "green", "round"]}
    assert {make_value(schema, READING, chance(seed, b"")) for seed in range(10)} == {"green"}


def test_scores_are_more_often_good_than_bad() -> None:
    """Judges of an emulated run reject a few answers, not half of them; every score still comes up."""
    schema = obj(score={"type": "string", "enum": ["1", "2", "3", "4", "5"]})
    made = [make_value(schema, READING, chance(seed, b"")) for seed in range(400)]
    scores = [value["score"] for value in made if isinstance(value, dict)]
    assert 0 < sum(score in {"1", "2"} for score in scores) < 40
    assert set(scores) == {"1", "2", "3", "4", "5"}
