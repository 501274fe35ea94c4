"""Errors in OpenAI's form, which many others took over, and what it has against a strict schema."""

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from modelroute_cli.emulator.asked import Refusal
from modelroute_cli.emulator.dialects.closed_schema import open_object, optional_property

_ENCODER = msgspec.json.Encoder()


class _ErrorDetail(Struct, kw_only=True):
    """What went wrong."""

    message: str
    type: str
    param: str | None = None
    code: str | int | None = None


class _Error(Struct, kw_only=True):
    """An error body."""

    error: _ErrorDetail


def error(refusal: Refusal, _request_id: str = "") -> bytes:
    """The body of an error."""
    detail = _ErrorDetail(message=refusal.message, type=refusal.type, param=refusal.param, code=refusal.code)
    return _ENCODER.encode(_Error(error=detail))


def error_in_200() -> bytes:
    """An error as OpenRouter puts it into a 200 when generation failed."""
    return _ENCODER.encode(
        _Error(error=_ErrorDetail(message="Provider returned error", type="provider_error", code=502))
    )


def strict_schema(name: str, schema: Mapping[str, object], param: str) -> Refusal | None:
    """The 400 for a schema that `strict` does not allow: an open object, or a property that may be missing."""
    opened = open_object(schema)
    if opened is not None:
        why = "'additionalProperties' is required to be supplied and to be false."
        return _invalid(name, opened.path, why, param)
    missing = optional_property(schema)
    if missing is None:
        return None
    told = "'required' is required to be supplied and to be an array including every key in properties."
    return _invalid(name, missing.path[:-1], f"{told} Missing '{missing.path[-1]}'.", param)


def unsupported(what: str, param: str, why: str) -> Refusal:
    """The refusal of one parameter or of its value."""
    return Refusal(status=400, message=f"Unsupported {what}: '{param}' {why}", param=param, code=f"unsupported_{what}")


def _invalid(name: str, path: tuple[str, ...], why: str, param: str) -> Refusal:
    """OpenAI's sentence, with the place as Python would write it."""
    message = f"Invalid schema for response_format '{name}': In context={path}, {why}"
    return Refusal(status=400, message=message, param=param, code="invalid_json_schema")
