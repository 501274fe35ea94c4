"""A provider with real rate limits, in virtual time: how it counts, who else uses the key, and what it tells."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

from support.fake_transport import Act, answer, failure
from support.plans import INPUT_TOKENS

from modelroute_cli.providers.base import Call, FailureKind, RateSignal

Kind = Literal["steady", "fixed"]


def always(now: float) -> float:
    """The same share at all times."""
    del now
    return 1.0


def never(now: float) -> float:
    """Nobody else uses the key."""
    del now
    return 0.0


@dataclass(kw_only=True)
class Quota:
    """One limit: `per_minute` units, as a bucket that refills steadily or anew in each window of `window_s`.

    A steady bucket holds what comes within `window_s`. `share` is how much of the limit there is at a time;
    `others` how much of it somebody else takes with the same key.
    """

    per_minute: float
    kind: Kind = "steady"
    window_s: float = 1.0
    share: Callable[[float], float] = always
    others: Callable[[float], float] = never
    _left: float = field(init=False)
    _at: float = 0.0

    def __post_init__(self) -> None:
        self._left = self.capacity

    @property
    def capacity(self) -> float:
        """What can be taken at once."""
        return self.per_minute * self.window_s / 60 * self.share(self._at)

    def wait_s(self, units: float, now: float) -> float:
        """Seconds until so many units are there, 0 when they are."""
        self._pass(now)
        if self._left >= min(units, self.capacity):
            return 0.0
        if self.kind == "fixed":
            return self.window_s - now % self.window_s
        return (min(units, self.capacity) - self._left) / self._per_s

    def take(self, units: float) -> None:
        """Take them."""
        self._left -= units

    def told(self, now: float) -> tuple[int, int, float]:
        """Limit a minute, what is left, and the seconds until it is whole, as headers say it."""
        self._pass(now)
        whole_s = self.window_s - now % self.window_s
        if self.kind == "steady":
            whole_s = (self.capacity - self._left) / self._per_s
        return round(self.per_minute * self.share(now)), max(0, int(self._left)), whole_s

    @property
    def _per_s(self) -> float:
        return self.per_minute * self.share(self._at) / 60

    def _pass(self, now: float) -> None:
        """Let time pass: units come back, others take theirs."""
        passed, before = now - self._at, self._at
        self._at = now
        if self.kind == "fixed":
            if now // self.window_s > before // self.window_s:
                self._left, passed = self.capacity, now % self.window_s
            self._left = max(0.0, self._left - passed * self.others(now) * self._per_s)
            return
        self._left = min(self._left + passed * (1 - self.others(now)) * self._per_s, self.capacity)


@dataclass
class LimitedProvider:
    """A script for FakeProvider that enforces `rpm` and `tpm`, counting input and output limit at admission."""

    rpm: int
    tpm: int = 10**12
    retry_after: bool = True
    mean_latency_s: float = 1.0
    refused: int = 0
    requests: Quota | None = None  # instead of a steady bucket of a second
    tokens: Quota | None = None
    headers: bool = False
    length_of: Callable[[Call], float] | None = None  # how much longer than the mean its answer takes; None: by chance
    errors: float = 0.0  # share of admitted requests that meet a server error
    down: tuple[float, float] = (0.0, 0.0)  # seconds between which every request meets one
    least_retry_s: float = 0.0  # Retry-After is never shorter
    most_in_flight: int = 10**6
    in_flight: int = 0
    refused_at: list[float] = field(default_factory=list)
    _random: random.Random = field(default_factory=lambda: random.Random(5))  # noqa: S311 - latencies

    def __post_init__(self) -> None:
        self.requests = self.requests or Quota(per_minute=self.rpm)
        self.tokens = self.tokens or Quota(per_minute=self.tpm)

    def script(self, call: Call, nth: int) -> Act:
        """Admit or refuse, as the limits stand."""
        del nth
        now, units = asyncio.get_running_loop().time(), INPUT_TOKENS + call.max_tokens
        wait_s = self.admit(now, units)
        if wait_s > 0:
            after = max(wait_s, self.least_retry_s) if self.retry_after else None
            refusal = failure(FailureKind.RATE_LIMITED, 429, retry_after_s=after)
            return Act(replace(refusal, rate=self.signal(now)), after_s=0.05)
        if self.down[0] <= now < self.down[1] or self._random.random() < self.errors:
            return Act(failure(FailureKind.TRANSIENT, 503), after_s=0.2)
        return Act(replace(answer(), rate=self.signal(now)), after_s=self.latency_s(call))

    def admit(self, now: float, units: int) -> float:
        """0 when a request of so many tokens is let in, else the seconds to wait."""
        assert self.requests is not None
        assert self.tokens is not None
        wait_s = max(self.requests.wait_s(1, now), self.tokens.wait_s(units, now))
        if wait_s > 0:
            self.refused += 1
            self.refused_at.append(now)
            return wait_s
        self.requests.take(1)
        self.tokens.take(units)
        return 0.0

    def latency_s(self, call: Call) -> float:
        """How long one answer takes: by its length, with a tenth of chance."""
        if self.length_of is None:
            return self.mean_latency_s * self._random.lognormvariate(-0.125, 0.5)
        return self.mean_latency_s * self.length_of(call) * self._random.lognormvariate(0.0, 0.1)

    def signal(self, now: float) -> RateSignal:
        """The headers of an answer; none where the provider sends none."""
        if not self.headers:
            return RateSignal()
        assert self.requests is not None
        limit, left, reset_s = self.requests.told(now)
        return RateSignal(limit_requests=limit, remaining_requests=left, reset_requests_s=reset_s)
