"""One limit as a provider enforces it: what comes back in a time, steadily or all at once."""

from dataclasses import dataclass
from math import ceil, floor

MINUTE_S = 60.0
DAY_S = 86_400.0
_ROUNDING = 1e-9  # of a unit: what sums of floats may be off


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Where one limit stands."""

    limit: int
    remaining: int
    reset_s: float  # until it is whole again


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How a limit comes back: `step_s` 0 is steadily; at most `burst_s` seconds' worth is kept for later."""

    period_s: float = MINUTE_S
    burst_s: float = MINUTE_S
    step_s: float = 0.0


class Bucket:
    """At most `limit` units in a period; times are seconds of a steady clock."""

    def __init__(self, limit: int, rhythm: Rhythm, now: float) -> None:
        self._stated = float(limit)
        self._rhythm = rhythm
        self._scale = 1.0
        self._level = self._capacity
        self._at = now

    def refill(self, now: float, scale: float = 1.0) -> None:
        """What the time since the last look has brought; from now on `scale` of the limit holds."""
        step_s = self._rhythm.step_s
        passed_s = (floor(now / step_s) - floor(self._at / step_s)) * step_s if step_s else now - self._at
        self._scale = scale
        self._level, self._at = min(self._capacity, self._level + passed_s * self._per_s), now

    def wait_s(self, amount: float) -> float:
        """Seconds until `amount` is there; more than is ever kept never is, so then all that is kept counts."""
        missing = min(amount, self._capacity) - self._level
        if missing <= _ROUNDING:
            return 0.0
        step_s = self._rhythm.step_s
        if not step_s:
            return missing / self._per_s
        steps = ceil(missing / (self._per_s * step_s) - _ROUNDING)
        return (floor(self._at / step_s) + steps) * step_s - self._at

    def take(self, amount: float) -> None:
        """Spend `amount`, at most what comes back in a period; it may be owed."""
        self._level -= min(amount, self._per_s * self._rhythm.period_s)

    def give_back(self, amount: float) -> None:
        """Undo a `take`."""
        self._level = min(self._capacity, self._level + amount)

    def drain(self, amount: float) -> None:
        """Spend what is there of `amount`, and owe nothing."""
        self._level = max(min(self._level, 0.0), self._level - amount)

    def mark(self, scale: float = 1.0) -> Mark:
        """Where it stands, as the headers of an answer state it: `scale` of the limit is in force."""
        return Mark(
            limit=round(self._stated * scale),
            remaining=max(0, int(self._level)),
            reset_s=self.wait_s(self._capacity),
        )

    @property
    def _per_s(self) -> float:
        return self._stated * self._scale / self._rhythm.period_s

    @property
    def _capacity(self) -> float:
        return self._per_s * self._rhythm.burst_s
