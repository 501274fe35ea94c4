"""Tests of modelroute_cli.emulator.thinking."""

import statistics
from dataclasses import replace
from functools import partial

import pytest
from support.emulating import asked

from modelroute_cli.emulator.chance import chance
from modelroute_cli.emulator.text_bank import text_bank
from modelroute_cli.emulator.thinking import default_effort, reasoning_tokens, thinks_always


def median_tokens(model: str, **fields: object) -> float:
    """The median over many requests."""
    request = asked(model=model, **fields)  # type: ignore[arg-type]
    return statistics.median(reasoning_tokens(request, partial(chance, 1, b"", nth)) for nth in range(301))


@pytest.mark.parametrize(
    ("model", "effort"),
    [
        ("gpt-5", "medium"),
        ("gpt-5-mini", "medium"),
        ("openai/gpt-5", "medium"),
        ("gpt-5.1", "none"),
        ("gpt-6-luna", "none"),
        ("gpt-6-sol", "medium"),
        ("o4-mini", "medium"),
        ("claude-sonnet-5-5", "high"),
        ("claude-opus-5-5", "medium"),
        ("anthropic/claude-sonnet-5.5", "high"),
        ("claude-haiku-5-5", "medium"),
        ("claude-haiku-4-5", None),
        ("gemini-3.8-flash", "low"),
        ("gemini-2.5-flash-lite", None),
        ("deepseek-flash", "high"),
        ("deepseek/deepseek-v4.1-flash", "high"),
        ("deepseek-chat", None),
        ("gpt-4.1", None),
        ("smollm2", None),
    ],
)
def test_models_think_as_their_makers_say(model: str, effort: str | None) -> None:
    """By default, and under any vendor's prefix."""
    assert default_effort(model) == effort


def test_the_effort_sets_the_hidden_tokens() -> None:
    """The median is the table's, less for small models."""
    tokens = text_bank().effort_tokens
    assert median_tokens("gpt-6-sol", reasoning_effort="high") == pytest.approx(tokens["high"], rel=0.1)
    assert median_tokens("gpt-5") == pytest.approx(tokens["medium"], rel=0.1)
    assert median_tokens("gpt-5-mini") == pytest.approx(tokens["medium"] * 0.6, rel=0.1)


def test_thinking_can_be_switched_off() -> None:
    """Where the model allows it."""
    assert median_tokens("deepseek-flash", thinking={"type": "disabled"}) == 0
    assert median_tokens("gpt-4.1") == 0


def test_some_models_always_think() -> None:
    """They spend a little even when told not to."""
    assert thinks_always("claude-opus-5-5")
    assert not thinks_always("gpt-6-sol")
    assert not thinks_always("gpt-4.1")
    assert median_tokens("claude-opus-5-5", reasoning_effort="none") == pytest.approx(30, rel=0.15)


def test_an_unknown_effort_is_the_default() -> None:
    """A word the model does not know changes nothing."""
    assert median_tokens("gpt-6-sol", reasoning_effort="turbo") == median_tokens("gpt-6-sol")


def test_a_number_of_tokens_is_kept() -> None:
    """Half of it is the usual, all of it the most; none is none."""
    told = replace(asked(model="claude-haiku-5-5"), budget=2000)
    spent = [reasoning_tokens(told, partial(chance, 1, b"", nth)) for nth in range(301)]
    assert statistics.median(spent) == pytest.approx(1000, rel=0.1)
    assert max(spent) == 2000
    assert reasoning_tokens(replace(told, budget=0), partial(chance, 1, b"")) == 0


def test_a_model_that_does_not_think_can_be_told_to() -> None:
    """As Claude Haiku 4.5 is by a switch."""
    switched_on = replace(asked(model="claude-haiku-4-5"), thinks=True)
    assert reasoning_tokens(switched_on, partial(chance, 1, b"")) > 0
    assert median_tokens("claude-haiku-4-5") == 0
