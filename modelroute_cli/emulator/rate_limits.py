"""What one account, or one model of it, takes: its limits, how they are counted, and how they change."""

import heapq
from dataclasses import dataclass

from modelroute_cli.base.clock import Clock
from modelroute_cli.catalog.settings import EmulatorLimits
from modelroute_cli.emulator.buckets import DAY_S, MINUTE_S, Bucket, Mark, Rhythm


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where an account stands; None is a limit that it does not have."""

    requests: Mark | None
    tokens: Mark | None
    admitted: int  # requests let in so far
    input_tokens: Mark | None = None  # where input and output are counted apart
    output_tokens: Mark | None = None
    requests_day: Mark | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a request asks of an account, tokens."""

    input_tokens: int
    output_limit: int


@dataclass(frozen=True, slots=True, order=True)
class _Owed:
    """Output that will be counted once it is made."""

    at: float
    output_tokens: int


class AccountLimits:
    """The limits of one account or model, from its first request on."""

    def __init__(self, limits: EmulatorLimits, clock: Clock) -> None:
        now = clock.monotonic()
        self._limits = limits
        self._clock = clock
        self._opened_at = now
        self._requests = _bucket(limits.rpm, _requests_rhythm(limits), now)
        self._tokens = _bucket(limits.tpm, _rhythm(limits), now)
        self._input = _bucket(limits.input_tpm, _rhythm(limits), now)
        self._output = _bucket(limits.output_tpm, _rhythm(limits), now)
        self._requests_day = _bucket(limits.rpd, _A_DAY, now)
        self._tokens_day = _bucket(limits.tpd, _A_DAY, now)
        self._ends: list[float] = []  # of the requests that are being worked on
        self._owed: list[_Owed] = []
        self._admitted = 0

    @property
    def is_out(self) -> bool:
        """Whether nothing is served at the moment."""
        age_s = self._clock.monotonic() - self._opened_at
        return any(change.outage and _holds(change.at_s, change.until_s, age_s) for change in self._limits.schedule)

    def wait_s(self, load: Load) -> float:
        """0.0 when such a request may come in now, else the seconds to wait."""
        self._refill()
        waits = (bucket.wait_s(amount) for bucket, amount in self._at_admission(load))
        return max(0.0, self._slot_wait_s(), *waits)

    def admit(self, load: Load) -> None:
        """Let it in."""
        self._admitted += 1
        for bucket, amount in self._at_admission(load):
            bucket.take(amount)

    def refused(self) -> None:
        """A request was turned away: with some providers that counts as well."""
        if self._limits.charge_failures == "all" and self._requests is not None:
            self._requests.drain(1)

    def failed(self, load: Load) -> None:
        """A request that was let in was not answered: with some providers it does not count."""
        if self._limits.charge_failures == "none":
            for bucket, amount in self._at_admission(load):
                bucket.give_back(amount)

    def works(self, until: float, output_tokens: int) -> None:
        """A request is being answered until then."""
        if self._limits.concurrency is not None:
            heapq.heappush(self._ends, until)
        if self._counts_used or self._tokens_day is not None:
            heapq.heappush(self._owed, _Owed(until, output_tokens))

    def standing(self) -> Standing:
        """Where it stands, for the headers of an answer."""
        self._refill()
        scale = self._scale(self._clock.monotonic())
        return Standing(
            requests=_mark(self._requests, scale),
            tokens=_mark(self._tokens, scale),
            admitted=self._admitted,
            input_tokens=_mark(self._input, scale),
            output_tokens=_mark(self._output, scale),
            requests_day=_mark(self._requests_day, scale),
        )

    def told_s(self, wait_s: float) -> float | None:
        """What a 429 says of the wait; None where it says nothing."""
        told_s = self._limits.retry_after_s
        return (wait_s if told_s is None else told_s) if self._limits.retry_after else None

    @property
    def says_limits(self) -> bool:
        """Whether answers carry rate headers."""
        return self._limits.headers

    @property
    def _counts_used(self) -> bool:
        return self._limits.charge == "used"

    def _at_admission(self, load: Load) -> list[tuple[Bucket, int]]:
        """What is counted when a request comes in."""
        output = 0 if self._counts_used else load.output_limit
        charges = (
            (self._requests, 1),
            (self._tokens, load.input_tokens + output),
            (self._input, load.input_tokens),
            (self._output, output),
            (self._requests_day, 1),
            (self._tokens_day, load.input_tokens),
        )
        return [(bucket, amount) for bucket, amount in charges if bucket is not None]

    def _refill(self) -> None:
        """What time has brought, and what answers that ended have taken."""
        now = self._clock.monotonic()
        scale = self._scale(now) * (1.0 - self._limits.others)
        for bucket in (self._requests, self._tokens, self._input, self._output, self._requests_day, self._tokens_day):
            if bucket is not None:
                bucket.refill(now, scale)
        while self._ends and self._ends[0] <= now:
            heapq.heappop(self._ends)
        while self._owed and self._owed[0].at <= now:
            self._count_made(heapq.heappop(self._owed).output_tokens)

    def _count_made(self, output_tokens: int) -> None:
        counted = (self._tokens, self._output) if self._counts_used else ()
        for bucket in (*counted, self._tokens_day):
            if bucket is not None:
                bucket.take(output_tokens)

    def _slot_wait_s(self) -> float:
        """Seconds until one of the requests that are being worked on has ended, where there may be no more."""
        most = self._limits.concurrency
        if most is None or len(self._ends) < most * (1.0 - self._limits.others):
            return 0.0
        return self._ends[0] - self._clock.monotonic()

    def _scale(self, now: float) -> float:
        """The share of each limit that the schedule leaves in force."""
        scale = 1.0
        for change in self._limits.schedule:
            if _holds(change.at_s, change.until_s, now - self._opened_at):
                scale *= change.factor
        return scale


_A_DAY = Rhythm(period_s=DAY_S, burst_s=DAY_S)


def _bucket(limit: int | None, rhythm: Rhythm, now: float) -> Bucket | None:
    return None if limit is None else Bucket(limit, rhythm, now)


def _mark(bucket: Bucket | None, scale: float) -> Mark | None:
    return None if bucket is None else bucket.mark(scale)


def _rhythm(limits: EmulatorLimits) -> Rhythm:
    """How what is counted by the minute comes back."""
    match limits.refill:
        case "steady":
            return Rhythm(burst_s=limits.burst_s)
        case "second":
            return Rhythm(burst_s=1.0, step_s=1.0)
        case "minute":
            return Rhythm(step_s=MINUTE_S)


def _requests_rhythm(limits: EmulatorLimits) -> Rhythm:
    """The same, with steps in which at least one request comes back."""
    rhythm = _rhythm(limits)
    least_s = MINUTE_S / (limits.rpm or MINUTE_S)
    if rhythm.step_s:
        step_s = max(rhythm.step_s, least_s)
        return Rhythm(burst_s=step_s, step_s=step_s)
    return Rhythm(burst_s=max(rhythm.burst_s, least_s))


def _holds(at_s: float, until_s: float | None, age_s: float) -> bool:
    """Whether a change is in force."""
    return at_s <= age_s and (until_s is None or age_s < until_s)
