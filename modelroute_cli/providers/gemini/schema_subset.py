"""Which JSON Schemas Gemini holds a model to, and how they are written for it.

Source: Google's reference of `GenerationConfig.responseJsonSchema`, 2026-11. It lists the keywords that are supported;
whether others are refused or ignored is not stated, so a schema with any other is not sent as one. A reference stands
alone, and a cyclic one is allowed only in properties that are not required: here none is sent.
"""

from collections.abc import Mapping

from modelroute_cli.providers.encoding import Body

_SUPPORTED = frozenset(
    {"$id", "$defs", "$ref", "$anchor", "type", "format", "title", "description", "enum", "const", "items"}
    | {"prefixItems", "minItems", "maxItems", "minimum", "maximum", "anyOf", "oneOf", "properties"}
    | {"additionalProperties", "required"}
)  # `const` is written as an `enum` of one
_REMARKS = frozenset({"$schema", "$comment", "default", "examples", "deprecated", "readOnly", "writeOnly"})
_BESIDE_REFERENCE = frozenset({"title", "description", "$id", "$defs", "$anchor"}) | _REMARKS
_FORMATS = frozenset({"date", "date-time", "time"})  # others say nothing that a gate would check, and may be refused
_ONE = ("items", "additionalProperties")
_LISTED = ("prefixItems", "anyOf", "oneOf")
_NAMED = ("properties", "$defs")
_DEFINITION = "#/$defs/"


def held_schema(schema: Mapping[str, object]) -> Body | None:
    """`schema` as Gemini takes it, without remarks; None when it says more than Gemini can hold a model to."""
    if not _is_supported(schema) or not _references_end(schema):
        return None
    return _written(schema)


def _is_supported(node: object) -> bool:
    """Whether a schema and all schemas in it keep to the supported keywords."""
    if not isinstance(node, Mapping):
        return False
    known = node.keys() <= _SUPPORTED | _REMARKS and _values_are_plain(node)
    return known and _stands_alone(node) and all(_is_supported(part) for part in _parts(node))


def _values_are_plain(node: Mapping[str, object]) -> bool:
    """Whether listed values are strings and numbers."""
    listed = node.get("enum", [])
    values = [*listed, node.get("const", "")] if isinstance(listed, list) else [None]
    return all(isinstance(value, str | int | float) and not isinstance(value, bool) for value in values)


def _stands_alone(node: Mapping[str, object]) -> bool:
    """Whether nothing that counts stands beside a reference."""
    return "$ref" not in node or node.keys() <= _BESIDE_REFERENCE | {"$ref"}


def _parts(node: Mapping[str, object]) -> list[object]:
    """The schemas directly inside one; `true` and `false` count as such only where properties are closed."""
    parts = [node[key] for key in _ONE if key in node and not isinstance(node[key], bool)]
    if isinstance(node.get("items"), bool):
        parts.append(None)
    for key in _LISTED:
        listed = node.get(key, [])
        parts.extend(listed if isinstance(listed, list) else [None])
    for key in _NAMED:
        named = node.get(key, {})
        parts.extend(named.values() if isinstance(named, Mapping) else [None])
    return parts


def _references_end(schema: Mapping[str, object]) -> bool:
    """Whether every reference names a definition of the root, and none leads back to itself."""
    defined = schema.get("$defs", {})
    left = {name: _references(part) for name, part in defined.items()} if isinstance(defined, Mapping) else {}
    if not _references(schema) <= left.keys():
        return False
    while left:
        ending = {name for name, referred in left.items() if not referred & left.keys()}
        if not ending:
            return False
        left = {name: referred for name, referred in left.items() if name not in ending}
    return True


def _references(node: object) -> frozenset[str]:
    """The names of the definitions that a schema refers to, itself or in its parts; others by their whole address."""
    if not isinstance(node, Mapping):
        return frozenset()
    own = {str(node["$ref"]).removeprefix(_DEFINITION)} if "$ref" in node else set()
    return frozenset(own).union(*(_references(part) for part in _parts(node)))


def _written(node: Mapping[str, object]) -> Body:
    """A supported schema without what Gemini does not want to read; keys keep their order, which orders the answer."""
    kept = {key: value for key, value in node.items() if key not in _REMARKS}
    if "$ref" in kept:
        kept = {key: value for key, value in kept.items() if key.startswith("$")}
    if kept.get("format", "date") not in _FORMATS:
        del kept["format"]
    if "const" in kept:
        kept["enum"] = [kept.pop("const")]
    return {key: _written_value(key, value) for key, value in kept.items()}


def _written_value(key: str, value: object) -> object:
    """What stands under a keyword, with the schemas in it written the same way."""
    if key in _NAMED and isinstance(value, Mapping):
        return {name: _written_or_as_is(part) for name, part in value.items()}
    if key in _LISTED and isinstance(value, list):
        return [_written_or_as_is(part) for part in value]
    return _written_or_as_is(value) if key in _ONE else value


def _written_or_as_is(part: object) -> object:
    """A schema written for Gemini; `true` and `false` stay."""
    return _written(part) if isinstance(part, Mapping) else part
