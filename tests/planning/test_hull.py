"""The hull: steps of rising slope from the cheapest candidate to the best."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from modelroute_cli.planning.hull import Choices, best, cheapest, walk

POINT = st.tuples(st.integers(0, 10**13), st.integers(0, 10**9))


def choices_of(*rows: list[tuple[int, int]]) -> Choices:
    """Rows of (cost, value)."""
    flat = [(row, cost, value) for row, points in enumerate(rows) for cost, value in points]
    owner, cost, value = (np.array(column, dtype=np.int64) for column in zip(*flat, strict=True))
    return Choices(owner, cost, value, np.ones(len(rows), dtype=np.int64))


def test_cheapest_and_best_break_ties_to_the_better_and_the_cheaper() -> None:
    """Of equals on the first count the second decides, then the order."""
    choices = choices_of([(5, 1), (5, 3), (5, 3), (9, 4), (8, 4)])
    assert cheapest(choices).tolist() == [1]
    assert best(choices).tolist() == [4]


def test_points_above_the_hull_are_stepped_over() -> None:
    """From (0, 0) to (10, 10) by the flattest way up; the dear point between is no step."""
    hull = walk(choices_of([(0, 0), (9, 5), (10, 10), (100, 11)]))
    assert hull.base.tolist() == [0]
    assert hull.target.tolist() == [2, 3]
    assert hull.extra.tolist() == [10, 90]
    assert hull.gain.tolist() == [10, 1]


def test_points_on_a_line_are_one_step() -> None:
    """Of equal slopes the farthest is taken at once."""
    assert walk(choices_of([(0, 0), (1, 1), (2, 2)])).target.tolist() == [2]


def test_steps_of_all_rows_are_sorted_by_slope() -> None:
    """The cheapest quality of any row comes first."""
    hull = walk(choices_of([(0, 0), (10, 1)], [(0, 0), (5, 1), (25, 2)]))
    assert hull.row.tolist() == [1, 0, 1]
    assert hull.slope.tolist() == [5.0, 10.0, 20.0]


def test_a_row_without_a_better_candidate_has_no_step() -> None:
    """The cheapest is the best: nothing to buy."""
    assert len(walk(choices_of([(0, 5), (3, 5), (9, 1)])).row) == 0


@settings(deadline=None)
@given(st.lists(st.lists(POINT, min_size=1, max_size=8), min_size=1, max_size=6))
def test_steps_lead_from_the_cheapest_to_the_best_in_order(rows: list[list[tuple[int, int]]]) -> None:
    """A row's steps follow each other in the sorted list, gain each time, and end at the best candidate."""
    choices = choices_of(*rows)
    hull = walk(choices)
    assert np.all(np.diff(hull.slope) >= 0)
    assert np.all(hull.gain > 0)
    at = hull.base.copy()
    for row, target, extra, gain in zip(hull.row, hull.target, hull.extra, hull.gain, strict=True):
        assert choices.owner[target] == row
        assert choices.cost[target] - choices.cost[at[row]] == extra
        assert choices.value[target] - choices.value[at[row]] == gain
        at[row] = target
    assert choices.value[at].tolist() == choices.value[best(choices)].tolist()
