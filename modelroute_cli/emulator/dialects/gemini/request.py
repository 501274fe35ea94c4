"""The body of POST models/M:generateContent, with nothing in it that Google does not know."""

import re
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from modelroute_cli.emulator.asked import Refusal

_OPAQUE = frozenset({
    "args",
    "labels",
    "parameters",
    "parametersJsonSchema",
    "partMetadata",
    "response",
    "responseJsonSchema",
    "responseSchema",
})  # fmt: skip
_SNAKE = re.compile(r"_([a-z])")
_CAMEL = re.compile(r"(?<=[a-z])([A-Z])")
_UNKNOWN = re.compile(r"Object contains unknown field `([^`]+)`")
_PLACE = re.compile(r" - at `\$\.?(.*)`$")


class _Known(Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Names as JSON has them; the other spelling, with underscores, is taken too and turned into this one before."""


class Blob(_Known, frozen=True, kw_only=True):
    """Content that stands in the request."""

    mime_type: str
    data: str
    display_name: str | None = None


class FileData(_Known, frozen=True, kw_only=True):
    """Content that was uploaded before."""

    file_uri: str
    mime_type: str | None = None
    display_name: str | None = None


class FunctionCall(_Known, frozen=True, kw_only=True):
    """A call in the chat so far."""

    name: str
    args: dict[str, object] = {}
    id: str | None = None


class FunctionResponse(_Known, frozen=True, kw_only=True):
    """What came of it."""

    name: str
    response: dict[str, object] = {}
    id: str | None = None


class Part(_Known, frozen=True, kw_only=True):
    """One piece of a turn."""

    text: str | None = None
    inline_data: Blob | None = None
    file_data: FileData | None = None
    function_call: FunctionCall | None = None
    function_response: FunctionResponse | None = None
    thought: bool | None = None
    thought_signature: str | None = None
    media_resolution: object = None
    video_metadata: object = None
    part_metadata: object = None


class Content(_Known, frozen=True, kw_only=True):
    """One turn of the chat."""

    parts: tuple[Part, ...] = ()
    role: str = ""


class ThinkingConfig(_Known, frozen=True, kw_only=True):
    """Whether and how much to think."""

    thinking_level: str | None = None
    thinking_budget: int | None = None
    include_thoughts: bool = False


class GenerationConfig(_Known, frozen=True, kw_only=True):
    """How to answer."""

    max_output_tokens: Annotated[int, Meta(ge=1)] | None = None
    response_mime_type: Literal["text/plain", "application/json", "text/x.enum"] = "text/plain"
    response_schema: dict[str, object] | None = None
    response_json_schema: dict[str, object] | None = None
    thinking_config: ThinkingConfig = ThinkingConfig()
    stop_sequences: tuple[str, ...] = ()
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    top_p: Annotated[float, Meta(ge=0, le=1)] | None = None
    top_k: float | None = None
    seed: int | None = None
    candidate_count: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    response_logprobs: bool | None = None
    logprobs: int | None = None
    response_modalities: tuple[str, ...] = ()
    media_resolution: str | None = None
    speech_config: object = None
    enable_enhanced_civic_answers: bool | None = None


class FunctionDeclaration(_Known, frozen=True, kw_only=True):
    """A function that may be called."""

    name: Annotated[str, Meta(pattern=r"^[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}$")]
    description: str = ""
    parameters: dict[str, object] | None = None
    parameters_json_schema: dict[str, object] | None = None
    response: dict[str, object] | None = None
    response_json_schema: dict[str, object] | None = None
    behavior: str | None = None


class Tool(_Known, frozen=True, kw_only=True):
    """What may be called; only functions are played."""

    function_declarations: tuple[FunctionDeclaration, ...] = ()


class FunctionCallingConfig(_Known, frozen=True, kw_only=True):
    """Whether one must be called, and which."""

    mode: Literal["MODE_UNSPECIFIED", "AUTO", "ANY", "NONE", "VALIDATED"] = "AUTO"
    allowed_function_names: tuple[str, ...] = ()


class ToolConfig(_Known, frozen=True, kw_only=True):
    """The same, as it is wrapped."""

    function_calling_config: FunctionCallingConfig = FunctionCallingConfig()
    retrieval_config: object = None


class GeminiRequest(_Known, frozen=True, kw_only=True):
    """All that may stand in a body."""

    contents: tuple[Content, ...] = ()
    system_instruction: Content | None = None
    generation_config: GenerationConfig = GenerationConfig()
    tools: tuple[Tool, ...] = ()
    tool_config: ToolConfig = ToolConfig()
    safety_settings: tuple[dict[str, object], ...] = ()
    service_tier: Literal["unspecified", "flex", "standard", "priority"] = "unspecified"
    cached_content: str | None = None
    labels: dict[str, str] | None = None
    store: bool | None = None

    def functions(self) -> tuple[FunctionDeclaration, ...]:
        """All that may be called."""
        return tuple(each for tool in self.tools for each in tool.function_declarations)


def read_request(body: bytes) -> GeminiRequest | Refusal:
    """The request in `body`, or what is wrong with it."""
    try:
        return msgspec.convert(_camel(msgspec.json.decode(body)), GeminiRequest)
    except msgspec.ValidationError as error:
        return _invalid(str(error))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Refusal(status=400, message=f"Invalid JSON payload received. {error}")


def _camel(value: object) -> object:
    """Names with underscores as names without, down to where names are the client's own."""
    if isinstance(value, list):
        return [_camel(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    named = {_SNAKE.sub(lambda found: found[1].upper(), str(key)): inner for key, inner in value.items()}
    return {key: inner if key in _OPAQUE else _camel(inner) for key, inner in named.items()}


def _invalid(error: str) -> Refusal:
    """Google's sentence, with the place in its own spelling."""
    found = _PLACE.search(error)
    place = snake(found[1]) if found else ""
    reason, unknown = _PLACE.sub("", error), _UNKNOWN.match(error)
    at = f" at '{place}'" if place else ""
    said = f'Unknown name "{unknown[1]}"{at}: Cannot find field.' if unknown else f"Invalid value{at}: {reason}"
    return Refusal(status=400, message=f"Invalid JSON payload received. {said}", param=place or None)


def snake(place: str) -> str:
    """A place with underscores, as Google's errors spell it."""
    return _CAMEL.sub(lambda found: f"_{found[1].lower()}", place)
