"""Tests of modelroute_cli.providers.openai_responses.usage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.schema import Usage
from modelroute_cli.providers.openai_responses.usage import read_usage

COUNTS = st.integers(0, 10**6)


def test_the_details_are_read() -> None:
    """Cached and written tokens are part of the input, reasoning is part of the output."""
    usage = {
        "input_tokens": 2000,
        "input_tokens_details": {"cached_tokens": 1024, "cache_write_tokens": 512, "image_tokens": 300},
        "output_tokens": 300,
        "output_tokens_details": {"reasoning_tokens": 250},
        "total_tokens": 2300,
    }
    assert read_usage(usage) == Usage(
        input_tokens=2000,
        output_tokens=300,
        cache_read_tokens=1024,
        cache_write_tokens=512,
        reasoning_tokens=250,
        image_tokens=300,
    )


def test_what_cannot_be_inside_is_added() -> None:
    """A gateway may forward another provider's count; the dearer reading holds."""
    usage = {
        "input_tokens": 10,
        "input_tokens_details": {"cached_tokens": 2000},
        "output_tokens": 5,
        "output_tokens_details": {"reasoning_tokens": 70},
    }
    assert read_usage(usage) == Usage(input_tokens=2010, output_tokens=75, cache_read_tokens=2000, reasoning_tokens=70)


def test_what_the_total_holds_beyond_is_reasoning_outside_the_output() -> None:
    """It is billed as output."""
    usage = {"input_tokens": 100, "output_tokens": 50, "total_tokens": 450}
    assert read_usage(usage) == Usage(input_tokens=100, output_tokens=350, reasoning_tokens=300)


@pytest.mark.parametrize("usage", [None, {}, [], "12", {"input_tokens": 5}, {"input_tokens": -1, "output_tokens": 3}])
def test_what_is_not_said_is_unknown(usage: object) -> None:
    """Unknown usage is None, never 0."""
    assert read_usage(usage) is None


@given(COUNTS, COUNTS, COUNTS, COUNTS, COUNTS)
def test_parts_never_exceed_the_whole(given_: int, written: int, cached: int, reasoning: int, sound: int) -> None:
    """And nothing counts less than was reported."""
    usage = {
        "input_tokens": given_,
        "input_tokens_details": {"cached_tokens": cached, "audio_tokens": sound},
        "output_tokens": written,
        "output_tokens_details": {"reasoning_tokens": reasoning},
    }
    read = read_usage(usage)
    assert read is not None
    assert read.input_tokens >= max(given_, read.cache_read_tokens, read.audio_tokens)
    assert read.output_tokens >= max(written, read.reasoning_tokens)
