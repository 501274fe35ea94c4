"""Tokens of pictures: the vendors' own examples, the bounds, and what is done without a size or a rule."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelroute_cli.base.frames import REQUESTS
from modelroute_cli.features.image_rules import ImageRule, image_rule
from modelroute_cli.features.tokens import TokenFamily, family
from modelroute_cli.planning.image_counts import image_tokens

FAMILIES = ("o200k", "claude_4", "claude_5", "gemini", "deepseek", "llama", "mistral", "unknown")
RULES = [(name, rule) for name in FAMILIES for rule in family(name).images]


def counted(like: TokenFamily, model: str, *pictures: tuple[int, int] | None, high: bool = False) -> int:
    """Tokens of one request with these pictures; None is one of unknown size."""
    sizes = [0 if each is None else each[0] << 16 | each[1] for each in pictures]
    frame = pl.DataFrame({"image_sizes": [sizes or None]}, schema={"image_sizes": REQUESTS["image_sizes"]})
    return int(frame.select(image_tokens(like, model, high=high)).item())


@pytest.mark.parametrize(
    ("name", "model", "size", "tokens"),
    [
        ("o200k", "gpt-4o", (1024, 1024), 765),  # OpenAI, images and vision: 85 + 4 x 170
        ("o200k", "gpt-4o", (2048, 4096), 1105),  # the same: 85 + 6 x 170
        ("o200k", "gpt-5", (1024, 1024), 630),  # 70 + 4 x 140
        ("o200k", "gpt-4o-mini", (500, 400), 8500),  # 2833 + 5667
        ("o200k", "gpt-5-mini", (1024, 1024), 1659),  # 1024 patches x 1.62
        ("o200k", "gpt-5-mini", (1800, 2400), 2353),  # 1452 patches x 1.62
        ("o200k", "gpt-5-nano", (32, 32), 3),  # one patch x 2.46, rounded up
        ("o200k", "gpt-6-luna", (1024, 1024), 1229),  # assumed: as 5.5
        ("o200k", "gpt-6-luna", (8000, 6000), 11868),  # 115 x 86 of at most 10,000 patches x 1.2
        ("claude_4", "claude-sonnet-4", (1000, 1000), 1296),  # Anthropic, vision
        ("claude_5", "claude-sonnet-5-5", (1920, 1080), 2691),  # the same
        ("claude_5", "claude-sonnet-5-5", (1, 1), 1),
        ("gemini", "gemini-2.5-flash-lite", (384, 384), 258),  # Google, tokens: both sides at most 384
        ("gemini", "gemini-2.5-flash-lite", (960, 540), 1548),  # Google, image understanding: six squares
        ("gemini", "gemini-3.8-flash", (96, 54), 1120),  # the default resolution, whatever the size
    ],
)
def test_the_rules_give_the_vendors_own_numbers(name: str, model: str, size: tuple[int, int], tokens: int) -> None:
    """Examples of their documents, or worked by hand from their rule."""
    assert counted(family(name), model, size) == tokens


def test_a_long_picture_stays_within_the_budget() -> None:
    """However thin; no side vanishes."""
    for size in ((65535, 1), (1, 65535), (20000, 40)):
        tokens = counted(family("o200k"), "gpt-5-mini", size)
        assert 1 < tokens <= 2489  # 1,536 x 1.62


def test_pictures_of_a_request_add_up() -> None:
    """Known by its size, unknown by the family's number."""
    like = family("claude_5")
    model = "claude-haiku-5-5"
    assert counted(like, model) == 0
    assert counted(like, model, (280, 280), (28, 56), None) == 100 + 2 + like.image_tokens
    assert counted(like, model, None, high=True) == like.image_tokens_high


def test_a_model_without_a_rule_takes_its_familys_number() -> None:
    """Sizes change nothing where nobody knows what they change."""
    like = family("mistral")
    assert counted(like, "mistral-small", (10, 10), (4000, 4000)) == 2 * like.image_tokens
    assert counted(like, "mistral-small", (10, 10), high=True) == like.image_tokens_high
    assert counted(family("o200k"), "gpt-oss-120b", (10, 10)) == 1659


@pytest.mark.parametrize(
    ("model", "each"),
    [("gpt-5", 140), ("gpt-5-2025-08-07", 140), ("gpt-5-mini", 1.62), ("gpt-5.4-mini", 1.62), ("gpt-4.1", 170)],
)
def test_the_first_rule_that_fits_holds(model: str, each: float) -> None:
    """Small models stand before the families that their names begin with."""
    rule = image_rule(family("o200k").images, model)
    assert rule is not None
    assert rule.each == each


def test_every_shipped_rule_is_reached() -> None:
    """No pattern is hidden by one before it."""
    for name in FAMILIES:
        rules = family(name).images
        for rule in rules:
            for pattern in rule.models:
                assert image_rule(rules, pattern.rstrip("*")) is rule, pattern


@settings(deadline=None, max_examples=100)
@given(rule=st.sampled_from(RULES), width=st.integers(1, 65535), height=st.integers(1, 65535))
def test_the_reservation_is_never_below_the_expectation(rule: tuple[str, ImageRule], width: int, height: int) -> None:
    """And both are at least one token."""
    model = rule[1].models[0].rstrip("*")
    expected = counted(family(rule[0]), model, (width, height))
    assert 1 <= expected <= counted(family(rule[0]), model, (width, height), high=True)
