"""The errors that official SDKs list, read out of the installed packages, with their source."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Annotated, Literal, get_args, get_origin

import anthropic
import openai
import pytest
from anthropic.types.shared.error_details import ErrorDetails
from anthropic.types.shared.error_type import ErrorType
from google.genai.types import BlockedReason, FinishReason
from openai.types.beta.session_turn_error import SessionTurnError
from openai.types.responses import ResponseError

# google.rpc.Code, whose names stand in `error.status` of Gemini (googleapis, google/rpc/code.proto); OK is no error.
GOOGLE_RPC = {
    "CANCELLED": 499,
    "UNKNOWN": 500,
    "INVALID_ARGUMENT": 400,
    "DEADLINE_EXCEEDED": 504,
    "NOT_FOUND": 404,
    "ALREADY_EXISTS": 409,
    "PERMISSION_DENIED": 403,
    "UNAUTHENTICATED": 401,
    "RESOURCE_EXHAUSTED": 429,
    "FAILED_PRECONDITION": 400,
    "ABORTED": 409,
    "OUT_OF_RANGE": 400,
    "UNIMPLEMENTED": 501,
    "INTERNAL": 500,
    "UNAVAILABLE": 503,
    "DATA_LOSS": 500,
}

# OpenRouter's canonical error types with their statuses (openrouter SDK 1.3.84, components/apierrortype.py).
OPENROUTER = {
    "context_length_exceeded": 400,
    "max_tokens_exceeded": 400,
    "token_limit_exceeded": 400,
    "string_too_long": 400,
    "authentication": 401,
    "permission_denied": 403,
    "payment_required": 402,
    "rate_limit_exceeded": 429,
    "provider_overloaded": 529,
    "provider_unavailable": 502,
    "invalid_request": 400,
    "invalid_prompt": 400,
    "not_found": 404,
    "precondition_failed": 412,
    "payload_too_large": 413,
    "unprocessable": 422,
    "content_policy_violation": 403,
    "refusal": 403,
    "invalid_image": 400,
    "image_too_large": 400,
    "image_too_small": 400,
    "unsupported_image_format": 400,
    "image_not_found": 404,
    "image_download_failed": 400,
    "server": 500,
    "timeout": 408,
    "unmapped": 500,
}


def literals(kind: object) -> Iterator[str]:
    """The words of a Literal, wherever it stands in an annotation."""
    if get_origin(kind) is Literal:
        yield from (str(word) for word in get_args(kind))
        return
    for part in get_args(kind):
        yield from literals(part)


def openai_codes() -> frozenset[str]:
    """Codes of failed responses and of failed turns of a session."""
    fields = (ResponseError.model_fields["code"], SessionTurnError.model_fields["code"])
    return frozenset(word for field in fields for word in literals(field.annotation))


def anthropic_types() -> frozenset[str]:
    """The types that `error.type` takes."""
    return frozenset(literals(ErrorType))


def anthropic_codes() -> frozenset[str]:
    """The codes that `error.details.error_code` takes, of all endpoints."""
    union = get_args(ErrorDetails)[0] if get_origin(ErrorDetails) is Annotated else ErrorDetails
    return frozenset(
        word for member in get_args(union) for word in literals(member.model_fields["error_code"].annotation)
    )


def gemini_reasons() -> frozenset[str]:
    """Why Gemini stopped, or took no prompt."""
    return frozenset(reason.value for kind in (FinishReason, BlockedReason) for reason in kind)


def openrouter_types() -> frozenset[str]:
    """The types of the installed OpenRouter SDK; skips the test, visibly, where it is not installed."""
    try:
        module = import_module("openrouter.components.apierrortype")
    except ModuleNotFoundError:
        pytest.skip("the openrouter SDK is not installed")
    return frozenset(literals(module.APIErrorType))


def files_that_name_codes(package: Path) -> frozenset[str]:
    """The modules of an SDK, below `types`, that list error codes as literals."""
    found = (
        path.relative_to(package / "types").as_posix()
        for path in sorted((package / "types").rglob("*.py"))
        if any(line.strip().startswith("code: Literal[") for line in path.read_text(encoding="utf-8").splitlines())
    )
    return frozenset(found)


OPENAI_PACKAGE = Path(openai.__file__).parent
ANTHROPIC_PACKAGE = Path(anthropic.__file__).parent
