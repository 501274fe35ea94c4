"""Groups of texts that begin alike."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelroute_cli.base.texts import shared_chars
from modelroute_cli.jobs.prefix_tree import STEP_CHARS, shared_beginnings

LEAST = 2 * STEP_CHARS
ENOUGH = 3 * STEP_CHARS


def blocks(word: str) -> str:
    """A text of a block of equal letters for each letter."""
    return "".join(letter * STEP_CHARS for letter in word)


def groups_of(texts: Sequence[str], enough: int = ENOUGH) -> set[tuple[int, frozenset[int]]]:
    """The groups of texts: characters shared, and places."""
    found = shared_beginnings(range(len(texts)), texts.__getitem__, LEAST, lambda _, chars: chars >= enough)
    return {(shared.chars, frozenset(shared.members)) for shared in found}


def words(*given: str) -> set[tuple[int, frozenset[int]]]:
    """The groups of such texts, in blocks."""
    return {(chars // STEP_CHARS, members) for chars, members in groups_of([blocks(word) for word in given])}


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["aaax", "aaay", "aaaz"], {(3, frozenset({0, 1, 2}))}),  # instructions for all
        (["aaax", "aaay", "bbbx", "bbby"], {(3, frozenset({0, 1})), (3, frozenset({2, 3}))}),  # two templates
        (["aax", "aay"], set()),  # too short to be cached
        (["aaax", "bbby"], set()),
        (["aaa"], set()),
        (["aaa", "aaab"], {(3, frozenset({0, 1}))}),  # one is the beginning of the other
    ],
)
def test_those_who_begin_alike_are_a_group(texts: list[str], found: set[tuple[int, frozenset[int]]]) -> None:
    """The longest beginning that all of them share, long enough to be cached."""
    assert words(*texts) == found


def test_long_documents_are_groups_within_a_shared_beginning() -> None:
    """Two questions on each of two long documents: four reads of the short beginning save less."""
    found = words("aaabbbbbbbbx", "aaabbbbbbbby", "aaaccccccccx", "aaaccccccccy")
    assert found == {(11, frozenset({0, 1})), (11, frozenset({2, 3}))}


def test_chance_does_not_break_a_group_up() -> None:
    """Two of many go on alike a little longer: on their own they would save less than with the others."""
    assert words("aaaaabx", "aaaaaby", "aaaaac", "aaaaad") == {(5, frozenset({0, 1, 2, 3}))}


def test_who_is_left_joins_the_larger_group() -> None:
    """Requests on single documents share the instructions with each other."""
    found = words("aaabbbbbbbbx", "aaabbbbbbbby", "aaac", "aaad")
    assert found == {(11, frozenset({0, 1})), (3, frozenset({2, 3}))}


def test_a_beginning_within_one_too_short_counts() -> None:
    """Only the longer one is cached."""
    assert words("aabx", "aaby", "aac", "aad") == {(3, frozenset({0, 1}))}


def test_a_conversation_that_grows_is_no_endless_tree() -> None:
    """Each request goes on where the last one ended, a hundred times: levels are bounded."""
    found = words(*("a" * 3 + "".join(chr(98 + turn) for turn in range(count)) for count in range(100)))
    assert found == {(19, frozenset(range(16, 100)))}


WORDS = st.lists(st.text("ab", min_size=1, max_size=7).map(blocks), max_size=9)


@given(WORDS)
@settings(max_examples=200)
def test_groups_share_what_they_say(texts: list[str]) -> None:
    """Exactly so many characters, enough of them, two members at least, nobody twice."""
    found = groups_of(texts)
    for chars, members in found:
        first, *others = sorted(members)
        assert others
        assert chars >= ENOUGH
        assert min(shared_chars(texts[first], texts[other]) for other in others) == chars
    assert len([member for _, members in found for member in members]) == len({m for _, ms in found for m in ms})


@given(WORDS)
@settings(max_examples=200)
def test_groups_save_at_least_what_one_for_all_would(texts: list[str]) -> None:
    """Any shared beginning alone, for all who have it, is no better."""
    saved = sum(chars * (len(members) - 1) for chars, members in groups_of(texts))
    for begins in {text[:chars] for text in texts for chars in range(ENOUGH, len(text) + 1, STEP_CHARS)}:
        assert saved >= len(begins) * (sum(text.startswith(begins) for text in texts) - 1)


@given(WORDS, st.integers(0, 99))
def test_order_does_not_matter(texts: list[str], seed: int) -> None:
    """The same texts are together wherever they stand."""
    order = list(range(len(texts)))
    random.Random(seed).shuffle(order)  # noqa: S311 - an order, not a secret
    shuffled = groups_of([texts[place] for place in order])
    assert {(chars, frozenset(order[m] for m in members)) for chars, members in shuffled} == groups_of(texts)
