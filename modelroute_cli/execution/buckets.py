"""Rates and daily counts: how many requests or tokens may pass, and when the next may. Pure, no waiting."""

from math import inf

_SAFETY = 0.98  # of a stated limit: clocks and counts differ a little between us and the provider
_BURST_S = 1.0
_MINUTE_S = 60.0
_DAY_S = 86_400.0
_CUT = 0.7
_RECOVERY = 1.01  # of the pace, per answer
_LEAST_PACE = 0.02  # of the stated limit


class Bucket:
    """A rate in units a minute, None is unlimited; a request larger than the burst passes when its turn comes."""

    def __init__(self, per_minute: int | None) -> None:
        self._configured = per_minute
        self._stated = per_minute
        self._pace = 1.0
        self.share = 1.0  # of the pace, as the user wants it
        self._next_at = -inf

    @property
    def stated(self) -> int | None:
        """The limit in units a minute, as settings or headers say it; None is unlimited."""
        return self._stated

    @property
    def per_s(self) -> float | None:
        """Units a second that are used; None is unlimited."""
        return None if self._stated is None else self._stated / _MINUTE_S * _SAFETY * self._pace * self.share

    def ready_at(self) -> float:
        """The earliest time at which the next request may pass."""
        return -inf if self._stated is None else self._next_at

    def take(self, units: int, now: float) -> None:
        """Count a request that was let pass."""
        if self.per_s is not None:
            self._next_at = max(self._next_at, now - _BURST_S) + units / self.per_s

    def learn(self, limit: int | None, remaining: int | None, now: float) -> None:
        """What a header says: the limit (the user's own stays an upper bound); with nothing left, wait for one unit."""
        if limit is not None and limit > 0:
            self._stated = limit if self._configured is None else min(limit, self._configured)
        if remaining == 0 and self.per_s is not None:
            self._next_at = max(self._next_at, now + 1 / self.per_s)

    def cut(self) -> None:
        """Slow down after a 429."""
        self._pace = max(self._pace * _CUT, _LEAST_PACE)

    def recover(self) -> None:
        """Speed up a little after an answer."""
        self._pace = min(self._pace * _RECOVERY, 1.0)


class DayCount:
    """What is left of a day's requests or tokens, None is unlimited; what was used comes back evenly over a day.

    Providers count either so (Groq) or by the calendar day (Gemini). Where the day is the calendar's, the first
    request that comes back too early is answered with a quota of the day, and the model is closed by that.
    """

    def __init__(self, limit: int | None) -> None:
        self._configured = limit
        self._limit = limit
        self._left = float(limit) if limit is not None else inf
        self._at = 0.0

    @property
    def stated(self) -> int | None:
        """The limit in units a day; None is unlimited."""
        return self._limit

    def ready_at(self, now: float) -> float:
        """The earliest time at which one more may pass."""
        left = self._left_at(now)
        if self._limit is None or left >= 1:
            return -inf
        return now + (1 - left) * _DAY_S / self._limit

    def take(self, units: int, now: float) -> None:
        """Count what was let pass."""
        self._left, self._at = self._left_at(now) - units, now

    def learn(self, limit: int | None, remaining: int | None, now: float) -> None:
        """What a header says: the limit (the user's own stays an upper bound), and what the provider has left of it."""
        if limit is not None and limit > 0:
            self._limit = limit if self._configured is None else min(limit, self._configured)
        if self._limit is not None and remaining is not None:
            self._left, self._at = min(self._left_at(now), float(remaining)), now

    def _left_at(self, now: float) -> float:
        if self._limit is None:
            return inf
        back = max(0.0, now - self._at) * self._limit / _DAY_S
        return min(self._left + back, float(self._limit))
