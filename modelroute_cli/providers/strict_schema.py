"""Which JSON Schemas OpenAI's strict mode takes: it refuses the request with a 400 for any other."""

_CONTAINERS = ("anyOf", "prefixItems")
_SINGLE = ("items", "additionalProperties")
_NAMED = ("properties", "$defs", "definitions")
_REFUSED = frozenset({
    "allOf",
    "contains",
    "default",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "if",
    "maxContains",
    "maxProperties",
    "minContains",
    "minProperties",
    "not",
    "oneOf",
    "patternProperties",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
    "uniqueItems",
})  # fmt: skip
_MOST_LEVELS = 5  # newer models take ten, older ones five: past five a schema goes as guidance


def is_strict(schema: dict[str, object]) -> bool:
    """Whether strict mode takes `schema`; any other schema goes as guidance, and our own gate checks the answer.

    Source of the rules: OpenAI's guide on structured outputs (every object closed, every property required, the root
    an object and no choice of several, few levels, the keywords above refused), and what the openai SDK 3.54 rewrites
    before it sends a schema of its own as strict (`lib/_pydantic.py`: defaults, a `$ref` beside other keywords).
    """
    is_object = schema.get("type") == "object" and "anyOf" not in schema
    return is_object and _is_closed(schema) and _levels(schema) <= _MOST_LEVELS


def _is_closed(node: object) -> bool:
    """Whether `node` and everything in it keeps the rules."""
    if not isinstance(node, dict):
        return True
    if _REFUSED & node.keys() or not _object_is_closed(node) or ("$ref" in node and len(node) > 1):
        return False
    return all(_is_closed(part) for part in _parts(node))


def _object_is_closed(node: dict[str, object]) -> bool:
    """Whether an object forbids other properties and requires all of its own."""
    properties = node.get("properties")
    if node.get("type") != "object" and properties is None:
        return True
    named = set(properties) if isinstance(properties, dict) else set()
    required = node.get("required")
    return node.get("additionalProperties") is False and isinstance(required, list) and named == set(map(str, required))


def _levels(node: object) -> int:
    """How many objects stand inside each other at most."""
    if not isinstance(node, dict):
        return 0
    own = 1 if "properties" in node or node.get("type") == "object" else 0
    return own + max(map(_levels, _parts(node)), default=0)


def _parts(node: dict[str, object]) -> list[object]:
    """The schemas directly inside `node`."""
    parts: list[object] = [node.get(key) for key in _SINGLE]
    for key in _CONTAINERS:
        listed = node.get(key)
        parts.extend(listed if isinstance(listed, list) else [])
    for key in _NAMED:
        named = node.get(key)
        parts.extend(named.values() if isinstance(named, dict) else [])
    return parts
