"""`--start-at`: what it takes, what it refuses, and what plan, run and status make of it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.errors import UsageError
from modelroute_cli.cli.start_at import refuse_past_start, start_time

NOW = datetime(2026, 11, 23, 20, 15, 30, 250, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("6h", datetime(2026, 11, 24, 2, 15, 30, tzinfo=UTC)),
        ("90m", datetime(2026, 11, 23, 21, 45, 30, tzinfo=UTC)),
        ("2d", datetime(2026, 11, 25, 20, 15, 30, tzinfo=UTC)),
        ("21:00Z", datetime(2026, 11, 23, 21, 0, tzinfo=UTC)),
        ("16:30Z", datetime(2026, 11, 24, 16, 30, tzinfo=UTC)),
        ("20:15Z", datetime(2026, 11, 24, 20, 15, tzinfo=UTC)),
        ("00:30+02:00", datetime(2026, 11, 23, 22, 30, tzinfo=UTC)),
        ("23:00-05:00", datetime(2026, 11, 24, 4, 0, tzinfo=UTC)),
        ("2026-11-24T10:30Z", datetime(2026, 11, 24, 10, 30, tzinfo=UTC)),
        ("2026-11-24 12:30+02:00", datetime(2026, 11, 24, 10, 30, tzinfo=UTC)),
        ("2026-11-20T10:30Z", datetime(2026, 11, 20, 10, 30, tzinfo=UTC)),
    ],
)
def test_what_names_a_time(text: str, moment: datetime) -> None:
    """A span from now, the next such time of day, or a day and time; one that is past is told apart later."""
    assert start_time(text, NOW) == moment


def test_without_it_a_job_begins_at_once() -> None:
    """None is no time."""
    assert start_time(None, NOW) is None
    refuse_past_start(None, None, NOW)


@pytest.mark.parametrize("text", ["16:30", "2026-11-24T10:30"])
def test_a_time_without_a_zone_is_refused(text: str) -> None:
    """It is another one in every country."""
    with pytest.raises(UsageError) as caught:
        start_time(text, NOW)
    assert caught.value.message == f"--start-at: `{text}` has no time zone"
    assert caught.value.hint == f"write `{text}Z` for UTC, or its offset: `{text}+02:00`"


@pytest.mark.parametrize("text", ["soon", "", "6", "0h", "25:00Z", "2026-11-24", "2026-13-01T10:30Z", "-6h", "6 h"])
def test_what_is_no_time_is_refused(text: str) -> None:
    """With how to write one."""
    with pytest.raises(UsageError) as caught:
        start_time(text, NOW)
    assert caught.value.message == f"--start-at: `{text}` is no time to start at"
    assert caught.value.hint == "write it like `6h`, `16:30Z` or `2026-12-01T10:30Z`"


def test_a_past_time_is_refused_with_a_hint() -> None:
    """A second ago is past."""
    with pytest.raises(UsageError) as caught:
        refuse_past_start("2026-11-23T20:15Z", NOW - timedelta(seconds=1), NOW)
    assert caught.value.message == "--start-at: `2026-11-23T20:15Z` is past"
    assert caught.value.hint == "type a time to come, or leave --start-at out to start at once"


@given(
    st.integers(0, 366 * 86_400).map(lambda second: NOW + timedelta(seconds=second)),
    st.integers(0, 23),
    st.integers(0, 59),
    st.integers(-12, 14),
)
def test_a_time_of_day_is_always_within_the_next_day(now: datetime, hour: int, minute: int, offset: int) -> None:
    """Whatever its zone: after now, at most 24 hours away, and that time of day there."""
    moment = start_time(f"{hour:02}:{minute:02}{offset:+03}:00", now)
    assert moment is not None
    assert timedelta(0) < moment - now <= timedelta(days=1)
    there = moment + timedelta(hours=offset)
    assert (there.hour, there.minute, there.second) == (hour, minute, 0)
