"""Lines of the OpenAI Batch API: bodies of chat completions and of responses."""

from collections.abc import Mapping

from modelroute_cli.jobs.batch_asked import (
    EARLIER_CALLS,
    KEPT_FILE,
    give_choice,
    give_sampling,
    give_stop,
    give_tools,
    without_choice_alone,
)
from modelroute_cli.jobs.batch_body import Body, Translation, shown
from modelroute_cli.jobs.batch_turns import Content, Turn, give_turns, read_content

_DROPPED = frozenset({
    "presence_penalty", "frequency_penalty", "logit_bias", "user", "store",
    "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "service_tier", "reasoning_effort",
    "reasoning", "verbosity", "parallel_tool_calls", "truncation", "include", "stream_options", "top_logprobs",
    "max_tool_calls",
})  # fmt: skip
_OLD_TOOLS = "tools are named in `tools`"
_HOSTED = "a provider's own tools are not asked for"
_STATE = "nothing is kept by the provider between requests"
_REFUSED: Mapping[str, str] = {
    "functions": _OLD_TOOLS,
    "function_call": _OLD_TOOLS,
    "web_search_options": _HOSTED,
    "previous_response_id": _STATE,
    "conversation": _STATE,
    "prompt": "a prompt stored at the provider is not known here",
    "logprobs": "probabilities of tokens are not kept",
    "prediction": "no model is told what to expect",
    "audio": "answers are text",
    "stream": "answers come whole",
    "background": "answers are waited for",
}
_MODALITIES = "answers are text"
_CHOICES = {"auto": "auto", "none": "none", "required": "required"}
_AUDIO_TYPES = {"wav": "audio/wav", "mp3": "audio/mpeg"}


def translate(line: Mapping[str, object]) -> Translation:
    """The request in a line with `custom_id`, `method`, `url` and `body`."""
    found = Translation()
    outer = Body(dict(line), "", found)
    found.give("custom_id", outer.take("custom_id"))
    method, url = outer.take("method"), outer.take("url")
    body = outer.inner("body")
    outer.close()
    if method not in (None, "POST"):
        outer.refuse("method", f"must be `POST`, not {shown(method)}")
    if body is None:
        return found
    if isinstance(url, str) and url.rstrip("/").endswith("/responses"):
        _responses(body)
    elif url is None or (isinstance(url, str) and url.rstrip("/").endswith("/chat/completions")):
        _chat(body)
    else:
        message = f"{shown(url)} is no way to ask a chat model"
        outer.refuse("url", message, "only `/v1/chat/completions` and `/v1/responses` are read")
    return found


def _common(body: Body) -> None:
    """The fields that both kinds of body have."""
    found = body.found
    found.give("model", body.take("model"))
    for name in ("temperature", "top_p", "seed"):
        give_sampling(body, name)
    give_stop(body, "stop")
    give_tools(body, [_tool(tool) for tool in body.items("tools")])
    _choice(body)
    metadata = body.take("metadata")
    if metadata != {}:
        found.give("metadata", metadata)
    body.close(_DROPPED, _REFUSED)


def _chat(body: Body) -> None:
    found = body.found
    turns = [_turn(turn) for turn in body.items("messages")]
    give_turns(turns, found)
    found.give("max_output_tokens", body.take("max_completion_tokens", "max_tokens"))
    if form := body.inner("response_format"):
        _format(form, nested="json_schema")
    _only(body, "n", 1, "each request has one answer")
    _only(body, "modalities", ["text"], _MODALITIES)
    _common(body)


def _responses(body: Body) -> None:
    found = body.found
    found.give("system", body.text("instructions"))
    given = body.take("input")
    if isinstance(given, str):
        found.row["prompt"] = given
    elif given is not None:
        listed = Body({"input": given}, body.path, found)
        give_turns([_turn(turn) for turn in listed.items("input")], found)
    found.give("max_output_tokens", body.take("max_output_tokens"))
    if text := body.inner("text"):
        if form := text.inner("format"):
            _format(form, nested=None)
        text.close(_DROPPED)
    _common(body)


def _tool(tool: Body) -> dict[str, object]:
    """A function in the words of either API; a provider's own tools are refused."""
    if (kind := tool.take("type")) != "function":
        tool.refuse("type", f"{shown(kind)} is no tool that is passed through", "only `function` is")
        return {}
    inner = tool.inner("function") or tool
    named = {name: inner.take(name) for name in ("name", "description", "parameters")}
    inner.close(frozenset({"strict"}))
    return named


def _choice(body: Body) -> None:
    """A word, or the one function that is named."""
    choice = body.take("tool_choice")
    if isinstance(choice, dict):
        holder = choice.get("function") if isinstance(choice.get("function"), dict) else choice
        name = holder.get("name") if choice.get("type") == "function" and isinstance(holder, dict) else None
        give_choice(body, "tool_choice", name or choice, {str(name): str(name)} if name else _CHOICES)
    else:
        give_choice(body, "tool_choice", choice, _CHOICES)
    without_choice_alone(body)


def _turn(turn: Body) -> Turn:
    kind = turn.take("type")
    if kind not in (None, "message"):
        called = kind in {"function_call", "function_call_output"}
        turn.refuse("type", f"{shown(kind)} is no turn of a chat" + (f": {EARLIER_CALLS}" if called else ""))
    role = turn.text("role") or "user"
    content = read_content(turn, "content", _part)
    turn.close(frozenset({"name", "id", "status"}), {"tool_calls": EARLIER_CALLS, "function_call": EARLIER_CALLS})
    return Turn(role, content, turn)


def _part(part: Body, content: Content) -> None:
    """A text, a picture, sound or a file, in the words of either API."""
    kind = part.take("type")
    match kind:
        case "text" | "input_text" | "output_text":
            content.texts.append(part.text("text") or "")
        case "image_url" | "input_image":
            _image(part, content)
        case "input_audio":
            _audio(part, content)
        case "file" | "input_file":
            _file(part, content)
        case _:
            part.refuse("type", f"{shown(kind)} is not sent", "texts, pictures, sound and PDFs are")
            return
    part.close(frozenset({"detail", "annotations", "logprobs"}))


def _image(part: Body, content: Content) -> None:
    value = part.take("image_url")
    if isinstance(value, dict):
        inner = Body(value, part.at("image_url"), part.found)
        value = inner.text("url")
        inner.close(frozenset({"detail"}))
    if isinstance(value, str):
        content.images.append(value)
    else:
        part.refuse("image_url", "is missing", "give the picture's address or a data: URL")


def _audio(part: Body, content: Content) -> None:
    sound = part.inner("input_audio")
    if sound is None:
        part.refuse("input_audio", "is missing", "give the sound's `data` and `format`")
        return
    form, data = sound.text("format"), sound.text("data")
    if form in _AUDIO_TYPES:
        content.audio.append(f"data:{_AUDIO_TYPES[form]};base64,{data}")
    else:
        sound.refuse("format", f"must be `wav` or `mp3`, not {shown(form)}")
    sound.close()


def _file(part: Body, content: Content) -> None:
    holder = part.inner("file") or part
    data, address = holder.text("file_data"), holder.text("file_url")
    if (kept := holder.take("file_id")) is not None:
        holder.refuse("file_id", f"{shown(kept)} cannot be kept: {KEPT_FILE}", "give its content as `file_data`")
    elif data is None and address is None:
        holder.refuse("file_data", "is missing", "give the PDF's content as a data: URL")
    elif data is not None:
        content.files.append(data if data.startswith("data:") else f"data:application/pdf;base64,{data}")
    else:
        content.files.append(address or "")
    holder.close(frozenset({"filename", "detail"}))


def _format(form: Body, nested: str | None) -> None:
    """The schema of the answer: `{"type": "object"}` where only JSON is asked for."""
    kind = form.take("type")
    if kind == "json_schema":
        holder = form.inner(nested) if nested else form
        if holder is not None:
            form.found.give("response_schema", holder.take("schema"))
            for name in ("name", "strict", "description"):
                holder.take(name)
            holder.close()
    elif kind == "json_object":
        form.found.row["response_schema"] = {"type": "object"}
    elif kind != "text":
        form.refuse("type", f"{shown(kind)} is no form of an answer that is read", "use `json_schema` or `text`")
    if nested:
        form.close()


def _only(body: Body, name: str, value: object, reason: str) -> None:
    """A field that may have one value alone."""
    if (given := body.take(name)) not in (None, value):
        body.refuse(name, f"cannot be {shown(given)}: {reason}")
