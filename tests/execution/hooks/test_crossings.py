"""Shares of the hard cap."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.hooks import HookEvent
from modelroute_cli.execution.hooks.crossings import crossed

CAPS = (HookEvent.CAP_50, HookEvent.CAP_90, HookEvent.CAP_100)


@pytest.mark.parametrize(
    ("spent", "held", "count"), [(0, 0, 0), (49, 0, 0), (50, 0, 1), (0, 50, 1), (89, 0, 1), (45, 45, 2), (100, 0, 3)]
)
def test_what_is_spent_and_what_is_held_count(spent: int, held: int, count: int) -> None:
    """A share is reached at it, not above it; one jump may reach several."""
    assert crossed(PicoUSD(spent), PicoUSD(held), PicoUSD(100)) == CAPS[:count]


def test_nothing_of_a_cap_of_nothing_is_reached() -> None:
    """Models of one's own cost nothing, and a run of theirs has no share to tell of."""
    assert crossed(PicoUSD(0), PicoUSD(0), PicoUSD(0)) == ()


@given(st.integers(0, 10**15), st.integers(0, 10**15), st.integers(1, 10**15))
def test_money_that_goes_takes_no_share_back(spent: int, more: int, cap: int) -> None:
    """With each more is reached, never less."""
    before = crossed(PicoUSD(spent), PicoUSD(0), PicoUSD(cap))
    assert crossed(PicoUSD(spent), PicoUSD(more), PicoUSD(cap))[: len(before)] == before
