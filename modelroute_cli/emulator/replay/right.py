"""The right answer to a request: its `expected`, as a model would write it; without one, what is taken to be right."""

import json
import random
from dataclasses import replace

from modelroute_cli.base.schema import Request
from modelroute_cli.emulator.asked import Asked, Schema
from modelroute_cli.emulator.generate import written
from modelroute_cli.emulator.json_answer import make_value
from modelroute_cli.emulator.reading import Reading, read, schema_in_text

_WORDS_A_TOKEN = 0.75
_MOST_WORDS = 3000


def right_text(request: Request, asked: Asked, dice: random.Random) -> str:
    """What `expected` says: JSON where JSON is asked for, a list's items, a label, a number or a text as it is."""
    expected = request.expected
    schema = wanted_schema(asked)
    if schema is not None or asked.form == "json":
        return in_json(expected, schema, asked, dice)
    if isinstance(expected, str):
        return expected
    if isinstance(expected, list) and request.gates is not None and request.gates.expected == "set":
        return ", ".join(_plain(item) for item in expected)
    return _plain(expected)


def wanted_schema(asked: Asked) -> Schema | None:
    """The schema that the answer is held to, or told of in words."""
    return asked.schema or schema_in_text(asked)


def in_json(value: object, schema: Schema | None, asked: Asked, dice: random.Random) -> str:
    """A value as the JSON that is asked for: its fields over made ones, a single value in the field that takes it."""
    known = parsed(value)
    made = make_value(schema, read(asked), dice) if schema is not None else {}
    if isinstance(made, dict) and not isinstance(known, dict) and (schema is None or made):
        known = {_place_of(known, made, schema): known}
    if isinstance(made, dict) and isinstance(known, dict):
        known = {**made, **known}
    return json.dumps(known, ensure_ascii=False)


def made_up(asked: Asked, dice: random.Random, output_tokens: int | None) -> str:
    """An answer to a request whose right answer nobody gave, about as long as was recorded."""
    return written(asked, as_long(read(asked), output_tokens), dice)


def as_long(reading: Reading, output_tokens: int | None) -> Reading:
    """The same, to be answered in so many tokens where prose is asked for."""
    if not output_tokens or reading.form not in {"prose", "email"}:
        return reading
    return replace(reading, words=max(1, min(int(output_tokens * _WORDS_A_TOKEN), _MOST_WORDS)))


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def parsed(value: object) -> object:
    """JSON that is given as text; any other text is itself."""
    if isinstance(value, str) and value.lstrip()[:1] in {"{", "["}:
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _place_of(value: object, made: dict[str, object], schema: Schema | None) -> str:
    """The field that a single value belongs into: one whose choices have it, else one of its kind, else the first."""
    properties = schema.get("properties") if schema is not None else None
    if isinstance(properties, dict):
        for name, field in properties.items():
            if isinstance(field, dict) and value in (field.get("enum") or ()):
                return str(name)
    return next((name for name, other in made.items() if type(other) is type(value)), next(iter(made), "answer"))
