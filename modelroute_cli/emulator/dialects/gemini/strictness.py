"""What Google refuses, by model, so that a body a real account would not take fails here too."""

import re
from collections.abc import Callable

from modelroute_cli.emulator.asked import Refusal
from modelroute_cli.emulator.dialects.closed_schema import nodes
from modelroute_cli.emulator.dialects.gemini.request import GeminiRequest, GenerationConfig, Part
from modelroute_cli.emulator.thinking import thinks_always

_BY_LEVEL = re.compile(r"gemini-[3-9]")
_WITHOUT_MINIMAL = re.compile(r"gemini-(3\.8|4)")
_WITHOUT_SAMPLING = re.compile(r"gemini-3\.8")
_LEVELS = frozenset({"MINIMAL", "LOW", "MEDIUM", "HIGH", "XHIGH"})
_UPLOADED = ("https://generativelanguage.googleapis.com/", "files/", "gs://")
_MOST_STOPS = 5
_OPENAPI_WORDS = frozenset({
    "anyOf", "default", "description", "enum", "example", "format", "items", "maxItems", "maxLength", "maxProperties",
    "maximum", "minItems", "minLength", "minProperties", "minimum", "nullable", "pattern", "properties",
    "propertyOrdering", "required", "title", "type",
})  # fmt: skip


def objection(model: str, request: GeminiRequest) -> Refusal | None:
    """The first thing against a request; None when the model takes it."""
    config = request.generation_config
    checks: tuple[Callable[[], str | None], ...] = (
        lambda: _turns(request),
        lambda: _files(request),
        lambda: _schema(config),
        lambda: _thinking(model, config),
        lambda: _sampling(model, config),
        lambda: _tools(request),
    )
    said = next((message for check in checks if (message := check()) is not None), None)
    return None if said is None else Refusal(status=400, message=said)


def _turns(request: GeminiRequest) -> str | None:
    """There is a chat, its turns are the user's or the model's, and none is empty."""
    if not request.contents:
        return "* GenerateContentRequest.contents: contents is not specified\n"
    for place, content in enumerate(request.contents):
        if content.role not in {"", "user", "model", "function"}:
            return "Please use a valid role: user, model."
        if not content.parts:
            return f"* GenerateContentRequest.contents[{place}].parts: contents.parts must not be empty.\n"
        if any(_kinds(part) != 1 for part in content.parts):
            return (
                f"* GenerateContentRequest.contents[{place}].parts: required oneof field 'data' must have one field\n"
            )
    return None


def _kinds(part: Part) -> int:
    """How many of the things a part may be it is."""
    kinds = (part.text, part.inline_data, part.file_data, part.function_call, part.function_response)
    return sum(kind is not None for kind in kinds)


def _files(request: GeminiRequest) -> str | None:
    """Only what was uploaded before has an address."""
    for content in request.contents:
        for part in content.parts:
            if part.file_data is not None and not part.file_data.file_uri.startswith(_UPLOADED):
                return f"Unsupported file URI type: {part.file_data.file_uri[:80]}"
    return None


def _schema(config: GenerationConfig) -> str | None:
    """One kind of schema, for JSON, and in the narrower kind no word beyond the subset."""
    if config.response_schema is not None and config.response_json_schema is not None:
        return "Only one of response_schema and response_json_schema can be set."
    if config.response_schema is None and config.response_json_schema is None:
        return None
    if config.response_mime_type == "text/plain":
        return "A response schema is only allowed with response_mime_type `application/json` or `text/x.enum`."
    return _unknown_word(config.response_schema or {})


def _unknown_word(schema: dict[str, object]) -> str | None:
    """The first keyword that the subset of OpenAPI does not have."""
    for node in nodes(schema):
        for word in node.schema:
            if word not in _OPENAPI_WORDS:
                place = ".".join(("generation_config.response_schema", *node.path))
                return f"Invalid JSON payload received. Unknown name \"{word}\" at '{place}': Cannot find field."
    return None


def _thinking(model: str, config: GenerationConfig) -> str | None:
    """By level from the third generation on, by tokens before; some models cannot stop thinking."""
    level, budget = config.thinking_config.thinking_level, config.thinking_config.thinking_budget
    if level is not None and budget is not None:
        return "You can only set only one of thinking budget and thinking level."
    if level is not None:
        return _level(model, level)
    if budget == 0 and thinks_always(model):
        return "Budget 0 is invalid. This model only works in thinking mode."
    return None


def _level(model: str, level: str) -> str | None:
    """Whether the model knows the level."""
    if level not in _LEVELS:
        return f"Invalid value at 'generation_config.thinking_config.thinking_level': \"{level}\""
    if not _BY_LEVEL.search(model):
        return "Thinking level is not supported for this model."
    if level == "MINIMAL" and _WITHOUT_MINIMAL.search(model):
        return f"Thinking level {level} is not supported for this model."
    return None


def _sampling(model: str, config: GenerationConfig) -> str | None:
    """Some models take none; no model takes more than one candidate or more than five stop words."""
    given = [name for name in ("temperature", "top_p", "top_k") if getattr(config, name) is not None]
    if given and _WITHOUT_SAMPLING.search(model):
        return f"{given[0]} is not supported for this model."
    if config.candidate_count not in (None, 1):
        return "Multiple candidates is not enabled for this model"
    if len(config.stop_sequences) > _MOST_STOPS:
        return f"The number of stop sequences must not exceed {_MOST_STOPS}."
    return None


def _tools(request: GeminiRequest) -> str | None:
    """Names that must be called are names that were declared, and one kind of parameters describes them."""
    declared = {each.name for each in request.functions()}
    chosen = request.tool_config.function_calling_config
    unknown = [name for name in chosen.allowed_function_names if name not in declared]
    if unknown:
        return f"allowed_function_names contains `{unknown[0]}`, which is not declared."
    if chosen.allowed_function_names and chosen.mode not in {"ANY", "VALIDATED"}:
        return "allowed_function_names should only be set when mode is ANY or VALIDATED."
    both = any(each.parameters is not None and each.parameters_json_schema is not None for each in request.functions())
    return "Only one of parameters and parameters_json_schema can be set." if both else None
