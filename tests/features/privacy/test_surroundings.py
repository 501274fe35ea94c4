"""Rules of what words around a number say."""

import pytest

from modelroute_cli.features.privacy.surroundings import (
    in_url,
    is_of_a_thing,
    said_around,
    said_before,
    speaks_of,
)

WORDS = r"(?i)\b(?:phone|tel)\b"


def at(text: str) -> int:
    """Where the number begins, written as N."""
    return text.index("N")


@pytest.mark.parametrize("text", ["phone N", "Tel.: N", "my order, but by phone: N"])
def test_the_nearest_word_before_a_number_decides(text: str) -> None:
    """A word for telephones."""
    assert said_before(text, at(text), WORDS)


@pytest.mark.parametrize("text", ["N", "phone order N", "phone N°", "microphone" + " x" * 30 + " N", "telex N"])
def test_a_word_for_things_or_none_says_otherwise(text: str) -> None:
    """Or a word that only holds it."""
    assert said_before(text, at(text), WORDS) == text.startswith("phone N")


def test_a_word_that_is_cut_off_is_none() -> None:
    """The reach begins in the middle of `telephone`."""
    text = "telephone N"
    assert not said_before(text, at(text), WORDS, reach=6)


def test_a_word_may_stand_behind() -> None:
    """Within a few characters."""
    assert said_around("N (phone)", 0, 1, WORDS)
    assert not said_around("N" + " " * 40 + "phone", 0, 1, WORDS)


@pytest.mark.parametrize(
    "text", ["order N", "Order no. N", "Rechnung: N", "#N", "订单号 N", "https://x.de/a N/".replace(" ", "")]
)
def test_numbers_of_things_are_known(text: str) -> None:
    """By the word that leads to them."""
    assert is_of_a_thing(text, at(text))


@pytest.mark.parametrize("text", ["Anna N", "I got my order. Please ring Anna N", "order!\nN"])
def test_a_word_in_another_sentence_does_not_count(text: str) -> None:
    """It is about something else."""
    assert not is_of_a_thing(text, at(text))


def test_an_address_of_the_web_ends_with_a_blank() -> None:
    """What follows is no part of it."""
    assert in_url("https://x.de/N", 13)
    assert in_url("www.x.de/N", 9)
    assert not in_url("https://x.de N", 13)


def test_a_piece_of_text_speaks_of_what_one_of_its_words_names() -> None:
    """Also past a word for things: this only tells what is worth a closer look."""
    assert speaks_of("phone order ", WORDS)
    assert speaks_of("my Tel.", WORDS)
    assert not speaks_of("order hotel telephone", WORDS)
    assert not speaks_of("", WORDS)
