"""Answers in the form of OpenAI Chat Completions, all marked emulated."""

from typing import Literal

import msgspec
from msgspec import Struct

from modelroute_cli.emulator.asked import Asked
from modelroute_cli.emulator.dialects.base import Heading
from modelroute_cli.emulator.dialects.chat.usage import Fields, usage_fields
from modelroute_cli.emulator.dialects.openai_errors import error_in_200
from modelroute_cli.emulator.generate import Answer, Finish
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


class _Completion(Struct, kw_only=True):
    """The whole body."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: tuple[_Choice, ...]
    usage: Fields
    service_tier: str
    system_fingerprint: Literal["emulated"] = "emulated"


def completion(answer: Answer, heading: Heading, asked: Asked) -> bytes:
    """The body of a successful answer."""
    choice = _Choice(
        message=_message(answer, asked),
        finish_reason=_finish(answer, heading.provider),
    )
    body = _Completion(
        id=f"emulated-{heading.id}",
        created=heading.created,
        model=heading.model,
        choices=(choice,),
        usage=usage_fields(answer.usage, heading),
        service_tier=heading.service_tier,
    )
    return _ENCODER.encode(body)


def _finish(answer: Answer, provider: str) -> str:
    """Why it ended, in OpenAI's word, or in Together's (SDK 3.1) where the model came to its end."""
    if provider == "together" and answer.finish_reason == "stop":
        return "eos"
    return _FINISH.get(answer.finish_reason, answer.finish_reason)


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
