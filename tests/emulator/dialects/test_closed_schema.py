"""Tests of modelroute_cli.emulator.dialects.closed_schema."""

import pytest

from modelroute_cli.emulator.dialects.closed_schema import nodes, open_object, optional_property

TEXT = {"type": "string"}
OPEN = {"type": "object", "properties": {"a": TEXT}, "required": ["a"]}
CLOSED = OPEN | {"additionalProperties": False}


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        (OPEN, ()),
        (CLOSED | {"additionalProperties": True}, ()),
        (CLOSED | {"properties": {"a": OPEN}}, ("properties", "a")),
        ({"type": "array", "items": OPEN}, ("items",)),
        ({"anyOf": [CLOSED, OPEN]}, ("anyOf", "1")),
        (CLOSED | {"$defs": {"d": OPEN}}, ("$defs", "d")),
        ({"type": ["object", "null"]}, ()),
    ],
)
def test_an_open_object_is_found(schema: dict[str, object], path: tuple[str, ...]) -> None:
    """Wherever it stands."""
    found = open_object(schema)
    assert found is not None
    assert found.path == path


@pytest.mark.parametrize("schema", [CLOSED, TEXT, {"type": "array", "items": CLOSED}, {}])
def test_closed_ones_pass(schema: dict[str, object]) -> None:
    """And what is no object."""
    assert open_object(schema) is None


def test_a_property_that_is_not_required_is_found() -> None:
    """By its name."""
    found = optional_property(CLOSED | {"properties": {"a": TEXT, "b": TEXT}})
    assert found is not None
    assert found.path == ("b",)
    assert optional_property(CLOSED) is None


def test_every_schema_inside_is_walked() -> None:
    """The outermost first."""
    assert [node.path for node in nodes({"items": {"anyOf": [TEXT]}})] == [(), ("items",), ("items", "anyOf", "0")]
