"""Rules of grouping texts by the runs of words that they share."""

from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.features.grouping import LEAST_TEXTS, groups, runs

NAMES = ("Alba", "Bo", "Cleo", "Dara", "Edo", "Fay", "Gus", "Hedda")


def members(texts: list[str]) -> list[tuple[int, ...]]:
    """The places of each group."""
    return sorted(group.members for group in groups([runs(text) for text in texts]))


def test_texts_of_one_pattern_are_one_group() -> None:
    """Whatever stands in the field."""
    assert members([f"Write a birthday card for {name} in verse." for name in NAMES]) == [tuple(range(8))]


def test_a_pattern_is_found_behind_a_field_too() -> None:
    """The constant part need not begin the text."""
    assert members([f"{name}: write a birthday card in verse." for name in NAMES]) == [tuple(range(8))]


def test_boilerplate_does_not_join_patterns() -> None:
    """A shared beginning and a shared end, each with its own instruction between."""
    first, last = "You work for our shop and know it well.", "Answer with the result only, without any preamble."
    cards = [f"{first} Compose one birthday card that mentions {name} and the sea. {last}" for name in NAMES]
    lists = [f"{first} Give seven reasons why somebody like {name} should learn chess. {last}" for name in NAMES]
    assert members(cards + lists) == [tuple(range(8)), tuple(range(8, 16))]


def test_few_texts_are_no_group() -> None:
    """One fewer than LEAST_TEXTS."""
    assert members([f"Write a birthday card for {name}." for name in NAMES[: LEAST_TEXTS - 1]]) == []


def test_numbers_do_not_part() -> None:
    """Every number is one word, and both ends of a text count as words."""
    assert runs("Order 17") == runs("Order 4711")
    assert runs("a") == [("\x02", "\x02", "a", "\x03"), ("\x02", "a", "\x03", "\x03")]


@given(st.lists(st.text("ab \n.", max_size=12), max_size=20))
def test_a_text_is_in_one_group_at_most(texts: list[str]) -> None:
    """And no group is smaller than LEAST_TEXTS."""
    found = members(texts)
    places = [place for group in found for place in group]
    assert len(places) == len(set(places))
    assert all(len(group) >= LEAST_TEXTS for group in found)
