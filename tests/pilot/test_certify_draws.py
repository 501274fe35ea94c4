"""Draws without replacement, some strata more seldom than others."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.pilot.certify_draws import Draws, Strata, by_risk, draw, uniform
from modelroute_cli.planning.hull import Ints


def strata(*sizes: int, rates: tuple[float, ...] = (1.0, 0.25)) -> Strata:
    """Those that may lose, and those that are the baseline's own."""
    return Strata(np.array(sizes, dtype=np.int64), np.array(rates[: len(sizes)]), np.array([True, False][: len(sizes)]))


def places(*sizes: int) -> Ints:
    """The stratum of each request."""
    return np.repeat(np.arange(len(sizes), dtype=np.int64), sizes)


def test_equal_rates_have_weight_1() -> None:
    """A plain random sample."""
    assert uniform(5, 9).weight.tolist() == [1.0] * 5
    assert uniform(5, 9).left.tolist() == [9, 8, 7, 6, 5]


def test_what_is_drawn_seldom_weighs_more() -> None:
    """Two of rate 1 and two of rate 1/4: the mean rate is 2.5 / 4, then 1.5 / 3, then 1.25 / 2."""
    found = Draws(np.array([0, 2, 1]), np.array([0, 1, 0]), strata(2, 2))
    assert found.scale.tolist() == [0.625, 0.5, 0.625]
    assert found.weight.tolist() == [0.625, 2.0, 0.625]


def test_the_heaviest_draw_is_that_of_the_lowest_rate() -> None:
    """Among the strata named; none has no weight."""
    found = Draws(np.array([0, 2]), np.array([0, 1]), strata(2, 2))
    assert found.heaviest(np.array([True, False])).tolist() == [0.625, 0.5]
    assert found.heaviest(np.array([True, True])).tolist() == [2.5, 2.0]
    assert found.heaviest(np.array([False, False])).tolist() == [0.0, 0.0]


@given(st.integers(1, 30), st.integers(0, 30), st.integers(0, 70), st.integers(0, 2**32))
def test_no_request_is_drawn_twice(risky: int, safe: int, count: int, seed: int) -> None:
    """As many as were asked for, or all; each with its own stratum."""
    stratum = places(risky, safe)
    found = draw(stratum, strata(risky, safe), count, seed)
    assert len(set(found.rows.tolist())) == found.rows.size == min(count, risky + safe)
    assert found.stratum.tolist() == stratum[found.rows].tolist()


@given(st.integers(0, 2**32), st.integers(0, 20))
def test_more_draws_begin_with_the_fewer(seed: int, count: int) -> None:
    """So that a hold-out can grow."""
    stratum, batch = places(12, 8), strata(12, 8)
    assert draw(stratum, batch, 20, seed).first(count).rows.tolist() == draw(stratum, batch, count, seed).rows.tolist()


def test_weighted_draws_have_the_mean_of_what_is_left() -> None:
    """Every draw, not only the first: over 1,500 seeds, within 4 standard errors."""
    stratum, batch = places(6, 6), strata(6, 6)
    values = np.array([1.0, 0, 0, 1, 1, 0, 0.5, 0.5, 0, 0, 0, 1])
    over: list[float] = []
    for seed in range(1_500):
        found = draw(stratum, batch, 3, seed)
        left = values.sum() - values[found.rows[:2]].sum()
        over.append(float(found.weight[2] * values[found.rows[2]] - left / found.left[2]))
    assert abs(np.mean(over)) < 4 * np.std(over) / np.sqrt(len(over))


@pytest.mark.parametrize(("sizes", "rates"), [((3, 3), (1.0, 0.0)), ((-1, 3), (1.0, 1.0))])
def test_a_stratum_that_cannot_be_drawn_is_refused(sizes: tuple[int, int], rates: tuple[float, float]) -> None:
    """Its requests would count for nothing."""
    with pytest.raises(ValueError, match=r"^a stratum has 0 or more requests and a rate above 0$"):
        strata(*sizes, rates=rates)


def test_more_draws_than_requests_are_refused() -> None:
    """No stratum gives more than it has."""
    with pytest.raises(ValueError, match=r"^a stratum cannot give more draws than it has requests$"):
        Draws(np.arange(3), np.zeros(3, dtype=np.int64), strata(2, 2))


def test_what_all_plans_leave_to_the_baseline_is_drawn_a_tenth_as_often() -> None:
    """It cannot lose: 50 draws of 100 that may and 900 that cannot are about half of each."""
    always = np.repeat([False, True], [100, 900])
    found = by_risk(always)
    assert (found.size.tolist(), found.rate.tolist(), found.may_lose.tolist()) == (
        [100, 900],
        [1.0, 0.1],
        [True, False],
    )
    drawn = draw(always.astype(np.int64), found, 50, 3)
    assert 18 <= np.count_nonzero(drawn.stratum == 0) <= 35


def test_a_batch_may_hold_only_one_kind() -> None:
    """The other stratum is empty, not absent."""
    assert by_risk(np.zeros(5, dtype=np.bool_)).size.tolist() == [5, 0]
    assert by_risk(np.ones(5, dtype=np.bool_)).size.tolist() == [0, 5]
