"""OpenAI's chat format, as far as a text model on this machine speaks it: bodies in, bodies and errors out."""

import time
from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import uuid4

import msgspec
from msgspec import Meta, Struct

from modelroute_cli.local.engine import TEMPERATURE, TOP_P, Ask, Reply, Turn


class Refusal(Exception):  # noqa: N818 - it is an answer, with a status
    """A request that is answered with an error."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class _Part(Struct, frozen=True):
    type: str
    text: str = ""


class _Message(Struct, frozen=True):
    role: Literal["system", "developer", "user", "assistant"]
    content: str | list[_Part]


class _Named(Struct, frozen=True):
    schema: dict[str, object]


class _Format(Struct, frozen=True):
    type: Literal["text", "json_object", "json_schema"]
    json_schema: _Named | None = None


class _Body(Struct, frozen=True):
    """What is read of a body; all else is ignored, as OpenAI-compatible servers do."""

    model: str
    messages: Annotated[list[_Message], Meta(min_length=1)]
    max_tokens: Annotated[int, Meta(ge=1)] | None = None
    max_completion_tokens: Annotated[int, Meta(ge=1)] | None = None
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    top_p: Annotated[float, Meta(gt=0, le=1)] | None = None
    stop: str | list[str] | None = None
    stream: bool | None = None
    n: int | None = None
    response_format: _Format | None = None


class _Asked(Struct, frozen=True):
    """A body as what is asked, and of which model."""

    model: str
    ask: Ask


_DECODER = msgspec.json.Decoder(_Body)
_NO_LIMIT = 2048


def read(body: bytes) -> _Asked:
    """What a body asks for; Refusal with 400 where it is none, or wants what only others can do."""
    try:
        asked = _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refusal(400, "invalid_request", str(error)) from error
    if asked.stream or (asked.n or 1) > 1:
        message = "one whole answer a request: `stream` and `n` are not spoken here"
        raise Refusal(400, "unsupported_value", message)
    return _Asked(asked.model, _ask(asked))


def _ask(body: _Body) -> Ask:
    """The body in the engine's terms."""
    stop = (body.stop,) if isinstance(body.stop, str) else tuple(body.stop or ())
    return Ask(
        turns=[Turn(_role(turn.role), _text(turn.content)) for turn in body.messages],
        max_tokens=body.max_tokens or body.max_completion_tokens or _NO_LIMIT,
        temperature=TEMPERATURE if body.temperature is None else body.temperature,
        top_p=TOP_P if body.top_p is None else body.top_p,
        stop=stop,
        schema=_schema(body.response_format),
    )


def _role(role: str) -> str:
    """Chat templates know `system`, OpenAI's newer word for it they do not."""
    return "system" if role == "developer" else role


def _text(content: str | Sequence[_Part]) -> str:
    """Plain text; Refusal for a picture, a sound or a file."""
    if isinstance(content, str):
        return content
    other = next((part.type for part in content if part.type != "text"), None)
    if other is not None:
        message = f"this model reads text only, no `{other}`"
        raise Refusal(400, "unsupported_value", message)
    return "\n".join(part.text for part in content)


def _schema(asked: _Format | None) -> dict[str, object] | None:
    """The schema the answer is held to; any object in JSON mode."""
    if asked is None or asked.type == "text":
        return None
    return {"type": "object"} if asked.json_schema is None else asked.json_schema.schema


class _Choice(Struct, frozen=True, kw_only=True):
    index: int = 0
    message: dict[str, str]
    finish_reason: str


class _Usage(Struct, frozen=True):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class _Completion(Struct, frozen=True, kw_only=True):
    id: str
    object: str = "chat.completion"
    created: int
    model: str
    choices: list[_Choice]
    usage: _Usage


def written(reply: Reply, model: str) -> bytes:
    """A reply as a chat completion."""
    return msgspec.json.encode(
        _Completion(
            id=f"chatcmpl-{uuid4().hex}",
            created=int(time.time()),
            model=model,
            choices=[
                _Choice(message={"role": "assistant", "content": reply.text}, finish_reason=reply.finish_reason),
            ],
            usage=_Usage(reply.input_tokens, reply.output_tokens, reply.input_tokens + reply.output_tokens),
        )
    )


class _Error(Struct, frozen=True):
    message: str
    type: str
    code: str
    param: str | None = None


def refused(refusal: Refusal) -> bytes:
    """A refusal as OpenAI writes errors."""
    kind = "invalid_request_error" if refusal.status < 500 else "server_error"  # noqa: PLR2004 - HTTP's own bound
    return msgspec.json.encode({"error": _Error(str(refusal), kind, refusal.code)})


def listed(models: Sequence[str]) -> bytes:
    """The models that are served."""
    data = [{"id": name, "object": "model", "created": 0, "owned_by": "this machine"} for name in models]
    return msgspec.json.encode({"object": "list", "data": data})
