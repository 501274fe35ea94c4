"""Answers in the form of OpenAI Chat Completions, all marked emulated."""

from typing import Literal

import msgspec
from msgspec import Struct

from modelroute_cli.emulator.asked import Asked
from modelroute_cli.emulator.dialects.base import Heading
from modelroute_cli.emulator.dialects.openai_errors import error_in_200
from modelroute_cli.emulator.generate import Answer, Finish
from modelroute_cli.emulator.ledger import Usage
from modelroute_cli.emulator.tool_use import MadeCall

_FINISH: dict[Finish, str] = {"stop_sequence": "stop"}
_ENCODER = msgspec.json.Encoder()


class _Function(Struct, kw_only=True):
    """What is to be called."""

    name: str
    arguments: str


class _ToolCall(Struct, kw_only=True):
    """A call."""

    id: str
    type: Literal["function"] = "function"
    function: _Function


class _Message(Struct, kw_only=True, omit_defaults=True):
    """The assistant's turn."""

    role: Literal["assistant"]
    content: str | None
    refusal: str | None
    reasoning_content: str | None = None
    tool_calls: tuple[_ToolCall, ...] = ()


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


def completion(answer: Answer, heading: Heading, asked: Asked) -> bytes:
    """The body of a successful answer."""
    choice = _Choice(
        message=_message(answer, asked),
        finish_reason=_FINISH.get(answer.finish_reason, answer.finish_reason),
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


def failed(_heading: Heading) -> bytes:
    """An error within a 200."""
    return error_in_200()


def _message(answer: Answer, asked: Asked) -> _Message:
    """The turn, with thoughts where the provider shows them."""
    thoughts = answer.thoughts if asked.shows_thoughts else ""
    return _Message(
        role="assistant",
        content=answer.text,
        refusal=answer.refusal,
        reasoning_content=thoughts or None,
        tool_calls=tuple(map(_tool_call, answer.calls)),
    )


def _tool_call(made: MadeCall) -> _ToolCall:
    """A call, named as OpenAI names them."""
    return _ToolCall(id=f"call_{made.id}", function=_Function(name=made.name, arguments=made.arguments))


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
