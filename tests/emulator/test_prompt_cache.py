"""Tests of modelroute_cli.emulator.prompt_cache."""

from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.emulator.prompt_cache import Prompt, PromptCache

LONG = "word " * 2000  # 10,000 characters, taken as 2,000 tokens


def test_the_first_reading_is_not_cached_the_second_is() -> None:
    """In steps of 128 tokens, from 1,024 on."""
    cache = PromptCache()
    assert cache.read("openai|m", Prompt(LONG, 2000)) == 0
    assert cache.read("openai|m", Prompt(LONG, 2000), now=1.0) == 1920


def test_a_common_beginning_is_enough() -> None:
    """A long system message is read from the cache by every request after the first."""
    cache = PromptCache()
    cache.read("openai|m", Prompt(LONG + "first", 2001))
    assert cache.read("openai|m", Prompt(LONG + "second question", 2003), now=1.0) == 1920


def test_a_different_beginning_is_not_cached() -> None:
    """One character at the start changes all."""
    cache = PromptCache()
    cache.read("openai|m", Prompt(LONG, 2000))
    assert cache.read("openai|m", Prompt("x" + LONG, 2000), now=1.0) == 0


def test_short_prompts_are_never_cached() -> None:
    """Providers cache from 1,024 tokens."""
    cache = PromptCache()
    assert [cache.read("openai|m", Prompt(LONG[:5000], 1000), now) for now in (0.0, 1.0)] == [0, 0]


def test_some_models_keep_only_longer_ones() -> None:
    """As the request's own model has it."""
    cache = PromptCache()
    for least, cached in ((2001, 0), (1920, 1920), (1921, 0)):
        cache.read(f"google|{least}", Prompt(LONG, 2000, least))
        assert cache.read(f"google|{least}", Prompt(LONG, 2000, least), now=1.0) == cached


def test_models_do_not_share() -> None:
    """Each model has its own cache."""
    cache = PromptCache()
    cache.read("openai|m", Prompt(LONG, 2000))
    assert cache.read("openai|other", Prompt(LONG, 2000), now=1.0) == 0


def test_the_oldest_is_forgotten() -> None:
    """Memory is bounded."""
    cache = PromptCache(most_blocks=20)
    cache.read("openai|m", Prompt(LONG, 2000))
    cache.read("openai|m", Prompt("y" + LONG, 2000))
    assert cache.read("openai|m", Prompt(LONG, 2000), now=1.0) == 0


def test_a_beginning_is_known_once_it_was_read() -> None:
    """Requests that come together all pay for it; another that comes while it is being read does not delay it."""
    cache = PromptCache(reading_s=0.2)
    assert [cache.read("openai|m", Prompt(LONG, 2000), now) for now in (0.0, 0.0, 0.19, 0.2)] == [0, 0, 0, 1920]


def test_a_beginning_is_forgotten_after_five_idle_minutes() -> None:
    """Each reading keeps it for five more."""
    cache = PromptCache()
    read = [cache.read("openai|m", Prompt(LONG, 2000), now) for now in (0.0, 299.0, 597.0, 897.0, 898.0)]
    assert read == [0, 1920, 1920, 0, 1920]


@given(st.text(max_size=2000), st.text(max_size=2000), st.integers(1024, 10_000))
def test_never_more_than_the_prompt(one: str, other: str, tokens: int) -> None:
    """Cached tokens are a part of the prompt, in whole steps."""
    cache = PromptCache()
    cache.read("a", Prompt(one, tokens))
    cached = cache.read("a", Prompt(one + other, tokens), now=10.0)
    assert 0 <= cached <= tokens
    assert cached % 128 == 0
