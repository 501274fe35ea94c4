"""Rules of counting as other vendors do."""

from importlib.util import find_spec

import msgspec
import pytest
from support.plans import card
from support.token_fuzz import nasty_texts

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.features.family_counts import Counted, by_class, count_many, own_count
from modelroute_cli.features.text_class import TextClass
from modelroute_cli.features.tokens import count_o200k, family

TEXTS = ["hello world", "", "Gr\u00f6\u00dfe, \u00dcbergang", "\u6771\u4eac\u90fd", '{"a": 1}', "x\ud800"]
NO_CTOK = find_spec("ctok") is None
NO_TOKTOK = find_spec("toktok") is None
FAMILIES = [
    "deepseek",
    "llama",
    "mistral",
    "gemini",
    "qwen",
    "qwen_3_5",
    "glm",
    "kimi",
    "grok",
    "cohere",
    "claude_4",
    "claude_5",
]


def counted(texts: list[str], tokenizer: str) -> Counted:
    """The texts as a model of this family counts them."""
    return count_many(texts, msgspec.structs.replace(card("any-1"), tokenizer=tokenizer))


def test_o200k_is_counted_exactly() -> None:
    """Nothing may be off."""
    assert counted(TEXTS, "o200k") == Counted(count_o200k(TEXTS), "exact", 0.0)


@pytest.mark.parametrize(
    ("name", "text", "tokens"),
    [
        ("deepseek", "hello world", 2),
        ("llama", "<|endoftext|>", 7),
        ("mistral", "Gr\u00f6\u00dfe \u6771\u4eac \u0939\u093f\u0928\u094d\u0926\u0940", 6),
        ("gemini", "Gr\u00f6\u00dfe \u6771\u4eac \u0939\u093f\u0928\u094d\u0926\u0940", 5),
        ("qwen", "Gr\u00f6\u00dfe \u6771\u4eac \u0939\u093f\u0928\u094d\u0926\u0940", 11),
        ("glm", "Gr\u00f6\u00dfe \u6771\u4eac \u0939\u093f\u0928\u094d\u0926\u0940", 11),
        ("kimi", "Gr\u00f6\u00dfe \u6771\u4eac \u0939\u093f\u0928\u094d\u0926\u0940", 9),
    ],
)
def test_vendors_whose_vocabulary_an_engine_has_are_counted_by_it(name: str, text: str, tokens: int) -> None:
    """Counts are pinned facts of the vocabularies; special tokens count as text."""
    assert counted([text, ""], name) == Counted([tokens, 0], "exact", 0.0)


@pytest.mark.parametrize("name", [*FAMILIES, "unknown"])
def test_no_text_crashes_any_family(name: str) -> None:
    """Lone surrogates and empty texts have counts everywhere, in order."""
    counts = counted(TEXTS, name).counts
    assert len(counts) == len(TEXTS)
    assert counts[1] == 0
    assert all(count > 0 for at, count in enumerate(counts) if at != 1)


@pytest.mark.parametrize("name", [*FAMILIES, "unknown", "o200k"])
def test_no_nasty_text_crashes_any_family(name: str) -> None:
    """Words of 100,000 characters, special-token strings, lone surrogates: a count for each, and none for nothing."""
    by_ctok = name.startswith("claude") and not NO_CTOK  # pure Python: 0.3 MB a second
    texts = nasty_texts(most_chars=2_000 if by_ctok else 120_000)
    counts = counted(texts, name).counts
    assert [bool(count) for count in counts] == [bool(text) for text in texts]


@pytest.mark.parametrize("name", ["deepseek", "llama", "mistral", "gemini", "qwen", "qwen_3_5", "glm", "kimi"])
def test_a_million_spaces_crash_no_engine(name: str) -> None:
    """On these tiktoken itself panics."""
    (count,) = counted([" " * 1_000_000], name).counts
    assert 0 < count < 40_000


@pytest.mark.parametrize("name", ["qwen", "qwen_3_5"])
@pytest.mark.skipif(NO_TOKTOK, reason="the extra `fast` is not installed")
def test_qwen_composes_letters_before_it_counts(name: str) -> None:
    """A letter and its combining mark count as the one letter they make."""
    assert counted(["cafe\u0301 nin\u0303o"], name) == counted(["caf\u00e9 ni\u00f1o"], name)


@pytest.mark.skipif(NO_TOKTOK, reason="the extra `fast` is not installed")
def test_new_qwen_is_counted_by_toktok() -> None:
    """Its vocabulary is in no other package that is installed."""
    assert counted(["hello world", "", "x\ud800"], "qwen_3_5") == Counted([2, 0, 2], "exact", 0.0)


@pytest.mark.skipif(NO_CTOK, reason="the extra `claude` is not installed (it needs Python 3.12)")
def test_claude_is_counted_by_ctok() -> None:
    """Content without the frame: three and four tokens for the example of its own README."""
    assert counted(["hello, world"], "claude_4") == Counted([3], "exact", 0.0)
    assert counted(["hello, world"], "claude_5") == Counted([4], "exact", 0.0)


@pytest.mark.skipif(not NO_CTOK, reason="the extra `claude` is installed")
def test_claude_without_ctok_is_counted_by_ratios_with_a_bound() -> None:
    """The extra missing is no error: the method and its bound say so."""
    found = counted(["hello world"], "claude_5")
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
    found = counted(["one two three four five six seven eight nine ten"], "unknown")
    assert (found.counts, found.method) == ([11], "assumed")
    assert found.bound == pytest.approx(2.7 / 1.1 - 1)


@pytest.mark.parametrize("name", FAMILIES)
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
        counted(["x"], "gemni")
