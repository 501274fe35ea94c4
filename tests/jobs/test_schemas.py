import pytest

from modelroute_cli.jobs import schemas
from modelroute_cli.jobs.schemas import schema_fault

_PERSON: dict[str, object] = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "boss": {"$ref": "#"}, "home": {"$ref": "#/$defs/place"}},
    "$defs": {"place": {"type": "string", "pattern": "^[A-Z]"}},
    "required": ["name"],
}


@pytest.mark.parametrize(
    "schema",
    [
        {},
        _PERSON,
        {"allOf": [{"type": "object"}, {"$ref": "#/allOf/0"}]},
        {"$defs": {"a/b~c": {"type": "null"}}, "$ref": "#/$defs/a~1b~0c"},
        {"properties": {"$ref": {"type": "string"}}},
    ],
)
def test_a_usable_schema_has_no_fault(schema: dict[str, object]) -> None:
    """What the validator takes, and what refers to itself, is fine."""
    assert schema_fault(schema) is None


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (
            {"type": "strng"},
            "is no valid JSON Schema: type: 'strng' is not valid under any of the given schemas",
        ),
        (
            {"properties": {"age": {"minimum": "0"}}},
            "is no valid JSON Schema: properties.age.minimum: '0' is not of type 'number'",
        ),
        (
            {"properties": {"zip": {"pattern": "("}}},
            "is no valid JSON Schema: properties.zip.pattern: '(' is not a 'regex'",
        ),
        ({"required": "name"}, "is no valid JSON Schema: required: 'name' is not of type 'array'"),
        ({"properties": []}, "is no valid JSON Schema: properties: [] is not of type 'object'"),
    ],
)
def test_an_invalid_schema_is_named_with_its_place(schema: dict[str, object], expected: str) -> None:
    """The path inside the schema and the validator's reason are told."""
    assert schema_fault(schema) == expected


@pytest.mark.parametrize(
    "reference", ["#/$defs/missing", "#/allOf/1", "#/allOf/x", "https://example.com/schema.json", "other.json#/a"]
)
def test_a_reference_must_end_inside_the_schema(reference: str) -> None:
    """Nothing is fetched for a schema, and nothing fails to resolve in the middle of a run."""
    schema: dict[str, object] = {"allOf": [{"$ref": reference}]}
    assert schema_fault(schema) == f"refers to `{reference}`, which it does not hold"


def test_a_schema_is_checked_once() -> None:
    """The same schema in a million rows costs one check; the order of its keys does not matter."""
    schemas._fault_of.cache_clear()
    assert schema_fault({"type": "object", "title": "once"}) is None
    assert schema_fault({"title": "once", "type": "object"}) is None
    assert schemas._fault_of.cache_info().misses == 1
