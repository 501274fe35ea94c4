"""The gate `schema`: an answer is JSON, and meets the schema of its request."""

import json
import re
from collections.abc import Iterator
from functools import lru_cache

from jsonschema import Draft202012Validator, ValidationError, validators
from jsonschema.exceptions import SchemaError
from jsonschema.protocols import Validator

from modelroute_cli.base.linear import is_found_soon
from modelroute_cli.execution.gates.repair import Json, found_json, unfenced
from modelroute_cli.execution.gates.subject import Read, Subject


def _pattern(validator: Validator, pattern: str, instance: Json, schema: object) -> Iterator[ValidationError]:
    """The keyword `pattern`, in an engine that no answer keeps busy."""
    del schema
    if validator.is_type(instance, "string") and not is_found_soon(pattern, str(instance)):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


_Validator = validators.extend(  # type: ignore[no-untyped-call]  # the stubs do not type it
    Draft202012Validator, {"pattern": _pattern}
)


def read_schema(subject: Subject) -> Read:
    """The answer as JSON, taken out of what stands around it, held against the request's schema."""
    try:
        found = found_json(subject.output)
    except (ValueError, RecursionError) as error:
        return Read(unfenced(subject.output), f"not JSON: {error}")
    fault = _fault(_validator(json.dumps(subject.request.response_schema, sort_keys=True)), found.value)
    return Read(found.text, fault, found.note)


def _fault(validator: Validator | None, value: Json) -> str | None:
    """The most telling violation, by its place in the answer."""
    if validator is None:
        return "the request's `response_schema` cannot be used to check an answer"
    try:
        first = min(validator.iter_errors(value), key=_place, default=None)
    except (re.error, RecursionError) as error:
        return f"the request's `response_schema` cannot be applied: {error}"
    return None if first is None else f"{first.json_path}: {first.message}"


def _place(error: ValidationError) -> tuple[int, str]:
    """Outer violations first, then by path, so that the detail is always the same."""
    return len(error.absolute_path), error.json_path


@lru_cache(maxsize=256)
def _validator(schema: str) -> Validator | None:
    """A validator made once per schema text; None for a schema that is broken or refers outside itself.

    An outside reference is refused, since the library would fetch it from the network.
    """
    parsed_schema = json.loads(schema)
    if not _is_closed(parsed_schema):
        return None
    try:
        Draft202012Validator.check_schema(parsed_schema)
    except (SchemaError, RecursionError):
        return None
    made: Validator = _Validator(parsed_schema)
    return made


def _is_closed(node: object) -> bool:
    """Whether every `$ref` of a schema stays inside it."""
    match node:
        case dict():
            own = node.get("$ref", node.get("$dynamicRef", "#"))
            return str(own).startswith("#") and all(_is_closed(value) for value in node.values())
        case list():
            return all(_is_closed(value) for value in node)
        case _:
            return True
