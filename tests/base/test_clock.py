"""Clocks tell the time they promise."""

import asyncio
from datetime import UTC, datetime

from modelroute_cli.base.clock import FixedClock, SystemClock

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_a_fixed_clock_stands_still() -> None:
    """No time passes, even while waiting."""
    clock = FixedClock(AT)
    asyncio.run(clock.sleep(3600))
    assert (clock.now(), clock.monotonic()) == (AT, 0.0)


def test_the_system_clock_is_in_utc_and_does_not_run_backwards() -> None:
    """The time of day carries its zone, the count of seconds grows."""
    clock = SystemClock()
    before = clock.monotonic()
    asyncio.run(clock.sleep(0))
    assert clock.now().tzinfo == UTC
    assert clock.monotonic() >= before
