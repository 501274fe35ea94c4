"""From a request's bytes to what is sent back and when: everything of the emulator but HTTP."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

import msgspec

from modelroute_cli.base.clock import Clock
from modelroute_cli.catalog.settings import EmulatorSettings
from modelroute_cli.emulator.accounts import Accounts, Passage
from modelroute_cli.emulator.asked import Refusal
from modelroute_cli.emulator.chance import around, chance
from modelroute_cli.emulator.dialects.base import Dialect, Heading, Incoming, Place
from modelroute_cli.emulator.dialects.chat import CHAT
from modelroute_cli.emulator.dialects.model_list import model_list
from modelroute_cli.emulator.exchange import Exchange, Posted, key_of
from modelroute_cli.emulator.faults import AccountFault, Fault, choose_fault
from modelroute_cli.emulator.generate import (
    Answer,
    Origin,
    generate,
    marked,
    prompt_tokens,
    replayed,
    with_cached,
)
from modelroute_cli.emulator.ledger import Ledger, Stats, Usage
from modelroute_cli.emulator.marked_cache import CacheUse, MarkedCache
from modelroute_cli.emulator.prompt_cache import Prompt, PromptCache
from modelroute_cli.emulator.replay.drift import Moment
from modelroute_cli.emulator.replay.replay import Replay
from modelroute_cli.emulator.spoiling import shown_bad, spoilt

MARK = {"x-modelroute-emulated": "1"}
_SPREAD = 0.35  # of the logarithm of the latency
_SLOW_TIMES, _SLOW_AT_LEAST_S = 20.0, 1.0
_STORM_WAIT_S = 0.25
_TOO_MANY = "Too many requests."
_KEEP_OPEN = frozenset({"deepseek", "openrouter"})
_BLANK_LINES_A_S = 3
_OK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """What to do about it: wait, then send, hold the line for ever, or break off half way."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    delay_s: float = 0.0
    fault: Fault | None = None
    blank_lines: int = 0  # sent while waiting, before the body, to keep the line open


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A request that was handed in, and when it is worked on by the steady clock."""

    posted: Posted
    at_s: float
    said_tier: str | None = None  # the tier that its answer names; None: as if it had been sent alone
    cached: CacheUse | None = None  # what the prompt cache gave when it was answered before


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What it gets; an error is not billed and has no usage."""

    status: int
    body: bytes
    model: str = ""
    usage: Usage | None = None
    cached: CacheUse = field(default_factory=CacheUse)


class Answering:
    """The provider accounts behind one emulator: limits, prompt cache and books."""

    def __init__(self, settings: EmulatorSettings, clock: Clock, replay: Replay | None = None) -> None:
        self._settings = settings
        self._clock = clock
        self._replay = replay
        self._accounts = Accounts(settings, clock)
        reading_s = settings.latency_s / 2  # before the first word of an answer
        self._cache, self._marked = PromptCache(reading_s=reading_s), MarkedCache(reading_s=reading_s)
        self.ledger = Ledger()

    def answer(self, incoming: Incoming, dialect: Dialect = CHAT) -> Outgoing:
        """The reply to one POST, the same for the same seed, body and number of earlier tries.

        Three things depend on what came before: the rate limits, the cached tokens, and which fault a retry meets.
        """
        key = key_of(incoming)
        nth = self.ledger.see(key, incoming.client_id)
        posted = Posted(incoming=incoming, dialect=dialect, digest=key, nth=nth)
        asked = dialect.read(incoming)
        if isinstance(asked, Refusal):
            self.ledger.refused += 1
            return self._error(posted, asked, self._accounts.passage(incoming.provider))
        fault = choose_fault(self._settings.faults, lambda: chance(self._settings.seed, key, "fault", nth))
        if fault:
            self.ledger.faults[fault] += 1
        passage = self._accounts.passage(incoming.provider, asked.model)
        return self._admit(
            Exchange(posted=posted, asked=asked, tokens=prompt_tokens(asked), fault=fault, passage=passage)
        )

    def delivered(self, incoming: Incoming) -> None:
        """Note that an answer arrived whole."""
        self.ledger.deliver(key_of(incoming))

    def line(self, given: Given) -> Served:
        """What one line of a batch, or a background request, gets: what it would get alone, but for limits and time.

        Content faults of the settings (empty, truncated, refusal) are met here too; nothing is billed.
        """
        posted, asked = given.posted, given.posted.dialect.read(given.posted.incoming)
        if isinstance(asked, Refusal):
            place = self._place(posted, self._accounts.passage(posted.incoming.provider))
            return Served(status=asked.status, body=posted.dialect.error(asked, place))
        fault = choose_fault(self._settings.faults, lambda: chance(self._settings.seed, posted.digest, "line"))
        passage = self._accounts.passage(posted.incoming.provider, asked.model)
        asked = asked if given.said_tier is None else replace(asked, tier=given.said_tier)
        exchange = Exchange(posted=posted, asked=asked, tokens=prompt_tokens(asked), fault=fault, passage=passage)
        answer = spoilt(self._generated(exchange, given.at_s), exchange)
        use = self._read_cache(exchange, given.at_s) if given.cached is None else given.cached
        answer = with_cached(answer, use)
        exchange = replace(exchange, fault=None)
        return Served(status=_OK, body=self._body(answer, exchange), model=asked.model, usage=answer.usage, cached=use)

    def stats(self) -> Stats:
        """The books as they stand, a replay's among them."""
        stats = self.ledger.stats()
        return stats if self._replay is None else msgspec.structs.replace(stats, replay=self._replay.stats())

    def failed_line(self, posted: Posted) -> Served:
        """The error of a provider that fails at a line."""
        broken = posted.dialect.broken
        place = self._place(posted, self._accounts.passage(posted.incoming.provider))
        return Served(status=broken.status, body=posted.dialect.error(broken, place))

    def models(self, provider: str, headers: Mapping[str, str]) -> bytes:
        """The body of GET /models."""
        return model_list(provider, headers, sorted(self.ledger.models))

    def _admit(self, exchange: Exchange) -> Outgoing:
        """Past the limits, or a 429."""
        if exchange.fault in {"unauthorized", "unpaid"}:
            return self._stopped(exchange, exchange.fault)
        if exchange.passage.is_out:
            self.ledger.faults["outage"] += 1
            return self._broken(exchange)
        if exchange.fault == "rate_limited":
            return replace(self._too_many(exchange, _STORM_WAIT_S), fault=exchange.fault)
        wait = exchange.passage.admit(exchange.load)
        if wait is not None:
            return self._too_many(exchange, wait.told_s)
        if exchange.fault == "server_error":
            exchange.passage.failed(exchange.load)
            return replace(self._broken(exchange), fault=exchange.fault)
        return self._generate(exchange)

    def _generate(self, exchange: Exchange) -> Outgoing:
        """An answer, billed from here on, with its fault done to it; an error in its place is not billed."""
        answer = spoilt(self._answer(exchange), exchange)
        if exchange.fault != "error_in_200":
            self.ledger.bill(exchange.asked.model, answer.usage)
        delay_s = self._delay_s(answer, exchange)
        exchange.passage.works(self._clock.monotonic() + delay_s, answer.usage.completion_tokens)
        return Outgoing(
            status=_OK,
            headers=self._headers(exchange.posted, exchange.passage),
            body=self._body(answer, exchange),
            delay_s=delay_s,
            fault=exchange.fault,
            blank_lines=_blank_lines(exchange, delay_s),
        )

    def _answer(self, exchange: Exchange) -> Answer:
        """The answer with what the prompt cache gave."""
        now_s = self._clock.monotonic()
        return with_cached(self._generated(exchange, now_s), self._read_cache(exchange, now_s))

    def _generated(self, exchange: Exchange, at_s: float) -> Answer:
        """The answer without a prompt cache: what a replay says, else a plausible one."""
        origin = Origin(seed=self._settings.seed, digest=exchange.posted.digest, input_tokens=exchange.tokens)
        said = None if self._replay is None else self._replay.said(exchange.asked, self._moment(exchange, at_s))
        if said is None:
            return generate(exchange.asked, origin)
        return shown_bad(replayed(exchange.asked, origin, said), said.spoilt, exchange.posted.dialect)

    def _moment(self, exchange: Exchange, at_s: float) -> Moment:
        """When an answer is made: of a line of a batch, when it came up."""
        at = self._clock.now() - timedelta(seconds=self._clock.monotonic() - at_s)
        return Moment(monotonic_s=at_s, at=at, digest=exchange.posted.digest)

    def _read_cache(self, exchange: Exchange, now: float) -> CacheUse:
        """What the provider's prompt cache gives: of what was marked where marks decide, else of any beginning."""
        asked = exchange.asked
        owner = f"{exchange.posted.incoming.provider}|{asked.model}"
        if asked.marks is not None:
            return self._marked.use(owner, marked(asked), now)
        if exchange.tokens.total < asked.least_cached:
            return CacheUse()
        prompt = Prompt(asked.prompt(), exchange.tokens.total, asked.least_cached)
        return CacheUse(read=self._cache.read(owner, prompt, now))

    def _body(self, answer: Answer, exchange: Exchange) -> bytes:
        """The bytes of the answer, or what a fault makes of them."""
        request = exchange.posted
        heading = Heading(
            id=request.name,
            created=int(self._clock.now().timestamp()),
            model=exchange.asked.model,
            provider=request.incoming.provider,
            service_tier=exchange.asked.tier,
        )
        if exchange.fault == "error_in_200":
            return request.dialect.error_in_200(heading)
        body = request.dialect.reply(answer, heading, exchange.asked)
        return body[: len(body) // 2] if exchange.fault == "malformed" else body

    def _delay_s(self, answer: Answer, exchange: Exchange) -> float:
        """Seconds from the request to the whole answer: lognormal around latency plus the time its tokens take."""
        usual = self._settings.latency_s + answer.usage.completion_tokens / self._settings.tokens_per_s
        if not self._settings.latency_s:
            usual = 0.0
        if exchange.fault == "slow":
            usual = max(_SLOW_TIMES * usual, _SLOW_AT_LEAST_S)
        if not usual:
            return 0.0
        return around(usual, _SPREAD, chance(self._settings.seed, exchange.posted.digest, "latency"))

    def _too_many(self, exchange: Exchange, wait_s: float | None) -> Outgoing:
        """A 429, which says how long to wait unless this account never does."""
        self.ledger.rate_limited += 1
        refusal = exchange.posted.dialect.too_many(wait_s or 0.0, exchange.asked)
        if wait_s is None:
            refusal = replace(refusal, message=_TOO_MANY, wait_s=None)
        return self._error(exchange.posted, refusal, exchange.passage)

    def _broken(self, exchange: Exchange) -> Outgoing:
        """The error of a provider that fails."""
        return self._error(exchange.posted, exchange.posted.dialect.broken, exchange.passage)

    def _stopped(self, exchange: Exchange, fault: AccountFault) -> Outgoing:
        """The error for an account without a key or without money."""
        refusal = exchange.posted.dialect.stopped(fault, exchange.posted.incoming.provider)
        return self._error(exchange.posted, refusal, exchange.passage)

    def _error(self, posted: Posted, refusal: Refusal, passage: Passage) -> Outgoing:
        """An error with the headers every answer has."""
        waiting = {} if refusal.wait_s is None else posted.dialect.wait_headers(refusal.wait_s)
        return Outgoing(
            status=refusal.status,
            headers={**self._headers(posted, passage), **waiting},
            body=posted.dialect.error(refusal, self._place(posted, passage)),
        )

    def _headers(self, posted: Posted, passage: Passage) -> Mapping[str, str]:
        """The mark, and where the account stands with its limits, where it says so."""
        headers = {**MARK, **posted.dialect.headers(self._place(posted, passage))}
        if passage.says_limits:
            return headers
        return {name: value for name, value in headers.items() if "ratelimit" not in name}

    def _place(self, posted: Posted, passage: Passage) -> Place:
        """Who answers, and how the account stands."""
        provider = posted.incoming.provider
        return Place(provider=provider, request_id=posted.name, now=self._clock.now(), standing=passage.standing())


def _blank_lines(exchange: Exchange, delay_s: float) -> int:
    """DeepSeek and OpenRouter under load keep the line open with blank lines, here three a second and at least one."""
    keeps_open = exchange.posted.incoming.provider in _KEEP_OPEN and exchange.fault == "slow"
    return math.ceil(delay_s * _BLANK_LINES_A_S) if keeps_open else 0
