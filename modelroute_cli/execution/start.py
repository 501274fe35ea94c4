"""Waiting for the time at which a run was planned to begin."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from modelroute_cli.base.clock import Clock
from modelroute_cli.execution.work import StopSignal

_LOOK_AGAIN_S = 60.0  # the clock of the day may be set, or the machine sleep


async def wait_until(at: datetime, clock: Clock, stop: StopSignal, tell: Callable[[str], None]) -> None:
    """Return at `at` or soon after, at once where that is past, and when the user asks to stop."""
    if at <= clock.now():
        return
    tell(waiting_text(at, clock.now()))
    woken = asyncio.Event()
    stop.listen(woken.set)
    while not stop.stage and (left_s := (at - clock.now()).total_seconds()) > 0:
        with suppress(TimeoutError):
            await asyncio.wait_for(woken.wait(), min(left_s, _LOOK_AGAIN_S))


def waiting_text(at: datetime, now: datetime) -> str:
    """What is waited for, and for how long."""
    minutes = -(-int((at - now).total_seconds()) // 60)
    span = f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min"  # noqa: PLR2004 - an hour
    return (
        f"waiting until {at:%Y-%m-%d %H:%M} UTC to start (--start-at), {span} from now; "
        "^C ends the wait, and the same command takes it up again"
    )
