"""Lines of the Anthropic Message Batches API."""

from collections.abc import Mapping

from modelroute_cli.jobs.batch_body import Body, Translation, shown
from modelroute_cli.jobs.batch_turns import Content, Turn, give_turns, read_content

_DROPPED = frozenset({"temperature", "top_p", "top_k", "thinking", "service_tier", "inference_geo"})
_TOOLS = "tools are not called in a batch job"
_REFUSED: Mapping[str, str] = {
    "tools": _TOOLS,
    "tool_choice": _TOOLS,
    "mcp_servers": _TOOLS,
    "container": _TOOLS,
    "stop_sequences": "an answer is not cut at a word",
    "stream": "answers come whole",
}


def translate(line: Mapping[str, object]) -> Translation:
    """The request in a line with `custom_id` and `params`."""
    found = Translation()
    outer = Body(dict(line), "", found)
    found.give("custom_id", outer.take("custom_id"))
    params = outer.inner("params")
    outer.close()
    if params is not None:
        _params(params)
    return found


def _params(params: Body) -> None:
    found = params.found
    found.give("model", params.take("model"))
    found.give("max_output_tokens", params.take("max_tokens"))
    system = read_content(params, "system", _part).text
    found.give("system", system or None)
    give_turns([_turn(turn) for turn in params.items("messages")], found)
    metadata = params.take("metadata")
    if metadata != {}:
        found.give("metadata", metadata)
    if config := params.inner("output_config"):
        _output(config, "format")
        config.close(frozenset({"effort"}))
    _output(params, "output_format")
    params.close(_DROPPED, _REFUSED)


def _output(holder: Body, name: str) -> None:
    """The schema of the answer."""
    form = holder.inner(name)
    if form is None:
        return
    if (kind := form.take("type")) != "json_schema":
        form.refuse("type", f"must be `json_schema`, not {shown(kind)}")
    form.found.give("response_schema", form.take("schema"))
    form.close()


def _turn(turn: Body) -> Turn:
    role = turn.text("role") or "user"
    content = read_content(turn, "content", _part)
    turn.close()
    return Turn(role, content, turn)


def _part(part: Body, content: Content) -> None:
    kind = part.take("type")
    if kind == "text":
        content.texts.append(part.text("text") or "")
    elif kind == "image":
        _image(part, content)
    else:
        part.refuse("type", f"{shown(kind)} is not sent yet", "texts and pictures are")
        return
    part.close(frozenset({"cache_control", "citations"}))


def _image(part: Body, content: Content) -> None:
    source = part.inner("source")
    if source is None:
        part.refuse("source", "is missing")
        return
    kind = source.take("type")
    if kind == "base64":
        content.images.append(f"data:{source.text('media_type')};base64,{source.text('data')}")
    elif kind == "url":
        content.images.append(source.text("url") or "")
    else:
        source.refuse("type", f"{shown(kind)} is not read", "use `base64` or `url`")
        return
    source.close()
