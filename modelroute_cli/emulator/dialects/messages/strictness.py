"""What Anthropic refuses, by version and model, so that a body a real account would not take fails here too."""

import re
from collections.abc import Callable, Mapping

from modelroute_cli.emulator.asked import Refusal
from modelroute_cli.emulator.dialects.closed_schema import nodes, open_object
from modelroute_cli.emulator.dialects.messages.request import Document, Message, MessagesRequest, Text
from modelroute_cli.emulator.thinking import thinks_always

VERSIONS = ("2023-06-01", "2026-10-21")
_NEWEST = "2026-10-21"
_WITHOUT_VERSION = frozenset({"openrouter", "deepseek"})  # they speak the format and ask for no version
_FIFTH = re.compile(r"claude-(?:\w+-)?5")
_MOST_OUTPUT = ((re.compile(r"claude-(?:\w+-)?5|claude-\w+-4-[6-9]"), 128_000), (re.compile(r"claude"), 64_000))
_LEAST_BUDGET = 1024
_THINKERS = re.compile(r"claude-(sonnet|opus)-5[.-]5")
_FORMAT = "output_config.format.schema"
_BOUNDS = (
    "exclusiveMaximum", "exclusiveMinimum", "maxItems", "maxLength", "maximum", "minLength", "minimum", "multipleOf",
)  # fmt: skip
_MOST_MARKS = 4


def version_refusal(provider: str, headers: Mapping[str, str]) -> Refusal | None:
    """The 400 for a header that is missing or names no version."""
    version = headers.get("anthropic-version")
    if version in VERSIONS or provider in _WITHOUT_VERSION:
        return None
    if version is None:
        return _refusal("anthropic-version: header is required")
    return _refusal(f'anthropic-version: "{version}" is not a valid version')


def objection(request: MessagesRequest, version: str | None, marks: tuple[str, ...]) -> Refusal | None:
    """The first thing against a request; `marks` are the times its cache marks ask for, in order."""
    checks: tuple[Callable[[], str | None], ...] = (
        lambda: _turns(request),
        lambda: _sampling(request, version),
        lambda: _documents(request) if version == _NEWEST else None,
        lambda: _limit(request),
        lambda: _thinking(request),
        lambda: _tools(request),
        lambda: _schema(request),
        lambda: _marks(marks),
    )
    said = next((message for check in checks if (message := check()) is not None), None)
    return None if said is None else _refusal(said)


def _turns(request: MessagesRequest) -> str | None:
    """The chat begins with the user and has no empty text; the fifth generation does not finish a sentence for one."""
    if request.messages[0].role != "user":
        return 'messages: first message must use the "user" role'
    for place, message in enumerate(request.messages):
        if not message.blocks():
            return f"messages.{place}: {message.role} messages must have non-empty content"
    if _has_empty_text(request.messages) or not all(block.text for block in request.system_blocks()):
        return "messages: text content blocks must be non-empty"
    if _FIFTH.search(request.model) and request.messages[-1].role == "assistant":
        return "This model does not support assistant message prefill. The conversation must end with a user message."
    return None


def _has_empty_text(messages: tuple[Message, ...]) -> bool:
    """Whether any block of words has none."""
    blocks = (block for message in messages for block in message.blocks())
    return any(isinstance(block, Text) and not block.text for block in blocks)


def _sampling(request: MessagesRequest, version: str | None) -> str | None:
    """The newest version and the fifth generation take none; the others not two at once."""
    given = [name for name in ("temperature", "top_p", "top_k") if getattr(request, name) is not None]
    if not given:
        return None
    if version == _NEWEST:
        return f"{given[0]}: sampling parameters are not supported in this API version"
    if _FIFTH.search(request.model):
        return f"`{given[0]}` is deprecated for this model."
    if {"temperature", "top_p"} <= set(given):
        return "`temperature` and `top_p` cannot both be specified for this model. Please use only one."
    return None


def _documents(request: MessagesRequest) -> str | None:
    """A file is the user's to give."""
    for place, message in enumerate(request.messages):
        if message.role == "assistant" and any(isinstance(block, Document) for block in message.blocks()):
            return f"messages.{place}.content: document blocks are not allowed in assistant messages"
    return None


def _limit(request: MessagesRequest) -> str | None:
    """No more than the model can write."""
    most = next((tokens for pattern, tokens in _MOST_OUTPUT if pattern.search(request.model)), None)
    if most is None or request.max_tokens <= most:
        return None
    why = f"which is the maximum allowed number of output tokens for {request.model}"
    return f"max_tokens: {request.max_tokens} > {most}, {why}"


def _thinking(request: MessagesRequest) -> str | None:
    """A budget fits into the limit, and some models cannot stop thinking."""
    thinking = request.thinking
    if thinking is None:
        return None
    if _cannot_stop(request):
        return f'"thinking.type.{thinking.type}" is not supported for this model.'
    if thinking.type == "enabled":
        return _budget(thinking.budget_tokens, request.max_tokens)
    return None if thinking.budget_tokens is None else "thinking.budget_tokens: Extra inputs are not permitted"


def _cannot_stop(request: MessagesRequest) -> bool:
    """Whether the model refuses to be told not to think: Sonnet 5.5 in one of the two words, Opus 5.5 in both.

    platform.claude.com, the migration guide of Sonnet 5.5 (read 2026-11): `between_tools` holds up to effort `high`.
    """
    word = request.thinking.type if request.thinking else None
    if word == "disabled":
        return bool(_THINKERS.search(request.model))
    is_high = request.output_config.effort in {"xhigh", "max"}
    return word == "between_tools" and (is_high or thinks_always(request.model))


def _budget(budget: int | None, max_tokens: int) -> str | None:
    """A number that leaves room for the answer."""
    if budget is None:
        return "thinking.enabled.budget_tokens: Field required"
    if budget < _LEAST_BUDGET:
        return f"thinking.enabled.budget_tokens: Input should be greater than or equal to {_LEAST_BUDGET}"
    return "`max_tokens` must be greater than `thinking.budget_tokens`." if budget >= max_tokens else None


def _tools(request: MessagesRequest) -> str | None:
    """A choice needs something to choose from, and is free while the model thinks."""
    choice = request.tool_choice
    if choice is None:
        return None
    if not request.tools:
        return "tool_choice may only be specified while providing tools."
    if choice.type == "tool" and choice.name not in {tool.name for tool in request.tools}:
        return f"Tool '{choice.name}' not found in provided tools"
    thinks = request.thinking is not None and request.thinking.type in {"enabled", "adaptive"}
    if choice.type in {"any", "tool"} and (thinks or _THINKERS.search(request.model)):
        return "Thinking may not be enabled when tool_choice forces tool use."
    return None


def _schema(request: MessagesRequest) -> str | None:
    """Every object is closed, and no value is bounded (platform.claude.com, structured outputs, 2026-11)."""
    wanted = request.output_config.format
    if wanted is None:
        return None
    if open_object(wanted.schema) is not None:
        return f"{_FORMAT}: For 'object' type, 'additionalProperties' must be explicitly set to false"
    bounded = ((node.schema, _bounds(node.schema)) for node in nodes(wanted.schema))
    schema, words = next(((schema, words) for schema, words in bounded if words), ({}, []))
    if not words:
        return None
    said = f"property '{words[0]}' is" if len(words) == 1 else f"properties {', '.join(words)} are"
    return f"{_FORMAT}: For '{schema.get('type')}' type, {said} not supported"


def _bounds(schema: Mapping[str, object]) -> list[str]:
    """The words of a schema that bound its value; a list may be required to have one item."""
    few = [word for word in ("minItems",) if schema.get(word, 0) not in (0, 1)]
    return sorted([word for word in _BOUNDS if word in schema] + few)


def _marks(marks: tuple[str, ...]) -> str | None:
    """At most four, the longer kept first."""
    if len(marks) > _MOST_MARKS:
        return f"A maximum of {_MOST_MARKS} blocks with cache_control may be provided. Found {len(marks)}."
    if "1h" in marks[marks.index("5m") :] if "5m" in marks else False:
        return "cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block"
    return None


def _refusal(message: str) -> Refusal:
    """Anthropic's 400."""
    return Refusal(status=400, message=message)
