"""Scales: from values to shares of a width."""

from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.report.charts.scale import Scale, covering, percents, short, ticks

AMOUNTS = st.floats(min_value=-1e15, max_value=1e15, allow_nan=False)


def test_a_value_stands_at_its_share() -> None:
    """Straight between the ends, and at the ends beyond them."""
    scale = Scale(10, 20)
    assert [scale.share(value) for value in (5, 10, 12.5, 20, 99)] == [0, 0, 0.25, 1, 1]
    assert scale.across(13.333) == "33.33%"


def test_a_scale_without_length_puts_everything_at_its_start() -> None:
    """Nothing was spent: bars have no length, and nothing is divided by zero."""
    assert Scale(0, 0).share(0) == 0
    assert ticks(Scale(0, 0)) == ()


def test_shares_and_coordinates_take_few_signs() -> None:
    """A page of many bars stays small."""
    assert [percents(share) for share in (0, 0.5, 1 / 3, 1)] == ["0%", "50%", "33.33%", "100%"]
    assert [short(number) for number in (3.0, 3.14, 0.04)] == ["3", "3.1", "0"]


def test_ticks_are_round() -> None:
    """1, 2 or 5 times a power of ten apart."""
    assert ticks(Scale(0, 1)) == (0, 0.2, 0.4, 0.6000000000000001, 0.8, 1)
    assert ticks(Scale(-0.02, 7.3)) == (0, 2, 4, 6)
    assert ticks(Scale(0, 38e12), 4) == (0, 1e13, 2e13, 3e13)


def test_a_scale_around_one_value_has_room_on_both_sides() -> None:
    """A curve of a single point is drawn in the middle."""
    assert covering([0.5]) == Scale(0.42, 0.58)
    assert round(covering([0.5]).share(0.5), 9) == 0.5


@given(st.lists(AMOUNTS, min_size=1, max_size=5))
def test_all_values_are_inside_and_keep_their_order(values: list[float]) -> None:
    """No mark leaves the picture, and a larger value is never left of a smaller one."""
    scale = covering(values)
    shares = [scale.share(value) for value in sorted(values)]
    assert shares == sorted(shares)
    assert all(0 <= share <= 1 for share in shares)


@given(AMOUNTS, st.floats(min_value=1e-6, max_value=1e15))
def test_there_are_a_few_ticks_and_all_inside(low: float, length: float) -> None:
    """Never so many that numbers overlap."""
    scale = Scale(low, low + length)
    found = ticks(scale)
    assert len(found) <= 6
    assert list(found) == sorted(found)
