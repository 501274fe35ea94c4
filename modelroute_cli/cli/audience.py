"""Who is told of a run: the one before the terminal, and other processes; and the second hand that keeps them told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from modelroute_cli.base.clock import Clock
from modelroute_cli.cli.progress import Nobody, Shown
from modelroute_cli.execution.control import ControlFile
from modelroute_cli.execution.live import LiveFile
from modelroute_cli.execution.pace import PaceSignal
from modelroute_cli.execution.work import Progress

_LOOKS_EVERY_S = 1.0


class Audience:
    """An observer that passes on what it is told, and remembers where the run stands."""

    def __init__(self, shown: Shown, live: LiveFile) -> None:
        self._shown = shown
        self._live = live
        self.last: Progress | None = None

    def on_progress(self, progress: Progress) -> None:
        """Show where the run stands, here and elsewhere."""
        self.last = progress
        self._shown.on_progress(progress)
        self._live.on_progress(progress)

    def on_notice(self, text: str) -> None:
        """Tell something at once."""
        self._shown.on_notice(text)

    def close(self) -> None:
        """The run is over: the terminal goes back to the prompt."""
        self._shown.close()

    def hang_up(self) -> None:
        """The terminal is gone: nothing more is drawn."""
        self._shown = Nobody()


@asynccontextmanager
async def attended(control: Path, pace: PaceSignal, clock: Clock) -> AsyncIterator[None]:
    """Look once a second for another pace in the control file, and let what is shown of time go on."""
    file = ControlFile(control)
    file.clear()
    task = asyncio.get_running_loop().create_task(_attend(file, pace, clock))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _attend(file: ControlFile, pace: PaceSignal, clock: Clock) -> None:
    while True:
        await clock.sleep(_LOOKS_EVERY_S)
        wanted = file.poll()
        if wanted is None:
            pace.touch()
        else:
            pace.set(wanted)
