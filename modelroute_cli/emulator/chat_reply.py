"""The bodies the emulator answers with, in OpenAI's form, all marked emulated."""

from typing import Literal

import msgspec
from msgspec import Struct

from modelroute_cli.emulator.chat_request import Refusal
from modelroute_cli.emulator.generate import Answer
from modelroute_cli.emulator.ledger import Usage

MARK = {"x-modelroute-emulated": "1"}
_ENCODER = msgspec.json.Encoder()


class _Message(Struct, kw_only=True):
    """The assistant's turn."""

    role: Literal["assistant"] = "assistant"
    content: str | None
    refusal: str | None


class _Choice(Struct, kw_only=True):
    """The only choice."""

    index: int = 0
    message: _Message
    logprobs: None = None
    finish_reason: str


class _PromptDetails(Struct, kw_only=True):
    """What of the prompt was cached."""

    cached_tokens: int
    audio_tokens: int = 0


class _CompletionDetails(Struct, kw_only=True):
    """What of the completion was thinking."""

    reasoning_tokens: int
    audio_tokens: int = 0
    accepted_prediction_tokens: int = 0
    rejected_prediction_tokens: int = 0


class _Usage(Struct, kw_only=True):
    """Tokens as OpenAI reports them."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    prompt_tokens_details: _PromptDetails
    completion_tokens_details: _CompletionDetails


class _DeepSeekUsage(_Usage, kw_only=True):
    """DeepSeek adds its own names for cached tokens."""

    prompt_cache_hit_tokens: int
    prompt_cache_miss_tokens: int


class _Completion(Struct, kw_only=True):
    """The whole body."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: tuple[_Choice, ...]
    usage: _Usage
    service_tier: str
    system_fingerprint: Literal["emulated"] = "emulated"


class _ErrorDetail(Struct, kw_only=True):
    """What went wrong."""

    message: str
    type: str
    param: str | None = None
    code: str | int | None = None


class _Error(Struct, kw_only=True):
    """An error body."""

    error: _ErrorDetail


class _Model(Struct, kw_only=True):
    """One entry of GET /models."""

    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str


class _Models(Struct, kw_only=True):
    """GET /models."""

    object: Literal["list"] = "list"
    data: tuple[_Model, ...]


class Heading(Struct, frozen=True, kw_only=True):
    """What stands above an answer: a name of its own, when, and who."""

    id: str
    created: int
    model: str
    provider: str
    service_tier: str = "default"


def completion(answer: Answer, heading: Heading) -> bytes:
    """The body of a successful answer."""
    choice = _Choice(
        message=_Message(content=answer.text, refusal=answer.refusal),
        finish_reason=answer.finish_reason,
    )
    body = _Completion(
        id=f"emulated-{heading.id}",
        created=heading.created,
        model=heading.model,
        choices=(choice,),
        usage=_usage(answer.usage, heading.provider),
        service_tier=heading.service_tier,
    )
    return _ENCODER.encode(body)


def error(refusal: Refusal) -> bytes:
    """The body of an error."""
    detail = _ErrorDetail(message=refusal.message, type=refusal.type, param=refusal.param, code=refusal.code)
    return _ENCODER.encode(_Error(error=detail))


def error_in_200(message: str, code: int) -> bytes:
    """An error as OpenRouter puts it into a 200 when generation failed."""
    return _ENCODER.encode(_Error(error=_ErrorDetail(message=message, type="provider_error", code=code)))


def models(provider: str, names: tuple[str, ...]) -> bytes:
    """The list of models asked for so far: the emulator plays any."""
    return _ENCODER.encode(_Models(data=tuple(_Model(id=name, owned_by=provider) for name in names)))


def _usage(usage: Usage, provider: str) -> _Usage:
    """The tokens, in the provider's own field names."""
    prompt = _PromptDetails(cached_tokens=usage.cached_tokens)
    hidden = _CompletionDetails(reasoning_tokens=usage.reasoning_tokens)
    total = usage.prompt_tokens + usage.completion_tokens
    plain = _Usage(
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        total_tokens=total,
        prompt_tokens_details=prompt,
        completion_tokens_details=hidden,
    )
    if provider != "deepseek":
        return plain
    return _DeepSeekUsage(
        **msgspec.structs.asdict(plain),
        prompt_cache_hit_tokens=usage.cached_tokens,
        prompt_cache_miss_tokens=usage.prompt_tokens - usage.cached_tokens,
    )
