"""A few texts are counted without a vocabulary, and still exactly as tiktoken counts them."""

# ruff: noqa: RUF001 - dashes of prose are meant

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.features import o200k
from modelroute_cli.features.few import ALPHABET, LONGEST_PIECE_BYTES, PACKED, count_few, hash_of, packed

SAMPLE = Path(__file__).parents[2] / "sample_jobs" / "marketing.jsonl"

letters = st.text(st.sampled_from(ALPHABET), max_size=30)
turns = st.sampled_from(
    ["don't", "WE'LL", "it'S", "I'M ", "fooBAR", " \n\n\t", "/path/to\r\n", "1234567", "€", "–", "ß"]
)
texts = st.lists(st.one_of(letters, turns), max_size=8).map("".join)


@given(texts)
def test_a_count_is_tiktokens(text: str) -> None:
    """Any text of the alphabet: letters, accents, digits, punctuation, blanks and line ends in any order."""
    assert count_few([text]) in ([o200k.count(text)], None)


@pytest.mark.parametrize("text", ["", " ", "a", "Größe", "naïve “quotes” – 3½ €", "  two  blanks  ", "x\r\n\r\n  y\n"])
def test_texts_of_the_alphabet_are_counted(text: str) -> None:
    """What European prose is made of does not need a vocabulary."""
    assert count_few([text]) == [o200k.count(text)]


def test_every_sample_is_counted_alike() -> None:
    """The sample job file, line by line."""
    lines = SAMPLE.read_text("utf-8").splitlines()[:100]
    assert count_few(lines) == [o200k.count(line) for line in lines]


@pytest.mark.parametrize("text", ["日本", "Привет", "\u017f", "e\u0301", "😀", "\ud800", "\x85", "\x0b", "\u2028"])
def test_other_characters_are_left_to_the_engines(text: str) -> None:
    """One such character is enough, in any of the texts: never a wrong count."""
    assert count_few(["fine", f"a {text} b"]) is None


def test_long_pieces_are_left_to_the_engines() -> None:
    """Merging takes the square of a piece's length."""
    assert count_few(["x" * LONGEST_PIECE_BYTES]) == [o200k.count("x" * LONGEST_PIECE_BYTES)]
    assert count_few(["x" * (LONGEST_PIECE_BYTES + 1)]) is None


def test_the_file_is_made_of_the_vocabulary_that_ships() -> None:
    """Whoever changes the alphabet or the hash runs `python benchmarks/pack_few.py`."""
    assert packed(o200k.tokens()) == PACKED.read_bytes(), "run `python benchmarks/pack_few.py`"


def test_no_two_tokens_share_a_hash() -> None:
    """What is found is the token that was meant."""
    tokens = set(o200k.tokens())
    assert len({hash_of(token) for token in tokens}) == len(tokens) == 199_998
