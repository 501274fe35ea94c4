"""How far a run is, told at most ten times a second."""

from modelroute_cli.base.clock import Clock
from modelroute_cli.execution.dispatch import Dispatcher
from modelroute_cli.execution.records import FinalStatus
from modelroute_cli.execution.work import Observer, Progress

_INTERVAL_S = 0.1
_LEAST_FOR_ETA = 5  # endings of this session before a rate means anything


class Tally:
    """Counts endings and passes them on to the observer."""

    def __init__(self, total: int, accepted: int, failed: int) -> None:
        self.total = total
        self.accepted = accepted
        self.failed = failed
        self._before = accepted + failed

    @property
    def done(self) -> int:
        """Requests that came to their end."""
        return self.accepted + self.failed

    @property
    def done_now(self) -> int:
        """Of these, the ones of this session."""
        return self.done - self._before

    def count(self, status: FinalStatus) -> None:
        """One more came to its end."""
        if status is FinalStatus.ACCEPTED:
            self.accepted += 1
        else:
            self.failed += 1


class Reporter:
    """Tells the observer, not too often."""

    def __init__(self, observer: Observer, clock: Clock, tally: Tally, dispatcher: Dispatcher) -> None:
        self._observer = observer
        self._clock = clock
        self._tally = tally
        self._dispatcher = dispatcher
        self._started_at = clock.monotonic()
        self._last_at = self._started_at - _INTERVAL_S

    def notice(self, text: str) -> None:
        """Pass a notice on."""
        self._observer.on_notice(text)

    def progress(self, in_flight: int, *, at_end: bool = False) -> None:
        """Tell where the run stands, unless that was done less than a tenth of a second ago."""
        now = self._clock.monotonic()
        if at_end or now - self._last_at >= _INTERVAL_S:
            self._last_at = now
            self._observer.on_progress(self._state(in_flight, now))

    def _state(self, in_flight: int, now: float) -> Progress:
        budget = self._dispatcher.budget
        return Progress(
            done=self._tally.done,
            total=self._tally.total,
            failed=self._tally.failed,
            in_flight=in_flight,
            spent_pusd=budget.spent,
            held_pusd=budget.held,
            cap_pusd=budget.cap,
            projected_pusd=self._dispatcher.projected_pusd(),
            eta_s=self._eta_s(now),
        )

    def _eta_s(self, now: float) -> float | None:
        """By the mean pace of this session; None before it means anything."""
        if self._tally.done_now < _LEAST_FOR_ETA:
            return None
        left = self._tally.total - self._tally.done
        return left * (now - self._started_at) / self._tally.done_now
