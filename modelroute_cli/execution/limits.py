"""Pace: when the next request may go to an account, by its rate limits, its headers and its 429s. Pure, no waiting.

A lane is one provider account or one model of it; a request must pass both. The account's lane knows what its
settings say; the model's also learns from rate headers, which most providers state for each model. Requests
and tokens are both paced, tokens as providers count them at admission: the input and the whole output limit.
Where a provider counts input and output apart, or by the day, it counts what is used, so the expected output is paced.
Bursts are kept to a second, since some providers enforce by the second.

What a 429 does: nothing is sent on the lane until Retry-After is over, and pace and window are cut once for
the whole episode; other requests that were in flight when it began add nothing. Only a rate limit shrinks.
"""

from dataclasses import dataclass, replace
from math import inf

from modelroute_cli.catalog.cards import Limits, ModelCard, Provider
from modelroute_cli.execution.buckets import Bucket, DayCount
from modelroute_cli.providers.base import RateSignal

_FIRST_WINDOW = 8
_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 60.0


@dataclass(frozen=True, slots=True)
class Expected:
    """The tokens that a request is expected to take, where a provider counts what was used and not the limit."""

    input_tokens: int
    output_tokens: int


class Lane:
    """What one account (or one model of it) takes now; times are seconds of a steady clock."""

    def __init__(self, limits: Limits) -> None:
        self.requests = Bucket(limits.rpm)
        self.tokens = Bucket(limits.tpm)
        self.input_tokens = Bucket(limits.input_tpm)
        self.output_tokens = Bucket(limits.output_tpm)
        self.requests_day = DayCount(limits.rpd)
        self.tokens_day = DayCount(limits.tpd)
        self.in_flight = 0
        self._most = float(limits.concurrency) if limits.concurrency else inf
        self._window = min(float(_FIRST_WINDOW), self._most)
        self._threshold = inf  # below it the window grows by one an answer, above by one a round
        self._paused_until = -inf
        self._episode_began = -inf
        self._pauses_in_a_row = 0
        self._limited_since: float | None = None
        self.held_until = -inf  # by a circuit breaker, or a wait that the provider named: inf while a probe is out

    def wait_s(self, now: float) -> float:
        """Seconds until a request may start: 0 now, inf when one in flight must end first."""
        if self.in_flight >= int(self._window):
            return inf
        if now < self.held_until:
            return self.held_until - now
        ready_at = max(bucket.ready_at() for bucket in self._buckets)
        return max(0.0, self._paused_until - now, ready_at - now, self.day_wait_s(now))

    def paused_for_s(self, now: float) -> float:
        """Seconds that a 429 still keeps it waiting."""
        return max(0.0, self._paused_until - now)

    @property
    def is_full(self) -> bool:
        """Whether one in flight must end before another starts."""
        return self.in_flight >= int(self._window)

    def scale(self, share: float) -> None:
        """Use this share of the rates, above 0."""
        for bucket in self._buckets:
            bucket.share = share

    def day_wait_s(self, now: float) -> float:
        """Seconds until the limits of the day leave room for a request."""
        return max(0.0, self.requests_day.ready_at(now) - now, self.tokens_day.ready_at(now) - now)

    def start(self, tokens: int, now: float, expected: Expected | None = None) -> None:
        """Count a request that is sent now; `tokens` is its input estimate plus its output limit."""
        self.in_flight += 1
        self.requests.take(1, now)
        self.tokens.take(tokens, now)
        self.requests_day.take(1, now)
        if expected is not None:
            self.input_tokens.take(expected.input_tokens, now)
            self.output_tokens.take(expected.output_tokens, now)
            self.tokens_day.take(expected.input_tokens + expected.output_tokens, now)

    def answered(self) -> None:
        """A request was answered: the lane flows."""
        self.in_flight -= 1
        self._pauses_in_a_row = 0
        self._limited_since = None
        self._window = min(self._window + self._growth(), self._most)
        for bucket in self._buckets:
            bucket.recover()

    def released(self) -> None:
        """A request ended without word of the account: nothing is learned."""
        self.in_flight -= 1

    def restart(self) -> None:
        """Begin with few at a time again, as at first: who comes back from an outage may not bear all at once."""
        self._window = min(self._window, float(_FIRST_WINDOW))

    def rate_limited(self, started_at: float, retry_after_s: float | None, now: float) -> float:
        """A 429 that passes, to a request sent at `started_at`; seconds that the lane now waits."""
        self.in_flight -= 1
        self._limited_since = now if self._limited_since is None else self._limited_since
        if started_at >= self._episode_began:
            self._begin_episode(now)
        pause_s = self._own_pause_s() if retry_after_s is None else retry_after_s
        self._paused_until = max(self._paused_until, now + pause_s)
        return self._paused_until - now

    def learn(self, signal: RateSignal, now: float) -> None:
        """What the rate headers of an answer say.

        Where input and output are stated apart, the two together are not paced: Anthropic's sum counts no output
        limit, only output that was made, and what it states is the tightest of several limits.
        """
        self.requests.learn(signal.limit_requests, signal.remaining_requests, now)
        self.input_tokens.learn(signal.limit_input_tokens, signal.remaining_input_tokens, now)
        self.output_tokens.learn(signal.limit_output_tokens, signal.remaining_output_tokens, now)
        self.requests_day.learn(signal.limit_requests_day, signal.remaining_requests_day, now)
        if signal.limit_input_tokens is None and signal.limit_output_tokens is None:
            self.tokens.learn(signal.limit_tokens, signal.remaining_tokens, now)

    def is_short_of_tokens(self, now: float) -> bool:
        """Whether the next request waits for tokens of input and output limit together, and for nothing longer."""
        return now < self.tokens.ready_at() >= max(bucket.ready_at() for bucket in self._buckets)

    @property
    def _buckets(self) -> tuple[Bucket, ...]:
        return (self.requests, self.tokens, self.input_tokens, self.output_tokens)

    def limited_for_s(self, now: float) -> float:
        """For how long nothing but 429s has come back."""
        return 0.0 if self._limited_since is None else now - self._limited_since

    def _begin_episode(self, now: float) -> None:
        self._episode_began = now
        self._pauses_in_a_row += 1
        self._window = max(1.0, min(self._window, self.in_flight + 1.0) / 2)
        self._threshold = self._window
        for bucket in self._buckets:
            bucket.cut()

    def _own_pause_s(self) -> float:
        """Doubling pauses where the provider names none."""
        return min(_FIRST_PAUSE_S * 2.0 ** (self._pauses_in_a_row - 1), _LONGEST_PAUSE_S)

    def _growth(self) -> float:
        return 1.0 if self._window < self._threshold else 1.0 / self._window


@dataclass(frozen=True, slots=True)
class Pass:
    """The two lanes one request goes through."""

    account: Lane
    model: Lane

    def wait_s(self, now: float) -> float:
        """Seconds until both lanes let it start."""
        return max(self.account.wait_s(now), self.model.wait_s(now))

    def start(self, tokens: int, now: float, expected: Expected | None = None) -> None:
        """Count it in both."""
        self.account.start(tokens, now, expected)
        self.model.start(tokens, now, expected)

    def day_wait_s(self, now: float) -> float:
        """Seconds until the limits of the day leave room for a request."""
        return max(self.account.day_wait_s(now), self.model.day_wait_s(now))

    def answered(self, signal: RateSignal, now: float) -> None:
        """It was answered, and the account flows."""
        self.account.answered()
        self.model.answered()
        self.model.learn(signal, now)

    def released(self) -> None:
        """It ended without word of the account."""
        self.account.released()
        self.model.released()

    def rate_limited(self, started_at: float, retry_after_s: float | None, signal: RateSignal, now: float) -> float:
        """It met a 429; seconds that its account now waits."""
        self.model.learn(signal, now)
        self.model.rate_limited(started_at, retry_after_s, now)
        return self.account.rate_limited(started_at, retry_after_s, now)

    def is_short_of_tokens(self, now: float) -> bool:
        """Whether either lane lacks the tokens that output limits claim."""
        return self.account.is_short_of_tokens(now) or self.model.is_short_of_tokens(now)

    def limited_for_s(self, now: float) -> float:
        """For how long nothing but 429s has come back for this model."""
        return self.model.limited_for_s(now)


@dataclass(frozen=True, slots=True)
class Closing:
    """Why nothing goes to a model; `may_pass` when it may open again. The number tells it from earlier ones."""

    reason: str
    number: int
    may_pass: bool


class Lanes:
    """The lanes of a run, and what is closed in it: an account that refused the key, a model without quota or down."""

    def __init__(self) -> None:
        self._by_provider: dict[str, Lane] = {}
        self._by_model: dict[str, Pass] = {}
        self._closed: dict[tuple[str, str | None], Closing] = {}
        self._closings = 0
        self._share = 1.0

    def scale(self, share: float) -> None:
        """Use this share of every rate, above 0; lanes that come later too."""
        self._share = share
        for lane in self._by_provider.values():
            lane.scale(share)
        for known in self._by_model.values():
            known.model.scale(share)

    def passage(self, card: ModelCard, provider: Provider) -> Pass:
        """The lanes of a model: its account's, which all its models share, and its own."""
        known = self._by_model.get(card.name)
        if known is None:
            account = self._by_provider.setdefault(provider.name, Lane(provider.limits))
            known = self._by_model[card.name] = Pass(account, Lane(card.limits))
            self.scale(self._share)
        return known

    def close(self, provider: str, model: str | None, reason: str) -> bool:
        """Send nothing more to a model, or with None to its whole account; True when that is new."""
        known = self._closed.get((provider, model))
        if known is not None and not known.may_pass:
            return False
        self._set(provider, model, reason, may_pass=False)
        return True

    def shut(self, provider: str, model: str | None, reason: str) -> bool:
        """Let the requests of a model, or account, go elsewhere until it opens again; True when that is new."""
        if (provider, model) in self._closed:
            return False
        self._set(provider, model, reason, may_pass=True)
        return True

    def reopen(self, provider: str, model: str | None) -> bool:
        """Take requests again after `shut`; True when that is new."""
        known = self._closed.get((provider, model))
        if known is None or not known.may_pass:
            return False
        del self._closed[provider, model]
        return True

    def renew(self) -> None:
        """Number all that may pass anew, so that the requests that wait for it are looked at again."""
        for key, closing in self._closed.items():
            if closing.may_pass:
                self._closings += 1
                self._closed[key] = replace(closing, number=self._closings)

    def closing(self, card: ModelCard) -> Closing | None:
        """What keeps requests from this model: what stays comes before what may pass; None when nothing does."""
        if not self._closed:
            return None
        account, own = self._closed.get((card.provider, None)), self._closed.get((card.provider, card.name))
        found = [closing for closing in (account, own) if closing is not None]
        return min(found, key=lambda closing: (closing.may_pass, -closing.number), default=None)

    def closed(self, card: ModelCard) -> str | None:
        """Why nothing may be sent to this model now; None when it may."""
        closing = self.closing(card)
        return None if closing is None else closing.reason

    def gone(self, card: ModelCard) -> str | None:
        """Why nothing will be sent to this model in this run; None when it is open, or may open again."""
        closing = self.closing(card)
        return None if closing is None or closing.may_pass else closing.reason

    def refused(self, card: ModelCard) -> bool:
        """Whether its whole account was closed for good."""
        closing = self._closed.get((card.provider, None))
        return closing is not None and not closing.may_pass

    def _set(self, provider: str, model: str | None, reason: str, *, may_pass: bool) -> None:
        self._closings += 1
        self._closed[provider, model] = Closing(reason, self._closings, may_pass)
