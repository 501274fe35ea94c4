"""Whether a `response_schema` can be held against an answer, found before anything is sent."""

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from jsonschema.exceptions import SchemaError

_SHOWN_CHARACTERS = 160
_encode = msgspec.json.Encoder(order="deterministic").encode


def schema_fault(schema: dict[str, object]) -> str | None:
    """Why `schema` is no usable JSON Schema (Draft 2020-12), or None; found once per distinct schema."""
    return _fault_of(_encode(schema))


@lru_cache(maxsize=4096)
def _fault_of(text: bytes) -> str | None:
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - 0.1 s that only jobs with schemas should pay
    from jsonschema.exceptions import SchemaError  # noqa: PLC0415 - likewise

    schema = msgspec.json.decode(text, type=dict[str, object])
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        return f"is no valid JSON Schema: {_at(error)}{error.message[:_SHOWN_CHARACTERS]}"
    dangling = (reference for reference in _references(schema) if not _resolves(reference, schema))
    return next((f"refers to `{reference}`, which it does not hold" for reference in dangling), None)


def _at(error: "SchemaError") -> str:
    """Where in the schema the error is: `properties.age.type: `."""
    path = ".".join(str(step) for step in error.absolute_path)
    return f"{path}: " if path else ""


def _references(node: object) -> Iterator[str]:
    """Every `$ref` below `node`: one that leaves the schema would be fetched from elsewhere, or fail, in the run."""
    if isinstance(node, dict):
        yield from (value for key, value in node.items() if key == "$ref" and isinstance(value, str))
        node = list(node.values())
    if isinstance(node, list):
        for item in node:
            yield from _references(item)


def _resolves(reference: str, schema: dict[str, object]) -> bool:
    """Whether a local JSON pointer (RFC 6901) finds something; `#name` anchors are left to the validator."""
    if not reference.startswith("#"):
        return False
    node: object = schema
    for step in reference[1:].split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(node, list) and key.isdecimal() and int(key) < len(node):
            node = node[int(key)]
        elif isinstance(node, dict) and key in node:
            node = node[key]
        else:
            return False
    return True
