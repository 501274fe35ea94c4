"""Rules of token counts and token families."""

import pytest

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.features.tokens import TokenFamily, count_o200k, family

FAMILIES = ["o200k", "claude_4", "claude_5", "gemini", "deepseek", "llama", "mistral", "unknown"]


def test_counts_keep_their_order() -> None:
    """One count for each text, in the order of the texts, repeated ones too."""
    assert count_o200k(["hello world", "", "hello", "hello world"]) == [2, 0, 1, 2]


@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_states_its_source_and_reserves_more_than_it_expects(name: str) -> None:
    """A ratio without a source, or a reservation below the expectation, must not ship."""
    entry = family(name)
    assert entry.name == name
    assert entry.source
    assert entry.ratio_high >= entry.ratio
    assert entry.image_tokens_high >= entry.image_tokens


def test_o200k_is_exact() -> None:
    """The counting vocabulary is its own measure."""
    entry = family("o200k")
    assert (entry.method, entry.ratio, entry.ratio_high) == ("exact", 1.0, 1.0)


@pytest.mark.parametrize(
    ("name", "messages", "content", "billed"),
    [
        ("o200k", 1, 100, 107),
        ("o200k", 2, 100, 111),
        ("o200k", 4, 100, 119),
        ("mistral", 1, 0, 3),
        ("mistral", 2, 0, 5),
    ],
)
def test_frames_are_those_of_recorded_traffic(name: str, messages: int, content: int, billed: int) -> None:
    """Content and frame make what providers billed in recorded calls."""
    entry = family(name)
    assert content * int(entry.ratio) + entry.frame_base + messages * entry.frame_per_message == billed


def test_the_unknown_vendor_reserves_as_the_dearest_known_one() -> None:
    """A vendor nobody measured is reserved for at the highest ratio and frame of all families."""
    unknown = family("unknown")
    others = [family(name) for name in FAMILIES]
    assert unknown.method == "assumed"
    assert unknown.ratio_high == max(entry.ratio_high for entry in others)
    assert unknown.image_tokens_high == max(entry.image_tokens_high for entry in others)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("claude_6", "did you mean `claude_5`?"),
        (
            "zzz",
            (
                "use one of `o200k`, `claude_4`, `claude_5`, `gemini`, `deepseek`, `llama`, `mistral`, `qwen`, "
                "`qwen_3_5`, `glm`, `kimi`, `grok`, `cohere`, `smollm`, `unknown`"
            ),
        ),
    ],
)
def test_an_unknown_tokenizer_is_refused_with_a_suggestion(name: str, hint: str) -> None:
    """The error names the value and what to type instead."""
    with pytest.raises(SettingsError) as caught:
        family(name)
    assert (caught.value.message, caught.value.hint) == (f"unknown tokenizer `{name}`", hint)


def test_families_are_values() -> None:
    """The same name gives the same frozen value."""
    assert family("gemini") is family("gemini")
    assert isinstance(family("gemini"), TokenFamily)
