"""Tests of modelroute_cli.emulator.dialects.chat.usage."""

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from modelroute_cli.emulator.dialects.base import Heading
from modelroute_cli.emulator.dialects.chat.usage import usage_fields
from modelroute_cli.emulator.ledger import Usage
from modelroute_cli.providers.openai_chat.usage import read_usage

USAGE = Usage(prompt_tokens=100, cached_tokens=40, completion_tokens=70, reasoning_tokens=50)
PROVIDERS = ("openai", "deepseek", "mistral", "openrouter", "xai", "groq", "vllm")


def fields(provider: str, usage: Usage = USAGE, model: str = "openai/gpt-6-luna") -> dict[str, Any]:
    """The usage as a provider writes it on 2026-11-23."""
    return usage_fields(usage, Heading(id="1", created=1795428000, model=model, provider=provider))


def test_openai_has_every_part_inside() -> None:
    """And says 0 where there is none."""
    assert fields("openai") == {
        "prompt_tokens": 100,
        "completion_tokens": 70,
        "total_tokens": 170,
        "prompt_tokens_details": {"cached_tokens": 40, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": 50,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }


def test_pictures_and_writing_are_told_where_there_are_any() -> None:
    """In the prompt's details."""
    details = fields("openai", replace(USAGE, image_tokens=20, audio_tokens=5, cache_write_tokens=30))
    assert details["prompt_tokens_details"] == {
        "cached_tokens": 40,
        "audio_tokens": 5,
        "cache_write_tokens": 30,
        "image_tokens": 20,
    }


def test_deepseek_has_its_own_names_for_cached_tokens() -> None:
    """Beside OpenAI's."""
    usage = fields("deepseek")
    assert (usage["prompt_cache_hit_tokens"], usage["prompt_cache_miss_tokens"]) == (40, 60)


def test_mistral_says_only_the_sum_of_the_completion() -> None:
    """No details of it."""
    assert fields("mistral") == {
        "prompt_tokens": 100,
        "completion_tokens": 70,
        "total_tokens": 170,
        "prompt_tokens_details": {"cached_tokens": 40},
    }


def test_xai_counts_thinking_beside_the_completion() -> None:
    """The total holds both."""
    usage = fields("xai")
    assert (usage["completion_tokens"], usage["total_tokens"]) == (20, 170)
    assert usage["completion_tokens_details"]["reasoning_tokens"] == 50


def test_openrouter_says_what_it_charged() -> None:
    """60 tokens at 0.10, 40 at 0.01 and 70 at 0.50 dollars a million."""
    usage = fields("openrouter")
    assert Decimal(str(usage["cost"])) == Decimal("0.0000414")
    assert usage["cost_details"] == {
        "upstream_inference_cost": usage["cost"],
        "upstream_inference_prompt_cost": pytest.approx(0.0000064),
        "upstream_inference_completions_cost": pytest.approx(0.000035),
    }
    assert "cost" not in fields("openrouter", model="acme/unknown")
    assert "cost" not in fields("openai")


def test_groq_says_how_long_it_took() -> None:
    """In seconds."""
    assert fields("groq")["total_time"] == pytest.approx(0.0925)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_spelling_is_read_as_the_same_tokens(provider: str) -> None:
    """By the adapter of this format, but for thinking that Mistral does not tell."""
    read = read_usage(fields(provider))
    assert read is not None
    assert (read.input_tokens, read.output_tokens, read.cache_read_tokens) == (100, 70, 40)
    assert read.reasoning_tokens == (0 if provider == "mistral" else 50)
