"""Rules of counting as other vendors do."""

from importlib.util import find_spec

import pytest

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.features.family_counts import Counted, by_class, count_as, own_count
from modelroute_cli.features.text_class import TextClass
from modelroute_cli.features.tokens import count_many, family

TEXTS = ["hello world", "", "Gr\u00f6\u00dfe, \u00dcbergang", "\u6771\u4eac\u90fd", '{"a": 1}', "x\ud800"]
NO_CTOK = find_spec("ctok") is None


def test_o200k_is_counted_exactly() -> None:
    """Nothing may be off."""
    assert count_as(TEXTS, "o200k") == Counted(count_many(TEXTS), "exact", 0.0)


@pytest.mark.parametrize(
    ("name", "text", "tokens"),
    [
        ("deepseek", "hello world", 2),
        ("llama", "<|endoftext|>", 7),
        ("mistral", "Gr\u00f6\u00dfe \u6771\u4eac \u0939\u093f\u0928\u094d\u0926\u0940", 6),
        ("gemini", "Gr\u00f6\u00dfe \u6771\u4eac \u0939\u093f\u0928\u094d\u0926\u0940", 5),
    ],
)
def test_vendors_whose_vocabulary_an_engine_has_are_counted_by_it(name: str, text: str, tokens: int) -> None:
    """Counts are pinned facts of the vocabularies; special tokens count as text."""
    assert count_as([text, ""], name) == Counted([tokens, 0], "exact", 0.0)


@pytest.mark.parametrize("name", ["deepseek", "llama", "mistral", "gemini", "claude_4", "claude_5", "unknown"])
def test_no_text_crashes_any_family(name: str) -> None:
    """Lone surrogates and empty texts have counts everywhere, in order."""
    counts = count_as(TEXTS, name).counts
    assert len(counts) == len(TEXTS)
    assert counts[1] == 0
    assert all(count > 0 for at, count in enumerate(counts) if at != 1)


@pytest.mark.skipif(NO_CTOK, reason="the extra `claude` is not installed (it needs Python 3.12)")
def test_claude_is_counted_by_ctok() -> None:
    """Content without the frame: three and four tokens for the example of its own README."""
    assert count_as(["hello, world"], "claude_4") == Counted([3], "exact", 0.0)
    assert count_as(["hello, world"], "claude_5") == Counted([4], "exact", 0.0)


@pytest.mark.skipif(not NO_CTOK, reason="the extra `claude` is installed")
def test_claude_without_ctok_is_counted_by_ratios_with_a_bound() -> None:
    """The extra missing is no error: the method and its bound say so."""
    found = count_as(["hello world"], "claude_5")
    assert (found.method, found.bound) == ("calibrated", 0.15)


def test_ratios_follow_the_class_of_each_text() -> None:
    """Ten tokens of English and ten of Japanese are scaled by their own ratios, rounded up; the bound is between."""
    english, japanese = "one two three four five six seven eight nine ten", "\u6771\u4eac\u90fd" * 5
    claude = family("claude_5")
    found = by_class([english, japanese], claude)
    assert found.counts == [16, 7]
    assert claude.classes[TextClass.ENGLISH].bound < found.bound < claude.classes[TextClass.CJK].bound


def test_an_unknown_vendor_is_assumed_and_bounded_by_the_dearest() -> None:
    """Nobody measured it: the bound is the distance to the upper end of its ratio."""
    found = count_as(["one two three four five six seven eight nine ten"], "unknown")
    assert (found.counts, found.method) == ([11], "assumed")
    assert found.bound == pytest.approx(2.7 / 1.1 - 1)


@pytest.mark.parametrize("name", ["claude_4", "claude_5", "gemini", "deepseek", "llama", "mistral"])
def test_every_class_has_a_ratio_inside_the_reservation(name: str) -> None:
    """A class whose centre is dearer than what is reserved would break the cap."""
    asked = family(name)
    assert set(asked.classes) == set(TextClass)
    assert max(each.ratio for each in asked.classes.values()) <= asked.ratio_high


def test_an_engine_that_nobody_has_is_none() -> None:
    """So are families without one."""
    assert own_count("") is None
    assert own_count("other 1") is None


def test_an_unknown_family_is_refused() -> None:
    """With the nearest name."""
    with pytest.raises(SettingsError, match="unknown tokenizer `gemni`"):
        count_as(["x"], "gemni")
