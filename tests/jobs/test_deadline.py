"""Deadlines: spans, and times with their zone."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.jobs.deadline import deadline_fault, deadline_s

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90m", 5400),
        ("24h", 86400),
        ("2d", 172800),
        ("2026-11-20T13:00:00Z", 3600),
        ("2026-11-20 13:00+02:00", 0),
        ("2026-11-21T12:00:00.500Z", 86400),
        ("2025-01-01T00:00:00Z", 0),
    ],
)
def test_a_deadline_is_the_seconds_that_are_left(text: str, seconds: int) -> None:
    """Spans count from the plan's time, times to it; what is past leaves nothing."""
    assert deadline_fault(text) is None
    assert deadline_s(text, AT) == seconds


def test_nothing_is_guessed() -> None:
    """No deadline has no seconds, and a time has none where no clock is known; a span needs none."""
    assert (deadline_s(None, AT), deadline_s("2026-11-20T13:00:00Z", None), deadline_s("1h", None)) == (
        None,
        None,
        3600,
    )


@pytest.mark.parametrize("text", ["soon", "24", "0h", "-1h", "1.5h", "2026-12-01", "2026-13-01T00:00:00Z", "1w"])
def test_what_is_no_deadline_is_refused(text: str) -> None:
    """A day alone is none: it has no hour."""
    fault = deadline_fault(text)
    assert fault is not None
    assert fault.message == f"`{text}` is no span of time"


def test_a_time_needs_its_zone() -> None:
    """Nobody knows whose nine o'clock is meant."""
    fault = deadline_fault("2026-12-01T09:00:00")
    assert fault is not None
    assert (fault.message, fault.hint) == (
        "`2026-12-01T09:00:00` has no time zone",
        "write `2026-12-01T09:00:00Z` for UTC, or its offset: `+02:00`",
    )


@given(st.integers(0, 10**7), st.integers(-23, 23))
def test_every_time_is_read_as_it_is_written(seconds: int, hours: int) -> None:
    """In whatever zone it is written."""
    moment = (AT + timedelta(seconds=seconds)).astimezone(timezone(timedelta(hours=hours)))
    assert deadline_fault(moment.isoformat()) is None
    assert deadline_s(moment.isoformat(), AT) == seconds
