"""How many requests one account or model may have in flight. Pure, no waiting.

Where a rate is stated, that holds requests back, and the window only keeps a provider that has stopped answering
from being handed more and more: twice what the rate and the time of an answer need (Little's law). Where nothing is
stated it starts with a few, doubles every five seconds to 32 and then grows by one an answer, as long as answers do not
take longer for it. A 429 shrinks it to what was let in; an error of another kind says nothing of it.
"""

from math import inf
from typing import NamedTuple

_FIRST = 8
_BLIND = 32  # before any answer
_LEAST_KNOWN = 64
_DOUBLE_S = 5.0
_ROOM = 2.0  # times what Little's law says: answers take longer and shorter
_START_S, _TOKENS_PER_S = 3.0, 25.0  # of an answer, before one was seen: slower than most
_SLOWER, _FASTER = 1 / 16, 1 / 256  # weights of a longer and a shorter answer
_BACK = 0.9  # of what was in flight when the 429s came: up to there one more an answer
_GROWTH = 0.05  # an answer above it, less each time episodes agree
_LEAST_GROWTH = 0.25  # an answer, of a large window: where answers are quick, twice as many are refused all at once
_AGREES = 0.12
_CROWDED = 2.0  # times the fastest: then more in flight only makes each take longer
_USUAL = 1 / 32  # weight of one answer in what is usual


class Room(NamedTuple):
    """How many may be in flight where no rate is known, and what 429s taught of it."""

    size: float
    limited: bool
    threshold: float
    peak: int
    agreed: int


class Window:
    """Requests in flight, and how many there may be; `most` is a limit of the account."""

    def __init__(self, most: int | None, *, slow_start: bool = True) -> None:
        self.in_flight = 0
        self.share = 1.0  # of the room where no rate is known, as the user wants it
        self.latency_s = 0.0  # of an answer: the longer ones count more
        self._answers = 0
        self._usual_s = 0.0
        self._fastest_s = inf
        self._most = float(most) if most else inf
        self._size = float(_FIRST) if slow_start else inf  # while no rate is known
        self._limited = False
        self._threshold = inf
        self._peak = 0
        self._agreed = 0
        self._answers_before = 0
        self._blind_since: float | None = None

    def room_in_s(self, now: float, per_s: float) -> float:
        """0 when one more may start, seconds where only time is needed, inf when one in flight must end first.

        `per_s` is the stated rate, inf where there is none.
        """
        if self.in_flight >= self._most:
            return inf
        if per_s < inf and not self._limited:
            return 0.0 if self.in_flight < max(_LEAST_KNOWN, _ROOM * per_s * self.latency_s) else inf
        if self.in_flight <= max(self._size * self.share, 1.0) - 1:
            return 0.0
        if self._answers or self._limited or self._blind_since is None or self._size >= _BLIND:
            return inf
        return self._doubles_in_s(now)

    def started(self, now: float, output_tokens: int) -> None:
        """One more is in flight, of which so many tokens are expected."""
        self.in_flight += 1
        if not self._answers:
            self._blind_since = now if self._blind_since is None else self._blind_since
            self.latency_s = max(self.latency_s, _START_S + output_tokens / _TOKENS_PER_S)

    def answered(self, latency_s: float | None) -> None:
        """One was answered, after so long."""
        self.in_flight -= 1
        self._answers += 1
        if latency_s is not None:
            self._observe(latency_s)
        if self._has_room():
            self._size += self._growth()

    def released(self) -> None:
        """One ended without word of the account."""
        self.in_flight -= 1

    def restart(self) -> None:
        """Begin with a quarter again: who comes back from an outage may not bear at once what it bore before."""
        self._size = min(self._size, max(self._size / 4, float(_FIRST)))

    def refused(self, *, begins: bool) -> None:
        """One met a 429; `begins` when that is a new episode."""
        if begins and self._answers > self._answers_before:
            self._reach()
        self.in_flight -= 1
        self._limited = True
        self._size = max(1.0, min(self._size, float(self.in_flight)))

    @property
    def room(self) -> Room:
        """What is known now."""
        return Room(self._size, self._limited, self._threshold, self._peak, self._agreed)

    def take_back(self, room: Room) -> None:
        """Know only what was known before: what the 429s since then seemed to teach was wrong."""
        self._size, self._limited, self._threshold, self._peak, self._agreed = room

    def _reach(self) -> None:
        """Remember what was in flight when the 429s came."""
        near = abs(self.in_flight / self._peak - 1) <= _AGREES if self._peak else False
        self._agreed = self._agreed + 1 if near else 0
        self._peak, self._answers_before = self.in_flight, self._answers
        self._threshold = self._peak * _BACK
        self._size = float(self._peak)

    def _observe(self, latency_s: float) -> None:
        weight = _SLOWER if latency_s > self.latency_s else _FASTER
        self.latency_s += weight * (latency_s - self.latency_s)
        self._usual_s += (latency_s - self._usual_s) * max(_USUAL, 1 / self._answers)
        if self._answers >= _BLIND:
            self._fastest_s = min(self._fastest_s, self._usual_s)

    def _has_room(self) -> bool:
        """Whether there is room to grow: not where answers take twice as long as at best."""
        return self._size <= _BLIND or self._usual_s <= _CROWDED * self._fastest_s

    def _growth(self) -> float:
        """For one answer."""
        if self._size >= self._threshold:
            return max(_GROWTH / (1 + self._agreed), 1 / self._size)
        return 1.0 if self._size < _LEAST_KNOWN else min(max(self._usual_s, _LEAST_GROWTH), 1.0)

    def _doubles_in_s(self, now: float) -> float:
        """Grow by the time that went by without a word; seconds to the next growth."""
        since = 0.0 if self._blind_since is None or now == inf else now - self._blind_since
        self._size = min(_FIRST * 2.0 ** int(since / _DOUBLE_S), float(_BLIND))
        if self.in_flight <= max(self._size * self.share, 1.0) - 1:
            return 0.0
        return inf if self._size >= _BLIND else _DOUBLE_S - since % _DOUBLE_S
