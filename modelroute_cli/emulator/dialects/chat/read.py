"""From a chat body to what was asked, checked as strictly as its provider checks it."""

from dataclasses import replace

from modelroute_cli.emulator import media
from modelroute_cli.emulator.asked import Asked, Function, Refusal, Role, Turn
from modelroute_cli.emulator.dialects.base import Incoming
from modelroute_cli.emulator.dialects.chat.request import (
    ChatRequest,
    ImageUrl,
    InputAudio,
    InputFile,
    Message,
    NamedTool,
    Part,
    read_request,
)
from modelroute_cli.emulator.dialects.chat.strictness import objection
from modelroute_cli.emulator.media import Medium

_OLD_NAME_ONLY = frozenset({"deepseek", "local"})
_TIERS = frozenset({"flex", "priority"})
_ROLES: dict[str, Role] = {"system": "system", "developer": "system", "assistant": "assistant", "tool": "tool"}


def read(incoming: Incoming) -> Asked | Refusal:
    """What was asked, or what this provider has against it."""
    request = read_request(incoming.body)
    if isinstance(request, Refusal):
        return replace(request, status=422) if incoming.provider == "mistral" else request
    refusal = objection(incoming.provider, request)
    if refusal is not None:
        return refusal
    turns = tuple(_turn(message) for message in request.messages)
    broken = next((turn for turn in turns if isinstance(turn, Refusal)), None)
    return broken or _asked(request, tuple(turn for turn in turns if isinstance(turn, Turn)), incoming.provider)


def _asked(request: ChatRequest, turns: tuple[Turn, ...], provider: str) -> Asked:
    """The request in the form of all dialects."""
    form = request.response_format
    return Asked(
        provider=provider,
        model=request.model,
        turns=turns,
        limit=_limit(request, provider),
        effort=request.effort(),
        form="json" if form is not None and form.type != "text" else "text",
        schema=request.schema(),
        tier=request.service_tier if request.service_tier in _TIERS else "default",
        functions=_functions(request),
        choice=_choice(request),
        stop=request.stop_words(),
        shows_thoughts=provider == "deepseek",
    )


def _limit(request: ChatRequest, provider: str) -> int | None:
    """The output limit; DeepSeek and small servers do not read OpenAI's newer name."""
    newer = None if provider in _OLD_NAME_ONLY else request.max_completion_tokens
    return newer or request.max_tokens


def _functions(request: ChatRequest) -> tuple[Function, ...]:
    """What may be called."""
    declared = (tool.function for tool in request.tools)
    return tuple(
        Function(name=each.name, parameters=each.parameters or {}, description=each.description or "")
        for each in declared
    )


def _choice(request: ChatRequest) -> str:
    """Whether something must be called, and what."""
    choice = request.tool_choice
    return choice.function.name if isinstance(choice, NamedTool) else choice or "auto"


def _turn(message: Message) -> Turn | Refusal:
    """One turn, or what is wrong with what it carries."""
    parts = message.content if isinstance(message.content, tuple) else ()
    found = [_medium(part) for part in parts if part.type not in {"text", "refusal"}]
    broken = next((each for each in found if isinstance(each, Refusal)), None)
    if broken is not None:
        return broken
    carried = tuple(each for each in found if isinstance(each, Medium))
    return Turn(role=_ROLES.get(message.role, "user"), text=message.text(), media=carried)


def _medium(part: Part) -> Medium | Refusal:
    """A picture, a sound or a file; a file that was uploaded before is taken to have one page."""
    match part:
        case Part(type="image_url", image_url=str(url) | ImageUrl(url=url)):
            return media.from_url("image", url) or _unreadable("image_url", "invalid_image_url")
        case Part(type="input_audio", input_audio=str(data) | InputAudio(data=data)):
            return media.from_base64("audio", data) or _unreadable("input_audio", "invalid_value")
        case Part(type="document_url", document_url=str(url)) | Part(type="file", file=InputFile(file_data=str(url))):
            return media.from_url("file", url) or _unreadable("file.file_data", "invalid_value")
        case Part(type="file", file=InputFile(file_id=str(name))):
            return media.unknown("file", name)
    message = f"Missing required parameter: '{part.type}'."
    return Refusal(status=400, message=message, param="messages", code="missing_required_parameter")


def _unreadable(param: str, code: str) -> Refusal:
    """What OpenAI says of content it cannot decode."""
    message = f"Invalid '{param}': expected a base64-encoded data URL or an address, but got something else."
    return Refusal(status=400, message=message, param="messages", code=code)
