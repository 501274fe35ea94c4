"""Who is told of a run: the one before the terminal, and other processes; and the second hand that keeps them told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from modelroute_cli.cli.progress import Nobody, Shown
from modelroute_cli.execution.control import ControlFile
from modelroute_cli.execution.hooks.watch import Watch
from modelroute_cli.execution.live import LiveFile
from modelroute_cli.execution.work import Progress, RunWork

_LOOKS_EVERY_S = 1.0
_STOPPED = "Stopping, as `modelroute cancel` wants it: no more requests are sent, those in flight are finished first."


class Audience:
    """An observer that passes on what it is told, and remembers where the run stands."""

    def __init__(self, shown: Shown, live: LiveFile, watch: Watch | None = None) -> None:
        self._shown = shown
        self._live = live
        self._watch = watch
        self.last: Progress | None = None

    def on_progress(self, progress: Progress) -> None:
        """Show where the run stands, here and elsewhere."""
        self.last = progress
        self._shown.on_progress(progress)
        self._live.on_progress(progress)
        if self._watch is not None:
            self._watch.on_progress(progress)

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
async def attended(control: Path, work: RunWork, audience: Audience) -> AsyncIterator[None]:
    """Look once a second for what others want in the control file, and let what is shown of time go on."""
    file = ControlFile(control)
    file.clear()
    task = asyncio.get_running_loop().create_task(_attend(file, work, audience))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _attend(file: ControlFile, work: RunWork, audience: Audience) -> None:
    while True:
        await work.clock.sleep(_LOOKS_EVERY_S)
        wanted = file.poll()
        if wanted is None:
            work.pace.touch()
        elif wanted.stop:
            _stop(work, audience)
        else:
            work.pace.set(wanted.pace)


def _stop(work: RunWork, audience: Audience) -> None:
    """End the run after what is in flight, unless it is ending already."""
    if not work.stop.stage:
        audience.on_notice(_STOPPED)
        work.stop.request()
