"""The rate that 429s teach where nothing is stated, or where the stated is not to be had. Pure, no waiting.

Two episodes of 429s near to each other are a measurement: the provider's bucket was empty at both, so what passed
between them is what came into it, whatever its size; less is lost where it is filled anew in each second. One after a
longer run says that the rate of the run is a little too much. After either the rate is a little less. It is kept for a
while, the longer the more often episodes agreed, and left slowly upwards, so that a raised limit is found without a
storm.
"""

from math import inf, sqrt
from typing import NamedTuple

from modelroute_cli.execution.buckets import next_turn

_CUT = 0.75  # of the rate at the first episode, which says little: the bucket was full when it began
_BELOW = 0.97  # of what was measured between two episodes
_BELOW_RUN = 0.93  # of the rate of a longer run
_RUN_S = 3.0
_GREW = 1.1
_AGREES = 0.12  # two findings closer than this tell the same
_HOLD_S = 15.0
_SETTLE_S = 5.0  # after the first finding
_LONGEST_HOLD_S = 300.0
_GROWTH_S = 0.05  # a second, while nothing is sure
_SURE_GROWTH_S = 0.01
_FASTER = 0.2  # more of it for each whole that the rate is above what was found
_MOST_GROWTH_S = 0.1
_LEAST_PER_S = 1 / 120
_CYCLE_S = 30.0
_RECENT_S = 1.0
_LATE_S = 0.25
_ENOUGH = 5  # requests, for a rate


class _Passed:
    """What passed lately: over a time between `span_s` and twice that."""

    def __init__(self, span_s: float) -> None:
        self._span_s = span_s
        self._older = self._newer = (-inf, 0)

    def mark(self, at: float, passed: int) -> None:
        """Note how much had passed by now, once a span."""
        if at - self._newer[0] > self._span_s:
            self._older, self._newer = self._newer, (at, passed)

    def restart(self, at: float, passed: int) -> None:
        """Measure from now on."""
        self._older, self._newer = (-inf, 0), (at, passed)

    def per_s(self, at: float, passed: int) -> float:
        """Requests a second until now; of a time too short for it, as if it had been a twentieth of a second."""
        since, before = self._older if self._older[0] > -inf else self._newer
        return max((passed - before) / max(at - since, 0.05), _LEAST_PER_S)


class Taught(NamedTuple):
    """What 429s taught: the rate, None where it is not known, and how sure that is."""

    rate: float | None
    found: float
    agreed: int


class Governor:
    """Requests a second that may start; `rate` is None until a 429 came."""

    def __init__(self) -> None:
        self.rate: float | None = None
        self.share = 1.0  # of it, as the user wants it
        self._next_at = -inf
        self._passed = 0
        self._cycle = _Passed(_CYCLE_S)
        self._recent = _Passed(_RECENT_S)
        self._onset = -inf  # of the last episode
        self._is_new = False  # it was not measured yet
        self._flows = True  # an answer came since: a row of episodes without one tells nothing new
        self._found = 0.0
        self._agreed = 0
        self._after_run = False
        self._hold_until = -inf
        self._grew_at = -inf
        self._resumed_at = -inf
        self._resumed_with = 0  # requests that had passed
        self._is_used = False  # requests wait for it

    def ready_at(self) -> float:
        """The earliest time at which the next request may start."""
        return self._next_at if self.rate is not None else -inf

    @property
    def passed(self) -> int:
        """How many were let in, or are on their way."""
        return self._passed

    def asked_per_s(self, now: float) -> float:
        """Requests a second since the last pause, at most the rate; inf before a rate is known."""
        if self.rate is None or now <= self._resumed_at:
            return inf
        return min(self.rate, (self._passed - self._resumed_with) / (now - self._resumed_at))

    @property
    def taught(self) -> Taught:
        """What is known now."""
        return Taught(self.rate, self._found, self._agreed)

    def take_back(self, taught: Taught, now: float) -> None:
        """Know only what was known before: what the 429s since then seemed to teach was wrong."""
        self.rate, self._found, self._agreed = taught
        self._is_new = self._after_run = False
        self._flows = True
        self._resumed_at = self._next_at = self._grew_at = now
        self._resumed_with = self._passed

    def strayed(self) -> None:
        """A request met a 429 that teaches nothing."""
        self._passed -= 1

    def take(self, now: float) -> None:
        """Count a request that starts."""
        if self._is_new:
            self._measure(now)
        self._cycle.mark(now, self._passed)
        self._recent.mark(now, self._passed)
        self._passed += 1
        if self.rate is not None:
            self._is_used = now - self._next_at <= _LATE_S
            self._next_at = next_turn(self._next_at, now) + 1 / (self.rate * self.share)

    def refused(self, now: float, *, begins: bool) -> None:
        """A request met a 429; `begins` when that is a new episode."""
        self._passed -= 1
        if begins and self._flows:
            self._onset, self._is_new, self._flows = now, True, False

    def answered(self, sent_at: float, now: float) -> None:
        """A request was answered: the rate grows when its time has come and it is what holds requests back."""
        self._flows = self._flows or sent_at >= self._onset
        if self.rate is None:
            return
        since_s, self._grew_at = min(now - self._grew_at, 1.0), now
        if self._is_used and now >= self._hold_until and not self._is_new:
            over = max(0.0, self.rate / self._found - 1)
            growth = (_SURE_GROWTH_S if self._agreed else _GROWTH_S) + _FASTER * over
            self.rate *= 1 + min(growth, _MOST_GROWTH_S) * since_s

    def _measure(self, now: float) -> None:
        """Set the rate by what the episode tells; called once all its 429s are in."""
        between = self._cycle.per_s(self._onset, self._passed)
        is_run = self._onset - self._resumed_at >= _RUN_S
        if self.rate is None and self._passed >= _ENOUGH:
            lately = max(between, self._recent.per_s(self._onset, self._passed))
            self._find(lately, lately * _CUT, now + _SETTLE_S)
        elif self.rate is None:
            pass  # nothing to measure by: the window, one request, finds out
        elif is_run or self._after_run:
            self._after_run = is_run
            found = min(self.rate, self._run_per_s()) if is_run else self.rate
            self._find(found, found * _BELOW_RUN, now + _HOLD_S)
        else:
            found = sqrt(min(between, self.rate) * self.rate)
            self._find(found, found * _BELOW, now)
        self._resumed_at = self._next_at = self._grew_at = now
        self._resumed_with = self._passed
        self._is_new = False
        self._cycle.restart(self._onset, self._passed)

    def _run_per_s(self) -> float:
        """What really passed since the last pause or lately, and a little: the rate grew meanwhile."""
        mean = (self._passed - self._resumed_with) / (self._onset - self._resumed_at)
        return max(mean, self._recent.per_s(self._onset, self._passed)) * _GREW

    def _find(self, found: float, rate: float, hold_until: float) -> None:
        """Take a finding and the rate that follows; it is kept the longer the more findings agree."""
        self._agreed = self._agreed + 1 if self._found and abs(found / self._found - 1) <= _AGREES else 0
        self._found, self.rate = found, max(rate, _LEAST_PER_S)
        self._hold_until = hold_until + (min(_HOLD_S * 2.0**self._agreed, _LONGEST_HOLD_S) if self._agreed else 0.0)
