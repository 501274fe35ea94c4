"""Bounds that hold at every look."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.pilot.bounds import WHOLE, Span, span

LOOKS = (5, 10, 20, 35, 50)


def misses(draw: Sequence[float], chances: Sequence[float], alpha: float, trials: int) -> float:
    """How often the bounds of any look leave the true mean out."""
    rng = np.random.default_rng(8)
    truth = float(np.dot(draw, chances))
    wrong = 0
    for _ in range(trials):
        seen = rng.choice(draw, size=50, p=chances).tolist()
        wrong += any(not found.low <= truth <= found.high for found in (span(seen[:look], alpha) for look in LOOKS))
    return wrong / trials


@pytest.mark.parametrize(
    ("draw", "chances"),
    [((-1, 0, 1), (0.1, 0.8, 0.1)), ((-1, 0), (0.05, 0.95)), ((-1, 1), (0.5, 0.5)), ((-0.3, 0.4), (0.5, 0.5))],
)
def test_the_truth_is_left_out_at_any_look_no_more_often_than_alpha(
    draw: Sequence[float], chances: Sequence[float]
) -> None:
    """Two standard errors of 60 trials are allowed for."""
    assert misses(draw, chances, 0.1, 60) <= 0.1 + 2 * (0.09 / 60) ** 0.5


def test_twenty_of_twenty_worse_is_surely_worse() -> None:
    """Ten are not enough at this certainty, and ten that are all alike say little."""
    assert span([-1.0] * 20, 0.01) == Span(-1.0, -0.4)
    assert span([-1.0] * 10, 0.01) == Span(-1.0, 0.02)
    assert span([0.0] * 10, 0.01) == Span(-0.51, 0.51)


def test_bounds_narrow_with_what_is_seen() -> None:
    """Fifty equal pairs bound the difference to about a tenth on either side."""
    assert span([0.0] * 50, 0.05) == Span(-0.11, 0.11)
    assert span([0.0] * 20, 0.05) == Span(-0.24, 0.24)


def test_nothing_seen_bounds_nothing() -> None:
    """All of [-1, 1] is possible."""
    assert span([], 0.05) == WHOLE


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=30), st.sampled_from([0.01, 0.05, 0.3]))
def test_more_certainty_is_never_narrower_and_the_other_sign_is_a_mirror(values: list[float], alpha: float) -> None:
    """The mean of what was seen is never far outside."""
    found, wider = span(values, alpha), span(values, alpha / 2)
    assert -1 <= wider.low <= found.low <= found.high <= wider.high <= 1
    mirrored = span([-value for value in values], alpha)
    assert (mirrored.low, mirrored.high) == pytest.approx((-found.high, -found.low))


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=30))
def test_a_later_look_is_never_wider(values: list[float]) -> None:
    """What was refuted stays refuted."""
    before, after = span(values[:-1], 0.05), span(values, 0.05)
    assert after.low >= before.low
    assert after.high <= before.high


@pytest.mark.parametrize("alpha", [0.0, 1.0, -0.1])
def test_an_impossible_alpha_is_refused(alpha: float) -> None:
    """It is a probability, neither never nor always."""
    with pytest.raises(ValueError, match=f"alpha is {alpha}, not between 0 and 1"):
        span([0.0], alpha)


@pytest.mark.parametrize("value", [1.5, -1.01, float("nan")])
def test_a_value_out_of_bounds_is_refused(value: float) -> None:
    """The bounds rest on it."""
    with pytest.raises(ValueError, match=r"outside of \[-1, 1\]"):
        span([0.0, value], 0.05)
