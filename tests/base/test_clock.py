"""Clocks tell the time they promise."""

import asyncio
from datetime import UTC

from modelroute_cli.base.clock import SystemClock


def test_the_system_clock_is_in_utc_and_does_not_run_backwards() -> None:
    """The time of day carries its zone, the count of seconds grows."""
    clock = SystemClock()
    before = clock.monotonic()
    asyncio.run(clock.sleep(0))
    assert clock.now().tzinfo == UTC
    assert clock.monotonic() >= before
