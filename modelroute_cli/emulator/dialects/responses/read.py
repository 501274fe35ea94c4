"""From a body of POST /responses to what was asked, checked as strictly as OpenAI checks it."""

from collections.abc import Iterator

import msgspec

from modelroute_cli.emulator import media
from modelroute_cli.emulator.asked import Asked, Function, Refusal, Role, Turn
from modelroute_cli.emulator.dialects.base import Incoming
from modelroute_cli.emulator.dialects.responses.request import (
    Item,
    NamedTool,
    Part,
    ResponsesRequest,
    Tool,
    read_request,
)
from modelroute_cli.emulator.dialects.responses.strictness import objection
from modelroute_cli.emulator.media import Medium

_ROLES: dict[str, Role] = {"system": "system", "developer": "system", "assistant": "assistant"}
_TIERS = {"flex": "flex", "priority": "priority", "fast": "priority"}


def read(incoming: Incoming) -> Asked | Refusal:
    """What was asked, or what OpenAI has against it."""
    request = read_request(incoming.body)
    if isinstance(request, Refusal):
        return request
    return objection(incoming.provider, request) or _unreadable(request) or _asked(request, incoming.provider)


def _asked(request: ResponsesRequest, provider: str) -> Asked:
    """The request in the form of all dialects."""
    choice = request.tool_choice
    return Asked(
        provider=provider,
        model=request.model,
        turns=tuple(_turns(request)),
        limit=request.max_output_tokens,
        effort=request.reasoning.effort,
        form="text" if request.text.format.type == "text" else "json",
        schema=request.text.format.schema,
        tier=_TIERS.get(request.service_tier or "", "default"),
        functions=tuple(_function(tool) for tool in request.tools),
        choice=choice.name if isinstance(choice, NamedTool) else choice,
        shows_thoughts=request.reasoning.summary is not None,
        echo=_echo(request),
    )


def _function(tool: Tool) -> Function:
    """What may be called."""
    return Function(name=tool.name, parameters=tool.parameters or {}, description=tool.description or "")


def _turns(request: ResponsesRequest) -> Iterator[Turn]:
    """Instructions first, then the input; thoughts handed back are no turn."""
    if request.instructions:
        yield Turn(role="system", text=request.instructions)
    for item in request.items():
        match item.type:
            case "message":
                found = tuple(medium for part in _parts(item) if isinstance(medium := _medium(part), Medium))
                yield Turn(role=_ROLES.get(item.role or "", "user"), text=_words(item.content), media=found)
            case "function_call":
                yield Turn(role="assistant", text=f"{item.name}({item.arguments})")
            case "function_call_output":
                yield Turn(role="tool", text=_words(item.output))
            case "reasoning":
                pass


def _parts(item: Item) -> tuple[Part, ...]:
    """The parts of a message."""
    return item.content if isinstance(item.content, tuple) else ()


def _words(content: str | tuple[Part, ...] | None) -> str:
    """The words of a message."""
    if isinstance(content, tuple):
        return "\n".join(part.text or part.refusal or "" for part in content if part.text or part.refusal)
    return content or ""


def _medium(part: Part) -> Medium | str | None:
    """The picture, sound or file of a part; the code of what is wrong with it; or None for a part of words."""
    match part.type:
        case "input_image":
            return _referred("image", part.image_url, part) or "invalid_image_url"
        case "input_file":
            return _referred("file", part.file_data or part.file_url, part) or "invalid_file"
        case "input_audio":
            return media.from_base64("audio", (part.input_audio or {}).get("data", "")) or "invalid_audio"
        case _:
            return None


def _referred(kind: media.Kind, url: str | None, part: Part) -> Medium | None:
    """What stands in the request, behind an address, or was uploaded before."""
    if url is not None:
        return media.from_url(kind, url)
    return media.unknown(kind, part.file_id) if part.file_id else None


def _unreadable(request: ResponsesRequest) -> Refusal | None:
    """The 400 for the first part whose content cannot be read."""
    for place, item in enumerate(request.items()):
        for nth, part in enumerate(_parts(item)):
            found = _medium(part)
            if isinstance(found, str):
                message = f"Invalid 'input[{place}].content[{nth}].{part.type}': it cannot be read."
                return Refusal(status=400, message=message, param="input", code=found)
    return None


def _echo(request: ResponsesRequest) -> dict[str, object]:
    """What OpenAI repeats in its answer, with its defaults filled in."""
    written: dict[str, object] = msgspec.to_builtins(request)
    given = {name: written[name] for name in ("instructions", "max_output_tokens", "temperature", "top_p", "user")}
    return given | {
        "metadata": request.metadata or {},
        "parallel_tool_calls": request.parallel_tool_calls is not False,
        "reasoning": {"effort": request.reasoning.effort, "summary": request.reasoning.summary},
        "text": _shown(written["text"]),
        "tool_choice": written["tool_choice"],
        "tools": [_tool_shown(tool) for tool in request.tools],
        "truncation": request.truncation or "disabled",
    }


def _shown(text: object) -> object:
    """The text settings without what was not said."""
    if not isinstance(text, dict):
        return text
    return {key: _shown(value) if key == "format" else value for key, value in text.items() if value is not None}


def _tool_shown(tool: Tool) -> dict[str, object]:
    """A tool as it is repeated."""
    shown = {"type": "function", "name": tool.name, "parameters": tool.parameters or {}, "strict": bool(tool.strict)}
    return shown | ({"description": tool.description} if tool.description else {})
