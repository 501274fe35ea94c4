"""Pace: when the next request may go to an account, by its rate limits, its headers and its 429s. Pure, no waiting.

A lane is one provider account or one model of it (or one group of models that share a limit there); a request must
pass both. The account's lane knows what its settings say; the model's also learns from rate headers, which most
providers state for each model.

What a 429 does: nothing is sent on the lane until Retry-After is over, and the rate is cut once for the whole
episode; other requests that were in flight when it began add nothing. It is the model's unless its account has
limits of its own, or another model of the account was refused at the same time. Only a rate limit shrinks.
"""

from dataclasses import dataclass
from math import inf

from modelroute_cli.catalog.cards import Limits, ModelCard, Provider
from modelroute_cli.execution.lane import NO_TOKENS, Expected, Lane, Sent
from modelroute_cli.execution.observed import Load
from modelroute_cli.providers.base import RateSignal

_TOGETHER_S = 2.0  # two models refused so near to each other share what refused them
_SHARED_FOR_S = 120.0  # that an account is held to such a find


class Account:
    """The lane of an account, and which of its models were refused last."""

    def __init__(self, limits: Limits) -> None:
        self.lane = Lane(limits, slow_start=False)
        self._refused: tuple[Lane | None, float] = (None, -inf)
        self._shared_until = -inf

    def is_refusing(self, model: Lane, now: float) -> bool:
        """Whether a 429 to this model is the account's."""
        other, at = self._refused
        self._refused = (model, now)
        if self.lane.is_stated or (other not in (None, model) and now - at <= _TOGETHER_S):
            self._shared_until = now + _SHARED_FOR_S
        return now < self._shared_until


@dataclass(frozen=True, slots=True)
class Pass:
    """The two lanes one request goes through."""

    owner: Account
    model: Lane

    @property
    def account(self) -> Lane:
        """The lane that all models of the account share."""
        return self.owner.lane

    def wait_s(self, now: float) -> float:
        """Seconds until both lanes let it start."""
        return max(self.account.wait_s(now), self.model.wait_s(now, self.account.stated_per_s()))

    def pause_s(self, now: float) -> float:
        """Seconds that a 429 still asks to wait, whatever is in flight."""
        return max(self.account.pause_s(now), self.model.pause_s(now))

    def seconds_for(self, load: Load, now: float) -> float:
        """How long requests planned as `load` take, by the limits that are known."""
        return max(self.account.seconds_for(load, now), self.model.seconds_for(load, now))

    def start(self, tokens: int, now: float, expected: Expected = NO_TOKENS) -> Sent:
        """Count it in both."""
        self.account.start(tokens, now, expected)
        return self.model.start(tokens, now, expected)

    def day_wait_s(self, now: float) -> float:
        """Seconds until the limits of the day leave room for a request."""
        return max(self.account.day_wait_s(now), self.model.day_wait_s(now))

    def answered(self, signal: RateSignal, now: float, sent: Sent | None = None) -> None:
        """It was answered, and the account flows."""
        self.account.answered(now, sent)
        self.model.answered(now, sent)
        self.model.learn(signal, now, sent)

    def used(self, sent: Sent, really: Expected, now: float) -> None:
        """Put right what was expected of it, once the answer says what it took."""
        self.account.used(sent.expected, really, now)
        self.model.used(sent.expected, really, now)

    def released(self) -> None:
        """It ended without word of the account."""
        self.account.released()
        self.model.released()

    def rate_limited(self, sent_at: float | Sent, retry_after_s: float | None, signal: RateSignal, now: float) -> float:
        """It met a 429; seconds that nothing goes to its model now."""
        sent = sent_at if isinstance(sent_at, Sent) else None
        started_at = sent.at if sent is not None else sent_at
        self.model.learn(signal, now, sent)
        self.model.limit(now)
        refusing, other = self.account, self.model
        if not self.owner.is_refusing(self.model, now):
            refusing, other = other, refusing
        other.released()
        return refusing.rate_limited(started_at, retry_after_s, now)

    def limited_for_s(self, now: float) -> float:
        """For how long nothing but 429s has come back for this model."""
        return self.model.limited_for_s(now)


class Lanes:
    """The lanes of a run, and what was closed in it: an account that refused the key, a model without quota."""

    def __init__(self) -> None:
        self._by_provider: dict[str, Account] = {}
        self._by_model: dict[str, Pass] = {}
        self._closed: dict[tuple[str, str | None], str] = {}

    def passage(self, card: ModelCard, provider: Provider) -> Pass:
        """The lanes of a model: its account's, which all its models share, and its own."""
        known = self._by_model.get(card.name)
        if known is None:
            account = self._by_provider.setdefault(provider.name, Account(provider.limits))
            known = self._by_model[card.name] = Pass(account, Lane(card.limits))
        return known

    def wait_s(self, card: ModelCard, now: float) -> float:
        """Seconds until a request may go to a model; inf when one in flight must end first, 0 where none was sent."""
        known = self._by_model.get(card.name)
        return 0.0 if known is None else known.wait_s(now)

    def pause_s(self, card: ModelCard, now: float) -> float:
        """Seconds that a 429 still asks a model to wait; the requests of others run on meanwhile."""
        known = self._by_model.get(card.name)
        return 0.0 if known is None else known.pause_s(now)

    def close(self, provider: str, model: str | None, reason: str) -> bool:
        """Send nothing more to a model, or with None to its whole account; True when that is new."""
        if (provider, model) in self._closed:
            return False
        self._closed[provider, model] = reason
        return True

    def closed(self, card: ModelCard) -> str | None:
        """Why nothing may be sent to this model; None when it may."""
        return self._closed.get((card.provider, None)) or self._closed.get((card.provider, card.name))

    def refused(self, card: ModelCard) -> bool:
        """Whether its whole account was closed."""
        return (card.provider, None) in self._closed
