"""From candidates to assignments."""

from collections.abc import Mapping

import polars as pl
import pytest
from support.planning_jobs import plan_of, requests_of

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.assign import copies, first_of, solve

CANDIDATES = pl.DataFrame(
    {
        "row": [0, 0, 7, 7],
        "model": ["cheap", "good", "cheap", "good"],
        "cost_pusd": [10, 50, 10, 50],
        "quality": [0.5, 1.0, 0.5, 1.0],
    }
)
WEIGHTS = pl.DataFrame({"row": [0, 7], "weight": [1, 3]}, schema={"row": pl.Int64, "weight": pl.Int64})


def test_each_request_knows_who_answers_it() -> None:
    """Itself, or the first that asks the same; the weight of a request counts itself and its copies."""
    requests = requests_of({}, {"duplicate_of": 0}, {}, {"duplicate_of": 0})
    assert first_of(requests)["first"].to_list() == [0, 0, 2, 0]
    assert copies(requests).rows() == [(0, 3), (2, 1)]


@pytest.mark.parametrize(
    ("min_quality", "max_cost", "models"),
    [
        (0.5, None, ["cheap", "cheap"]),
        (0.8, None, ["cheap", "good"]),
        (1.0, None, ["good", "good"]),
        (0.8, PicoUSD(1), ["cheap", "good"]),
        (None, PicoUSD(60), ["cheap", "good"]),
        (None, PicoUSD(20), ["cheap", "cheap"]),
        (None, None, ["cheap", "cheap"]),
    ],
)
def test_what_was_asked_is_solved(min_quality: float | None, max_cost: PicoUSD | None, models: list[str]) -> None:
    """A quality is met most cheaply, a cost alone buys the most, nothing asked is the cheapest; rows need no order."""
    solution = solve(CANDIDATES, WEIGHTS, min_quality, max_cost)
    assert CANDIDATES[solution.chosen]["model"].to_list() == models


def test_assignments_keep_what_the_request_is() -> None:
    """Ids, offsets, task types and tenants are the request's own, in input order."""
    rows: list[Mapping[str, object]] = [
        {"tenant": "acme", "task_type": "code", "custom_id": "x"},
        {"duplicate_of": 0, "custom_id": "y"},
    ]
    frame = plan_of(rows).assignments
    assert frame.select("row", "custom_id", "offset", "length", "tenant").rows() == [
        (0, "x", 0, 99, "acme"),
        (1, "y", 100, 99, None),
    ]
    assert frame["task_type"].to_list() == ["code", "email"]
