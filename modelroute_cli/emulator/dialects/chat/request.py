"""The body of POST /chat/completions, as far as the emulator obeys it; other fields are accepted and have no effect."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from modelroute_cli.emulator.asked import Refusal

_OutputLimit = Annotated[int, Meta(ge=1)]
_Name = Annotated[str, Meta(pattern=r"^[a-zA-Z0-9_-]{1,64}$")]


class ImageUrl(Struct, frozen=True):
    """Where an image is."""

    url: str
    detail: str | None = None


class InputAudio(Struct, frozen=True):
    """A sound, inline."""

    data: str
    format: Literal["wav", "mp3"]


class InputFile(Struct, frozen=True):
    """A file, inline or uploaded before."""

    file_data: str | None = None
    file_id: str | None = None
    filename: str | None = None


class Part(Struct, frozen=True):
    """One piece of a turn."""

    type: Literal["text", "image_url", "input_audio", "file", "document_url", "refusal"]
    text: str = ""
    image_url: ImageUrl | str | None = None  # this and the next: bare at Mistral (SDK 3.7)
    input_audio: InputAudio | str | None = None
    file: InputFile | None = None
    document_url: str | None = None  # Mistral's
    document_name: str | None = None


class CalledFunction(Struct, frozen=True):
    """A call that stands in the chat so far."""

    name: str
    arguments: str


class PastCall(Struct, frozen=True):
    """The same with its name."""

    id: str
    function: CalledFunction
    type: Literal["function"] = "function"


class Message(Struct, frozen=True):
    """One turn of the chat."""

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | tuple[Part, ...] | None = None
    tool_calls: tuple[PastCall, ...] = ()
    tool_call_id: str | None = None

    def text(self) -> str:
        """The turn's words, with the calls that stand in it."""
        calls = [f"{past.function.name}({past.function.arguments})" for past in self.tool_calls]
        if isinstance(self.content, str):
            return "\n".join([self.content, *calls])
        return "\n".join([*(part.text for part in self.content or () if part.type == "text"), *calls])


class NamedSchema(Struct, frozen=True):
    """A JSON Schema the answer must meet."""

    name: _Name
    schema: dict[str, object]
    strict: bool | None = None


class ResponseFormat(Struct, frozen=True):
    """The form of the answer."""

    type: Literal["text", "json_object", "json_schema"]
    json_schema: NamedSchema | None = None


class Reasoning(Struct, frozen=True):
    """OpenRouter's field for the effort."""

    effort: str | None = None
    enabled: bool | None = None


class Thinking(Struct, frozen=True):
    """DeepSeek's switch."""

    type: Literal["enabled", "disabled"]


class DeclaredFunction(Struct, frozen=True):
    """A function that may be called."""

    name: _Name
    description: str | None = None
    parameters: dict[str, object] | None = None
    strict: bool | None = None


class DeclaredTool(Struct, frozen=True):
    """A tool; functions are the only kind the emulator plays."""

    type: Literal["function"]
    function: DeclaredFunction


class NamedFunction(Struct, frozen=True):
    """The one function that must be called."""

    name: str


class NamedTool(Struct, frozen=True):
    """The same, as a tool."""

    type: Literal["function"]
    function: NamedFunction


class ChatRequest(Struct, frozen=True, kw_only=True):
    """The fields that the emulator obeys."""

    model: Annotated[str, Meta(min_length=1)]
    messages: Annotated[tuple[Message, ...], Meta(min_length=1)]
    max_tokens: _OutputLimit | None = None
    max_completion_tokens: _OutputLimit | None = None
    reasoning_effort: str | None = None
    reasoning: Reasoning | None = None
    thinking: Thinking | None = None
    response_format: ResponseFormat | None = None
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    top_p: Annotated[float, Meta(ge=0, le=1)] | None = None
    stop: str | Annotated[tuple[str, ...], Meta(max_length=4)] | None = None
    tools: tuple[DeclaredTool, ...] = ()
    tool_choice: Literal["auto", "none", "required"] | NamedTool | None = None
    service_tier: str | None = None
    stream: bool | None = None

    def effort(self) -> str | None:
        """The effort asked for by any of the three fields, None when none is there."""
        if self.thinking is not None and self.thinking.type == "disabled":
            return "none"
        return self.reasoning_effort or (self.reasoning.effort if self.reasoning else None)

    def schema(self) -> dict[str, object] | None:
        """The JSON Schema of the answer."""
        named = self.response_format.json_schema if self.response_format else None
        return named.schema if named else None

    def stop_words(self) -> tuple[str, ...]:
        """What ends the answer."""
        return (self.stop,) if isinstance(self.stop, str) else self.stop or ()


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
