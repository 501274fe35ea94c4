"""When batches are looked at, and when their time is over."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.execution.batching.timing import due_at, give_up_at, has_time, look_after_s

BEGAN = datetime(2026, 11, 23, 10, tzinfo=UTC)
DAY_S = 86_400


@pytest.mark.parametrize(("waited_s", "look_s"), [(0, 2), (20, 2), (60, 6), (600, 60), (3_000, 300), (DAY_S, 300)])
def test_a_batch_is_looked_at_each_time_a_tenth_of_the_wait_has_passed(waited_s: float, look_s: float) -> None:
    """Every two seconds at most, every five minutes at least."""
    assert look_after_s(waited_s) == look_s


@pytest.mark.parametrize(
    ("own", "common_s", "due"),
    [
        (None, None, None),
        (None, 60, BEGAN + timedelta(seconds=60)),
        ("2h", 60, BEGAN + timedelta(hours=2)),
        ("2h", None, BEGAN + timedelta(hours=2)),
        ("2026-11-23T18:30:00+02:00", 60, datetime(2026, 11, 23, 16, 30, tzinfo=UTC)),
        ("2026-11-22T10:00Z", None, BEGAN),
    ],
)
def test_a_row_s_own_deadline_comes_first(own: str | None, common_s: int | None, due: datetime | None) -> None:
    """Spans count from when the run began; what is past is due at once."""
    assert due_at(own, common_s, BEGAN) == due


@pytest.mark.parametrize(
    ("left_s", "window_s", "time"),
    [
        (DAY_S, DAY_S, True),
        (DAY_S - 600, DAY_S, True),
        (0.9 * DAY_S, DAY_S, True),
        (0.9 * DAY_S - 1, DAY_S, False),
        (0, None, True),
    ],
)
def test_a_plan_that_is_run_some_minutes_late_still_has_time(
    left_s: float, window_s: int | None, *, time: bool
) -> None:
    """A tenth of the window is given."""
    assert has_time(BEGAN + timedelta(seconds=left_s), BEGAN, window_s) is time


def test_what_has_no_deadline_has_time() -> None:
    """For any window."""
    assert has_time(None, BEGAN, DAY_S)


@given(st.floats(1, 10 * DAY_S), st.floats(0, 7 * DAY_S))
def test_a_batch_has_half_of_its_time_at_least(left_s: float, reserve_s: float) -> None:
    """And is given up before its deadline, by as much as is kept back where that leaves it so much."""
    due = BEGAN + timedelta(seconds=left_s)
    at = give_up_at(due, reserve_s, BEGAN)
    assert at <= due
    assert at - BEGAN >= (due - BEGAN) / 2
    if reserve_s <= left_s / 2 - 1:
        assert abs((due - at).total_seconds() - reserve_s) < 1e-3
