"""Tests of modelroute_cli.emulator.dialects.chat.strictness."""

import pytest
from support.emulating import chat_request

from modelroute_cli.emulator.dialects.chat.strictness import objection

NEWER = "Use 'max_completion_tokens' instead."
OPEN = {"type": "object", "properties": {}}


@pytest.mark.parametrize(
    ("provider", "fields", "status", "message"),
    [
        (
            "openai",
            {"model": "gpt-5", "max_tokens": 9},
            400,
            "Unsupported parameter: 'max_tokens' is not supported with this model. " + NEWER,
        ),
        (
            "openai",
            {"model": "gpt-6-luna", "temperature": 0.2},
            400,
            "Unsupported value: 'temperature' supports only the default (1) with this model.",
        ),
        (
            "openai",
            {"model": "gpt-5", "reasoning_effort": "none"},
            400,
            "Unsupported value: 'reasoning_effort' does not support 'none' with this model.",
        ),
        (
            "openai",
            {"model": "gpt-5", "stop": "END"},
            400,
            "Unsupported parameter: 'stop' is not supported with this model.",
        ),
        (
            "openai",
            {"tool_choice": "auto"},
            400,
            "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
        ),
        (
            "openai",
            {"response_format": {"type": "json_schema", "json_schema": {"name": "a", "strict": True, "schema": OPEN}}},
            400,
            (
                "Invalid schema for response_format 'a': In context=(), "
                "'additionalProperties' is required to be supplied and to be false."
            ),
        ),
        (
            "deepseek",
            {"messages": [{"role": "developer", "content": "x"}]},
            422,
            "Failed to deserialize the JSON body: messages: unknown variant `developer`",
        ),
    ],
)
def test_what_the_provider_refuses_is_refused(
    provider: str, fields: dict[str, object], status: int, message: str
) -> None:
    """A body that would fail for money fails here for nothing."""
    refusal = objection(provider, chat_request(**fields))  # type: ignore[arg-type]
    assert refusal is not None
    assert (refusal.status, refusal.message) == (status, message)


@pytest.mark.parametrize(
    ("provider", "fields"),
    [
        ("openai", {"model": "gpt-5", "max_completion_tokens": 9, "temperature": 1}),
        ("openai", {"model": "gpt-4.1", "max_tokens": 9, "temperature": 0.2}),
        ("openai", {"model": "gpt-6-luna", "reasoning_effort": "none"}),
        ("deepseek", {"messages": [{"role": "system", "content": "x"}], "max_tokens": 9}),
        ("openai", {"model": "gpt-4.1", "stop": ["END"]}),
        ("openai", {"response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": OPEN}}}),
        ("local", {"model": "gpt-5", "max_tokens": 9}),
    ],
)
def test_what_the_provider_takes_is_taken(provider: str, fields: dict[str, object]) -> None:
    """No more is refused than is known to be."""
    assert objection(provider, chat_request(**fields)) is None  # type: ignore[arg-type]
