"""The circuit breaker of one model or one account: a pure state machine, times of a steady clock as arguments.

Problem: while a provider is down, every request sent to it fails, and each failure uses up one of its tries: an outage
of a minute would fail thousands of requests that nothing is wrong with.
Solution: when everything fails, nothing but one probe at a time goes there, at growing intervals, until one is
answered. What failed meanwhile says nothing of the requests, so it is not counted against them.
What still fails: requests that used up their tries before enough had failed to see a pattern.
"""

import random
from dataclasses import dataclass
from enum import StrEnum
from math import inf


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerPolicy:
    """When it opens and how it probes; times in seconds. The numbers are judgement, no provider states them."""

    in_a_row: int = 5  # failures without an answer between them
    recent: int = 10  # the last outcomes that are looked at
    recent_failed: float = 0.8  # the share of them that failed
    probe_first_s: float = 1.0
    probe_longest_s: float = 5.0
    quiet_s: float = 60.0  # after so long without opening, probes begin short again


class Change(StrEnum):
    """What an outcome changed."""

    NONE = "none"
    OPENED = "opened"
    RECOVERED = "recovered"
    STILL_DOWN = "still_down"  # one more probe failed


class Breaker:
    """Lets all pass, or one probe at a time.

    While it is open only the probe counts: what was sent before it opened is old news, good or bad.
    """

    def __init__(self, policy: BreakerPolicy) -> None:
        self._policy = policy
        self._bits = 0  # of the last outcomes, the newest lowest; 1 is a failure
        self._seen = 0
        self._in_a_row = 0
        self._opened_at: float | None = None
        self._recovered_at = -inf
        self.openings = 0
        self._probe: int | None = None  # the request that probes
        self._holds = 0
        self._probes = 0  # in a row that failed; an outage soon after another begins with one
        self.held_until = -inf  # nothing may be sent before: inf while a probe is on its way

    @property
    def is_open(self) -> bool:
        """Whether nothing but probes may pass."""
        return self._opened_at is not None

    @property
    def in_a_row(self) -> int:
        """Failures without an answer between them."""
        return self._in_a_row

    def down_for_s(self, now: float) -> float:
        """For how long it has been open; 0 when it is not."""
        return 0.0 if self._opened_at is None else now - self._opened_at

    def sent(self, row: int) -> None:
        """A request was let pass: while open, it is the probe, and nothing else may go before its outcome."""
        if self._opened_at is not None:
            self._probe = row
            self.held_until = inf

    def answered(self, row: int, now: float) -> Change:
        """A request was answered."""
        if self._opened_at is not None and self._probe != row:
            return Change.NONE
        self._note(failed=0)
        self._in_a_row = 0
        if self._opened_at is None:
            return Change.NONE
        self._flow(now)
        return Change.RECOVERED

    def failed(self, row: int, now: float, retry_after_s: float = 0.0, *, may_open: bool = True) -> Change:
        """A request failed as all of them do in an outage; the next probe waits at least `retry_after_s`."""
        if self._opened_at is not None:
            return self._probe_failed(row, now, retry_after_s)
        self._note(failed=1)
        self._in_a_row += 1
        if not (may_open and self._all_fail):
            return Change.NONE
        self._open(now, retry_after_s)
        return Change.OPENED

    def ended(self, row: int, now: float) -> None:
        """A request ended in a way that says nothing of the provider: the next probe may go at once."""
        if self._probe == row and self._opened_at is not None:
            self._probe, self.held_until = None, now

    @property
    def _all_fail(self) -> bool:
        failed = self._bits.bit_count()
        return self._in_a_row >= self._policy.in_a_row and failed >= self._policy.recent_failed * self._seen

    def _note(self, failed: int) -> None:
        self._bits = (self._bits << 1 | failed) & ((1 << self._policy.recent) - 1)
        self._seen = min(self._seen + 1, self._policy.recent)

    def _open(self, now: float, retry_after_s: float) -> None:
        self._probes = 0 if now - self._recovered_at > self._policy.quiet_s else min(self._probes, 1)
        self._opened_at, self._probe = now, None
        self.openings += 1
        self._hold(now, retry_after_s)

    def _probe_failed(self, row: int, now: float, retry_after_s: float) -> Change:
        if self._probe != row:
            return Change.NONE
        self._probe = None
        self._probes += 1
        self._hold(now, retry_after_s)
        return Change.STILL_DOWN

    def _hold(self, now: float, retry_after_s: float) -> None:
        """Doubling intervals between probes, each shortened by up to half: none keeps step with what comes and goes."""
        longest = min(self._policy.probe_first_s * 2.0 ** min(self._probes, 30), self._policy.probe_longest_s)
        shorter = 1 - 0.5 * random.Random(self._holds).random()  # noqa: S311 - the same in every run
        self._holds += 1
        self.held_until = now + max(longest * shorter, retry_after_s)

    def _flow(self, now: float) -> None:
        self._opened_at, self._probe = None, None
        self._recovered_at, self.held_until = now, -inf
