"""From a body of generateContent to what was asked, checked as strictly as Google checks it."""

import json
import re
from collections.abc import Iterator, Mapping

from modelroute_cli.emulator import media
from modelroute_cli.emulator.asked import Asked, Function, Refusal, Role, Turn
from modelroute_cli.emulator.dialects.base import Incoming
from modelroute_cli.emulator.dialects.gemini.request import Content, GeminiRequest, Part, read_request
from modelroute_cli.emulator.dialects.gemini.strictness import objection
from modelroute_cli.emulator.media import Medium

_ROLES: dict[str, Role] = {"model": "assistant", "function": "tool"}
_EFFORTS = {"MINIMAL": "minimal", "LOW": "low", "MEDIUM": "medium", "HIGH": "high", "XHIGH": "xhigh"}
_URL_SAFE = str.maketrans("-_", "+/")
_LEAST_CACHED = ((re.compile(r"gemini-(3\.8|4)"), 4096), (re.compile(""), 1024))  # of implicit caching, by model
_BARE_MODEL = re.compile(r"^(?:models|tunedModels)/")


def read(incoming: Incoming) -> Asked | Refusal:
    """What was asked of the model that the path names, or what Google has against it."""
    request = read_request(incoming.body)
    if isinstance(request, Refusal):
        return request
    model = _BARE_MODEL.sub("", incoming.model or "")
    return objection(model, request) or _unreadable(request) or _asked(request, model, incoming.provider)


def _asked(request: GeminiRequest, model: str, provider: str) -> Asked:
    """The request in the form of all dialects."""
    config, thinking = request.generation_config, request.generation_config.thinking_config
    budget = thinking.thinking_budget
    return Asked(
        provider=provider,
        model=model,
        turns=tuple(_turns(request)),
        limit=config.max_output_tokens,
        effort="none" if budget == 0 else _EFFORTS.get(thinking.thinking_level or ""),
        budget=budget if budget is not None and budget > 0 else None,
        thinks=budget is not None and budget != 0,
        form="text" if config.response_mime_type == "text/plain" else "json",
        schema=config.response_json_schema or _json_schema(config.response_schema),
        tier="standard" if request.service_tier == "unspecified" else request.service_tier,
        functions=tuple(_functions(request)),
        choice=_choice(request),
        stop=config.stop_sequences,
        shows_thoughts=thinking.include_thoughts,
        least_cached=next(tokens for pattern, tokens in _LEAST_CACHED if pattern.search(model)),
    )


def _functions(request: GeminiRequest) -> Iterator[Function]:
    """What may be called; where only some are allowed, those."""
    allowed = request.tool_config.function_calling_config.allowed_function_names
    for each in request.functions():
        if not allowed or each.name in allowed:
            parameters = each.parameters_json_schema or _json_schema(each.parameters) or {}
            yield Function(name=each.name, parameters=parameters, description=each.description)


def _choice(request: GeminiRequest) -> str:
    """Whether something must be called."""
    mode = request.tool_config.function_calling_config.mode
    return {"ANY": "required", "NONE": "none"}.get(mode, "auto")


def _turns(request: GeminiRequest) -> Iterator[Turn]:
    """The system's words first, then the chat; results of calls are turns of the tool."""
    if request.system_instruction is not None:
        yield Turn(role="system", text=_words(request.system_instruction))
    for content in request.contents:
        is_result = any(part.function_response is not None for part in content.parts)
        carried = [medium for part in content.parts if isinstance(medium := _medium(part), Medium)]
        role = "tool" if is_result else _ROLES.get(content.role, "user")
        yield Turn(role=role, text=_words(content), media=tuple(carried))


def _words(content: Content) -> str:
    """The words of a turn, with the calls and results that stand in it."""
    return "\n".join(word for part in content.parts if (word := _word(part)))


def _word(part: Part) -> str:
    """A part as words; empty for thoughts and for what is no words."""
    if part.function_call is not None:
        return f"{part.function_call.name}({json.dumps(part.function_call.args)})"
    if part.function_response is not None:
        return json.dumps(part.function_response.response)
    return "" if part.thought else part.text or ""


def _medium(part: Part) -> Medium | str | None:
    """The picture, sound or file of a part; what is wrong with it; or None for a part without any."""
    if part.file_data is not None:
        return media.unknown(_kind(part.file_data.mime_type or ""), part.file_data.file_uri)
    if part.inline_data is None:
        return None
    kind = _kind(part.inline_data.mime_type)
    found = media.from_base64(kind, part.inline_data.data.translate(_URL_SAFE))
    return found or f"Unable to process input {kind}. Please retry or report in https://ai.google.dev"


def _kind(mime_type: str) -> media.Kind:
    """What a part is by its stated type."""
    first = mime_type.partition("/")[0]
    return "image" if first == "image" else "audio" if first == "audio" else "file"


def _unreadable(request: GeminiRequest) -> Refusal | None:
    """The 400 for the first part that is not what it says."""
    found = (_medium(part) for content in request.contents for part in content.parts)
    said = next((each for each in found if isinstance(each, str)), None)
    return None if said is None else Refusal(status=400, message=said)


def _json_schema(schema: Mapping[str, object] | None) -> dict[str, object] | None:
    """A schema of the OpenAPI subset as JSON Schema: types in lower case."""
    return None if schema is None else {str(key): _lowered(str(key), value) for key, value in schema.items()}


def _lowered(key: str, value: object) -> object:
    """One entry of such a schema."""
    if key == "type" and isinstance(value, str):
        return value.lower()
    if key == "properties" and isinstance(value, dict):
        return {name: _json_schema(inner) if isinstance(inner, dict) else inner for name, inner in value.items()}
    if key == "anyOf" and isinstance(value, list):
        return [_json_schema(inner) if isinstance(inner, dict) else inner for inner in value]
    return _json_schema(value) if key == "items" and isinstance(value, dict) else value
