"""Which of a group's candidates a plan can ever want: the corners of their lower cost/quality hull, found exactly.

A Lagrangian picks the candidate with the least `cost - price * value`; for every price from 0 up one of the corners is
a least one. So a group with hundreds of candidates (cascades of every pair of models) is as good as its few corners.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """What a candidate costs and is worth for one request, both in whole units."""

    cost: int
    value: int


def lower_hull(points: Sequence[Point]) -> tuple[int, ...]:
    """The places of the corners, cheapest first; of equal points the first, of points on one line the ends.

    Whole numbers throughout, so no corner is lost to rounding. The first is the best of the cheapest, the last the
    cheapest of the best.
    """
    order = sorted(range(len(points)), key=lambda at: (points[at].cost, -points[at].value, at))
    corners: list[int] = []
    for at in order:
        if corners and points[at].value <= points[corners[-1]].value:
            continue
        while len(corners) > 1 and not _bends(points[corners[-2]], points[corners[-1]], points[at]):
            corners.pop()
        corners.append(at)
    return tuple(corners)


def _bends(before: Point, middle: Point, after: Point) -> bool:
    """Whether value grows strictly dearer past `middle`: else a mix of its neighbours is as good."""
    to_middle = (middle.cost - before.cost) * (after.value - middle.value)
    return to_middle < (after.cost - middle.cost) * (middle.value - before.value)
