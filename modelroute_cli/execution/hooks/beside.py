"""A thread with an event loop of its own that tells receivers, so that none of them ever holds up a run."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from modelroute_cli.base.errors import StorageError
from modelroute_cli.execution.hooks.courier import Courier, Undelivered
from modelroute_cli.execution.hooks.sending import Ways

MakeWays = Callable[[], AbstractAsyncContextManager[Ways]]
"""Opens what messages travel through, in the thread that they travel from."""

_TO_CANCEL_S = 5.0
_QUIET_S = 1.5  # of waiting, before it is told


def _nothing() -> None:
    """Nobody is told."""


class Beside:
    """Carries whenever it is woken, from `start` to `close`."""

    def __init__(self, make_courier: Callable[[Ways], Courier], make_ways: MakeWays) -> None:
        self._make_courier = make_courier
        self._make_ways = make_ways
        self._thread = threading.Thread(target=lambda: asyncio.run(self._main()), name="hooks", daemon=True)
        self._begun = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._woken = asyncio.Event()
        self._work: asyncio.Task[None] | None = None
        self._closing = False
        self._undelivered: tuple[Undelivered, ...] = ()

    def start(self) -> None:
        """Begin; what waits from earlier sessions is carried at once."""
        self._thread.start()
        self._begun.wait()
        self.wake()

    def wake(self) -> None:
        """There is something to carry; from any thread."""
        self._on_loop(self._woken.set)

    def close(self, seconds: float, on_wait: Callable[[], None] = _nothing) -> tuple[Undelivered, ...] | None:
        """Carry what is left and end; whom it did not reach, None where it took longer. KeyboardInterrupt ends it.

        `on_wait` is called once where somebody at the terminal would begin to wonder.
        """
        self._closing = True
        self.wake()
        try:
            self._thread.join(min(_QUIET_S, seconds))
            if self._thread.is_alive() and seconds > _QUIET_S:
                on_wait()
                self._thread.join(seconds - _QUIET_S)
        finally:
            in_time = not self._thread.is_alive()
            if not in_time:
                self._cancel()
        return self._undelivered if in_time else None

    def _cancel(self) -> None:
        work = self._work
        if work is not None:
            self._on_loop(work.cancel)
        self._thread.join(_TO_CANCEL_S)

    def _on_loop(self, act: Callable[[], object]) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            try:
                loop.call_soon_threadsafe(act)
            except RuntimeError:  # it was closed meanwhile: nothing is left to be done there
                return

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._work = self._loop.create_task(self._carry())
        self._begun.set()
        await asyncio.wait([self._work])
        self._work.cancelled() or self._work.result()

    async def _carry(self) -> None:
        async with self._make_ways() as ways:
            courier = self._make_courier(ways)
            while True:
                await self._woken.wait()
                self._woken.clear()
                is_last = self._closing
                self._undelivered = await _carried(courier)
                if is_last:
                    return


async def _carried(courier: Courier) -> tuple[Undelivered, ...]:
    """Whom it did not reach; a disk that refuses is told like a receiver that does."""
    try:
        return await courier.carry()
    except StorageError as error:
        return (Undelivered("the run folder", 1, error.message, kept=False),)


@asynccontextmanager
async def given(ways: Ways) -> AsyncIterator[Ways]:
    """Ways that were opened elsewhere."""
    yield ways
