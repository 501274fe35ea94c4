"""From candidates to assignments."""

from collections.abc import Mapping

import pytest
from support.planning_jobs import plan_of, settings_of


def test_assignments_keep_what_the_request_is() -> None:
    """Ids, offsets, task types and tenants are the request's own, in input order."""
    rows: list[Mapping[str, object]] = [
        {"tenant": "acme", "task_type": "code", "custom_id": "x"},
        {"duplicate_of": 0, "custom_id": "y"},
    ]
    frame = plan_of(rows).assignments.collect()
    assert frame.select("row", "custom_id", "offset", "length", "tenant").rows() == [
        (0, "x", 0, 99, "acme"),
        (1, "y", 100, 99, None),
    ]
    assert frame["task_type"].to_list() == ["code", "email"]


def test_alike_requests_may_get_different_models() -> None:
    """Of many alike requests only as many are raised as the floor needs, the last ones; duplicates follow their first.

    The mean over all requests, duplicates included, is what was asked for.
    """
    rows: list[Mapping[str, object]] = [{} for _ in range(50)] + [{"duplicate_of": 0}, {"duplicate_of": 49}]
    plan = plan_of(rows, settings_of(objective__min_quality=0.84))
    frame = plan.assignments.collect()
    models = frame["model"].to_list()
    assert len(set(models[1:49])) == 2
    assert models[1:49] == sorted(models[1:49], key=models[1:49].index)
    assert (models[50], models[51]) == (models[0], models[49])
    quality = frame["quality"].to_list()
    assert sum(quality) / 52 == pytest.approx(0.84, abs=0.01)
    assert plan.header.totals.quality >= 0.84
    assert frame["reason"].to_list()[50:] == [
        "asks the same as `r0`, which answers both",
        "asks the same as `r49`, which answers both",
    ]
