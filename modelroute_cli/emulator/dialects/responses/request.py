"""The body of POST /responses, with nothing in it that OpenAI does not know."""

import re
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from modelroute_cli.emulator.asked import Refusal

_Name = Annotated[str, Meta(pattern=r"^[a-zA-Z0-9_-]{1,64}$")]
_UNKNOWN = re.compile(r"Object contains unknown field `([^`]+)`(?: - at `\$\.?(.*)`)?$")
_MISSING = re.compile(r"Object missing required field `([^`]+)`(?: - at `\$\.?(.*)`)?$")
_MOVED = {
    "max_tokens": "max_output_tokens",
    "max_completion_tokens": "max_output_tokens",
    "messages": "input",
    "reasoning_effort": "reasoning.effort",
    "response_format": "text.format",
    "verbosity": "text.verbosity",
}


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One piece of a message."""

    type: Literal["input_text", "input_image", "input_file", "input_audio", "output_text", "refusal"]
    text: str | None = None
    image_url: str | None = None
    detail: Literal["low", "high", "auto", "original"] | None = None
    file_id: str | None = None
    file_url: str | None = None
    file_data: str | None = None
    filename: str | None = None
    input_audio: dict[str, str] | None = None
    annotations: list[object] | None = None
    logprobs: list[object] | None = None
    refusal: str | None = None
    prompt_cache_breakpoint: object = None


class Item(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A message, a call, its result, or the thoughts of an earlier turn."""

    type: Literal["message", "function_call", "function_call_output", "reasoning"] = "message"
    role: Literal["system", "developer", "user", "assistant"] | None = None
    content: str | tuple[Part, ...] | None = None
    id: str | None = None
    status: str | None = None
    phase: str | None = None
    call_id: str | None = None
    name: str | None = None
    arguments: str | None = None
    output: str | tuple[Part, ...] | None = None
    summary: list[object] | None = None
    encrypted_content: str | None = None


class Format(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The form of the answer."""

    type: Literal["text", "json_object", "json_schema"] = "text"
    name: _Name | None = None
    schema: dict[str, object] | None = None
    strict: bool | None = None
    description: str | None = None


class TextConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to write."""

    format: Format = Format()
    verbosity: Literal["low", "medium", "high"] | None = None


class Reasoning(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How hard to think, and whether to tell of it."""

    effort: Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"] | None = None
    summary: Literal["auto", "concise", "detailed"] | None = None
    generate_summary: str | None = None


class Tool(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A function; other tools the emulator does not play."""

    type: Literal["function"]
    name: _Name
    parameters: dict[str, object] | None = None
    strict: bool | None = None
    description: str | None = None


class NamedTool(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The one function that must be called."""

    type: Literal["function"]
    name: str


class ResponsesRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that may stand in a body."""

    model: Annotated[str, Meta(min_length=1)]
    input: str | tuple[Item, ...]
    instructions: str | None = None
    max_output_tokens: int | None = None
    reasoning: Reasoning = Reasoning()
    text: TextConfig = TextConfig()
    tools: tuple[Tool, ...] = ()
    tool_choice: Literal["auto", "none", "required"] | NamedTool = "auto"
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    top_p: Annotated[float, Meta(ge=0, le=1)] | None = None
    service_tier: Literal["auto", "default", "flex", "scale", "priority", "fast"] | None = None
    store: bool | None = None
    metadata: dict[str, str] | None = None
    parallel_tool_calls: bool | None = None
    truncation: Literal["auto", "disabled"] | None = None
    previous_response_id: str | None = None
    background: bool | None = None
    stream: bool | None = None
    prompt_cache_key: str | None = None
    prompt_cache_options: object = None
    prompt_cache_retention: str | None = None
    safety_identifier: str | None = None
    user: str | None = None
    include: tuple[str, ...] | None = None
    top_logprobs: int | None = None
    max_tool_calls: int | None = None
    background_options: object = None
    context_management: object = None
    conversation: object = None
    moderation: object = None
    prompt: object = None
    stream_options: object = None
    access_programs: object = None
    image: object = None

    def items(self) -> tuple[Item, ...]:
        """The input as items."""
        return (Item(role="user", content=self.input),) if isinstance(self.input, str) else self.input


_DECODER = msgspec.json.Decoder(ResponsesRequest)


def read_request(body: bytes) -> ResponsesRequest | Refusal:
    """The request in `body`, or what is wrong with it."""
    try:
        return _DECODER.decode(body)
    except msgspec.ValidationError as error:
        return _invalid(str(error))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Refusal(status=400, message=f"We could not parse the JSON body of your request: {error}")


def _invalid(error: str) -> Refusal:
    """OpenAI's sentence and code."""
    unknown, missing = _UNKNOWN.match(error), _MISSING.match(error)
    if unknown and not unknown[2] and unknown[1] in _MOVED:
        return _moved(unknown[1])
    if unknown:
        place = _place(unknown)
        return Refusal(status=400, message=f"Unknown parameter: '{place}'.", param=place, code="unknown_parameter")
    if missing:
        place = _place(missing)
        return Refusal(
            status=400,
            message=f"Missing required parameter: '{place}'.",
            param=place,
            code="missing_required_parameter",
        )
    return Refusal(status=400, message=f"Invalid value: {error}", code="invalid_value")


def _place(found: re.Match[str]) -> str:
    """Where a field stands, or should stand: `input[0].role`."""
    return f"{found[2]}.{found[1]}" if found[2] else found[1]


def _moved(name: str) -> Refusal:
    """A parameter of Chat Completions."""
    told = f"In the Responses API, this parameter has moved to '{_MOVED[name]}'. Try again with the new parameter."
    return Refusal(
        status=400, message=f"Unsupported parameter: '{name}'. {told}", param=name, code="unsupported_parameter"
    )
