"""Rules of the first pass."""

import re

from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.features.privacy.suspects import STRETCH, Suspects, suspects

NONE = Suspects([], [], [])
PLAIN = ["Write 3 lines about 50 euros.", "", "Call at 10:30 in room 12, 5 people", "COBADEFF", "MIXED Case 12 345"]
SIGNED = ["a@b", "meet (at) noon", "MEET [AT] NOON"]
NUMBERS = [
    "030 12 34",
    "2026-11-23",
    "RSSMRA85T10A562S",
    "GB29 NWBK",
    "12\u00a034\u00a056",
    "+49(0)30-12",
]


def test_texts_without_a_sign_or_six_digits_are_left_alone() -> None:
    """Most texts of most jobs."""
    assert suspects(PLAIN) == NONE
    assert suspects([]) == NONE


def test_halves_of_characters_are_passed_over() -> None:
    """JSON can hold them, UTF-8 cannot; places in the text stay what they are."""
    assert suspects(["\ud800", "\ud800 a@b 123456", "x"]) == Suspects([1], [1], [["123456"]])


def test_texts_with_a_sign_are_named_by_their_place() -> None:
    """In order, apart from those with numbers."""
    assert suspects([*PLAIN, *SIGNED]) == Suspects([5, 6, 7], [], [])


def test_texts_with_numbers_are_named_by_their_place() -> None:
    """In order."""
    assert suspects(NUMBERS).numbers == list(range(len(NUMBERS)))
    assert suspects([*SIGNED, "1234567", "a@b 123456"]) == Suspects([0, 1, 2, 4], [3, 4], [["1234567"], ["123456"]])


def test_stretches_come_as_they_stand() -> None:
    """Digits, gaps and capitals, in the order of the text, the same one twice."""
    text = "On 2026-11-23 pay 1.299.000 EUR, on 2026-11-23 to DE89 3704 0044"
    assert suspects([text]).stretches == [["2026-11-23", "1.299.000 EUR", "2026-11-23", "89 3704 0044"]]


@given(text=st.text(alphabet="019A Xé-./(),@\u00a0\u2013", max_size=40))
def test_stretches_are_those_that_a_close_look_would_take(text: str) -> None:
    """Both readers of patterns agree."""
    for stretches in suspects([text]).stretches:
        assert stretches == re.findall(STRETCH, text)
