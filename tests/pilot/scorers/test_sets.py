"""Sets beside their reference."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.pilot.scorers.sets import likeness_of_sets, text_of, told_items, wanted_items

ITEMS = st.frozensets(st.sampled_from("abcdefgh"), max_size=8)


@pytest.mark.parametrize(
    ("output", "items"),
    [
        ("red, Green; blue", {"red", "green", "blue"}),
        ('["red", "green"]', {"red", "green"}),
        ('```json\n{"colours": ["red", "green"]}\n```', {"red", "green"}),
        ("Here they are:\n- red\n- **green**\nAnything else?", {"red", "green"}),
        ("1. red\n2. green", {"red", "green"}),
        ("red", {"red"}),
        ("- red", {"red"}),
        ("[1, 2.5, true, null]", {"1", "2.5", "true", "null"}),
        ("red, red", {"red"}),
        ("", set()),
        (" ,; ", set()),
    ],
)
def test_items_are_found_in_lists_and_between_separators(output: str, items: set[str]) -> None:
    """Words around bullets are no items."""
    assert told_items(output) == items


def test_a_reference_is_a_list_or_a_text() -> None:
    """Numbers in it are compared as they are written."""
    assert wanted_items(["Red", 2]) == wanted_items("red; 2") == {"red", "2"}
    assert text_of({"a": "é"}) == '{"a": "é"}'


@pytest.mark.parametrize(
    ("found", "wanted", "likeness"),
    [("ab", "ab", 1.0), ("a", "ab", 2 / 3), ("abc", "ab", 0.8), ("c", "ab", 0.0), ("", "ab", 0.0), ("", "", 1.0)],
)
def test_likeness_is_f1(found: str, wanted: str, likeness: float) -> None:
    """Twice what is in common over all."""
    assert likeness_of_sets(frozenset(found), frozenset(wanted)) == likeness


@given(one=ITEMS, other=ITEMS)
def test_likeness_is_a_share_the_same_both_ways(one: frozenset[str], other: frozenset[str]) -> None:
    """And 1 for equal sets alone."""
    likeness = likeness_of_sets(one, other)
    assert 0 <= likeness <= 1
    assert likeness == likeness_of_sets(other, one)
    assert (likeness == 1) is (one == other)
