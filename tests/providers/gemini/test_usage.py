"""Tests of modelroute_cli.providers.gemini.usage."""

from typing import Any

import pytest
from genai_prices import extract_usage
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.schema import Usage
from modelroute_cli.providers.gemini.usage import read_usage


def test_thoughts_are_billed_as_output_beside_the_candidates() -> None:
    """Google counts them apart; the total is the sum of all parts."""
    usage = {"promptTokenCount": 120, "candidatesTokenCount": 30, "thoughtsTokenCount": 400, "totalTokenCount": 550}
    assert read_usage(usage) == Usage(input_tokens=120, output_tokens=430, reasoning_tokens=400)


def test_cached_tokens_are_part_of_the_prompt() -> None:
    """As with OpenAI; what tools gave back is input besides."""
    usage = {
        "promptTokenCount": 5000,
        "cachedContentTokenCount": 4096,
        "toolUsePromptTokenCount": 70,
        "candidatesTokenCount": 10,
        "totalTokenCount": 5080,
    }
    assert read_usage(usage) == Usage(input_tokens=5070, output_tokens=10, cache_read_tokens=4096)


def test_cached_tokens_beyond_the_prompt_are_outside_it() -> None:
    """The dearer reading of a count that cannot be."""
    usage = {"promptTokenCount": 10, "cachedContentTokenCount": 4096, "totalTokenCount": 10}
    assert read_usage(usage) == Usage(input_tokens=4106, output_tokens=0, cache_read_tokens=4096)


def test_pictures_documents_and_sounds_are_told_apart() -> None:
    """A PDF counts as pictures, under either of Google's words for it."""
    details = [
        {"modality": "TEXT", "tokenCount": 20},
        {"modality": "IMAGE", "tokenCount": 1120},
        {"modality": "DOCUMENT", "tokenCount": 560},
        {"modality": "AUDIO", "tokenCount": 64},
        {"modality": "VIDEO", "tokenCount": 1},
    ]
    usage = {"promptTokenCount": 1765, "candidatesTokenCount": 5, "promptTokensDetails": details}
    assert read_usage(usage) == Usage(input_tokens=1765, output_tokens=5, image_tokens=1680, audio_tokens=64)


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ({"promptTokenCount": 12, "totalTokenCount": 12}, Usage(input_tokens=12, output_tokens=0)),
        ({"promptTokenCount": 12}, Usage(input_tokens=12, output_tokens=0)),
        ({"totalTokenCount": 20, "candidatesTokenCount": 5}, Usage(input_tokens=15, output_tokens=5)),
        ({"totalTokenCount": 4, "candidatesTokenCount": 5}, None),
        ({"candidatesTokenCount": 5}, None),
        ({"promptTokenCount": "12"}, None),
        ({}, None),
        (None, None),
        ([], None),
    ],
)
def test_what_is_left_out_is_zero_and_a_prompt_is_never_guessed(usage: object, expected: Usage | None) -> None:
    """Google leaves counts of 0 out; without the prompt's own count there is no bill."""
    assert read_usage(usage) == expected


def test_what_the_total_holds_beyond_its_parts_is_billed_as_thoughts() -> None:
    """Somebody counted them: they are the dearer kind."""
    usage = {"promptTokenCount": 100, "candidatesTokenCount": 20, "totalTokenCount": 200}
    assert read_usage(usage) == Usage(input_tokens=100, output_tokens=100, reasoning_tokens=80)


COUNTS = st.integers(0, 100_000)
KINDS = st.sampled_from(["TEXT", "IMAGE", "AUDIO", "DOCUMENT", "VIDEO"])


@given(
    st.dictionaries(KINDS, COUNTS, min_size=1),
    st.dictionaries(KINDS, COUNTS, max_size=2),
    COUNTS,
    COUNTS,
    st.floats(0, 1),
)
def test_the_arithmetic_is_that_of_the_price_library(
    prompt: dict[str, int], tools: dict[str, int], written: int, thoughts: int, cached: float
) -> None:
    """genai-prices reads the same answer to the same tokens, kind by kind."""
    parts = {
        "promptTokenCount": sum(prompt.values()),
        "cachedContentTokenCount": int(sum(prompt.values()) * cached),
        "toolUsePromptTokenCount": sum(tools.values()),
        "candidatesTokenCount": written,
        "thoughtsTokenCount": thoughts,
    }
    usage: dict[str, Any] = parts | {"totalTokenCount": sum(parts.values()) - parts["cachedContentTokenCount"]}
    usage["promptTokensDetails"] = [{"modality": kind, "tokenCount": count} for kind, count in prompt.items()]
    usage["toolUsePromptTokensDetails"] = [{"modality": kind, "tokenCount": count} for kind, count in tools.items()]
    theirs = extract_usage({"modelVersion": "gemini-3.8-flash", "usageMetadata": usage}, provider_id="google").usage
    assert read_usage(usage) == Usage(
        input_tokens=int(theirs.input_tokens or 0),
        output_tokens=int(theirs.output_tokens or 0),
        cache_read_tokens=int(theirs.cache_read_tokens or 0),
        reasoning_tokens=int(theirs.output_reasoning_tokens or 0),
        image_tokens=int(theirs.input_image_tokens or 0),
        audio_tokens=int(theirs.input_audio_tokens or 0),
    )


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
NAMES = st.sampled_from(
    ["promptTokenCount", "candidatesTokenCount", "thoughtsTokenCount", "totalTokenCount", "promptTokensDetails"]
)


@given(ANYTHING | st.dictionaries(NAMES, ANYTHING | COUNTS))
def test_nothing_that_may_come_raises_or_bills_less_than_nothing(usage: object) -> None:
    """Whatever stands there, the counts are whole numbers from 0, and the parts are no more than the whole."""
    read = read_usage(usage)
    if read is not None:
        assert min(read.input_tokens, read.output_tokens, read.cache_read_tokens) >= 0
        assert max(read.image_tokens, read.audio_tokens) <= read.input_tokens
        assert read.reasoning_tokens <= read.output_tokens
