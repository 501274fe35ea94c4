"""Tokens of pages, sound and tools."""

from collections.abc import Mapping

import pytest
from support.planning_jobs import requests_of

from modelroute_cli.base.schema import Need
from modelroute_cli.features.tokens import family
from modelroute_cli.planning.media_counts import needs, page_tokens, sound_tokens, tools_base

FAMILIES = ("o200k", "claude_4", "claude_5", "gemini", "deepseek", "llama", "mistral", "unknown")


def row(need: Need, **amounts: int) -> Mapping[str, object]:
    """A request with one need."""
    return {"needs": need.bit, **amounts}


@pytest.mark.parametrize(
    ("name", "model", "pages", "tokens", "reserved"),
    [
        ("gemini", "gemini-2.5-flash", 10, 2_580, 2_840),  # Google, document processing: 258 a page
        ("gemini", "gemini-3.8-flash", 10, 5_600, 12_320),  # Google, media resolution: 560 at medium, 1,120 at high
        ("claude_4", "claude-haiku-4-5", 2, 7_700, 12_000),
        ("claude_5", "claude-haiku-5-5", 1, 5_700, 10_000),
        ("o200k", "gpt-6-luna", 3, 7_500, 30_000),
        ("unknown", "x", 1, 3_000, 10_000),
    ],
)
def test_pages_count_by_family_and_model(name: str, model: str, pages: int, tokens: int, reserved: int) -> None:
    """Worked by hand from data/tokenizers.yaml."""
    frame = requests_of(row(Need.FILE, pages=pages))
    found = frame.select(
        page_tokens(family(name), model, high=False).alias("a"), page_tokens(family(name), model, high=True).alias("b")
    )
    assert found.row(0) == (tokens, reserved)


@pytest.mark.parametrize(
    ("name", "tokens", "reserved"),
    [("gemini", 1_920, 2_160), ("o200k", 600, 780), ("claude_5", 1_920, 2_400)],
)
def test_a_minute_of_sound(name: str, tokens: int, reserved: int) -> None:
    """32 tokens a second at Google, 10 at OpenAI."""
    frame = requests_of(row(Need.AUDIO, audio_s=60))
    found = frame.select(sound_tokens(family(name), high=each).alias(str(each)) for each in (False, True))
    assert found.row(0) == (tokens, reserved)


def test_what_a_request_does_not_carry_is_nothing() -> None:
    """Plain ones, and those that carry something else."""
    frame = requests_of({}, row(Need.IMAGE), row(Need.TOOLS))
    like = family("claude_5")
    found = frame.select(
        page_tokens(like, "x", high=True).alias("pages"),
        sound_tokens(like, high=True).alias("sound"),
        tools_base(like).alias("tools"),
    )
    assert found.rows() == [(0, 0, 0), (0, 0, 0), (0, 0, 500)]


@pytest.mark.parametrize("name", FAMILIES)
def test_reservations_are_never_below_what_is_expected(name: str) -> None:
    """Whatever a family counts."""
    like = family(name)
    assert like.page_tokens_high >= like.page_tokens
    assert like.audio_tokens_high >= like.audio_tokens
    assert all(rule.high >= rule.each for rule in like.pages)


def test_needs_are_bits() -> None:
    """Any of those that are asked for; a frame without the column's value has none."""
    frame = requests_of({"needs": Need.FILE.bit | Need.TOOLS.bit}, {"needs": Need.SEED.bit}, {"needs": None})
    assert frame.select(needs(Need.FILE, Need.SEED)).to_series().to_list() == [True, True, False]
    assert frame.select(needs(Need.TOOLS)).to_series().to_list() == [True, False, False]
    assert frame.select(needs()).to_series().to_list() == [False, False, False]
