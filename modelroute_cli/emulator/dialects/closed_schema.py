"""What providers that hold a model to a JSON Schema have against a schema."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Schema = Mapping[str, object]

_HOLDS_SCHEMAS = ("properties", "$defs", "definitions")
_HOLDS_A_LIST = ("anyOf", "allOf", "oneOf", "prefixItems")


@dataclass(frozen=True, slots=True)
class Node:
    """A schema inside a schema, and the keys that lead to it."""

    path: tuple[str, ...]
    schema: Schema


def nodes(schema: Schema, path: tuple[str, ...] = ()) -> Iterator[Node]:
    """The schema and every schema inside it, outermost first."""
    yield Node(path, schema)
    for key, inner in _inside(schema):
        if isinstance(inner, dict):
            yield from nodes(inner, (*path, *key))


def open_object(schema: Schema) -> Node | None:
    """The first object that does not forbid additional properties."""
    objects = (node for node in nodes(schema) if _is_object(node.schema))
    return next((node for node in objects if node.schema.get("additionalProperties") is not False), None)


def optional_property(schema: Schema) -> Node | None:
    """The first property, with its object's path, that its object does not require."""
    for node in nodes(schema):
        properties, required = node.schema.get("properties"), node.schema.get("required")
        names = required if isinstance(required, list) else []
        for name in properties if isinstance(properties, dict) else ():
            if name not in names:
                return Node((*node.path, name), node.schema)
    return None


def _is_object(schema: Schema) -> bool:
    """Whether a schema describes an object."""
    named = schema.get("type")
    return named == "object" or (isinstance(named, list) and "object" in named) or "properties" in schema


def _inside(schema: Schema) -> Iterator[tuple[tuple[str, ...], object]]:
    """The schemas directly inside one."""
    for key in _HOLDS_SCHEMAS:
        held = schema.get(key)
        yield from (((key, name), inner) for name, inner in (held.items() if isinstance(held, dict) else ()))
    for key in _HOLDS_A_LIST:
        listed = schema.get(key)
        yield from (((key, str(nth)), inner) for nth, inner in enumerate(listed if isinstance(listed, list) else ()))
    yield ("items",), schema.get("items")
