"""Answers and errors in the form of Gemini's generateContent; what is 0 or empty is left out, as Google does."""

import json
from dataclasses import replace

import msgspec
from msgspec import Struct

from modelroute_cli.emulator.asked import Asked, Refusal
from modelroute_cli.emulator.dialects.base import Heading, Place
from modelroute_cli.emulator.generate import Answer, refused
from modelroute_cli.emulator.ledger import Usage
from modelroute_cli.emulator.tool_use import MadeCall

_ENCODER = msgspec.json.Encoder()
_STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    402: "FAILED_PRECONDITION",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    413: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
_TRAFFIC = {"flex": "ON_DEMAND_FLEX", "priority": "ON_DEMAND_PRIORITY"}
_SIGNATURE = "ZW11bGF0ZWQ="
_RPC = "type.googleapis.com/google.rpc."
WRONG_KEY = "API key not valid. Please pass a valid API key."
DAILY = "GenerateRequestsPerDayPerProjectPerModel-FreeTier"
_BY_MINUTE = "GenerateRequestsPerMinutePerProjectPerModel"
_REQUESTS = "generativelanguage.googleapis.com/generate_content_requests"


class _Body(Struct, kw_only=True, rename="camel", omit_defaults=True):
    """A whole body."""

    candidates: list[dict[str, object]] = []
    prompt_feedback: dict[str, object] = {}
    usage_metadata: dict[str, object]
    model_version: str
    response_id: str


def content(answer: Answer, heading: Heading, asked: Asked) -> bytes:
    """The body of a successful answer, or of a prompt that was blocked: no candidate, and why."""
    is_blocked = answer.refusal is not None and not answer.usage.completion_tokens
    return _ENCODER.encode(
        _Body(
            candidates=[] if is_blocked else [_candidate(answer, asked)],
            prompt_feedback={"blockReason": "PROHIBITED_CONTENT"} if is_blocked else {},
            usage_metadata=_usage(answer.usage, heading.service_tier),
            model_version=heading.model,
            response_id=f"emulated-{heading.id}",
        )
    )


def refuse(answer: Answer) -> Answer:
    """Google's two ways to refuse: half of the prompts are blocked before a token is written, half of the answers."""
    if answer.usage.prompt_tokens % 2:
        return refused(answer)
    nothing = msgspec.structs.replace(answer.usage, completion_tokens=0, reasoning_tokens=0)
    return replace(refused(answer), usage=nothing, thoughts="")


def error(refusal: Refusal, _place: Place) -> bytes:
    """The body of an error; one that passes says when, one about a field which."""
    return _error(refusal)


def _error(refusal: Refusal) -> bytes:
    """The same, whoever answers."""
    said: dict[str, object] = {
        "code": refusal.status,
        "message": refusal.message,
        "status": _STATUSES.get(refusal.status, "UNKNOWN"),
    }
    if refusal.wait_s is not None:
        said["details"] = _quota(refusal.wait_s, refusal.code or _BY_MINUTE)
    elif refusal.message == WRONG_KEY:
        said["details"] = [{"@type": f"{_RPC}ErrorInfo", "reason": "API_KEY_INVALID", "domain": "googleapis.com"}]
    elif "Unknown name" in refusal.message:
        said["details"] = [_violation(refusal)]
    return _ENCODER.encode({"error": said})


def error_in_200(_heading: Heading) -> bytes:
    """An error under a status that denies it."""
    return _error(Refusal(status=503, message="The model is overloaded. Please try again later."))


def _candidate(answer: Answer, asked: Asked) -> dict[str, object]:
    """The only candidate; a refusal has no content."""
    if answer.refusal is not None:
        return {"finishReason": "SAFETY", "index": 0}
    parts = _parts(answer, asked)
    told: dict[str, object] = {"role": "model"} | ({"parts": parts} if parts else {})
    return {"content": told, "finishReason": "MAX_TOKENS" if answer.finish_reason == "length" else "STOP", "index": 0}


def _parts(answer: Answer, asked: Asked) -> list[dict[str, object]]:
    """Thoughts where they were asked for, then words, then calls."""
    parts: list[dict[str, object]] = []
    if answer.thoughts and asked.shows_thoughts:
        parts.append({"text": answer.thoughts, "thought": True})
    if answer.text:
        parts.append({"text": answer.text})
    return parts + [_call(made, answer) for made in answer.calls]


def _call(made: MadeCall, answer: Answer) -> dict[str, object]:
    """A call, with its arguments as JSON and not as text; a thinking model signs it."""
    signed = {"thoughtSignature": _SIGNATURE} if answer.usage.reasoning_tokens else {}
    return {"functionCall": {"id": made.id, "name": made.name, "args": json.loads(made.arguments)}, **signed}


def _usage(usage: Usage, tier: str) -> dict[str, object]:
    """Thoughts beside the candidates, cached tokens inside the prompt, and the prompt by modality."""
    visible = usage.completion_tokens - usage.reasoning_tokens
    counts: dict[str, object] = {
        "promptTokenCount": usage.prompt_tokens,
        "cachedContentTokenCount": usage.cached_tokens,
        "candidatesTokenCount": visible,
        "thoughtsTokenCount": usage.reasoning_tokens,
        "totalTokenCount": usage.prompt_tokens + usage.completion_tokens,
        "promptTokensDetails": _by_modality(usage),
    }
    return {name: value for name, value in counts.items() if value} | {"trafficType": _TRAFFIC.get(tier, "ON_DEMAND")}


def _by_modality(usage: Usage) -> list[dict[str, object]]:
    """What of the prompt was words, pictures, sound and files."""
    file_tokens = usage.file_tokens
    words = usage.prompt_tokens - usage.image_tokens - usage.audio_tokens - file_tokens
    counted = {"TEXT": words, "IMAGE": usage.image_tokens, "AUDIO": usage.audio_tokens, "DOCUMENT": file_tokens}
    return [{"modality": name, "tokenCount": tokens} for name, tokens in counted.items() if tokens]


def _quota(wait_s: float, quota: str) -> list[dict[str, object]]:
    """Which quota it was, and when it passes."""
    violation = {
        "quotaMetric": _REQUESTS,
        "quotaId": quota,
        "quotaDimensions": {"location": "global"},
    }
    return [
        {"@type": f"{_RPC}QuotaFailure", "violations": [violation]},
        {"@type": f"{_RPC}RetryInfo", "retryDelay": f"{wait_s:.3f}s"},
    ]


def _violation(refusal: Refusal) -> dict[str, object]:
    """The field that is wrong."""
    where = {"field": refusal.param} if refusal.param else {}
    return {"@type": f"{_RPC}BadRequest", "fieldViolations": [where | {"description": refusal.message}]}
