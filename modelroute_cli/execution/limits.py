"""Pace: when the next request may go to an account, by its rate limits, its headers and its 429s. Pure, no waiting.

A lane is one provider account or one model of it (or one group of models that share a limit there); a request must
pass both. The account's lane knows what its settings say; the model's also learns from rate headers, which most
providers state for each model.

What a 429 does: nothing is sent on the lane until Retry-After is over, and the rate is cut once for the whole
episode; other requests that were in flight when it began add nothing. It is the model's unless its account has
limits of its own, or another model of the account was refused at the same time. Only a rate limit shrinks. 429s that
come at random, however slowly requests go, are found out (`strays.py`): they hold up the request alone.
"""

from dataclasses import dataclass, replace

from modelroute_cli.catalog.cards import ModelCard, Provider, limits_key
from modelroute_cli.execution.lane import NO_TOKENS, Expected, Lane, Sent
from modelroute_cli.providers.base import RateSignal


@dataclass(frozen=True, slots=True)
class Pass:
    """The two lanes one request goes through."""

    account: Lane
    model: Lane

    def wait_s(self, now: float) -> float:
        """Seconds until both lanes let it start."""
        return max(self.account.wait_s(now), self.model.wait_s(now, self.account.per_s))

    def paused_for_s(self, now: float) -> float:
        """Seconds that a 429 still asks to wait, whatever is in flight."""
        return max(self.account.paused_for_s(now), self.model.paused_for_s(now))

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

    def rate_limited(
        self, sent_at: float | Sent, retry_after_s: float | None, signal: RateSignal, now: float
    ) -> float | None:
        """It met a 429; seconds that nothing goes to its model now, None where only this request has to wait."""
        sent = sent_at if isinstance(sent_at, Sent) else None
        started_at = sent_at.at if isinstance(sent_at, Sent) else sent_at
        self.model.learn(signal, now, sent)
        self.model.limit(now)
        refusing, other = self.account, self.model
        if self.model.strays.known is not None or not self.account.is_refusing(self.model, now):
            refusing, other = other, refusing
        other.released()
        return refusing.rate_limited(started_at, retry_after_s, now)

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
        self._by_limit: dict[tuple[str, str], Lane] = {}
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
        """The lanes of a model: its account's, which all its models share, and its own or its group's.

        Of models that share a limit, the first to be used says what it is.
        """
        known = self._by_model.get(card.name)
        if known is None:
            account = self._by_provider.setdefault(provider.name, Lane(provider.limits, slow_start=False))
            own = self._by_limit.setdefault((provider.name, limits_key(card)), Lane(card.limits))
            known = self._by_model[card.name] = Pass(account, own)
            self.scale(self._share)
        return known

    def wait_s(self, card: ModelCard, now: float) -> float:
        """Seconds until a request may go to a model; inf when one in flight must end first, 0 where none was sent."""
        known = self._by_model.get(card.name)
        return 0.0 if known is None else known.wait_s(now)

    def paused_for_s(self, card: ModelCard, now: float) -> float:
        """Seconds that a 429 still asks a model to wait; the requests of others run on meanwhile."""
        known = self._by_model.get(card.name)
        return 0.0 if known is None else known.paused_for_s(now)

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
