"""A JSON value that meets a JSON Schema, with plausible words in it."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from modelroute_cli.emulator.patterns import matching
from modelroute_cli.emulator.prose import sentence, short
from modelroute_cli.emulator.reading import Reading

Schema = Mapping[str, object]

_DEEPEST = 6  # below it only what is required is written, so that recursive schemas end
_USUAL_ITEMS = 2
_SCORE_DRAWS = 3
_LONG_NAMES = frozenset(
    ["answer", "body", "content", "description", "explanation", "message", "reason", "summary", "text"],
)
_FORMATS = {
    "date": "2026-11-23",
    "date-time": "2026-11-23T10:00:00Z",
    "duration": "P1D",
    "email": "team@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "time": "10:00:00Z",
    "uri": "https://example.com/",
    "uuid": "0b9f0f0e-7c1b-4b52-9a58-3f9a7e0c5d11",
}
_KEYWORD_TYPES = {
    "properties": "object", "required": "object", "additionalProperties": "object",
    "items": "array", "prefixItems": "array", "minItems": "array",
    "minimum": "number", "maximum": "number", "multipleOf": "number",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where in the answer a value stands."""

    root: Schema
    reading: Reading
    dice: random.Random
    name: str = ""
    depth: int = 0

    def inside(self, name: str) -> "_Place":
        """One level down, under `name`."""
        return _Place(root=self.root, reading=self.reading, dice=self.dice, name=name, depth=self.depth + 1)


def make_value(schema: Schema, reading: Reading, dice: random.Random) -> object:
    """A value for `schema`: types, enum, const, bounds, formats, simple patterns, references, allOf, first of anyOf."""
    return _value(schema, _Place(root=schema, reading=reading, dice=dice))


def _value(written: object, place: _Place) -> object:
    """A value for one schema node."""
    schema = _resolved(written, place)
    if "const" in schema:
        return schema["const"]
    choices = schema.get("enum")
    if isinstance(choices, list) and choices:
        return _chosen(choices, place)
    return _typed(schema, place)


def _chosen(choices: list[object], place: _Place) -> object:
    """One of an enum, preferring a label that the request spoke of; of scores the best of a few draws.

    Who judges answers of good models finds more good ones than bad ones.
    """
    if place.name == "score":
        return choices[max(place.dice.randrange(len(choices)) for _ in range(_SCORE_DRAWS))]
    asked = [choice for choice in choices if choice in place.reading.labels]
    return place.dice.choice(asked or choices)


def _typed(schema: Schema, place: _Place) -> object:
    """A value of the schema's type."""
    match _type(schema):
        case "object":
            return _object(schema, place)
        case "array":
            return _array(schema, place)
        case "integer" | "number" as kind:
            return _number(schema, int(kind == "integer"), place)
        case "boolean" | "null" as kind:
            return place.dice.choice((True, False)) if kind == "boolean" else None
        case _:
            return _string(schema, place)


def _type(schema: Schema) -> str:
    """The type, of several the first that is not null, of none the one its keywords speak of."""
    named = schema.get("type")
    if isinstance(named, list):
        return next((str(one) for one in named if one != "null"), "null")
    if isinstance(named, str):
        return named
    return next((kind for keyword, kind in _KEYWORD_TYPES.items() if keyword in schema), "string")


def _resolved(written: object, place: _Place) -> Schema:
    """The node with references followed and combinations taken: all of `allOf`, the first of `anyOf` and `oneOf`."""
    schema: dict[str, object] = dict(written) if isinstance(written, dict) else {}
    for _ in range(_DEEPEST):
        if not schema.keys() & {"$ref", "allOf", "anyOf", "oneOf"}:
            break
        for part in _combined(schema, place):
            schema = _merged(schema, part)
    return schema


def _combined(schema: dict[str, object], place: _Place) -> list[dict[str, object]]:
    """The parts that must hold besides the node itself; they are taken out of it."""
    parts: list[object] = []
    if "$ref" in schema:
        parts.append(_referred(str(schema.pop("$ref")), place.root))
    parts.extend(cast("list[object]", schema.pop("allOf", [])))
    for key in ("anyOf", "oneOf"):
        options = cast("list[object]", schema.pop(key, []))
        shallow = place.depth <= _DEEPEST
        parts.extend(options[:1] if shallow else options[-1:])
    return [part for part in parts if isinstance(part, dict)]


def _merged(schema: dict[str, object], part: dict[str, object]) -> dict[str, object]:
    """Both schemas at once: properties and required are joined, of the rest the part's word counts."""
    merged = schema | part
    for key in ("properties", "$defs"):
        if isinstance(schema.get(key), dict) and isinstance(part.get(key), dict):
            merged[key] = _joined(cast("dict[str, object]", schema[key]), cast("dict[str, object]", part[key]))
    if isinstance(schema.get("required"), list) and isinstance(part.get("required"), list):
        merged["required"] = [*cast("list[object]", schema["required"]), *cast("list[object]", part["required"])]
    return merged


def _joined(one: dict[str, object], other: dict[str, object]) -> dict[str, object]:
    """Named schemas of both; where both know a name, both must hold."""
    common = {name: {"allOf": [one[name], other[name]]} for name in one if name in other}
    return one | other | common


def _referred(reference: str, root: Schema) -> object:
    """What a local reference such as `#/$defs/Item` points to; an empty schema when it points nowhere."""
    node: object = root
    for key in reference.removeprefix("#").strip("/").split("/"):
        plain = key.replace("~1", "/").replace("~0", "~")
        node = node.get(plain, {}) if isinstance(node, dict) and plain else node
    return node


def _object(schema: Schema, place: _Place) -> dict[str, object]:
    """All properties; deep down only the required ones."""
    declared = schema.get("properties")
    properties: dict[str, object] = dict(declared) if isinstance(declared, dict) else {}
    required = [str(name) for name in cast("list[object]", schema.get("required", []))]
    for name in required:
        properties.setdefault(name, {"type": "string"})
    wanted = properties if place.depth < _DEEPEST else required
    return {name: _value(properties[name], place.inside(name)) for name in wanted}


def _array(schema: Schema, place: _Place) -> list[object]:
    """As many items as the request asks for or two, within the schema's bounds, unlike where they must be."""
    fixed = [_value(part, place.inside(place.name)) for part in cast("list[object]", schema.get("prefixItems", []))]
    least = max(_whole(schema.get("minItems"), 0), len(fixed))
    usual = 0 if place.depth >= _DEEPEST else max(place.reading.items, _USUAL_ITEMS)
    most = _whole(schema.get("maxItems"), max(least, usual)) if schema.get("items") is not False else len(fixed)
    count = min(max(least, usual), most)
    items = [_value(schema.get("items", {}), place.inside(place.name)) for _ in range(count - len(fixed))]
    return _unlike(fixed + items, schema, place) if schema.get("uniqueItems") else fixed + items


def _unlike(items: list[object], schema: Schema, place: _Place) -> list[object]:
    """The different ones among the items, made up to the least count by further draws."""
    found: list[object] = []
    draws = iter(range(10 * (len(items) + 1)))
    for item in items:
        candidate = item
        while candidate in found and next(draws, None) is not None:
            candidate = _value(schema.get("items", {}), place.inside(place.name))
        if candidate not in found:
            found.append(candidate)
    return found


def _number(schema: Schema, step: int, place: _Place) -> float:
    """A number within its bounds and on its step."""
    low, high = _bounds(schema, step)
    multiple = schema.get("multipleOf") or step
    if not isinstance(multiple, int | float) or not multiple:
        return round(place.dice.uniform(low, high), 2) if high - low > 1 else (low + high) / 2
    first, last = int(-(-low // multiple)), int(high // multiple)  # whole numbers stay exact beyond 2**53
    exact = place.dice.randint(first, max(first, last)) * multiple
    return int(exact) if exact == int(exact) else exact


def _bounds(schema: Schema, step: int) -> tuple[float, float]:
    """The least and the greatest value allowed; a hundred apart where one is open."""
    nudge = step or 1e-6
    lows = [_real(schema.get("minimum")), _real(schema.get("exclusiveMinimum"), nudge)]
    highs = [_real(schema.get("maximum")), _real(schema.get("exclusiveMaximum"), -nudge)]
    low = max((bound for bound in lows if bound is not None), default=None)
    high = min((bound for bound in highs if bound is not None), default=None)
    if low is None:
        low = min(1.0, high) if high is not None else 1.0
    return low, high if high is not None else low + 100


def _string(schema: Schema, place: _Place) -> str:
    """A string by format, pattern, or the property's name, cut or grown to its length."""
    named = _FORMATS.get(str(schema.get("format")))
    if named is not None:
        return named
    pattern = schema.get("pattern")
    made = matching(pattern, place.dice) if isinstance(pattern, str) else None
    if made is not None:
        return made
    text = sentence(place.reading, place.dice) if place.name in _LONG_NAMES else short(place.reading, place.dice)
    least, most = _whole(schema.get("minLength"), 0), _whole(schema.get("maxLength"), len(text) + 10_000)
    while len(text) < least:
        text = f"{text} {sentence(place.reading, place.dice)}"
    return text[:most]


def _whole(value: object, otherwise: int) -> int:
    """A bound of the schema, or what holds without one."""
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise


def _real(value: object, shift: float = 0) -> float | None:
    """A numeric bound, moved off an exclusive one; a whole one stays whole."""
    return value + shift if isinstance(value, int | float) and not isinstance(value, bool) else None
