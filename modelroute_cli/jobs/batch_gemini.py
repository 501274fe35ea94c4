"""Lines of the Gemini Batch API; fields are known in both spellings, `maxOutputTokens` and `max_output_tokens`."""

from collections.abc import Mapping

from modelroute_cli.jobs.batch_asked import (
    EARLIER_CALLS,
    give_choice,
    give_sampling,
    give_stop,
    give_tools,
    without_choice_alone,
)
from modelroute_cli.jobs.batch_body import Body, Translation, shown
from modelroute_cli.jobs.batch_turns import Content, Turn, give_turns

_DROPPED = frozenset({"safety_settings", "safetySettings"})
_CONFIG_DROPPED = frozenset({
    "top_k", "topK", "presence_penalty", "presencePenalty",
    "frequency_penalty", "frequencyPenalty", "thinking_config", "thinkingConfig", "media_resolution",
    "mediaResolution", "service_tier", "serviceTier",
})  # fmt: skip
_REFUSED: Mapping[str, str] = {
    "cached_content": "what a provider has cached is not known here",
    "cachedContent": "what a provider has cached is not known here",
}
_CONFIG_REFUSED: Mapping[str, str] = {
    "response_logprobs": "probabilities of tokens are not kept",
    "responseLogprobs": "probabilities of tokens are not kept",
    "speech_config": "answers are text",
    "speechConfig": "answers are text",
}
_CHOICES = {"AUTO": "auto", "ANY": "required", "NONE": "none"}
_NOT_SENT = "pictures, sound and PDFs are"
_ROLES = {"model": "assistant"}
_PLAIN_TYPES = ("text/plain", None)
_SCHEMA_WORDS_LEFT_OUT = ("nullable", "propertyOrdering", "property_ordering", "format", "example")


def translate(line: Mapping[str, object]) -> Translation:
    """The request in a line with `key` and `request`; a line without a key gets the number of its line."""
    found = Translation()
    outer = Body(dict(line), "", found)
    found.give("custom_id", outer.take("key", "custom_id"))
    found.give("metadata", outer.take("metadata"))
    request = outer.inner("request")
    outer.close()
    if request is not None:
        _request(request)
    return found


def _request(request: Body) -> None:
    found = request.found
    if model := request.text("model"):
        found.give("model", model.removeprefix("models/"))
    if system := request.inner("system_instruction", "systemInstruction"):
        found.give("system", _content(system).text or None)
        system.take("role")
        system.close()
    give_turns([_turn(turn) for turn in request.items("contents")], found)
    if config := request.inner("generation_config", "generationConfig"):
        _config(config)
    give_tools(request, [tool for listed in request.items("tools") for tool in _tools(listed)])
    if chosen := request.inner("tool_config", "toolConfig"):
        _choice(chosen)
    if (labels := request.take("labels")) is not None:
        found.row.setdefault("metadata", labels)
    request.close(_DROPPED, _REFUSED)


def _config(config: Body) -> None:
    found = config.found
    found.give("max_output_tokens", config.take("max_output_tokens", "maxOutputTokens"))
    give_sampling(config, "temperature")
    give_sampling(config, "top_p", "top_p", "topP")
    give_sampling(config, "seed")
    give_stop(config, "stop_sequences", "stopSequences")
    mime = config.take("response_mime_type", "responseMimeType")
    schema = config.take("response_schema", "responseSchema")
    standard = config.take("response_json_schema", "responseJsonSchema")
    found.give("response_schema", standard if schema is None else standard_schema(schema))
    if mime == "application/json":
        found.row.setdefault("response_schema", {"type": "object"})
    elif mime not in _PLAIN_TYPES:
        config.refuse("response_mime_type", f"{shown(mime)} is no form of an answer that is read")
    if (count := config.take("candidate_count", "candidateCount")) not in (None, 1):
        config.refuse("candidate_count", f"cannot be {shown(count)}: each request has one answer")
    if (kinds := config.take("response_modalities", "responseModalities")) not in (None, ["TEXT"]):
        config.refuse("response_modalities", f"cannot be {shown(kinds)}: answers are text")
    config.close(_CONFIG_DROPPED, _CONFIG_REFUSED)


def _tools(listed: Body) -> list[dict[str, object]]:
    """The functions of one entry; a provider's own tools are refused as fields that are not read."""
    found = []
    for tool in listed.items("function_declarations", "functionDeclarations"):
        schema = tool.take("parameters")
        standard = tool.take("parameters_json_schema", "parametersJsonSchema")
        parameters = standard if schema is None else standard_schema(schema)
        found.append({"name": tool.take("name"), "description": tool.take("description"), "parameters": parameters})
        tool.close(frozenset({"behavior", "response", "response_json_schema", "responseJsonSchema"}))
    listed.close()
    return found


def _choice(config: Body) -> None:
    """How to choose, or the one function that is allowed."""
    calling = config.inner("function_calling_config", "functionCallingConfig")
    config.close()
    if calling is None:
        return
    mode, names = calling.take("mode"), calling.take("allowed_function_names", "allowedFunctionNames")
    only = names[0] if isinstance(names, list) and len(names) == 1 and isinstance(names[0], str) else None
    if names and only is None:
        calling.refuse("allowed_function_names", "names several: a request has one tool or all", "name one")
    words = {only: only} if only else _CHOICES
    give_choice(calling, "mode", only or mode, words)
    calling.close()
    without_choice_alone(config)


def standard_schema(schema: object) -> object:
    """Google's dialect of OpenAPI as JSON Schema: types in small letters, `nullable` as a type of its own.

    `format` and the order of properties, which only Google's models are told, are left out.
    """
    if isinstance(schema, list):
        return [standard_schema(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: _keyword(name, value) for name, value in schema.items() if name not in _SCHEMA_WORDS_LEFT_OUT}
    if schema.get("nullable") is True and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
    return made


def _keyword(name: str, value: object) -> object:
    """The value of one word of a schema."""
    if name == "type" and isinstance(value, str):
        return value.lower()
    if name == "properties" and isinstance(value, dict):
        return {key: standard_schema(item) for key, item in value.items()}
    if name in {"maxItems", "minItems", "maxLength", "minLength"} and isinstance(value, str) and value.isdigit():
        return int(value)  # Google writes 64-bit numbers as text
    return value if name in {"enum", "required", "default"} else standard_schema(value)


def _turn(turn: Body) -> Turn:
    role = turn.text("role") or "user"
    content = _content(turn)
    turn.close()
    return Turn(_ROLES.get(role, role), content, turn)


def _content(turn: Body) -> Content:
    content = Content()
    for part in turn.items("parts"):
        _part(part, content)
    return content


def _part(part: Body, content: Content) -> None:
    if (text := part.text("text")) is not None:
        content.texts.append(text)
    if data := part.inner("inline_data", "inlineData"):
        mime, raw = data.text("mime_type", "mimeType"), data.text("data")
        if not content.carry(mime or "", f"data:{mime};base64,{raw}"):
            data.refuse("mime_type", f"{shown(mime)} is not sent", _NOT_SENT)
        data.close()
    if file := part.inner("file_data", "fileData"):
        mime, address = file.text("mime_type", "mimeType"), file.text("file_uri", "fileUri")
        if not content.carry(mime or "image/", address or ""):
            file.refuse("mime_type", f"{shown(mime)} is not sent", _NOT_SENT)
        file.close()
    calls = ("function_call", "functionCall", "function_response", "functionResponse")
    part.close(refused=dict.fromkeys(calls, EARLIER_CALLS))
