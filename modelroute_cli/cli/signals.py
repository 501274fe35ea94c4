"""What signals mean while a run goes on; those that the system does not have are left out.

SIGINT (^C) and SIGTERM: the first ends the run after what is in flight, the second cancels that, the third leaves at
once. SIGHUP, a terminal that was closed: the run goes on and draws no more. SIGUSR1 halves the pace, SIGUSR2 gives it
back.
"""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.base.money import format_usd
from modelroute_cli.cli.audience import Audience
from modelroute_cli.execution.pace import FULL, PaceSignal
from modelroute_cli.execution.work import StopSignal
from modelroute_cli.report.screen import plural

_FIRST = "Stopping: no more requests are sent, {} in flight are finished first. ^C again cancels them."
_SECOND = "Cancelling {} requests in flight: the providers may bill them{}. ^C again leaves at once."
_THIRD = "Leaving at once: the same command goes on from what is recorded."
_HANDED_IN = (
    "What is handed in ({}) stays with the providers: they go on and bill what they answer. The same command collects "
    "it later; `modelroute cancel` stops it."
)


class Stopping:
    """What the first, second and third request to stop do."""

    def __init__(self, stop: StopSignal, audience: Audience, leave: Callable[[int], object] = os._exit) -> None:
        self._stop = stop
        self._audience = audience
        self._leave = leave
        self._asked = 0

    def ask(self) -> None:
        """Stop, more urgently each time."""
        self._asked += 1
        self._audience.on_notice(self._said())
        if self._asked == 1:
            self._tell_of_batches()
        if self._asked > 2:  # noqa: PLR2004 - the third
            self._leave(ExitCode.INTERRUPTED)
        else:
            self._stop.request()

    def _said(self) -> str:
        last = self._audience.last
        count = last.in_flight if last else 0
        if self._asked == 1:
            return _FIRST.format(f"{count:,}")
        if self._asked > 2:  # noqa: PLR2004 - the third
            return _THIRD
        most = f", at most {format_usd(last.reserved_pusd)} together" if last and last.reserved_pusd else ""
        return _SECOND.format(f"{count:,}", most)

    def _tell_of_batches(self) -> None:
        """What stays with providers when this program ends."""
        last = self._audience.last
        count = sum(item.requests for item in last.batches) if last else 0
        if count:
            self._audience.on_notice(_HANDED_IN.format(plural(count, "request")))


@contextmanager
def listening(stop: StopSignal, pace: PaceSignal, audience: Audience) -> Iterator[None]:
    """Act on signals for as long as it lasts; a terminal that was closed stays closed afterwards."""
    loop = asyncio.get_running_loop()
    stopping = Stopping(stop, audience)
    closed: list[bool] = []

    def hang_up() -> None:
        closed.append(True)
        audience.hang_up()

    acts: dict[str, Callable[[], None]] = {
        "SIGINT": stopping.ask,
        "SIGTERM": stopping.ask,
        "SIGHUP": hang_up,
        "SIGUSR1": lambda: pace.set(pace.pace.halved()),
        "SIGUSR2": lambda: pace.set(FULL),
    }
    known = {number: acts[number.name] for number in signal.Signals if number.name in acts}
    for number, act in known.items():
        loop.add_signal_handler(number, act)
    try:
        yield
    finally:
        for number in known:
            loop.remove_signal_handler(number)
        if closed:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
