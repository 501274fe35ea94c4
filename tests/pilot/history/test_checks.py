"""Sums that cannot be."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from support.measured import observations, observed, part, row

from modelroute_cli.pilot.history.checks import doubts
from modelroute_cli.pilot.history.sums import summed
from modelroute_cli.pilot.observation import Observation

_, GOOD = summed([*observed("gpt-5", [1.0, 1.0, 0.5]), *observed("gpt-6-luna", [0.5, 0.0, 1.0])], part())


@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [
        ({"quality_sum": 3.5}, "quality_sum", "is above `n`, 3: qualities are at most 1"),
        ({"quality_squares": 1.6}, "quality_squares", "is above `quality_sum`: qualities are at most 1"),
        (
            {"quality_squares": 0.7},
            "quality_squares",
            "is below `quality_sum` squared by `n`, which no values have",
        ),
        ({"quality_sum": float("nan")}, "quality_sum", "is not a finite number"),
        ({"difference_squares": float("inf")}, "difference_squares", "is not a finite number"),
        ({"n_paired": 4}, "n_paired", "is above `n`, 3"),
        (
            {"model": "gpt-5"},
            "n_paired",
            "is not 0, but the baseline has no difference to itself",
        ),
        ({"difference_sum": -3.5}, "difference_sum", "is beyond `n_paired`, 3: differences are from -1 to 1"),
        ({"n_paired": 0}, "difference_sum", "is beyond `n_paired`, 0: differences are from -1 to 1"),
        ({"difference_squares": 3.5}, "difference_squares", "is above `n_paired`, 3: differences are from -1 to 1"),
        (
            {"difference_sum": -2.9},
            "difference_squares",
            "is below `difference_sum` squared by `n_paired`, which no values have",
        ),
        ({"n_tokens": 0}, "n_tokens", "is 0, but there are output tokens"),
        (
            {"output_tokens_sum": 1000},
            "output_tokens_squares",
            "is below `output_tokens_sum` squared by `n_tokens`, which no values have",
        ),
        ({"n_cost": 0}, "n_cost", "is 0, but there is a cost"),
    ],
)
def test_each_sum_that_cannot_be_is_named(changes: dict[str, Any], field: str, why: str) -> None:
    """With the reason, one of them at a time."""
    assert list(doubts(msgspec.structs.replace(GOOD, **changes))) == [(field, why)]


def test_sums_of_measurements_raise_no_doubt() -> None:
    """Nor those of a model without a baseline beside it."""
    assert (list(doubts(GOOD)), list(doubts(row("gpt-5", [1.0])))) == ([], [])


@given(observations(30))
def test_no_true_sum_is_doubted(measured: list[Observation]) -> None:
    """Rounding is allowed for."""
    assert [doubt for found in summed(measured, part()) for doubt in doubts(found)] == []
