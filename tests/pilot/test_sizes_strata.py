"""Draws spread over strata."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.pilot.sizes_strata import LEAST_RATE, neyman, rates

STRATA = st.lists(st.tuples(st.integers(0, 300), st.floats(0.0, 1.0)), min_size=1, max_size=12)


def given_to(sizes: list[int], deviations: list[float], draws: int) -> list[int]:
    """Draws by stratum."""
    return [int(each) for each in neyman(np.array(sizes, dtype=np.int64), np.array(deviations), draws)]


@pytest.mark.parametrize(
    ("sizes", "deviations", "draws", "found"),
    [
        ([100, 100], [0.2, 0.2], 40, [20, 20]),
        ([300, 100], [0.2, 0.2], 40, [30, 10]),
        ([100, 100], [0.3, 0.1], 42, [31, 11]),
        ([100, 100, 5, 0, 1_000], [0.1, 0.2, 0.5, 0.1, 0.0], 60, [18, 36, 5, 0, 1]),
        ([10, 10], [0.5, 0.0], 15, [10, 5]),
        ([3, 4], [0.5, 0.5], 50, [3, 4]),
        ([100, 200, 50], [0.1, 0.1, 0.1], 2, [1, 1, 0]),
        ([8, 8], [0.0, 0.0], 6, [3, 3]),
        ([0, 0], [0.1, 0.1], 6, [0, 0]),
    ],
)
def test_draws_follow_size_and_spread(sizes: list[int], deviations: list[float], draws: int, found: list[int]) -> None:
    """Each stratum one first; what a full one cannot take goes to the others."""
    assert given_to(sizes, deviations, draws) == found


@given(STRATA, st.integers(0, 2_000))
def test_all_draws_are_given_and_no_stratum_gives_more_than_it_has(strata: list[tuple[int, float]], draws: int) -> None:
    """Whatever the strata."""
    sizes = [size for size, _ in strata]
    found = given_to(sizes, [deviation for _, deviation in strata], draws)
    assert sum(found) == min(draws, sum(sizes))
    assert all(0 <= given <= size for given, size in zip(found, sizes, strict=True))


def test_rates_follow_the_spread_but_nothing_is_never_looked_at() -> None:
    """The largest is 1; the smallest a tenth of it; alike where no spread is known."""
    assert rates(np.array([0.5, 0.25, 0.0])).tolist() == [1.0, 0.5, LEAST_RATE]
    assert rates(np.zeros(2)).tolist() == [1.0, 1.0]
