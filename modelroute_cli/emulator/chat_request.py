"""What a client sent, checked as strictly as OpenAI checks it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

_OLD_NAME_ONLY = frozenset({"deepseek", "local"})
_TIERS = frozenset({"flex", "priority"})
_OutputLimit = Annotated[int, Meta(ge=1)]


class ImageUrl(Struct, frozen=True):
    """Where an image is."""

    url: str
    detail: str | None = None


class Part(Struct, frozen=True):
    """One piece of a turn."""

    type: Literal["text", "image_url"]
    text: str = ""
    image_url: ImageUrl | None = None


class Turn(Struct, frozen=True):
    """One turn of the chat."""

    role: Literal["system", "developer", "user", "assistant"]
    content: str | tuple[Part, ...] | None = None

    def text(self) -> str:
        """The turn's words."""
        if isinstance(self.content, str):
            return self.content
        return "\n".join(part.text for part in self.content or () if part.type == "text")

    def images(self) -> int:
        """How many images it carries."""
        return 0 if isinstance(self.content, str) else sum(part.type == "image_url" for part in self.content or ())


class NamedSchema(Struct, frozen=True):
    """A JSON Schema the answer must meet."""

    name: str
    schema: dict[str, object]
    strict: bool | None = None


class ResponseFormat(Struct, frozen=True):
    """The form of the answer."""

    type: Literal["text", "json_object", "json_schema"]
    json_schema: NamedSchema | None = None


class Reasoning(Struct, frozen=True):
    """OpenRouter's field for the effort."""

    effort: str | None = None


class Thinking(Struct, frozen=True):
    """DeepSeek's switch."""

    type: Literal["enabled", "disabled"]


class ChatRequest(Struct, frozen=True, kw_only=True):
    """The fields of POST /chat/completions that the emulator obeys; others are accepted and have no effect."""

    model: Annotated[str, Meta(min_length=1)]
    messages: Annotated[tuple[Turn, ...], Meta(min_length=1)]
    max_tokens: _OutputLimit | None = None
    max_completion_tokens: _OutputLimit | None = None
    reasoning_effort: str | None = None
    reasoning: Reasoning | None = None
    thinking: Thinking | None = None
    response_format: ResponseFormat | None = None
    temperature: float | None = None
    service_tier: str | None = None
    stream: bool | None = None

    def served_tier(self) -> str:
        """The tier that serves: what was asked for where it is sold, else OpenAI's name for the standard one."""
        return self.service_tier if self.service_tier in _TIERS else "default"

    def effort(self) -> str | None:
        """The effort asked for by any of the three fields, None when none is there."""
        if self.thinking is not None and self.thinking.type == "disabled":
            return "none"
        return self.reasoning_effort or (self.reasoning.effort if self.reasoning else None)

    def limit(self, provider: str) -> int | None:
        """The output limit; DeepSeek and small servers do not read OpenAI's newer name."""
        newer = None if provider in _OLD_NAME_ONLY else self.max_completion_tokens
        return newer or self.max_tokens

    def schema(self) -> dict[str, object] | None:
        """The JSON Schema of the answer."""
        named = self.response_format.json_schema if self.response_format else None
        return named.schema if named else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a request gets an error instead of an answer, in OpenAI's words."""

    status: int
    message: str
    type: str = "invalid_request_error"
    param: str | None = None
    code: str | None = None


_DECODER = msgspec.json.Decoder(ChatRequest)


def read_request(body: bytes) -> ChatRequest | Refusal:
    """The request in `body`, or what is wrong with it."""
    try:
        request = _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Refusal(status=400, message=f"We could not read the JSON body of your request: {error}")
    if request.stream:
        return Refusal(status=400, message="The emulator does not stream.", param="stream", code="unsupported_value")
    return request


def digest(provider: str, body: bytes) -> bytes:
    """What makes two requests the same: the provider and every byte of the body."""
    return hashlib.blake2b(provider.encode() + b"\0" + body, digest_size=16).digest()


def prompt_texts(request: ChatRequest) -> Sequence[str]:
    """The words of every turn, in order."""
    return [turn.text() for turn in request.messages]
