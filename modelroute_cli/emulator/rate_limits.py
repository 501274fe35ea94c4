"""Requests and tokens a minute, as a provider enforces them: two buckets that refill steadily."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from modelroute_cli.base.clock import Clock

_MINUTE_S = 60.0


@dataclass(slots=True)
class Bucket:
    """At most `capacity`, refilled within a minute."""

    capacity: int
    clock: Clock
    level: float = field(init=False)
    filled_at: float = field(init=False)

    def __post_init__(self) -> None:
        self.level, self.filled_at = float(self.capacity), self.clock.monotonic()

    def refill(self) -> None:
        """What the time since the last look has brought."""
        now = self.clock.monotonic()
        self.level = min(self.capacity, self.level + (now - self.filled_at) * self.capacity / _MINUTE_S)
        self.filled_at = now

    def wait_s(self, amount: float) -> float:
        """Seconds until `amount` is there; more than the capacity never is, so the whole of it counts."""
        missing = min(amount, self.capacity) - self.level
        return max(0.0, missing * _MINUTE_S / self.capacity)

    def take(self, amount: float) -> None:
        """Spend `amount`, at most all there is."""
        self.level = max(0.0, self.level - amount)

    def reset_s(self) -> float:
        """Seconds until it is full again."""
        return (self.capacity - self.level) * _MINUTE_S / self.capacity


class AccountLimits:
    """The limits of one provider account."""

    def __init__(self, rpm: int, tpm: int, clock: Clock) -> None:
        self._requests, self._tokens = Bucket(rpm, clock), Bucket(tpm, clock)

    def admit(self, tokens: int) -> float:
        """0.0 when a request of `tokens` (prompt and output limit) is let in, else the seconds to wait."""
        self._requests.refill()
        self._tokens.refill()
        wait_s = max(self._requests.wait_s(1), self._tokens.wait_s(tokens))
        if not wait_s:
            self._requests.take(1)
            self._tokens.take(tokens)
        return wait_s

    def headers(self) -> Mapping[str, str]:
        """The `x-ratelimit-*` headers of every answer, as OpenAI writes them."""
        return _headers("requests", self._requests) | _headers("tokens", self._tokens)


def _headers(what: str, bucket: Bucket) -> dict[str, str]:
    """Limit, what remains, and a Go duration until it is whole."""
    return {
        f"x-ratelimit-limit-{what}": str(bucket.capacity),
        f"x-ratelimit-remaining-{what}": str(int(bucket.level)),
        f"x-ratelimit-reset-{what}": f"{bucket.reset_s():.3f}s",
    }
