"""Sets of numbers as ranges and bits."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.execution.audit.numbers import Numbers

SETS = st.sets(st.integers(0, 3000), max_size=60)


def of(found: set[int]) -> Numbers:
    """A set with these."""
    numbers = Numbers()
    for number in found:
        numbers.add(number)
    return numbers


@given(SETS)
def test_ranges_hold_what_was_added(found: set[int]) -> None:
    """Neither more nor less, in order and apart from each other."""
    ranges = of(found).ranges()
    assert [number for first, last in ranges for number in range(first, last + 1)] == sorted(found)
    assert all(last + 1 < first for (_, last), (first, _) in pairwise(ranges))
    assert Numbers(ranges).ranges() == ranges


@given(SETS, st.lists(st.integers(0, 9000), max_size=20))
def test_what_is_missing_is_not_in_it(found: set[int], asked: list[int]) -> None:
    """One by one and all at once."""
    numbers = of(found)
    assert [number in numbers for number in asked] == [number in found for number in asked]
    assert numbers.missing(np.array(asked, dtype=np.int64)).tolist() == [number not in found for number in asked]


@given(SETS)
def test_the_first_missing_one_counts_from_one(found: set[int]) -> None:
    """As attempts do."""
    assert of(found).first_missing() == next(number for number in range(1, 3002) if number not in found)


def test_a_set_of_nothing_is_empty() -> None:
    """Whatever was looked for in it."""
    assert Numbers().is_empty
    assert 0 not in Numbers()
    assert not of({0}).is_empty
