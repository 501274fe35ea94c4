"""Answers that are nearly the same."""

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.execution.gates.alike import Answers, Twin, likeness, pairs_of, sketch_of

WORDS = [f"{first}{second}" for first in "bcdfghklmnprst" for second in ("alo", "eki", "umi", "ora", "ine", "usta")]
TEXT = "our new lamp is here and it is blue as the sea in summer"


def _text(seed: int, words: int = 60) -> str:
    return " ".join(Random(seed).choices(WORDS, k=words))  # noqa: S311 - texts for a test


def _changed(text: str, share: float) -> str:
    """The text with that share of its words replaced, evenly."""
    words = text.split()
    for place in range(0, len(words), max(1, round(1 / share))):
        words[place] = f"other{place}"
    return " ".join(words)


class _Told:
    """Texts by row, as a journal would give them."""

    def __init__(self) -> None:
        self.texts: dict[int, str] = {}
        self.answers = Answers(self.texts.get)

    def say(self, row: int, text: str, least: float = 0.8) -> Twin | None:
        """One more answer."""
        self.texts[row] = text
        return self.answers.add_unless_alike(row, text, least)


def test_likeness_is_the_share_of_word_pairs_in_common() -> None:
    """One word of fourteen replaced changes two of thirteen pairs: 11 of 15 are in common."""
    other = TEXT.replace("blue", "red")
    assert likeness(pairs_of(TEXT), pairs_of(other)) == 11 / 15
    assert likeness(pairs_of(TEXT), pairs_of(TEXT.upper().replace(" ", "\n"))) == 1.0
    assert likeness(pairs_of(""), pairs_of("")) == 1.0
    assert likeness(pairs_of("yes"), pairs_of("no")) == 0.0


def test_the_later_of_two_alike_fails_and_is_forgotten() -> None:
    """A third one is held against the first alone."""
    told = _Told()
    assert told.say(0, TEXT) is None
    assert told.say(1, TEXT + "!") == Twin(0, 1.0)
    assert told.say(2, TEXT.replace("blue", "red"), least=0.7) == Twin(0, 11 / 15)
    assert told.say(3, TEXT.replace("blue", "red"), least=0.8) is None
    assert len(told.answers) == 2


def test_another_try_of_the_same_request_is_no_twin() -> None:
    """An answer is held against those of others."""
    told = _Told()
    assert told.say(5, TEXT) is None
    assert told.say(5, TEXT) is None


def test_an_answer_that_another_gate_refused_is_taken_away() -> None:
    """What nobody gets cannot be doubled."""
    told = _Told()
    told.say(0, _text(0))
    told.say(1, TEXT)
    told.say(2, _text(2))
    told.answers.forget(1)
    assert (len(told.answers), told.say(3, TEXT), told.say(4, _text(2))) == (2, None, Twin(2, 1.0))


def test_answers_of_earlier_sessions_count() -> None:
    """A resumed run knows what it accepted before."""
    answers = Answers({1: TEXT, 2: "x"}.get)
    answers.add_all([(1, TEXT), (2, "x")])
    assert answers.add_unless_alike(9, TEXT, 0.9) == Twin(1, 1.0)


def test_an_answer_whose_text_is_gone_is_no_twin() -> None:
    """A sketch alone fails nothing: it is an estimate."""
    answers = Answers(lambda _: None)
    answers.add(1, TEXT)
    assert answers.add_unless_alike(2, TEXT, 0.9) is None


def test_among_a_thousand_answers_the_twin_is_found_and_others_are_none() -> None:
    """Changed in three words of sixty; all others are different texts."""
    told = _Told()
    found = [told.say(row, _text(row)) for row in range(1000)]
    assert found == [None] * 1000
    twins = [told.say(1000 + row, _changed(_text(row), 0.05)) for row in range(0, 1000, 50)]
    assert [twin and twin.row for twin in twins] == list(range(0, 1000, 50))
    assert all(0.8 <= twin.likeness < 1 for twin in twins if twin)


@pytest.mark.parametrize("share", [0.02, 0.1, 0.3])
def test_bits_estimate_the_likeness(share: float) -> None:
    """The share of equal bits is (1 + J) / 2, within what 256 bits can tell, on average of forty pairs."""
    off = []
    for seed in range(40):
        one, other = pairs_of(_text(seed, 200)), pairs_of(_changed(_text(seed, 200), share))
        unequal = int(np.bitwise_count(sketch_of(one) ^ sketch_of(other)).sum())
        off.append(1 - 2 * unequal / 256 - likeness(one, other))
    assert abs(float(np.mean(off))) < 0.03
    assert float(np.std(off)) < 0.1


def test_an_answer_takes_at_most_64_bytes() -> None:
    """Arrays grow by half."""
    answers = Answers(lambda _: None)
    answers.add_all((row, str(row)) for row in range(1000))
    assert (answers._rows.nbytes + answers._sketches.nbytes) / len(answers) <= 64


@given(st.text(max_size=200), st.text(max_size=200))
def test_likeness_is_a_share_and_equal_texts_have_equal_sketches(one: str, other: str) -> None:
    """Symmetric, within [0,1], and nothing raises."""
    first, second = pairs_of(one), pairs_of(other)
    assert 0 <= likeness(first, second) == likeness(second, first) <= 1
    assert (sketch_of(first) == sketch_of(frozenset(first))).all()
