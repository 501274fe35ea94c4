"""A raw server in a thread of its own, for commands that have their own loop."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from support.raw_server import RawServer, Serve


@dataclass
class Place:
    """A provider on loopback in a thread of its own, since the command has its own loop."""

    act: Serve
    url: str = ""
    seen: list[bytes] = field(default_factory=list)

    @contextmanager
    def open(self) -> Iterator["Place"]:
        """Listening until the block ends."""
        loop, ready, done = asyncio.new_event_loop(), threading.Event(), asyncio.Event()

        async def serve() -> None:
            async with RawServer(self.act) as server:
                self.url, self.seen = server.url, server.seen
                ready.set()
                await done.wait()

        thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
        thread.start()
        ready.wait(10)
        try:
            yield self
        finally:
            loop.call_soon_threadsafe(done.set)
            thread.join(10)
            loop.close()
