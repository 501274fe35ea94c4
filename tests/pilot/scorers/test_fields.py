"""JSON values field by field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.pilot.scorers.fields import Comparison, Tally, values_in

IN_ORDER, ANY_ORDER = Comparison(), Comparison(any_order=True)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.floats(-1e6, 1e6) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("found", "wanted", "right", "of"),
    [
        ({"a": 1, "b": 2}, {"a": 1, "b": 2}, 2, 2),
        ({"a": 1, "b": 3, "more": 0}, {"a": 1, "b": 2}, 1, 2),
        ({"a": {"b": "PARIS."}}, {"a": {"b": "Paris", "c": 1}}, 1, 2),
        ({"a": 1.0}, {"a": 1}, 1, 1),
        ({"a": True}, {"a": 1}, 0, 1),
        ({"a": "1"}, {"a": 1}, 0, 1),
        ({"a": 0.33333}, {"a": 0.333}, 1, 1),
        ({"a": None}, {"a": None}, 1, 1),
        ({}, {"a": None}, 0, 1),
        ({}, {"a": {"b": 1, "c": [1, 2]}}, 0, 3),
        ([1, 2], [1, 3], 1, 2),
        ([1, 2, 3], [1, 2], 2, 3),
        ([1], [1, {"a": 1, "b": 2}], 1, 3),
        ([], [], 1, 1),
        ([1], [], 0, 1),
        ("x", {"a": 1}, 0, 1),
        (float("inf"), 1, 0, 1),
        ({}, {}, 1, 1),
    ],
)
def test_each_value_counts_once(found: object, wanted: object, right: int, of: int) -> None:
    """Fields beside are passed over, items beside are wrong, and so is what is missing."""
    assert IN_ORDER.tally(found, wanted) == Tally(right, of)


@pytest.mark.parametrize(
    ("found", "wanted", "right", "of"),
    [
        ([3, 1, 2], [1, 2, 3], 3, 3),
        ([{"a": 1, "b": 2}, {"a": 1}], [{"a": 1}, {"a": 1, "b": 2}], 3, 3),
        ([{"a": 1, "b": 2}], [{"a": 1, "b": 9}, {"a": 1, "b": 2}], 2, 4),
        ([{"a": 1, "b": 3}, {"a": 9, "b": 2}], [{"a": 9, "b": 1}, {"a": 1, "b": 4}], 2, 4),
        ([1, 1, 1], [1], 1, 3),
        ([], [1, 2], 0, 2),
        ("x", [1, 2], 0, 2),
    ],
)
def test_lists_in_any_order_are_matched(found: object, wanted: object, right: int, of: int) -> None:
    """What is all right first, then the best that is left."""
    assert ANY_ORDER.tally(found, wanted) == Tally(right, of)


def test_a_tolerance_holds_for_numbers_inside() -> None:
    """Relative, as everywhere."""
    assert Comparison(tolerance=0.1).tally({"a": 105}, {"a": 100}).share == 1


@given(value=JSON)
def test_a_value_is_all_right_beside_itself(value: object) -> None:
    """In either way of comparing lists."""
    for comparison in (IN_ORDER, ANY_ORDER):
        assert comparison.tally(value, value) == Tally(values_in(value), values_in(value))


@given(found=JSON, wanted=JSON)
def test_a_share_is_a_share_and_any_order_is_no_stricter(found: object, wanted: object) -> None:
    """Whatever is compared with whatever; a list that is right in its order is right in any."""
    strict, loose = IN_ORDER.tally(found, wanted), ANY_ORDER.tally(found, wanted)
    assert 0 <= strict.share <= 1
    assert 0 <= loose.share <= 1
    assert strict.share < 1 or loose.share == 1


def test_a_flood_of_items_is_not_compared_with_each() -> None:
    """Of a list that is far too long, what is beyond counts as wrong unseen."""
    assert ANY_ORDER.tally(list(range(100_000)), [0, 1]) == Tally(2, 100_000)
