"""Tests of modelroute_cli.emulator.dialects.messages.strictness."""

import pytest
from support.dialects import NEWEST, OLDER, incoming, messages_body, read_messages, refused_with, understood

from modelroute_cli.emulator.dialects.messages import MESSAGES

OPEN = {"type": "object", "properties": {"a": {"type": "string"}}}
CLOSED = OPEN | {"additionalProperties": False}
NESTED = {"type": "object", "properties": {"a": {"type": "array", "items": OPEN}}, "additionalProperties": False}
NOT_CLOSED = "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false"
WEATHER = {"name": "weather", "input_schema": {"type": "object"}}
FORCED = {"tools": [WEATHER], "tool_choice": {"type": "any"}}
BETWEEN = {"model": "claude-sonnet-5-5", "thinking": {"type": "between_tools"}}
USER, MODEL = {"role": "user", "content": "x"}, {"role": "assistant", "content": "x"}
DOCUMENT = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "x"}}


def text(kept: str | None) -> dict[str, object]:
    """A block, marked to be kept so long."""
    return {"type": "text", "text": "x"} | ({"cache_control": {"type": "ephemeral", "ttl": kept}} if kept else {})


def bounded(value: dict[str, object]) -> dict[str, object]:
    """A schema for an object with one such value."""
    schema = {"type": "object", "properties": {"a": value}, "additionalProperties": False}
    return {"output_config": {"format": {"type": "json_schema", "schema": schema}}}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"messages": [MODEL, USER]}, 'messages: first message must use the "user" role'),
        ({"messages": [{"role": "user", "content": []}]}, "messages.0: user messages must have non-empty content"),
        ({"messages": [{"role": "user", "content": ""}]}, "messages: text content blocks must be non-empty"),
        (
            {"messages": [USER, MODEL]},
            "This model does not support assistant message prefill. The conversation must end with a user message.",
        ),
        (
            {"messages": [{"role": "system", "content": "x"}]},
            "messages.0.role: Invalid enum value 'system'",
        ),
        ({"temperature": 0.5}, "temperature: sampling parameters are not supported in this API version"),
        ({"top_k": 3}, "top_k: sampling parameters are not supported in this API version"),
        (
            {"messages": [USER, {"role": "assistant", "content": [DOCUMENT]}, USER]},
            "messages.1.content: document blocks are not allowed in assistant messages",
        ),
        (
            {"max_tokens": 200_000},
            "max_tokens: 200000 > 128000, which is the maximum allowed number of output tokens for claude-haiku-5-5",
        ),
        ({"thinking": {"type": "enabled"}}, "thinking.enabled.budget_tokens: Field required"),
        (
            {"thinking": {"type": "enabled", "budget_tokens": 1000}},
            "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
        ),
        (
            {"thinking": {"type": "enabled", "budget_tokens": 4096}},
            "`max_tokens` must be greater than `thinking.budget_tokens`.",
        ),
        (
            {"thinking": {"type": "adaptive", "budget_tokens": 2000}},
            "thinking.budget_tokens: Extra inputs are not permitted",
        ),
        (
            {"model": "claude-sonnet-5-5", "thinking": {"type": "disabled"}},
            '"thinking.type.disabled" is not supported for this model.',
        ),
        (
            {"model": "claude-opus-5-5", "thinking": {"type": "between_tools"}},
            '"thinking.type.between_tools" is not supported for this model.',
        ),
        (
            BETWEEN | {"output_config": {"effort": "xhigh"}},
            '"thinking.type.between_tools" is not supported for this model.',
        ),
        (
            FORCED | {"model": "claude-opus-5-5"},
            "Thinking may not be enabled when tool_choice forces tool use.",
        ),
        ({"tool_choice": {"type": "any"}}, "tool_choice may only be specified while providing tools."),
        (
            {"tools": [WEATHER], "tool_choice": {"type": "tool", "name": "now"}},
            "Tool 'now' not found in provided tools",
        ),
        (
            FORCED | {"thinking": {"type": "adaptive"}},
            "Thinking may not be enabled when tool_choice forces tool use.",
        ),
        ({"output_config": {"format": {"type": "json_schema", "schema": OPEN}}}, NOT_CLOSED),
        ({"output_config": {"format": {"type": "json_schema", "schema": NESTED}}}, NOT_CLOSED),
        (
            bounded({"type": "integer", "minimum": 1, "maximum": 5}),
            "output_config.format.schema: For 'integer' type, properties maximum, minimum are not supported",
        ),
        (
            bounded({"type": "array", "minItems": 2}),
            "output_config.format.schema: For 'array' type, property 'minItems' is not supported",
        ),
        (
            {"messages": [{"role": "user", "content": [text("5m")] * 5}]},
            "A maximum of 4 blocks with cache_control may be provided. Found 5.",
        ),
        (
            {"messages": [{"role": "user", "content": [text("5m"), text("1h")]}]},
            "cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block",
        ),
        ({"stream": True}, "stream: the emulator does not stream"),
        ({"response_format": {"type": "json_object"}}, "response_format: Extra inputs are not permitted"),
    ],
)
def test_what_anthropic_refuses_is_refused(fields: dict[str, object], said: str) -> None:
    """A body that would fail for money fails here for nothing."""
    assert refused_with(read_messages(NEWEST, **fields)) == said


def test_the_limit_must_be_said() -> None:
    """It has no default."""
    body = messages_body()
    del body["max_tokens"]
    assert refused_with(MESSAGES.read(incoming(body, "anthropic", NEWEST))) == "max_tokens: Field required"


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({}, "anthropic-version: header is required"),
        ({"anthropic-version": "2024-01-01"}, 'anthropic-version: "2024-01-01" is not a valid version'),
    ],
)
def test_the_version_must_be_said(headers: dict[str, str], said: str) -> None:
    """And be one of the two."""
    assert refused_with(read_messages(headers)) == said


@pytest.mark.parametrize("provider", ["openrouter", "deepseek"])
def test_others_who_speak_it_ask_for_no_version(provider: str) -> None:
    """The header is Anthropic's."""
    understood(MESSAGES.read(incoming(messages_body(), provider)))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"temperature": 0.5}, "`temperature` is deprecated for this model."),
        (
            {"model": "claude-haiku-4-5", "temperature": 0.5, "top_p": 0.5},
            "`temperature` and `top_p` cannot both be specified for this model. Please use only one.",
        ),
    ],
)
def test_the_older_version_leaves_sampling_to_the_model(fields: dict[str, object], said: str) -> None:
    """The fifth generation takes none, earlier ones one of two."""
    assert refused_with(read_messages(OLDER, **fields)) == said


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        (OLDER, {"model": "claude-haiku-4-5", "temperature": 0.5}),
        (OLDER, {"messages": [USER, {"role": "assistant", "content": [DOCUMENT]}, USER]}),
        (OLDER, {"model": "claude-haiku-4-5", "messages": [USER, MODEL]}),
        (NEWEST, {"thinking": {"type": "disabled"}}),
        (NEWEST, BETWEEN | {"output_config": {"effort": "high"}}),
        (NEWEST, {"thinking": {"type": "enabled", "budget_tokens": 1024}}),
        (NEWEST, FORCED),
        (NEWEST, bounded({"type": "array", "minItems": 1, "items": {"type": "string", "pattern": "a"}})),
        (NEWEST, {"output_config": {"format": {"type": "json_schema", "schema": CLOSED}, "effort": "low"}}),
        (NEWEST, {"messages": [{"role": "user", "content": [text("1h"), text("1h"), text("5m"), text("5m")]}]}),
        (NEWEST, {"metadata": {"user_id": "u"}, "service_tier": "standard_only", "max_tokens": 128_000}),
    ],
)
def test_what_anthropic_takes_is_taken(headers: dict[str, str], fields: dict[str, object]) -> None:
    """No more is refused than is known to be."""
    understood(read_messages(headers, **fields))
