"""Where a batch stands, from its age alone."""

from dataclasses import dataclass
from enum import StrEnum

VALIDATING_SHARE = 0.05  # of the time that a batch takes


class Stage(StrEnum):
    """What a batch is doing."""

    VALIDATING = "validating"
    RUNNING = "running"
    FINALIZING = "finalizing"
    CANCELLING = "cancelling"
    COMPLETED = "completed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    REFUSED = "refused"

    @property
    def is_end(self) -> bool:
        """Whether nothing happens any more."""
        return self in {Stage.COMPLETED, Stage.EXPIRED, Stage.CANCELLED, Stage.REFUSED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """All that decides how a batch goes; ages in seconds since it was created."""

    lines: int
    seconds: float  # to the last line
    finalizing_s: float
    window_s: float
    is_stuck: bool = False  # a line is never done
    is_refused: bool = False
    cancelled_s: float | None = None  # when it was cancelled

    @property
    def began_s(self) -> float:
        """When its first line is worked on, or when it is refused."""
        return self.seconds * VALIDATING_SHARE

    @property
    def stopped_s(self) -> float:
        """When the last line was worked on."""
        by_itself = self.seconds
        if self.is_stuck or self.seconds > self.window_s:
            by_itself = self.window_s
        return by_itself if self.cancelled_s is None else min(by_itself, self.cancelled_s)

    @property
    def ended_s(self) -> float:
        """When its results are there."""
        return self.began_s if self.is_refused else self.stopped_s + self.finalizing_s

    def stage(self, age_s: float) -> Stage:
        """What it is doing at this age."""
        if self.is_refused:
            return Stage.REFUSED if age_s >= self.ended_s else Stage.VALIDATING
        if age_s >= self.stopped_s:
            return self._end() if age_s >= self.ended_s else self._ending()
        return Stage.RUNNING if age_s >= self.began_s else Stage.VALIDATING

    def reached(self, age_s: float) -> int:
        """How many lines, from the first, have come up by this age; one after the other, evenly."""
        if self.is_refused:
            return 0
        age_s = min(age_s, self.stopped_s)
        if age_s >= self.seconds:
            return self.lines
        share = (age_s - self.began_s) / (self.seconds - self.began_s)
        return max(0, min(self.lines, int(share * self.lines)))

    def line_s(self, place: int) -> float:
        """The age at which a line is done."""
        return self.began_s + (self.seconds - self.began_s) * (place + 1) / self.lines

    @property
    def _was_cancelled(self) -> bool:
        return self.cancelled_s is not None and self.stopped_s == self.cancelled_s

    def _ending(self) -> Stage:
        return Stage.CANCELLING if self._was_cancelled else Stage.FINALIZING

    def _end(self) -> Stage:
        if self._was_cancelled:
            return Stage.CANCELLED
        is_whole = not self.is_stuck and self.seconds <= self.window_s
        return Stage.COMPLETED if is_whole else Stage.EXPIRED
