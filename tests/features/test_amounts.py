"""Rules of amounts: numbers of words, sentences, characters and things that a text names."""

import pytest

from modelroute_cli.features.amounts import Amount, amounts, any_of, table
from modelroute_cli.features.words import words

NAMED = [
    ("50 words", [("word", 50.0)]),
    ("200-250 words", [("word", 225.0)]),
    ("between 80 and 100 words", [("word", 90.0)]),
    ("1,200 words", [("word", 1200.0)]),
    ("three short bullet points", [("bullet", 3.0)]),
    ("five headlines of at most eight words", [("headline", 5.0), ("word", 6.8)]),
    ("max. 60 characters", [("character", 51.0)]),
    ("60 characters or less", [("character", 51.0)]),
    ("250 to 280 words at most", [("word", 265.0)]),
    ("de 150 à 180 mots", [("word", 165.0)]),
    ("zwischen 40 und 60 Zeichen", [("character", 50.0)]),
    ("300文字以内", [("character", 255.0)]),
    ("100〜200字", [("character", 150.0)]),
    ("100 grams, words", []),
    ("v4 words", []),
    ("2026-11 words", []),
    ("10 on 3 words", [("word", 3.0)]),
]


def named(text: str) -> list[tuple[str, float]]:
    """Units and counts of a text."""
    return [(amount.unit, round(amount.count, 3)) for amount in amounts(text, words(text))]


@pytest.mark.parametrize(("text", "expected"), NAMED)
def test_numbers_of_units_are_found(text: str, expected: list[tuple[str, float]]) -> None:
    """The middle of a range, 0.85 of a maximum, nothing where the number is of something else."""
    assert named(text) == expected


def test_an_amount_knows_where_it_stands() -> None:
    """From its number to the end of its unit."""
    text = "Use 50 words, please."
    assert amounts(text, words(text)) == [Amount("word", 50.0, 4, 12)]


def test_every_unit_and_number_of_the_table_is_usable() -> None:
    """Each unit has a size, each language a figure for words, and ranges are sane."""
    sizes = table()
    assert set(sizes.units) - {"word", "character"} == set(sizes.words_of)
    assert "und" in sizes.tokens_per_word
    assert "und" in sizes.chars_per_token
    assert all(1 <= ratio <= 3 for ratio in sizes.tokens_per_word.values())
    assert all(1 <= ratio <= 5 for ratio in sizes.chars_per_token.values())


def test_the_longest_word_is_tried_first() -> None:
    """A pattern of alternatives must not stop at a beginning; `_` is a blank."""
    assert any_of("at at_most") == r"at\ most|at"
