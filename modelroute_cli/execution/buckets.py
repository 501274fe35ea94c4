"""Rates and daily counts: how many requests or tokens may pass, and when the next may. Pure, no waiting."""

from math import inf
from typing import NamedTuple

from modelroute_cli.providers.base import RateSignal

_SAFETY = 0.995  # of a stated limit: clocks and counts differ a little between us and the provider
_BURST_S = 0.25  # of lateness made up for: no minute then takes more than 0.995 * 60.25 / 60 of the limit
_IDLE_S = 1.0  # who did not ask for so long was not late
_MINUTE_S = 60.0
_DAY_S = 86_400.0
_STEADY_S = 1.5  # a reset this near to what a bucket that refills steadily would say is one's
_LEAST_SHARE = 0.02  # of a limit, whatever its headers say is left: others may leave at any time


class Said(NamedTuple):
    """What the headers of one answer say of one limit, and how much had been taken when its request was sent."""

    limit: int | None
    remaining: int | None
    reset_s: float | None = None
    taken: int | None = None  # in the units of the limit, that request included; None: not known
    age_s: float = 0.0  # since the request was sent


def next_turn(turn: float, now: float) -> float:
    """The time from which the next request's turn counts: the last turn, with a little lateness made up for."""
    late_s = now - turn
    if late_s > _IDLE_S:
        return now
    return max(turn, now - _BURST_S)


class Bucket:
    """A rate in units a minute, None is unlimited; a request larger than the burst passes when its turn comes.

    Requests are spread evenly, a quarter of a second at most is caught up: what is enforced by the second, in
    fixed minutes or by a bucket that refills, is kept in each case. Where headers say what the provider has left,
    that counts: others may use the same key. `taken` is all that was ever taken.
    """

    def __init__(self, per_minute: int | None) -> None:
        self._configured = per_minute
        self._stated = per_minute
        self.share = 1.0  # of the limit, as the user wants it
        self._next_at = -inf
        self._slow = inf  # units a second that the provider has left, by its headers
        self._slow_until = -inf
        self._heard_of = -inf  # when the request was sent whose headers were believed last
        self.taken = 0

    @property
    def stated(self) -> int | None:
        """The limit in units a minute, as settings or headers say it; None is unlimited."""
        return self._stated

    @property
    def per_s(self) -> float | None:
        """Units a second by the limit; None is unlimited."""
        return None if self._stated is None else self._stated / _MINUTE_S * _SAFETY * self.share

    def rate_at(self, now: float) -> float:
        """Units a second that are used now; inf is unlimited."""
        if self._stated is None:
            return inf
        stated = self._stated / _MINUTE_S * _SAFETY * self.share
        return stated if now >= self._slow_until else min(stated, self._slow)

    def ready_at(self) -> float:
        """The earliest time at which the next request may pass."""
        return -inf if self._stated is None else self._next_at

    def take(self, units: int, now: float) -> None:
        """Count a request that was let pass."""
        self.taken += units
        if self._stated is not None:
            self._next_at = next_turn(self._next_at, now) + units / self.rate_at(now)

    def correct(self, units: int, now: float) -> None:
        """Count what a request took beyond what was expected of it, or give back what it did not take."""
        self.taken += units
        if self._stated is not None:
            self._next_at += units / self.rate_at(now)

    def learn(self, said: Said, now: float) -> None:
        """What a header says: the limit (the user's own stays an upper bound), and what is left of it."""
        if said.limit is not None and said.limit > 0:
            self._stated = said.limit if self._configured is None else min(said.limit, self._configured)
        if self._stated is None or said.remaining is None:
            return
        sent_at = now - said.age_s
        if said.limit and said.reset_s is not None and said.taken is not None and sent_at >= self._heard_of:
            self._heard_of = sent_at
            self._believe(said, said.limit, said.reset_s, now)
        elif said.remaining == 0:
            self._wait_until(now + _MINUTE_S / self._stated)

    def _believe(self, said: Said, limit: int, reset_s: float, now: float) -> None:
        """Pace by what is left: what was taken since is gone, and a steady bucket has refilled since."""
        left = (said.remaining or 0) - (self.taken - (said.taken or 0))
        refill = limit / _MINUTE_S
        whole_in = _MINUTE_S * (limit - (said.remaining or 0)) / limit
        if abs(reset_s - whole_in) <= _STEADY_S:
            level = min(left + refill * said.age_s, limit)
            self._follow(refill * level / max(limit - level, 1.0), refill, now + _MINUTE_S)
            if level < 1:
                self._wait_until(now + (1 - level) / refill)
            return
        left_s = reset_s - said.age_s
        if left_s > 0:
            self._follow(left / left_s, refill, now + left_s)
            if left < 1:
                self._wait_until(now + min(left_s, _MINUTE_S))

    def _follow(self, rate: float, refill: float, until: float) -> None:
        """Use at most `rate` until then."""
        self._slow, self._slow_until = max(rate, refill * _LEAST_SHARE), until

    def _wait_until(self, at: float) -> None:
        self._next_at = max(self._next_at, at)


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
        if self._limit is None:
            return -inf
        left = self._left_at(now)
        return -inf if left >= 1 else now + (1 - left) * _DAY_S / self._limit

    def take(self, units: int, now: float) -> None:
        """Count what was let pass."""
        if self._limit is not None:
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


_Part = tuple[int | None, int | None, float | None]
_UNSAID: _Part = (None, None, None)


def parts_of(signal: RateSignal) -> tuple[_Part, _Part, _Part, _Part]:
    """What an answer says of requests, of tokens, and of input and output apart: limit, what is left, and reset."""
    apart = signal.limit_input_tokens is not None or signal.limit_output_tokens is not None
    return (
        (signal.limit_requests, signal.remaining_requests, signal.reset_requests_s),
        _UNSAID if apart else (signal.limit_tokens, signal.remaining_tokens, signal.reset_tokens_s),
        (signal.limit_input_tokens, signal.remaining_input_tokens, signal.reset_input_tokens_s),
        (signal.limit_output_tokens, signal.remaining_output_tokens, signal.reset_output_tokens_s),
    )
