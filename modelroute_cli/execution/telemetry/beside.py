"""A thread that makes spans of what was journaled, so that neither the event loop nor the journal waits for them."""

import threading
from collections.abc import Sequence
from queue import SimpleQueue
from typing import Protocol

from modelroute_cli.execution.records import Record


class Taker(Protocol):
    """Who makes something of records."""

    def take(self, records: Sequence[Record]) -> None:
        """What was written in one commit."""
        ...

    def close(self) -> None:
        """There is no more."""
        ...


class Recording:
    """Hands records over to a taker in a thread of its own, until it is closed."""

    def __init__(self, taker: Taker) -> None:
        self._taker = taker
        self._waiting: SimpleQueue[Sequence[Record] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="telemetry", daemon=True)
        self._thread.start()

    def listen(self, records: Sequence[Record]) -> None:
        """Take them soon; at once for who calls."""
        self._waiting.put(records)

    def close(self, seconds: float) -> bool:
        """Whether all was taken within that time."""
        self._waiting.put(None)
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _work(self) -> None:
        while (records := self._waiting.get()) is not None:
            self._taker.take(records)
        self._taker.close()
