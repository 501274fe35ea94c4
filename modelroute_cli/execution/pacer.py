"""Where the pace that the user wants takes hold: concurrency, the rates of all lanes, the journal, the notices."""

from collections.abc import Callable

from modelroute_cli.execution.limits import Lanes
from modelroute_cli.execution.pace import FULL, Pace, told
from modelroute_cli.execution.records import Event, EventKind
from modelroute_cli.execution.work import RunWork

_WHOLE = 100


class Pacer:
    """Keeps `room`, the most requests in flight, and the lanes in step with the pace that is wanted."""

    def __init__(self, work: RunWork, lanes: Lanes, notice: Callable[[str], None]) -> None:
        self._work = work
        self._lanes = lanes
        self._notice = notice
        self._pace: Pace = FULL
        self.room = work.settings.most_in_flight

    def follow(self) -> None:
        """Take up what is wanted now; StorageError when the journal cannot take it. Cheap when nothing changed."""
        wanted = self._work.pace.pace
        if wanted is not self._pace and wanted != self._pace:
            self._take_up(wanted)

    def _take_up(self, wanted: Pace) -> None:
        self._pace = wanted
        self.room = wanted.room(self._work.settings.most_in_flight)
        if not wanted.is_paused:  # a paused run starts nothing, whatever its rates
            self._lanes.scale(wanted.percent / _WHOLE)
        text = told(wanted) or "at full pace"
        at = self._work.clock.now().isoformat(timespec="seconds")
        self._work.journal.note(Event(at, EventKind.PACED, "run", 0, text))
        self._notice(_announced(wanted, text))


def _announced(wanted: Pace, text: str) -> str:
    """What is said at once when it changes."""
    if wanted.is_paused:
        return "paused: what is in flight ends, nothing more starts until `modelroute pace resume`"
    return f"from now on {text}"
