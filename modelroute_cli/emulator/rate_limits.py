"""Requests and tokens a minute, as a provider enforces them: two buckets that refill steadily."""

from dataclasses import dataclass, field

from modelroute_cli.base.clock import Clock

_MINUTE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Where one limit stands."""

    limit: int
    remaining: int
    reset_s: float  # until it is whole again


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where an account stands."""

    requests: Mark
    tokens: Mark
    admitted: int  # requests let in so far


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

    def mark(self) -> Mark:
        """Where it stands."""
        return Mark(limit=self.capacity, remaining=int(self.level), reset_s=self.reset_s())


class AccountLimits:
    """The limits of one provider account."""

    def __init__(self, rpm: int, tpm: int, clock: Clock) -> None:
        self._requests, self._tokens = Bucket(rpm, clock), Bucket(tpm, clock)
        self._admitted = 0

    def admit(self, tokens: int) -> float:
        """0.0 when a request of `tokens` (prompt and output limit) is let in, else the seconds to wait."""
        self._requests.refill()
        self._tokens.refill()
        wait_s = max(self._requests.wait_s(1), self._tokens.wait_s(tokens))
        if not wait_s:
            self._requests.take(1)
            self._tokens.take(tokens)
            self._admitted += 1
        return wait_s

    def standing(self) -> Standing:
        """Where the account stands, for the headers of an answer."""
        return Standing(requests=self._requests.mark(), tokens=self._tokens.mark(), admitted=self._admitted)
