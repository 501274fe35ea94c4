"""What one provider account, or one model of it, takes now: rates, days, 429s and what is in flight. Pure, no waiting.

Requests and tokens are both paced, tokens as providers count them at admission: the input and the whole output limit.
Where a provider counts input and output apart, or by the day, it counts what is used, so the expected output is
paced, and put right once the answer says what it took.
"""

from dataclasses import dataclass
from math import inf
from typing import NamedTuple

from modelroute_cli.base.schema import Usage
from modelroute_cli.catalog.cards import Limits
from modelroute_cli.execution.buckets import Bucket, DayCount, Said, parts_of
from modelroute_cli.execution.governor import Governor
from modelroute_cli.execution.observed import Load
from modelroute_cli.execution.strays import Before, Strays, Taken
from modelroute_cli.execution.window import Window
from modelroute_cli.providers.base import RateSignal

_TOGETHER_S = 2.0  # two models refused so near to each other share what refused them
_SHARED_FOR_S = 120.0  # that an account is held to such a find
_FIRST_PAUSE_S = 1.0
_LOOK_EACH = 64  # requests
_LONGEST_PAUSE_S = 30.0
_SILENT = RateSignal()


@dataclass(frozen=True, slots=True)
class Expected:
    """The tokens that a request is expected to take, where a provider counts what was used and not the limit."""

    input_tokens: int
    output_tokens: int


NO_TOKENS = Expected(0, 0)


def taken_of(usage: Usage) -> Expected:
    """What an answer took of limits that count what is used; Anthropic counts no input that its cache held."""
    return Expected(usage.input_tokens - usage.cache_read_tokens, usage.output_tokens)


class Sent(NamedTuple):
    """When a request was sent, what was expected of it, and how much its lane had taken by then."""

    at: float
    expected: Expected
    requests: int
    tokens: int
    input_tokens: int
    output_tokens: int


class Lane:
    """What one account (or one model of it) takes now; times are seconds of a steady clock."""

    def __init__(self, limits: Limits, *, slow_start: bool = True) -> None:
        self.requests = Bucket(limits.rpm)
        self.tokens = Bucket(limits.tpm)
        self.input_tokens = Bucket(limits.input_tpm)
        self.output_tokens = Bucket(limits.output_tpm)
        self.requests_day = DayCount(limits.rpd)
        self.tokens_day = DayCount(limits.tpd)
        self.governor = Governor()
        self.window = Window(limits.concurrency, slow_start=slow_start)
        self.strays = Strays()
        self._buckets = (self.requests, self.tokens, self.input_tokens, self.output_tokens)
        self.per_s = inf  # requests a second that the limits of a minute allow; inf where none is known
        self._look()
        self._paused_until = -inf
        self._episode_began = -inf
        self._pauses_in_a_row = 0
        self._limited_since: float | None = None
        self._refused: tuple[Lane | None, float] = (None, -inf)
        self._shared_until = -inf
        self.held_until = -inf  # by a circuit breaker, or a wait that the provider named: inf while a probe is out

    @property
    def in_flight(self) -> int:
        """Requests that were started and have not ended."""
        return self.window.in_flight

    @property
    def is_stated(self) -> bool:
        """Whether any rate of a minute is known."""
        return bool(self._known)

    def wait_s(self, now: float, others_per_s: float = inf) -> float:
        """Seconds until a request may start: 0 now, inf when one in flight must end first.

        `others_per_s` is a rate that holds too, of the account.
        """
        return max(self.window.room_in_s(now, min(self.per_s, others_per_s)), self.rate_wait_s(now))

    @property
    def is_full(self) -> bool:
        """Whether one in flight must end before another starts."""
        return self.window.room_in_s(inf, self.per_s) == inf

    def is_refusing(self, model: "Lane", now: float) -> bool:
        """Whether a 429 to this model is its account's, as this is one: it has limits, or others were refused too."""
        other, at = self._refused
        self._refused = (model, now)
        if self.is_stated or (other not in (None, model) and now - at <= _TOGETHER_S):
            self._shared_until = now + _SHARED_FOR_S
        return now < self._shared_until

    def is_short_of_tokens(self, now: float) -> bool:
        """Whether the next request waits for tokens of input and output limit together, and for nothing longer."""
        return now < self.tokens.ready_at() >= max(bucket.ready_at() for bucket in self._buckets)

    def scale(self, share: float) -> None:
        """Use this share of the rates, above 0."""
        self.governor.share = self.window.share = share
        for bucket in self._buckets:
            bucket.share = share
        self._look()

    def rate_wait_s(self, now: float) -> float:
        """The same by rates alone, whatever is in flight."""
        ready_at = max(self._paused_until, self.held_until, self.governor.ready_at())
        for bucket in self._known:
            ready_at = max(ready_at, bucket.ready_at())
        wait_s = ready_at - now if ready_at > now else 0.0
        return max(wait_s, self.day_wait_s(now)) if self._knows_days else wait_s

    def paused_for_s(self, now: float) -> float:
        """Seconds that a 429 still asks to wait."""
        return max(0.0, self._paused_until - now)

    def day_wait_s(self, now: float) -> float:
        """Seconds until the limits of the day leave room for a request."""
        return max(0.0, self.requests_day.ready_at(now) - now, self.tokens_day.ready_at(now) - now)

    def start(self, tokens: int, now: float, expected: Expected = NO_TOKENS) -> Sent:
        """Count a request that is sent now; `tokens` is its input estimate plus its output limit."""
        self.window.started(now, expected.output_tokens)
        self.governor.take(now)
        self.requests.take(1, now)
        self.tokens.take(tokens, now)
        self.input_tokens.take(expected.input_tokens, now)
        self.output_tokens.take(expected.output_tokens, now)
        self.requests_day.take(1, now)
        self.tokens_day.take(expected.input_tokens + expected.output_tokens, now)
        if self.requests.taken % _LOOK_EACH == 0:
            self._look()
        return Sent(
            now,
            expected,
            self.requests.taken,
            self.tokens.taken,
            self.input_tokens.taken,
            self.output_tokens.taken,
        )

    def answered(self, now: float, sent: Sent | None = None) -> None:
        """A request was answered: the lane flows."""
        self.window.answered(None if sent is None else now - sent.at)
        sent_at = now if sent is None else sent.at
        self.governor.answered(sent_at, now)
        self.strays.answered()
        if sent_at >= self._episode_began:
            self._pauses_in_a_row = 0
            self._limited_since = None

    def released(self) -> None:
        """A request ended without word of the account: nothing is learned."""
        self.window.released()

    def rate_limited(self, started_at: float, retry_after_s: float | None, now: float) -> float | None:
        """A 429 that passes, to a request sent at `started_at`; seconds that the lane now waits, None for a stray."""
        begins = started_at >= self._episode_began
        if self._is_stray(now, begins=begins):
            self.window.released()
            self.governor.strayed()
            return None
        if begins:
            self._episode_began = now
            self._pauses_in_a_row += 1
        self.window.refused(begins=begins)
        self.governor.refused(now, begins=begins)
        pause_s = self._own_pause_s() if retry_after_s is None else retry_after_s
        self._paused_until = max(self._paused_until, now + pause_s)
        return self._paused_until - now

    def _is_stray(self, now: float, *, begins: bool) -> bool:
        """Whether a 429 came by chance, whatever the pace; what earlier ones of the kind taught is forgotten."""
        if begins and self.strays.known is None:
            window, governor = self.window, self.governor
            asked = governor.asked_per_s(now)
            taken = Taken(self.requests.taken, self.tokens.taken)
            before = self.strays.began(
                Before(now, governor.passed, asked, window.in_flight, taken, governor.taught, window.room)
            )
            if before is not None:
                governor.take_back(before.taught, now)
                window.take_back(before.room)
                self._pauses_in_a_row = 0
                return True
        self.strays.refused()
        return self.strays.known is not None

    def limit(self, now: float) -> None:
        """Note that a 429 came back."""
        self._limited_since = now if self._limited_since is None else self._limited_since

    def limited_for_s(self, now: float) -> float:
        """For how long nothing but 429s has come back."""
        return 0.0 if self._limited_since is None else now - self._limited_since

    def used(self, expected: Expected, really: Expected, now: float) -> None:
        """Put right what was expected of a request, where what is used counts."""
        self.input_tokens.correct(really.input_tokens - expected.input_tokens, now)
        self.output_tokens.correct(really.output_tokens - expected.output_tokens, now)

    def learn(self, signal: RateSignal, now: float, sent: Sent | None = None) -> None:
        """What the rate headers of an answer say.

        Where input and output are stated apart, the two together are not paced: Anthropic's sum counts no output
        limit, only output that was made, and what it states is the tightest of several limits.
        """
        if signal == _SILENT:
            return
        self.requests_day.learn(signal.limit_requests_day, signal.remaining_requests_day, now)
        taken, age_s = (None,) * 4 if sent is None else sent[2:], 0.0 if sent is None else now - sent.at
        for bucket, (limit, remaining, reset_s), before in zip(self._buckets, parts_of(signal), taken, strict=True):
            if limit is not None or remaining is not None:
                bucket.learn(Said(limit, remaining, reset_s, before, age_s), now)
        if len(self._known) < len(self._buckets) or not self._knows_days:
            self._look()

    def rated_s(self, load: Load, now: float) -> float:
        """How long requests planned as `load` take here by the rates that are known; 0 where none is."""
        units = (load.requests, load.paced_tokens, load.input_tokens, load.output_tokens)
        stated = max(unit / bucket.rate_at(now) for unit, bucket in zip(units, self._buckets, strict=True))
        return max(stated, load.requests / self.governor.rate if self.governor.rate else 0.0)

    def _look(self) -> None:
        """Note which limits are known, and how many requests of the size so far they allow."""
        self._known = tuple(bucket for bucket in self._buckets if bucket.per_s is not None)
        self._knows_days = self.requests_day.stated is not None or self.tokens_day.stated is not None
        requests = max(self.requests.taken, 1)
        self.per_s = min(
            ((bucket.per_s or 0.0) * requests / max(bucket.taken, 1) for bucket in self._known),
            default=inf,
        )

    def _own_pause_s(self) -> float:
        """Doubling pauses where the provider names none."""
        return min(_FIRST_PAUSE_S * 2.0 ** (self._pauses_in_a_row - 1), _LONGEST_PAUSE_S)
