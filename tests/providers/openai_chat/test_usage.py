"""Tests of modelroute_cli.providers.openai_chat.usage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.schema import Usage
from modelroute_cli.providers.openai_chat.usage import read_usage


def test_openai_s_details_are_read() -> None:
    """Cached and written tokens are part of the prompt, reasoning is part of the completion."""
    usage = {
        "prompt_tokens": 2000,
        "completion_tokens": 300,
        "total_tokens": 2300,
        "prompt_tokens_details": {"cached_tokens": 1024, "cache_write_tokens": 512},
        "completion_tokens_details": {"reasoning_tokens": 250},
    }
    assert read_usage(usage) == Usage(
        input_tokens=2000, output_tokens=300, cache_read_tokens=1024, cache_write_tokens=512, reasoning_tokens=250
    )


def test_deepseek_s_name_for_cached_tokens_is_read() -> None:
    """`prompt_cache_hit_tokens` is the part of the prompt that was cached."""
    usage = {
        "prompt_tokens": 2000,
        "completion_tokens": 10,
        "total_tokens": 2010,
        "prompt_cache_hit_tokens": 1536,
        "prompt_cache_miss_tokens": 464,
    }
    assert read_usage(usage) == Usage(input_tokens=2000, output_tokens=10, cache_read_tokens=1536)


def test_what_the_total_holds_beyond_is_reasoning_outside_the_completion() -> None:
    """Reasoning may stand outside the completion, as with xAI; it is billed as output."""
    usage = {
        "prompt_tokens": 100,
        "completion_tokens": 50,
        "total_tokens": 450,
        "completion_tokens_details": {"reasoning_tokens": 300},
    }
    assert read_usage(usage) == Usage(input_tokens=100, output_tokens=350, reasoning_tokens=300)


def test_a_larger_total_without_details_is_reasoning_too() -> None:
    """Gemini's compatibility endpoint names no thoughts, only the total has them."""
    usage = {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 250}
    assert read_usage(usage) == Usage(input_tokens=100, output_tokens=150, reasoning_tokens=100)


def test_reasoning_that_cannot_be_inside_is_added() -> None:
    """More reasoning than completion is outside it, also without a total."""
    usage = {"prompt_tokens": 9, "completion_tokens": 5, "completion_tokens_details": {"reasoning_tokens": 70}}
    assert read_usage(usage) == Usage(input_tokens=9, output_tokens=75, reasoning_tokens=70)


def test_cache_tokens_that_cannot_be_inside_the_prompt_are_added() -> None:
    """A gateway may forward Anthropic's count, which leaves cache tokens out of the input."""
    usage = {"prompt_tokens": 10, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 2000}}
    assert read_usage(usage) == Usage(input_tokens=2010, output_tokens=5, cache_read_tokens=2000)


@pytest.mark.parametrize(("total", "given", "made"), [(17, 12, 5), (11, 6, 5), (13, 6, 7), (None, 6, 5)])
def test_cache_tokens_beside_the_prompt_are_told_by_the_total(total: int | None, given: int, made: int) -> None:
    """Portkey writes Anthropic's count so: 6 fresh, 4 read, 2 written, 5 out, 17 in all; other totals as ever."""
    usage = {"prompt_tokens": 6, "completion_tokens": 5, "total_tokens": total}
    apart = {"cache_read_input_tokens": 4, "cache_creation_input_tokens": 2}
    read = read_usage(usage | apart | {"prompt_tokens_details": {"cached_tokens": 4}})
    assert read is not None
    assert (read.input_tokens, read.output_tokens) == (given, made)
    assert (read.cache_read_tokens, read.cache_write_tokens) == (4, 2)


def test_a_missing_completion_is_what_the_total_leaves() -> None:
    """Embedding-like usage has no completion field."""
    assert read_usage({"prompt_tokens": 7, "total_tokens": 9}) == Usage(input_tokens=7, output_tokens=2)


def test_the_newer_names_are_read() -> None:
    """`input_tokens` and `output_tokens` mean the same."""
    assert read_usage({"input_tokens": 7, "output_tokens": 2}) == Usage(input_tokens=7, output_tokens=2)


@pytest.mark.parametrize(
    "usage",
    [None, {}, [], "12", {"prompt_tokens": 5}, {"completion_tokens": 5}, {"prompt_tokens": -1, "total_tokens": 3}],
)
def test_what_is_not_said_is_unknown(usage: object) -> None:
    """Unknown usage is None, never 0."""
    assert read_usage(usage) is None


def test_pictures_and_sound_are_parts_of_the_prompt() -> None:
    """No more of them than the prompt has."""
    details = {"image_tokens": 765, "audio_tokens": 9_999}
    usage = {"prompt_tokens": 900, "completion_tokens": 5, "prompt_tokens_details": details}
    assert read_usage(usage) == Usage(input_tokens=900, output_tokens=5, image_tokens=765, audio_tokens=900)


@given(
    st.dictionaries(
        st.sampled_from(["prompt_tokens", "completion_tokens", "total_tokens", "prompt_cache_hit_tokens"]),
        st.integers(0, 10**6),
    ),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
)
def test_parts_never_exceed_the_whole(usage: dict[str, object], cached: int, reasoning: int) -> None:
    """Cached tokens fit into the input, reasoning into the output, and nothing counts less than was reported."""
    details = {
        "prompt_tokens_details": {"cached_tokens": cached},
        "completion_tokens_details": {"reasoning_tokens": reasoning},
    }
    read = read_usage(usage | details)
    if read is None:
        return
    assert read.cache_read_tokens + read.cache_write_tokens <= read.input_tokens
    assert read.reasoning_tokens <= read.output_tokens
    assert read.input_tokens >= int(str(usage["prompt_tokens"]))
