"""The control sample: the same share of every template, the same ones for the same seed."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.plans import Row, plan_of

from modelroute_cli.execution.realised.draw import drawn


def _assignments(*sizes: int) -> pl.LazyFrame:
    rows = [Row(template=f"t{number}") for number, size in enumerate(sizes) for _ in range(size)]
    return plan_of(rows).assignments


@settings(max_examples=30, deadline=None)
@given(sizes=st.lists(st.integers(1, 40), min_size=1, max_size=6), share=st.floats(0, 1), seed=st.integers(0, 99))
def test_every_template_is_drawn_from_at_the_same_share(sizes: list[int], share: float, seed: int) -> None:
    """Its part rounded up or down, and so the whole."""
    chosen = drawn(_assignments(*sizes), {"all"}, share, seed)
    for number, size in enumerate(sizes):
        count = sum(assigned.template == f"t{number}" for assigned in chosen.values())
        assert abs(count - share * size) < 1 + 1e-9
    assert abs(len(chosen) - share * sum(sizes)) < 1 + 1e-9


def test_the_same_seed_draws_the_same() -> None:
    """So that a run that goes on asks about the same ones; another seed draws others."""
    first, again, other = (set(drawn(_assignments(50, 50), {"all"}, 0.1, seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_draws_are_spread_over_a_template() -> None:
    """By a hash of their names, not by their place: no row is drawn with another seed as with this one, always."""
    places = [row for seed in range(40) for row in drawn(_assignments(40), {"all"}, 0.1, seed)]
    assert len(set(places)) > 30


def test_duplicates_and_shut_out_rules_are_not_drawn() -> None:
    """Nobody is asked twice, and nothing is shown to whom its rule keeps it from."""
    rows = [Row(), Row(duplicate_of=0), Row(rule="private"), Row()]
    assert sorted(drawn(plan_of(rows).assignments, {"all"}, 1.0, 3)) == [0, 3]


@pytest.mark.parametrize(("share", "count"), [(0.0, 0), (1.0, 20)])
def test_none_and_all(share: float, count: int) -> None:
    """The ends of the scale."""
    assert len(drawn(_assignments(20), {"all"}, share, 7)) == count
