"""From a body of POST /messages to what was asked, checked as strictly as Anthropic checks it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from modelroute_cli.emulator import media
from modelroute_cli.emulator.asked import Asked, CacheMark, Function, Refusal, Turn
from modelroute_cli.emulator.dialects.base import Incoming
from modelroute_cli.emulator.dialects.messages import request as wire
from modelroute_cli.emulator.dialects.messages.request import Block, CacheControl, MessagesRequest, read_request
from modelroute_cli.emulator.dialects.messages.strictness import objection, version_refusal
from modelroute_cli.emulator.media import Medium

MOST_BYTES = 32 * 1024 * 1024
_KEPT_S = {"5m": 300.0, "1h": 3600.0}
_CHOICES = {"any": "required", "auto": "auto", "none": "none"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One block as it stands in the prompt."""

    text: str
    media: tuple[Medium, ...] = ()
    mark: CacheControl | None = None


def read(incoming: Incoming) -> Asked | Refusal:
    """What was asked, or what Anthropic has against it."""
    if len(incoming.body) > MOST_BYTES:
        return Refusal(status=413, message="Request exceeds the maximum size")
    refusal = version_refusal(incoming.provider, incoming.headers)
    request = read_request(incoming.body) if refusal is None else refusal
    if isinstance(request, Refusal):
        return request
    marks = tuple(piece.mark.ttl for piece in _pieces(request) if piece.mark)
    refusal = objection(request, incoming.headers.get("anthropic-version"), marks) or _unreadable(request)
    return refusal or _asked(request, incoming.provider)


def _asked(request: MessagesRequest, provider: str) -> Asked:
    """The request in the form of all dialects."""
    thinking, wanted = request.thinking, request.output_config.format
    is_off = thinking is not None and thinking.type == "disabled"
    return Asked(
        provider=provider,
        model=request.model,
        turns=tuple(_turns(request)),
        limit=request.max_tokens,
        effort="none" if is_off else request.output_config.effort,
        budget=_budget(request),
        thinks=thinking is not None and thinking.type in {"enabled", "adaptive"},
        form="json" if wanted else "text",
        schema=wanted.schema if wanted else None,
        tier="standard",
        functions=tuple(_function(tool) for tool in request.tools),
        choice=_choice(request),
        stop=request.stop_sequences,
        marks=tuple(_marks(request)),
        shows_thoughts=thinking is None or thinking.display != "omitted",
    )


def _budget(request: MessagesRequest) -> int | None:
    """Tokens to think with: none before a first call where the model is to think between calls alone."""
    thinking = request.thinking
    if thinking is None:
        return None
    return 0 if thinking.type == "between_tools" else thinking.budget_tokens


def _function(tool: wire.Tool) -> Function:
    """What may be called."""
    return Function(name=tool.name, parameters=tool.input_schema, description=tool.description)


def _choice(request: MessagesRequest) -> str:
    """Whether something must be called, and what."""
    choice = request.tool_choice
    if choice is None:
        return "auto"
    return _CHOICES.get(choice.type) or choice.name or "required"


def _turns(request: MessagesRequest) -> Iterator[Turn]:
    """The system's words first, then the chat; results of calls are turns of the tool."""
    system = "\n".join(block.text for block in request.system_blocks())
    if system:
        yield Turn(role="system", text=system)
    for message in request.messages:
        pieces = [_piece(block) for block in message.blocks()]
        is_result = any(isinstance(block, wire.ToolResult) for block in message.blocks())
        yield Turn(
            role="tool" if is_result else message.role,
            text="\n".join(piece.text for piece in pieces if piece.text),
            media=tuple(medium for piece in pieces for medium in piece.media),
        )


def _pieces(request: MessagesRequest) -> Iterator[Piece]:
    """All blocks in the order of the prompt: tools, system, chat; a mark on the whole request is on its last block."""
    for tool in request.tools:
        yield Piece(text=json.dumps([tool.name, tool.description, tool.input_schema]), mark=tool.cache_control)
    for text in request.system_blocks():
        yield _piece(text)
    for message in request.messages:
        yield from (_piece(block) for block in message.blocks())
    if request.cache_control is not None:
        yield Piece(text="", mark=request.cache_control)


def _marks(request: MessagesRequest) -> Iterator[CacheMark]:
    """For each mark what stands before it."""
    texts: list[str] = []
    carried: list[Medium] = []
    for piece in _pieces(request):
        texts.append(piece.text)
        carried.extend(piece.media)
        if piece.mark is not None:
            yield CacheMark(prefix="\n".join(texts), media=tuple(carried), kept_s=_KEPT_S[piece.mark.ttl])


def _piece(block: Block) -> Piece:
    """A block as words and what it carries."""
    match block:
        case wire.Text():
            return Piece(text=block.text, mark=block.cache_control)
        case wire.Document(source=wire.TextSource(data=text)):
            return Piece(text=text, mark=block.cache_control)
        case wire.Image() | wire.Document():
            medium = _medium(block)
            return Piece(text="", media=(medium,) if medium else (), mark=block.cache_control)
        case wire.ToolUse():
            return Piece(text=f"{block.name}({json.dumps(block.input)})", mark=block.cache_control)
        case wire.ToolResult():
            return _result(block)
        case wire.Thinking():
            return Piece(text="", mark=block.cache_control)


def _result(block: wire.ToolResult) -> Piece:
    """What came of a call: words, pictures, files."""
    if isinstance(block.content, str):
        return Piece(text=block.content, mark=block.cache_control)
    inner = [_piece(each) for each in block.content]
    carried = tuple(medium for piece in inner for medium in piece.media)
    return Piece(text="\n".join(piece.text for piece in inner), media=carried, mark=block.cache_control)


def _medium(block: wire.Image | wire.Document) -> Medium | None:
    """The picture or file; None where its content cannot be read."""
    kind: media.Kind = "image" if isinstance(block, wire.Image) else "file"
    match block.source:
        case wire.Base64Source(data=data):
            return media.from_base64(kind, data)
        case wire.UrlSource(url=url):
            return media.from_url(kind, url)
        case wire.FileSource(file_id=name):
            return media.unknown(kind, name)
        case wire.TextSource():
            return media.unknown(kind, block.source.data)


def _unreadable(request: MessagesRequest) -> Refusal | None:
    """The 400 for the first picture or file that is none."""
    for place, message in enumerate(request.messages):
        for nth, block in enumerate(message.blocks()):
            if isinstance(block, wire.Image | wire.Document) and _medium(block) is None:
                what = _name(block)
                return Refusal(status=400, message=f"messages.{place}.content.{nth}: Could not process {what}")
    return None


def _name(block: wire.Image | wire.Document) -> str:
    """What Anthropic calls it."""
    return "image" if isinstance(block, wire.Image) else "document"
