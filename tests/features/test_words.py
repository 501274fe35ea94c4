"""Rules of words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.features.words import STOP, fold, pairs, words


@pytest.mark.parametrize(
    ("word", "folded"),
    [
        ("Résumé", "resume"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("ØL", "ol"),
        ("İzmir", "izmir"),
    ],
)
def test_case_and_accents_do_not_matter(word: str, folded: str) -> None:
    """A word is the same however it is written."""
    assert fold(word) == folded


def test_sentences_end_in_a_stop() -> None:
    """Ends of sentences and lines are kept as one mark; a decimal point is none."""
    said = [word.text for word in words("Costs 3.5 dollars. Why?\nOk")]
    assert said == ["costs", "3", "5", "dollars", STOP, "why", STOP, STOP, "ok"]


def test_vowel_marks_inside_arabic_words_do_not_part_them() -> None:
    """A word with and without its marks is one."""
    assert [word.text for word in words("لخّص")] == [word.text for word in words("لخص")]


def test_hashes_are_pinned() -> None:
    """Trained weights rest on these numbers: they are the same on every machine and in every run."""
    word = words("Translate")[0]
    assert (word.text, word.whole, word.stem) == ("translate", 1242588023, 1881218749)


def test_all_numbers_are_one_word() -> None:
    """`218` and `45` have one hash."""
    first, second = words("218 45")
    assert first.whole == second.whole


def test_unspaced_scripts_are_read_in_pairs() -> None:
    """Two neighbouring characters are a word, the last one stands alone."""
    assert [word.text for word in pairs("ab 要約して")] == ["要約", "約し", "して", "て"]


@given(st.text(max_size=100))
def test_folding_twice_changes_nothing(text: str) -> None:
    """Folding is idempotent for every word of a text."""
    for word in words(text):
        assert word.text == STOP or fold(word.text) == word.text
