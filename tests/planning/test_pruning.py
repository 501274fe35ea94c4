"""The lower hull: exactly the points that a Lagrangian can want."""

from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.planning.pruning import Point, lower_hull

POINTS = st.lists(st.builds(Point, st.integers(0, 10**13), st.integers(0, 10**9)), min_size=1, max_size=30)
NEAR = st.lists(st.builds(Point, st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=12)
PRICES = st.fractions(min_value=0, max_value=10**8)


def reduced(point: Point, price: Fraction) -> Fraction:
    """What a Lagrangian minimises."""
    return point.cost - price * point.value


def test_no_points_have_no_corners() -> None:
    """Nothing in, nothing out."""
    assert lower_hull([]) == ()


def test_corners_come_cheapest_first() -> None:
    """The order given does not matter; a dear point between is stepped over."""
    points = [Point(100, 11), Point(10, 10), Point(9, 5), Point(0, 0)]
    assert lower_hull(points) == (3, 1, 0)


def test_a_dominated_point_is_no_corner() -> None:
    """Dearer and no better, or as dear and worse."""
    assert lower_hull([Point(5, 5), Point(6, 5), Point(5, 4), Point(7, 3)]) == (0,)


def test_of_equal_points_the_first_stays() -> None:
    """So that a single model, named before a cascade, is kept."""
    assert lower_hull([Point(1, 1), Point(1, 1), Point(3, 2), Point(3, 2)]) == (0, 2)


def test_points_on_a_line_are_left_out() -> None:
    """A mix of the ends is as good as the middle."""
    assert lower_hull([Point(0, 0), Point(1, 1), Point(2, 2)]) == (0, 2)


def test_a_corner_too_flat_for_floats_is_kept() -> None:
    """Whole numbers tell slopes apart that 64-bit floats take for equal."""
    points = [Point(0, 0), Point(10**20, 10**8), Point(2 * 10**20 + 1, 2 * 10**8)]
    assert 10**20 / 10**8 == (10**20 + 1) / 10**8
    assert lower_hull(points) == (0, 1, 2)


@given(POINTS | NEAR, PRICES)
def test_pruning_loses_nothing_that_a_lagrangian_wants(points: list[Point], price: Fraction) -> None:
    """For every price the least of the corners is the least of all points, exactly."""
    corners = [points[at] for at in lower_hull(points)]
    assert min(reduced(point, price) for point in corners) == min(reduced(point, price) for point in points)


@given(POINTS | NEAR)
def test_every_corner_is_wanted(points: list[Point]) -> None:
    """Each corner is the only least one among the corners at some price: none could be spared."""
    corners = [points[at] for at in lower_hull(points)]
    slopes = [Fraction(high.cost - low.cost, high.value - low.value) for low, high in pairwise(corners)]
    assert slopes == sorted(set(slopes))
    edges = [slopes[0] - 1, *slopes, slopes[-1] + 1] if slopes else [Fraction(0), Fraction(1)]
    for at, corner in enumerate(corners):
        between = (edges[at] + edges[at + 1]) / 2
        others = [reduced(other, between) for other in corners if other is not corner]
        assert all(reduced(corner, between) < other for other in others)


@given(POINTS | NEAR)
def test_the_ends_are_the_cheapest_and_the_best(points: list[Point]) -> None:
    """First the best of the cheapest, last the cheapest of the best."""
    corners = lower_hull(points)
    first, last = points[corners[0]], points[corners[-1]]
    assert (first.cost, -first.value) == min((point.cost, -point.value) for point in points)
    assert (-last.value, last.cost) == min((-point.value, point.cost) for point in points)


@given(NEAR)
def test_the_hull_does_not_depend_on_the_order(points: list[Point]) -> None:
    """The same corners from any order of the points; pruning twice changes nothing."""
    corners = [points[at] for at in lower_hull(points)]
    assert [points[::-1][at] for at in lower_hull(points[::-1])] == corners
    assert lower_hull(corners) == tuple(range(len(corners)))
