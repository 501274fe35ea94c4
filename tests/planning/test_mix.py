"""Choices for rows that stand for several alike requests."""

import numpy as np

from modelroute_cli.planning.hull import Choices, Ints
from modelroute_cli.planning.mix import Move, cost, exact_dot, moved, portions, switches, value, whole


def ints(*numbers: int) -> Ints:
    """An array."""
    return np.array(numbers, dtype=np.int64)


TWO = Choices(ints(0, 0, 1), ints(5, 9, 7), ints(1, 4, 2), ints(10, 3))
"""Ten requests with two candidates, three with one."""


def test_a_whole_choice_is_taken_by_every_request() -> None:
    """Sums are over requests, not rows."""
    mix = whole(TWO, ints(0, 2))
    assert (cost(TWO, mix), value(TWO, mix)) == (10 * 5 + 3 * 7, 10 + 3 * 2)


def test_a_part_of_a_row_can_be_moved() -> None:
    """The rest keeps its candidate, and what one more switch would bring is for the rest alone."""
    mix = moved(TWO, whole(TWO, ints(0, 2)), 1, 4)
    assert mix.moved == (Move(1, 4),)
    assert (cost(TWO, mix), value(TWO, mix)) == (6 * 5 + 4 * 9 + 21, 6 + 16 + 6)
    offer = switches(TWO, mix)
    assert (offer.extra.tolist(), offer.gain.tolist(), offer.left.tolist()) == ([0, 4, 0], [0, 3, 0], [6, 6, 3])


def test_moving_all_that_is_left_is_a_choice() -> None:
    """No row is without a chosen candidate."""
    mix = moved(TWO, moved(TWO, whole(TWO, ints(0, 2)), 1, 4), 1, 6)
    assert mix.chosen.tolist() == [1, 2]
    assert cost(TWO, mix) == 10 * 9 + 21
    taken = portions(TWO, mix)
    assert (taken.candidate.tolist(), taken.count.tolist()) == ([1, 2], [10, 3])


def test_portions_stand_by_row() -> None:
    """Each candidate once, with all its requests."""
    mix = moved(TWO, moved(TWO, whole(TWO, ints(0, 2)), 1, 4), 1, 1)
    taken = portions(TWO, mix)
    assert (taken.candidate.tolist(), taken.count.tolist()) == ([0, 1, 2], [5, 5, 3])


def test_products_past_64_bits_are_exact() -> None:
    """Python's own numbers take over where an Int64 would wrap."""
    assert exact_dot(ints(2**61, -3), ints(4, 5)) == 2**63 - 15
    assert exact_dot(ints(2, 3), ints(4, 5)) == 23
