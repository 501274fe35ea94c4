"""The beta distribution against tables and an oracle."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from modelroute_cli.base.beta import Bracket, beta_quantile, beta_share, root

PROBABILITIES = st.floats(1e-6, 1 - 1e-6)
SHAPES = st.floats(0.1, 1e5)


@pytest.mark.parametrize(
    ("p", "a", "b", "quantile"),
    [
        (0.5, 1, 1, 0.5),
        (0.5, 3, 3, 0.5),
        (0.05, 2, 5, 0.0628498917),
        (0.95, 2, 5, 0.5818034093),
        (0.25, 1, 2, 1 - math.sqrt(0.75)),
        (0.5, 0.5, 0.5, 0.5),
    ],
)
def test_the_beta_quantile_is_the_tabulated_one(p: float, a: float, b: float, quantile: float) -> None:
    """Ten digits; shapes below 1 are infinite at the ends."""
    assert beta_quantile(p, a, b) == pytest.approx(quantile, abs=1e-9)


@given(PROBABILITIES, SHAPES, SHAPES)
def test_the_beta_quantile_agrees_with_the_oracle(p: float, a: float, b: float) -> None:
    """To 1e-8."""
    assert beta_quantile(p, a, b) == pytest.approx(float(special.betaincinv(a, b, p)), abs=1e-8)


@given(st.floats(1e-6, 1 - 1e-6), st.floats(0.5, 1e4), st.floats(0.5, 1e4))
def test_the_beta_share_agrees_with_the_oracle(x: float, a: float, b: float) -> None:
    """To 1e-8."""
    assert beta_share(a, b, x, 1 - x) == pytest.approx(float(special.betainc(a, b, x)), abs=1e-8)


def test_the_ends_of_the_beta_distribution_are_0_and_1() -> None:
    """Nothing lies below 0 or above 1."""
    assert [beta_quantile(0.0, 2, 3), beta_quantile(1.0, 2, 3)] == [0.0, 1.0]
    assert [beta_share(2, 3, 0.0, 1.0), beta_share(2, 3, 1.0, 0.0)] == [0.0, 1.0]


@given(PROBABILITIES, st.floats(0.5, 1e3), st.floats(0.5, 1e3))
def test_the_quantile_takes_the_share_back(p: float, a: float, b: float) -> None:
    """One is the inverse of the other."""
    x = beta_quantile(p, a, b)
    assert beta_share(a, b, x, 1 - x) == pytest.approx(p, abs=1e-6)


def test_a_root_is_found_where_newton_alone_would_run_away() -> None:
    """The slope is flat at the first guess; halving the bracket goes on."""
    found = root(lambda x: math.tanh(40 * (x - 0.9)), lambda x: 40 / math.cosh(40 * (x - 0.9)) ** 2, Bracket(0.0, 1.0))
    assert found == pytest.approx(0.9, abs=1e-12)
