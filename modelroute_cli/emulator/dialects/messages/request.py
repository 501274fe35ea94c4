"""The body of POST /messages, with nothing in it that Anthropic does not know."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from modelroute_cli.emulator.asked import Refusal
from modelroute_cli.emulator.dialects.wording import placed

_Name = Annotated[str, Meta(pattern=r"^[a-zA-Z0-9_-]{1,128}$")]


class CacheControl(Struct, frozen=True, forbid_unknown_fields=True):
    """Keep what stands before the end of this block."""

    type: Literal["ephemeral"]
    ttl: Literal["5m", "1h"] = "5m"


class _Block(Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    """What every block may have."""

    cache_control: CacheControl | None = None


class Text(_Block, frozen=True, kw_only=True, tag="text"):
    """Words."""

    text: str
    citations: list[object] | None = None


class Base64Source(Struct, frozen=True, kw_only=True, tag_field="type", tag="base64", forbid_unknown_fields=True):
    """Content that stands in the request."""

    media_type: str
    data: str


class UrlSource(Struct, frozen=True, kw_only=True, tag_field="type", tag="url", forbid_unknown_fields=True):
    """Content behind an address."""

    url: str


class FileSource(Struct, frozen=True, kw_only=True, tag_field="type", tag="file", forbid_unknown_fields=True):
    """Content that was uploaded before."""

    file_id: str


class TextSource(Struct, frozen=True, kw_only=True, tag_field="type", tag="text", forbid_unknown_fields=True):
    """A document of plain words."""

    media_type: Literal["text/plain"]
    data: str


Source = Base64Source | UrlSource | FileSource


class Image(_Block, frozen=True, kw_only=True, tag="image"):
    """A picture."""

    source: Source
    transformations: dict[str, object] | None = None


class Document(_Block, frozen=True, kw_only=True, tag="document"):
    """A file."""

    source: Source | TextSource
    title: str | None = None
    context: str | None = None
    citations: dict[str, object] | None = None


class ToolUse(_Block, frozen=True, kw_only=True, tag="tool_use"):
    """A call in the chat so far."""

    id: str
    name: str
    input: dict[str, object]


class ToolResult(_Block, frozen=True, kw_only=True, tag="tool_result"):
    """What came of it."""

    tool_use_id: str
    content: str | tuple[Text | Image | Document, ...] = ""
    is_error: bool = False


class Thinking(_Block, frozen=True, kw_only=True, tag="thinking"):
    """Thoughts of an earlier turn, handed back."""

    thinking: str
    signature: str


Block = Text | Image | Document | ToolUse | ToolResult | Thinking


class Message(Struct, frozen=True, forbid_unknown_fields=True):
    """One turn of the chat."""

    role: Literal["user", "assistant"]
    content: str | tuple[Block, ...]

    def blocks(self) -> tuple[Block, ...]:
        """The content as blocks."""
        return (Text(text=self.content),) if isinstance(self.content, str) else self.content


class ThinkingConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """Whether and how much to think."""

    type: Literal["enabled", "disabled", "adaptive", "between_tools"]
    budget_tokens: int | None = None
    display: Literal["summarized", "omitted"] | None = None


class OutputFormat(Struct, frozen=True, forbid_unknown_fields=True):
    """A JSON Schema the answer must meet."""

    type: Literal["json_schema"]
    schema: dict[str, object]


class OutputConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """How hard to try, and in which form to answer."""

    effort: Literal["low", "medium", "high", "xhigh", "max"] | None = None
    format: OutputFormat | None = None


class Tool(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A function that may be called."""

    name: _Name
    input_schema: dict[str, object]
    description: str = ""
    type: Literal["custom"] | None = None
    strict: bool | None = None
    cache_control: CacheControl | None = None
    input_examples: list[object] | None = None


class ToolChoice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether one must be called, and which."""

    type: Literal["auto", "any", "tool", "none"]
    name: str | None = None
    disable_parallel_tool_use: bool | None = None


class MessagesRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that may stand in a body."""

    model: Annotated[str, Meta(min_length=1)]
    max_tokens: Annotated[int, Meta(ge=0)]
    messages: Annotated[tuple[Message, ...], Meta(min_length=1)]
    system: str | tuple[Text, ...] = ()
    thinking: ThinkingConfig | None = None
    output_config: OutputConfig = OutputConfig()
    tools: tuple[Tool, ...] = ()
    tool_choice: ToolChoice | None = None
    stop_sequences: tuple[str, ...] = ()
    temperature: Annotated[float, Meta(ge=0, le=1)] | None = None
    top_p: Annotated[float, Meta(ge=0, le=1)] | None = None
    top_k: Annotated[int, Meta(ge=0)] | None = None
    cache_control: CacheControl | None = None
    service_tier: Literal["auto", "standard_only"] = "auto"
    metadata: dict[str, object] | None = None
    speed: Literal["standard", "fast"] | None = None
    inference_geo: str | None = None
    container: object = None
    diagnostics: object = None
    workspace_id: str | None = None
    user_profile_id: str | None = None
    stream: bool = False

    def system_blocks(self) -> tuple[Text, ...]:
        """What the model is told before the chat, as blocks."""
        if isinstance(self.system, str):
            return (Text(text=self.system),) if self.system else ()
        return self.system


_DECODER = msgspec.json.Decoder(MessagesRequest)


def read_request(body: bytes) -> MessagesRequest | Refusal:
    """The request in `body`, or what is wrong with it."""
    try:
        request = _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Refusal(status=400, message=placed(error))
    return Refusal(status=400, message="stream: the emulator does not stream") if request.stream else request
