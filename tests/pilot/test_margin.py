"""How much a plan keeps to spare."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.pilot.margin import margin


def test_with_many_groups_and_few_models_it_is_little_more_than_the_normal_quantile() -> None:
    """1.05 times 1.645 at 95%."""
    assert margin(0.95, 10_000, 3) == pytest.approx(1.05 * 1.645, abs=1e-3)


def test_few_groups_ask_for_more() -> None:
    """Five groups: Student's quantile with eight degrees of freedom."""
    assert margin(0.95, 5, 2) == pytest.approx(1.05 * 1.8595, abs=1e-3)


def test_many_models_ask_for_more() -> None:
    """Forty-nine are twice seven's logarithm."""
    assert margin(0.9, 30, 49) == pytest.approx(2 / 1.05 * margin(0.9, 30, 7), rel=1e-9)


@given(st.floats(0.5, 0.99), st.integers(1, 500), st.floats(1, 100))
def test_more_certainty_fewer_groups_and_more_models_never_ask_for_less(
    confidence: float, groups: int, models: float
) -> None:
    """Each by itself."""
    own = margin(confidence, groups, models)
    assert margin(min(confidence + 0.005, 0.995), groups, models) >= own - 1e-9
    assert margin(confidence, groups + 1, models) <= own + 1e-9
    assert margin(confidence, groups, models + 1) >= own - 1e-9
