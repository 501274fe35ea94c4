"""Which JSON Schemas Claude can be held to, and how a schema is written so that it takes it.

Rules: anthropic SDK 2.12 (`lib/_parse/_transform.py`) and platform.claude.com, "Structured outputs", "JSON Schema
limitations" (2026): objects are closed, bounds are not known, nothing refers to itself, at most 16 parameters of
several types. A schema outside the rules is a 400. Bounds go into the description, as the SDK does it: the model may
keep them, and our own gate checks the answer against the schema as the user wrote it.
"""

from collections.abc import Iterator, Mapping

from modelroute_cli.providers.encoding import Body, as_json

MOST_UNIONS = 16
"""Parameters of several types in one schema (the API's own error message names the limit)."""
MOST_OPTIONAL = 12
"""Properties that may be left out: with too many the API calls a schema too complex. Its limit is not known for sure
(24 by its documents, some schemas with 19 were refused): below half of that both readings are safe."""

_BOUNDS = frozenset({
    "maxItems", "maxLength", "maxProperties", "maximum", "minItems", "minLength", "minProperties", "minimum",
    "exclusiveMaximum", "exclusiveMinimum", "multipleOf", "pattern", "uniqueItems", "default", "examples", "format",
})  # fmt: skip
_IGNORED = frozenset({"$schema", "$id", "$comment", "deprecated", "readOnly", "writeOnly"})
_KEPT = frozenset({"type", "enum", "const", "anyOf", "oneOf", "allOf", "$ref", "$defs", "definitions", "title"})
_SHAPE = frozenset({"properties", "required", "additionalProperties", "items", "description"})
_KNOWN = _BOUNDS | _IGNORED | _KEPT | _SHAPE
_FORMATS = frozenset(
    {"date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"}
)  # of strings
_TYPES = frozenset({"object", "array", "string", "integer", "number", "boolean", "null"})


class _OutsideError(Exception):
    """A schema that Claude cannot be held to."""


def fitted(schema: Body) -> Body | None:
    """The schema as Claude takes it, None where it cannot be held to it.

    Every answer that meets what is given back has the shape `schema` asks for: objects that may have other properties
    besides their own are closed. Where that would change what is asked (an object without properties, properties of
    any name), where a keyword has no counterpart, or where a limit is passed, there is none.
    """
    try:
        written = _node(schema)
    except (_OutsideError, RecursionError):
        return None
    fits = _unions(written) <= MOST_UNIONS and _optional(written) <= MOST_OPTIONAL and not _is_endless(written)
    return written if fits else None


def _node(node: object) -> Body:
    """One schema and everything in it; _OutsideError."""
    if not isinstance(node, dict) or not node.keys() <= _KNOWN:
        raise _OutsideError
    definitions = {"$defs": _named(_definitions(node))} if _definitions(node) else {}
    if "$ref" in node:
        return definitions | {"$ref": _local(node["$ref"])}
    return definitions | _said(node) | _described(node)


def _definitions(node: Body) -> Mapping[str, object]:
    """What stands under either of the two names for schemas to refer to."""
    both = [node.get("$defs", {}), node.get("definitions", {})]
    if not all(isinstance(part, dict) for part in both):
        raise _OutsideError
    return {name: part for named in both if isinstance(named, dict) for name, part in named.items()}


def _local(reference: object) -> str:
    """A reference into the schema's own definitions, under their one name."""
    written = str(reference).replace("#/definitions/", "#/$defs/", 1)
    if not written.startswith("#/$defs/"):
        raise _OutsideError
    return written


def _named(parts: Mapping[str, object]) -> Body:
    """Schemas by name."""
    return {name: _node(part) for name, part in parts.items()}


def _said(node: Body) -> Body:
    """What kind of value it is: one of some values, one of some schemas, or a type with what belongs to it."""
    literal: Body = {}
    if "enum" in node:
        literal["enum"] = _primitives(node["enum"])
    if "const" in node:
        literal["const"] = _primitives([node["const"]])[0]
    if literal:
        return literal
    for word in ("anyOf", "oneOf", "allOf"):
        if word in node:
            return _combined(word, node)
    return _typed(node)


def _primitives(values: object) -> list[object]:
    """Values that are no arrays and no objects; at least one."""
    if not isinstance(values, list) or not values or any(isinstance(value, list | dict) for value in values):
        raise _OutsideError
    return list(values)


def _combined(word: str, node: Body) -> Body:
    """One of several schemas, or all of them; what stands beside them would be lost, so nothing may."""
    parts = node[word]
    if not isinstance(parts, list) or not parts or node.keys() & (_SHAPE - {"description"}):
        raise _OutsideError
    written = [_node(part) for part in parts]
    if word == "allOf" and any("$ref" in part for part in written):
        raise _OutsideError
    return {"allOf" if word == "allOf" else "anyOf": written}


def _typed(node: Body) -> Body:
    """A value of a type, or of one of several."""
    types = node.get("type")
    if isinstance(types, list) and types:
        return {"anyOf": [_typed({**node, "type": each}) for each in types]}
    if not isinstance(types, str) or types not in _TYPES:
        raise _OutsideError
    if types == "object":
        return _object(node)
    return {"type": types} | (_array(node) if types == "array" else {}) | (_string(node) if types == "string" else {})


def _object(node: Body) -> Body:
    """A closed object; what may have properties of any name cannot be closed."""
    properties, required = node.get("properties"), node.get("required", [])
    if not isinstance(properties, dict) or not properties or not isinstance(required, list):
        raise _OutsideError
    if node.get("additionalProperties", False) is not False or not set(map(str, required)) <= properties.keys():
        raise _OutsideError
    closed: Body = {"type": "object", "properties": _named(properties), "additionalProperties": False}
    return closed | ({"required": list(required)} if "required" in node else {})


def _array(node: Body) -> Body:
    """What the elements are, and whether there must be one."""
    if "items" not in node:
        raise _OutsideError
    least = node.get("minItems")
    return {"items": _node(node["items"])} | ({"minItems": least} if _is_least(least) else {})


def _is_least(least: object) -> bool:
    return isinstance(least, int) and not isinstance(least, bool) and least in {0, 1}


def _string(node: Body) -> Body:
    return {"format": node["format"]} if node.get("format") in _FORMATS else {}


def _described(node: Body) -> Body:
    """Title and description, with the bounds that the rest does not say."""
    told = {name: value for name, value in node.items() if name in _BOUNDS and not _is_kept(name, node)}
    words = [node["description"]] if isinstance(node.get("description"), str) else []
    words += [as_json(told)] if told else []
    found: Body = {"description": "\n\n".join(map(str, words))} if words else {}
    return found | ({"title": node["title"]} if isinstance(node.get("title"), str) else {})


def _is_kept(name: str, node: Body) -> bool:
    """Whether a bound is one that Claude knows."""
    is_plain = not {"enum", "const", "anyOf", "oneOf", "allOf"} & node.keys()
    if name == "minItems":
        return is_plain and node.get("type") == "array" and _is_least(node["minItems"])
    return is_plain and name == "format" and node.get("type") == "string" and node["format"] in _FORMATS


def _inside(node: object) -> Iterator[Body]:
    """A schema and all schemas in it, definitions included."""
    if isinstance(node, list):
        for part in node:
            yield from _inside(part)
    elif isinstance(node, dict):
        yield node
        for name in ("anyOf", "allOf", "items"):
            yield from _inside(node.get(name))
        for name in ("properties", "$defs"):
            named = node.get(name)
            yield from _inside(list(named.values()) if isinstance(named, dict) else None)


def _unions(schema: Body) -> int:
    """How many values may be of several types."""
    return sum("anyOf" in node for node in _inside(schema))


def _optional(schema: Body) -> int:
    """How many properties may be left out."""
    return sum(_missing(node) for node in _inside(schema))


def _missing(node: Body) -> int:
    properties, required = node.get("properties"), node.get("required")
    named = len(properties) if isinstance(properties, dict) else 0
    return named - (len(required) if isinstance(required, list) else 0)


def _is_endless(schema: Body) -> bool:
    """Whether a reference leads back to where it stands, or nowhere."""
    named = schema.get("$defs")
    links = {f"#/$defs/{name}": _links(part) for name, part in (named if isinstance(named, dict) else {}).items()}
    ends: set[str] = set()
    while more := {name for name, onward in links.items() if onward <= ends} - ends:
        ends |= more
    return not _links({name: part for name, part in schema.items() if name != "$defs"}) <= ends


def _links(node: object) -> frozenset[str]:
    """Where the references inside a schema lead."""
    return frozenset(str(part["$ref"]) for part in _inside(node) if "$ref" in part)
