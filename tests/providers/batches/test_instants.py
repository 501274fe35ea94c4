"""Tests of modelroute_cli.providers.batches.instants."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.providers.batches.instants import instant

NOON = datetime(2026, 11, 23, 12, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-11-23T12:00:05Z", NOON),
        ("2026-11-23T12:00:05+00:00", NOON),
        ("2026-11-23T13:30:05+01:30", NOON),
        ("2026-11-23T12:00:05", NOON),
        ("2026-11-23T12:00:05.123456789Z", NOON.replace(microsecond=123456)),
        ("2026-11-23T12:00:05.123Z", NOON.replace(microsecond=123000)),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
        ("", None),
        (None, None),
        (1795435205, None),
    ],
)
def test_times_are_utc(written: object, read: datetime | None) -> None:
    """Any offset, any number of digits; a time without an offset is UTC, and what is none is unknown."""
    assert instant(written) == read


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_written_time_is_read_again(moment: datetime) -> None:
    """To the microsecond."""
    assert instant(moment.isoformat()) == moment
