"""Errors in OpenAI's form, which many others took over, and what it has against a strict schema."""

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from modelroute_cli.emulator.asked import Refusal
from modelroute_cli.emulator.dialects.base import Place
from modelroute_cli.emulator.dialects.closed_schema import open_object, optional_property
from modelroute_cli.emulator.faults import AccountFault

_ENCODER = msgspec.json.Encoder()
_BAD_REQUEST, _UNPROCESSABLE = 400, 422
_QUOTA_FOR_MONEY = frozenset({"openai", "azure"})


class _ErrorDetail(Struct, kw_only=True):
    """What went wrong."""

    message: str
    type: str
    param: str | None = None
    code: str | int | None = None


class _Error(Struct, kw_only=True):
    """An error body."""

    error: _ErrorDetail


def error(refusal: Refusal, place: Place) -> bytes:
    """The body of an error, as this provider writes it.

    OpenRouter: the status as a number, no type (openrouter.ai/docs, errors). vLLM: the status as the code. Mistral:
    FastAPI's list of what is wrong with a body [?]. Ollama's endpoint of this format keeps OpenAI's form.
    """
    match place.provider:
        case "openrouter":
            return _ENCODER.encode({"error": {"code": refusal.status, "message": refusal.message}})
        case "vllm":
            kind = "BadRequestError" if refusal.status == _BAD_REQUEST else "InternalServerError"
            return _detailed(refusal, type_=kind, code=refusal.status)
        case "mistral" if refusal.status == _UNPROCESSABLE:
            wrong = {"type": "value_error", "loc": ["body"], "msg": refusal.message, "input": None}
            return _ENCODER.encode({"detail": [wrong]})
        case _:
            return _detailed(refusal, type_=refusal.type, code=refusal.code)


def _detailed(refusal: Refusal, *, type_: str, code: str | int | None) -> bytes:
    """OpenAI's four fields."""
    detail = _ErrorDetail(message=refusal.message, type=type_, param=refusal.param, code=code)
    return _ENCODER.encode(_Error(error=detail))


def error_in_200() -> bytes:
    """An error as OpenRouter puts it into a 200 when generation failed."""
    return _ENCODER.encode(
        _Error(error=_ErrorDetail(message="Provider returned error", type="provider_error", code=502))
    )


def stopped(fault: AccountFault, provider: str) -> Refusal:
    """What is said to an account whose key or whose money does not do; OpenAI has a 429 for money, and it stays."""
    if fault == "unauthorized":
        message = "Incorrect API key provided."
        return Refusal(status=401, message=message, code="invalid_api_key")
    if provider in _QUOTA_FOR_MONEY:
        message = "You exceeded your current quota, please check your plan and billing details."
        return Refusal(status=429, message=message, type="insufficient_quota", code="insufficient_quota")
    return Refusal(status=402, message="Insufficient Balance", type="unknown_error", code="invalid_request_error")


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
