"""How many requests a hold-out draws."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.pilot.certify import Method
from modelroute_cli.pilot.promise.sizing import Money, RungSize, drawn_count, expected_count


def rung(needed: int | None) -> RungSize:
    """A rung that takes so many."""
    return RungSize(target=1.0, cost_pusd=PicoUSD(1), ratio=1.0, differ=0.1, measured=9, needed=needed, could=0.9)


def test_the_cheapest_rung_within_reach_is_aimed_at_through_all_safer_ones() -> None:
    """The most demanding of them sets the number; what is out of reach ends the ladder."""
    sizes = [rung(100), rung(90), rung(300), rung(None), rung(10)]
    assert expected_count(sizes, 500) == 300
    assert expected_count(sizes, 200) == 100
    assert expected_count(sizes, 50) is None
    assert expected_count([], 500) is None


@given(expected=st.integers(1, 100), most=st.integers(100, 500))
def test_where_looking_is_free_more_may_be_drawn_but_never_more_than_is_there(expected: int, most: int) -> None:
    """A fixed number is what it is."""
    assert drawn_count(expected, Method.FIXED, most) == expected
    assert expected <= drawn_count(expected, Method.ANY_TIME, most) <= most


@given(costs=st.lists(st.integers(1, 1000), max_size=20), budget=st.integers(0, 10_000))
def test_four_fifths_of_the_budget_pay_for_what_is_drawn_at_most(costs: list[int], budget: int) -> None:
    """And one more draw would be too many."""
    money = Money(np.cumsum(np.array(costs, np.int64)), PicoUSD(budget))
    assert money.of(money.most) * 5 <= budget * 4
    assert money.most == len(costs) or money.of(money.most + 1) > int(budget * 4 / 5)
