"""What OpenAI refuses of a response that is asked for, so that a body a real account would not take fails here too."""

from collections.abc import Callable

from modelroute_cli.emulator.asked import Refusal
from modelroute_cli.emulator.dialects.openai_errors import strict_schema, unsupported
from modelroute_cli.emulator.dialects.responses.request import Item, Part, ResponsesRequest
from modelroute_cli.emulator.thinking import default_effort, thinks_always

_LEAST_OUTPUT = 16
_OPENAI = frozenset({"openai", "azure"})
_ASSISTANTS = ("output_text", "refusal")
_USERS = ("input_text", "input_image", "input_file", "input_audio")


def objection(provider: str, request: ResponsesRequest) -> Refusal | None:
    """The first thing against a request; what others who speak the format have against a model is not known."""
    own = (_reasoning, _sampling) if provider in _OPENAI else ()
    checks: tuple[Callable[[ResponsesRequest], Refusal | None], ...] = (
        _played,
        _limit,
        _parts,
        *own,
        _tools,
        _form,
    )
    return next((refusal for check in checks if (refusal := check(request)) is not None), None)


def _played(request: ResponsesRequest) -> Refusal | None:
    """What the emulator does not do, and answers that it never gave."""
    if request.stream or request.background:
        param = "stream" if request.stream else "background"
        return unsupported("value", param, "is not played by the emulator.")
    if request.previous_response_id is not None:
        message = f"Previous response with id '{request.previous_response_id}' not found."
        return Refusal(status=400, message=message, param="previous_response_id", code="previous_response_not_found")
    return None


def _limit(request: ResponsesRequest) -> Refusal | None:
    """No less than 16 tokens."""
    limit = request.max_output_tokens
    if limit is None or limit >= _LEAST_OUTPUT:
        return None
    told = f"Expected a value >= {_LEAST_OUTPUT}, but got {limit} instead."
    message = f"Invalid 'max_output_tokens': integer below minimum value. {told}"
    return Refusal(status=400, message=message, param="max_output_tokens", code="integer_below_min_value")


def _parts(request: ResponsesRequest) -> Refusal | None:
    """Each side of the chat has parts of its own."""
    for place, item in enumerate(request.items()):
        parts = item.content if isinstance(item.content, tuple) else ()
        for nth, part in enumerate(parts):
            if part.type not in _allowed(item):
                return _wrong_part(part, _allowed(item), f"input[{place}].content[{nth}]")
    return None


def _allowed(item: Item) -> tuple[str, ...]:
    """The kinds of parts that an item may have."""
    return _ASSISTANTS if item.role == "assistant" else _USERS


def _wrong_part(part: Part, allowed: tuple[str, ...], place: str) -> Refusal:
    """A part of the other side's."""
    listed = " and ".join([", ".join(f"'{kind}'" for kind in allowed[:-1]), f"'{allowed[-1]}'"])
    message = f"Invalid value: '{part.type}'. Supported values are: {listed}."
    return Refusal(status=400, message=message, param=place, code="invalid_value")


def _reasoning(request: ResponsesRequest) -> Refusal | None:
    """Effort is for models that can think, and some cannot stop."""
    effort = request.reasoning.effort
    if effort is None:
        return None
    if default_effort(request.model) is None:
        return unsupported("parameter", "reasoning.effort", "is not supported with this model.")
    if effort == "none" and thinks_always(request.model):
        return unsupported("value", "reasoning.effort", "does not support 'none' with this model.")
    return None


def _sampling(request: ResponsesRequest) -> Refusal | None:
    """Models that can think take none."""
    given = [name for name in ("temperature", "top_p") if getattr(request, name) is not None]
    if not given or default_effort(request.model) is None:
        return None
    return unsupported("parameter", given[0], "is not supported with this model.")


def _tools(request: ResponsesRequest) -> Refusal | None:
    """A choice names one that was given."""
    if request.tool_choice in {"auto", "none"}:
        return None
    names = [tool.name for tool in request.tools]
    wanted = request.tool_choice
    if names and (isinstance(wanted, str) or wanted.name in names):
        return None
    message = "Tool choice 'function' not found in 'tools' parameter."
    return Refusal(status=400, message=message, param="tool_choice")


def _form(request: ResponsesRequest) -> Refusal | None:
    """A schema has a name and, where strict, is closed; JSON mode wants the word in the input."""
    form = request.text.format
    if form.type == "json_schema" and (form.name is None or form.schema is None):
        missing = "text.format.name" if form.name is None else "text.format.schema"
        message = f"Missing required parameter: '{missing}'."
        return Refusal(status=400, message=message, param=missing, code="missing_required_parameter")
    if form.schema is not None and form.strict:
        return strict_schema(form.name or "", form.schema, "text.format.schema")
    if form.type == "json_object" and not _says_json(request):
        told = "to use 'text.format' of type 'json_object'."
        message = f"Response input messages must contain the word 'json' in some form {told}"
        return Refusal(status=400, message=message, param="input")
    return None


def _says_json(request: ResponsesRequest) -> bool:
    """Whether the word stands anywhere in the input."""
    texts = [request.instructions or ""]
    for item in request.items():
        content = item.content or ""
        texts.extend([content] if isinstance(content, str) else [part.text or "" for part in content])
    return any("json" in text.lower() for text in texts)
