"""Records are taken in a thread of their own, in order, to the last."""

import threading
from collections.abc import Sequence

from modelroute_cli.execution.records import Final, FinalStatus, Record
from modelroute_cli.execution.telemetry.beside import Recording


class Keeps:
    """A taker that keeps what it is given, once it may."""

    def __init__(self) -> None:
        self.taken: list[object] = []
        self.may = threading.Event()
        self.thread = ""

    def take(self, records: Sequence[Record]) -> None:
        """Keep them."""
        assert self.may.wait(30)
        self.thread = threading.current_thread().name
        self.taken.extend(records)

    def close(self) -> None:
        """Keep that it is over."""
        self.taken.append("closed")


def test_who_hands_over_does_not_wait() -> None:
    """And nothing is lost or out of order when it is closed."""
    keeps, records = Keeps(), [Final(row, FinalStatus.ACCEPTED, row, "") for row in range(50)]
    recording = Recording(keeps)
    for record in records:
        recording.listen([record])
    assert keeps.taken == []
    keeps.may.set()
    assert recording.close(30)
    assert (keeps.taken, keeps.thread) == ([*records, "closed"], "telemetry")


def test_an_end_that_takes_too_long_is_told() -> None:
    """The run does not wait for it."""
    keeps = Keeps()
    recording = Recording(keeps)
    recording.listen([])
    assert not recording.close(0.01)
    keeps.may.set()
    assert recording.close(30)
