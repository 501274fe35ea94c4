"""Virtual time: an event loop whose clock jumps to the next timer, so that half an hour passes in a second."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from datetime import UTC, datetime, timedelta
from typing import TypeVar, TypeVarTuple, Unpack

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


class _JumpingSelector(selectors.SelectSelector):
    """Never waits for a timer: it asks the loop to move its clock instead."""

    loop: "VirtualLoop"

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait really only for threads at work; else jump."""
        if self.loop.outside:
            return super().select(None if timeout is None or timeout > 0 else 0)
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            msg = "nothing can happen any more: every task waits for another"
            raise RuntimeError(msg)
        self.loop.jump(timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An ordinary event loop with a clock of its own; while a worker thread is busy, no time passes."""

    def __init__(self) -> None:
        selector = _JumpingSelector()
        selector.loop = self
        self._now_s = 0.0
        self.outside = 0
        super().__init__(selector)

    def time(self) -> float:
        """Virtual seconds."""
        return self._now_s

    def jump(self, delay_s: float) -> None:
        """Let time pass."""
        self._now_s += delay_s

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Ts]], T], *args: *Ts
    ) -> asyncio.Future[T]:
        """Run in a thread, and let no time pass meanwhile."""
        self.outside += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._came_back)
        return future

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - as the loop's own
        """Wait really for the threads to end."""
        del timeout
        self.outside += 1
        await super().shutdown_default_executor()
        self.outside -= 1

    def _came_back(self, future: asyncio.Future[T]) -> None:
        del future
        self.outside -= 1


class VirtualClock:
    """A Clock over the running virtual loop."""

    def now(self) -> datetime:
        """The virtual time of day, starting at START."""
        return START + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        """Virtual seconds since the loop began."""
        return asyncio.get_running_loop().time()

    async def sleep(self, delay_s: float) -> None:
        """Let virtual time pass."""
        await asyncio.sleep(delay_s)


def run_virtual(main: Coroutine[object, object, T]) -> T:
    """Run a coroutine to its end in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)
