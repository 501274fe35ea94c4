"""The emulator in a thread of its own, for tests whose other side is a program or the command line."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field

from modelroute_cli.catalog.settings import EmulatorSettings
from modelroute_cli.emulator.server import Emulator, start

_UP_WITHIN_S = 30.0


@dataclass(slots=True)
class _Aside:
    """What the two threads tell each other."""

    settings: EmulatorSettings
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    up: Future[Emulator] = field(default_factory=Future)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self) -> None:
        """Until told to end."""
        emulator = await start(self.settings)
        self.up.set_result(emulator)
        await self.ended.wait()
        await emulator.stop()

    def run(self) -> None:
        """The thread."""
        try:
            self.loop.run_until_complete(self.serve())
        finally:
            self.loop.close()


@contextmanager
def emulator_aside(settings: EmulatorSettings) -> Iterator[Emulator]:
    """An emulator that answers while the block runs; its books may be read at any time."""
    aside = _Aside(settings)
    thread = threading.Thread(target=aside.run)
    thread.start()
    try:
        yield aside.up.result(_UP_WITHIN_S)
    finally:
        aside.loop.call_soon_threadsafe(aside.ended.set)
        thread.join()
