"""Lines of the Anthropic Message Batches API."""

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

_DROPPED = frozenset({"top_k", "thinking", "service_tier", "inference_geo"})
_HOSTED = "a provider's own tools are not asked for"
_REFUSED: Mapping[str, str] = {
    "mcp_servers": _HOSTED,
    "container": _HOSTED,
    "stream": "answers come whole",
}
_CHOICES = {"auto": "auto", "any": "required", "none": "none"}
_CALLS = ("tool_use", "tool_result", "server_tool_use")


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
    for name in ("temperature", "top_p"):
        give_sampling(params, name)
    give_stop(params, "stop_sequences")
    give_tools(params, [_tool(tool) for tool in params.items("tools")])
    _choice(params)
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


def _tool(tool: Body) -> dict[str, object]:
    """A tool of the user's own; those of the provider have a type."""
    if (kind := tool.take("type")) not in (None, "custom"):
        tool.refuse("type", f"{shown(kind)} is no tool that is passed through", "only tools with an `input_schema` are")
        return {}
    named = {
        "name": tool.take("name"),
        "description": tool.take("description"),
        "parameters": tool.take("input_schema"),
    }
    tool.close(frozenset({"cache_control", "strict", "eager_input_streaming", "defer_loading"}))
    return named


def _choice(params: Body) -> None:
    """How to choose, or the tool that is named."""
    choice = params.inner("tool_choice")
    if choice is None:
        return
    kind, name = choice.take("type"), choice.text("name")
    words = {name: name} if kind == "tool" and name else _CHOICES
    give_choice(choice, "type", name if kind == "tool" and name else kind, words)
    choice.close(frozenset({"disable_parallel_tool_use"}))
    without_choice_alone(params)


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
        _source(part, content.images)
    elif kind == "document":
        _source(part, content.files)
    else:
        called = f": {EARLIER_CALLS}" if kind in _CALLS else ""
        part.refuse("type", f"{shown(kind)} is not sent{called}", "texts, pictures and PDFs are")
        return
    part.close(frozenset({"cache_control", "citations", "title", "context"}))


def _source(part: Body, items: list[str]) -> None:
    source = part.inner("source")
    if source is None:
        part.refuse("source", "is missing")
        return
    kind = source.take("type")
    if kind == "base64":
        items.append(f"data:{source.text('media_type')};base64,{source.text('data')}")
    elif kind == "url":
        items.append(source.text("url") or "")
    elif kind == "file":
        source.refuse("type", f"{shown(kind)} cannot be kept: {KEPT_FILE}", "use `base64` or `url`")
        return
    else:
        source.refuse("type", f"{shown(kind)} is not read", "use `base64` or `url`")
        return
    source.close()
