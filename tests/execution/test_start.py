"""Waiting for the time at which a run was planned to begin."""

import asyncio
from datetime import timedelta

import pytest
from support.virtual import START, VirtualClock, run_virtual

from modelroute_cli.execution.start import wait_until, waiting_text
from modelroute_cli.execution.work import StopSignal


async def _waited(seconds: float, stop_after_s: float | None = None) -> tuple[float, list[str]]:
    """How long it waited for a start so many seconds away, and what was told."""
    clock, stop, told = VirtualClock(), StopSignal(), list[str]()
    if stop_after_s is not None:
        asyncio.get_running_loop().call_later(stop_after_s, stop.request)
    await wait_until(START + timedelta(seconds=seconds), clock, stop, told.append)
    return clock.monotonic(), told


def test_it_waits_until_then() -> None:
    """To the second, and says so once."""
    waited_s, told = run_virtual(_waited(6 * 3600 + 60))
    assert waited_s == pytest.approx(6 * 3600 + 60)
    (text,) = told
    assert text == (
        "waiting until 2026-11-23 16:01 UTC to start (--start-at), 6 h 01 min from now; "
        "^C ends the wait, and the same command takes it up again"
    )


def test_a_time_that_is_past_is_not_waited_for() -> None:
    """A run that is taken up again goes on at once, without a word."""
    assert run_virtual(_waited(-1.0)) == (0.0, [])
    assert run_virtual(_waited(0.0)) == (0.0, [])


def test_asking_to_stop_ends_the_wait() -> None:
    """At once, not at the next look."""
    waited_s, _ = run_virtual(_waited(3600, 12.5))
    assert waited_s == pytest.approx(12.5)


@pytest.mark.parametrize(
    ("seconds", "span"), [(1, "1 min"), (60, "1 min"), (61, "2 min"), (3599, "1 h 00 min"), (86_400, "24 h 00 min")]
)
def test_the_span_is_told_in_minutes_rounded_up(seconds: int, span: str) -> None:
    """Nobody is told `0 min`."""
    assert f", {span} from now;" in waiting_text(START + timedelta(seconds=seconds), START)
