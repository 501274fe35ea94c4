"""Rules of the shipped vocabulary and of counting with it."""

import hashlib
import lzma

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.shared import shared_data

from modelroute_cli.features import o200k

RUN = o200k.LONG_RUN
BEFORE = ["", "a", "a.", "5", "x.\n", "漢", "_"]
AFTER = ["", "a", ".", "5", "/x"]
BLANK = {
    "spaces": " " * RUN,
    "tabs": "\t" * RUN,
    "line ends": "\n" * RUN,
    "line ends then space": "\n" * RUN + " ",
    "indented": "\r\n" + " " * RUN + "\n  ",
    "no-break": "\xa0" * RUN,
}


def by_tiktoken(text: str) -> int:
    """What tiktoken itself says, for texts it can take."""
    return len(o200k.encoding().encode_ordinary(text))


def test_the_packed_vocabulary_is_the_official_one() -> None:
    """The rebuilt text has the sha256 that tiktoken demands of its own download; repack on purpose only."""
    digest = hashlib.sha256(o200k.official_text()).hexdigest()
    assert digest == "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"


def test_the_packed_vocabulary_stays_small() -> None:
    """The wheel carries less than a megabyte of vocabulary."""
    assert o200k.PACKED.stat().st_size == 814_340


def test_the_official_text_is_what_the_development_data_holds() -> None:
    """Unpacking gives the very bytes that were packed."""
    assert o200k.official_text() == lzma.decompress(shared_data("o200k_base.tiktoken.xz").read_bytes())


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 0),
        ("hello world", 2),
        ("Write a short e-mail to our customers in Munich.", 11),
        ("Größe, Übergang, Straße", 7),
        ("東京都に住んでいます。", 7),
        ("naïve café — 3,141.59", 11),
        ("<|endoftext|>", 7),
        ("a\ud800b", 3),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", 8),
    ],
)
def test_counts_are_those_of_o200k(text: str, tokens: int) -> None:
    """Counts are pinned facts of the vocabulary; special tokens count as text, lone surrogates do not crash."""
    assert o200k.count(text) == tokens


@pytest.mark.parametrize("blank", BLANK.values(), ids=BLANK.keys())
def test_long_white_space_counts_as_tiktoken_counts_it(blank: str) -> None:
    """Cutting a long run of white space out and counting it apart gives tiktoken's own number."""
    texts = [before + blank + after for before in BEFORE for after in AFTER]
    assert [o200k.count(text) for text in texts] == [by_tiktoken(text) for text in texts]


def test_a_million_spaces_do_not_crash() -> None:
    """What makes tiktoken panic is counted: 1,000,000 spaces are pieces of 128."""
    assert o200k.count("x" + " " * 1_000_000 + "x") == 7815


def test_a_million_line_ends_after_punctuation_are_its_own() -> None:
    """Punctuation takes all line ends and the slash after them, however many."""
    assert o200k.count("." + "\n" * 1_000_000 + "/x") == 62_504


def test_a_word_of_a_hundred_thousand_letters_is_counted() -> None:
    """One endless word costs a moment and no crash."""
    assert o200k.count("a" * 100_000) == 12_500


@given(st.text(max_size=60), st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_a_cut_before_a_letter_on_a_new_line_is_exact(first: str, second: str) -> None:
    """Counts of lines add up where the next line starts with a letter: what templates may rely on."""
    head, tail = first + "\n", "Q" + second
    assert o200k.count(head + tail) == o200k.count(head) + o200k.count(tail)


@given(st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_text_has_a_count(text: str) -> None:
    """No text crashes, none but the empty one is free, none takes more tokens than bytes."""
    size = len(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode())
    assert (0 < o200k.count(text) <= size) if text else o200k.count(text) == 0
