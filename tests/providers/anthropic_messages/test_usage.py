"""Tests of modelroute_cli.providers.anthropic_messages.usage."""

import json

import pytest
from genai_prices import extract_usage
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.schema import Usage
from modelroute_cli.providers.anthropic_messages.usage import read_usage

COUNTS = st.integers(0, 10**7)


def test_the_input_is_what_was_fresh_read_and_written() -> None:
    """Anthropic counts the three apart; ours counts all of them as input."""
    said = {
        "input_tokens": 20,
        "cache_read_input_tokens": 600,
        "cache_creation_input_tokens": 40,
        "cache_creation": {"ephemeral_5m_input_tokens": 40, "ephemeral_1h_input_tokens": 0},
        "output_tokens": 90,
        "output_tokens_details": {"thinking_tokens": 70},
        "service_tier": "standard",
    }
    assert read_usage(said) == Usage(
        input_tokens=660, output_tokens=90, cache_read_tokens=600, cache_write_tokens=40, reasoning_tokens=70
    )


def test_older_answers_say_less() -> None:
    """What is not named, or null, is 0."""
    said = {"input_tokens": 5, "output_tokens": 2, "cache_read_input_tokens": None, "output_tokens_details": None}
    assert read_usage(said) == Usage(input_tokens=5, output_tokens=2)


@pytest.mark.parametrize("said", [None, {}, [], "12", {"input_tokens": 5}, {"output_tokens": 5}, {"input_tokens": -1}])
def test_half_a_count_is_none(said: object) -> None:
    """The reservation then stays counted."""
    assert read_usage(said) is None


def test_thoughts_are_part_of_the_output() -> None:
    """The details are only an approximation: they never pass what is billed."""
    found = read_usage({"input_tokens": 1, "output_tokens": 10, "output_tokens_details": {"thinking_tokens": 12}})
    assert found == Usage(input_tokens=1, output_tokens=10, reasoning_tokens=10)


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_the_price_library_reads_the_same(fresh: int, read: int, written: int, output: int) -> None:
    """genai-prices' own extractor of Anthropic's answers agrees, count by count."""
    said = {
        "input_tokens": fresh,
        "cache_read_input_tokens": read,
        "cache_creation_input_tokens": written,
        "output_tokens": output,
    }
    theirs = extract_usage({"model": "claude-haiku-5-5", "usage": said}, provider_id="anthropic").usage
    ours = read_usage(json.loads(json.dumps(said)))
    assert ours is not None
    assert (theirs.input_tokens, theirs.output_tokens) == (ours.input_tokens, ours.output_tokens)
    assert (theirs.cache_read_tokens or 0, theirs.cache_write_tokens or 0) == (
        ours.cache_read_tokens,
        ours.cache_write_tokens,
    )
