"""Rules of shapes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.features.privacy.shapes import is_day, is_letter, relaxed, shape_of

PATTERN = r"(?<![\w-])(?:19|20)?[1-9][0-9AB]{1,2}([ .\u00a0-])756\1[XYZ](?!\1[0-9])"


def test_digits_and_small_letters_lose_their_value() -> None:
    """Capitals, gaps and signs stay, and so does the length."""
    assert shape_of("Nr. AB-2026.11 +49") == "Nx. AB-0000.00 +00"
    assert shape_of("é٣") == "é٣"


def test_a_relaxed_pattern_takes_zeros_for_its_digits() -> None:
    """Counts, references to groups and escapes stay."""
    assert relaxed(r"[1-9]{2,3}(19|20)([ \u00a0-])\d\1[XYZ]") == r"[01-9]{2,3}(00|00)([ \u00a0-])\d\1[XYZ]"


@given(text=st.from_regex(PATTERN.replace("(?<![\\w-])", ""), fullmatch=True))
def test_a_relaxed_pattern_matches_the_shape_of_all_that_the_pattern_matches(text: str) -> None:
    """Nothing is lost by looking at shapes first."""
    if re.search(PATTERN, text):
        assert re.search(relaxed(PATTERN), shape_of(text))


@pytest.mark.parametrize("day", ["2026-11-23", "23.11.2026", "23/11/26", "1999.1.05", "2026-11-23T10", "2026-11-23 10"])
def test_days_are_known_by_their_form(day: str) -> None:
    """With the hour that a clock's time begins with."""
    assert is_day(day)


@pytest.mark.parametrize("other", ["2026-11", "2026-11-231", "12345678", "2026-11-23 1234", "030-11-23"])
def test_other_numbers_are_no_days(other: str) -> None:
    """Too short, too long, or with a number behind."""
    assert not is_day(other)


def test_only_scripts_with_blanks_between_words_have_letters_that_a_number_cannot_touch() -> None:
    """In the others a word ends where a digit begins."""
    assert all(map(is_letter, "aé7_Я"))
    assert not any(map(is_letter, "は号로ก -"))
    assert not is_letter("")
