"""From a request's bytes to what is sent back and when: everything of the emulator but HTTP."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from modelroute_cli.base.clock import Clock
from modelroute_cli.catalog.settings import EmulatorSettings
from modelroute_cli.emulator.asked import Asked, Refusal, digest
from modelroute_cli.emulator.chance import around, chance
from modelroute_cli.emulator.dialects.base import Dialect, Heading, Incoming, Place
from modelroute_cli.emulator.dialects.chat import CHAT
from modelroute_cli.emulator.dialects.model_list import model_list
from modelroute_cli.emulator.faults import AccountFault, Fault, choose_fault
from modelroute_cli.emulator.generate import (
    Answer,
    Counted,
    Origin,
    emptied,
    generate,
    marked,
    prompt_tokens,
    truncated,
    with_cached,
)
from modelroute_cli.emulator.ledger import Ledger
from modelroute_cli.emulator.marked_cache import CacheUse, MarkedCache
from modelroute_cli.emulator.prompt_cache import Prompt, PromptCache
from modelroute_cli.emulator.rate_limits import AccountLimits

MARK = {"x-modelroute-emulated": "1"}
_USUAL_LIMIT = 4096  # output tokens counted against the tokens a minute when the client names no limit
_SPREAD = 0.35  # of the logarithm of the latency
_SLOW_TIMES, _SLOW_AT_LEAST_S = 20.0, 1.0
_STORM_WAIT_S = 0.25
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
class _Request:
    """A request before it is understood."""

    incoming: Incoming
    dialect: Dialect
    digest: bytes
    nth: int

    @property
    def name(self) -> str:
        """A name of its own for every try."""
        return f"{self.digest.hex()}-{self.nth}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Exchange:
    """A request on its way through."""

    request: _Request
    asked: Asked
    tokens: Counted
    fault: Fault | None


class Answering:
    """The provider accounts behind one emulator: limits, prompt cache and books."""

    def __init__(self, settings: EmulatorSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._accounts: dict[str, AccountLimits] = {}
        reading_s = settings.latency_s / 2  # before the first word of an answer
        self._cache, self._marked = PromptCache(reading_s=reading_s), MarkedCache(reading_s=reading_s)
        self.ledger = Ledger()

    def answer(self, incoming: Incoming, dialect: Dialect = CHAT) -> Outgoing:
        """The reply to one POST, the same for the same seed, body and number of earlier tries.

        Three things depend on what came before: the rate limits, the cached tokens, and which fault a retry meets.
        """
        key = _key(incoming)
        nth = self.ledger.see(key, incoming.client_id)
        request = _Request(incoming=incoming, dialect=dialect, digest=key, nth=nth)
        asked = dialect.read(incoming)
        if isinstance(asked, Refusal):
            self.ledger.refused += 1
            return self._error(request, asked)
        fault = choose_fault(self._settings.faults, lambda: chance(self._settings.seed, key, "fault", nth))
        if fault:
            self.ledger.faults[fault] += 1
        return self._admit(_Exchange(request=request, asked=asked, tokens=prompt_tokens(asked), fault=fault))

    def delivered(self, incoming: Incoming) -> None:
        """Note that an answer arrived whole."""
        self.ledger.deliver(_key(incoming))

    def models(self, provider: str, headers: Mapping[str, str]) -> bytes:
        """The body of GET /models."""
        return model_list(provider, headers, sorted(self.ledger.models))

    def _admit(self, exchange: _Exchange) -> Outgoing:
        """Past the limits, or a 429."""
        if exchange.fault in {"unauthorized", "unpaid"}:
            return self._stopped(exchange.request, exchange.fault)
        if exchange.fault == "rate_limited":
            return self._too_many(exchange, _STORM_WAIT_S)
        asked = exchange.tokens.total + (exchange.asked.limit or _USUAL_LIMIT)
        wait_s = self._account(exchange.request.incoming.provider).admit(asked)
        if wait_s:
            return self._too_many(exchange, wait_s)
        if exchange.fault == "server_error":
            return self._error(exchange.request, exchange.request.dialect.broken)
        return self._generate(exchange)

    def _generate(self, exchange: _Exchange) -> Outgoing:
        """An answer, billed from here on, with its fault done to it."""
        answer = _spoilt(self._answer(exchange), exchange)
        self.ledger.bill(exchange.asked.model, answer.usage)
        delay_s = self._delay_s(answer, exchange)
        return Outgoing(
            status=_OK,
            headers=self._headers(exchange.request),
            body=self._body(answer, exchange),
            delay_s=delay_s,
            fault=exchange.fault,
            blank_lines=_blank_lines(exchange, delay_s),
        )

    def _answer(self, exchange: _Exchange) -> Answer:
        """The answer with what the prompt cache gave."""
        asked = exchange.asked
        origin = Origin(seed=self._settings.seed, digest=exchange.request.digest, input_tokens=exchange.tokens)
        answer = generate(asked, origin)
        owner = f"{exchange.request.incoming.provider}|{asked.model}"
        return with_cached(answer, self._cached(owner, exchange))

    def _cached(self, owner: str, exchange: _Exchange) -> CacheUse:
        """What the provider's prompt cache gives: of what was marked where marks decide, else of any beginning."""
        asked, now = exchange.asked, self._clock.monotonic()
        if asked.marks is not None:
            return self._marked.use(owner, marked(asked), now)
        prompt = Prompt(asked.prompt(), exchange.tokens.total, asked.least_cached)
        return CacheUse(read=self._cache.read(owner, prompt, now))

    def _body(self, answer: Answer, exchange: _Exchange) -> bytes:
        """The bytes of the answer, or what a fault makes of them."""
        request = exchange.request
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

    def _delay_s(self, answer: Answer, exchange: _Exchange) -> float:
        """Seconds from the request to the whole answer: lognormal around latency plus the time its tokens take."""
        usual = self._settings.latency_s + answer.usage.completion_tokens / self._settings.tokens_per_s
        if not self._settings.latency_s:
            usual = 0.0
        if exchange.fault == "slow":
            usual = max(_SLOW_TIMES * usual, _SLOW_AT_LEAST_S)
        if not usual:
            return 0.0
        return around(usual, _SPREAD, chance(self._settings.seed, exchange.request.digest, "latency"))

    def _too_many(self, exchange: _Exchange, wait_s: float) -> Outgoing:
        """A 429 that says how long to wait."""
        self.ledger.rate_limited += 1
        return self._error(exchange.request, exchange.request.dialect.too_many(wait_s, exchange.asked))

    def _stopped(self, request: _Request, fault: AccountFault) -> Outgoing:
        """The error for an account without a key or without money."""
        return self._error(request, request.dialect.stopped(fault, request.incoming.provider))

    def _error(self, request: _Request, refusal: Refusal) -> Outgoing:
        """An error with the headers every answer has."""
        waiting = {} if refusal.wait_s is None else request.dialect.wait_headers(refusal.wait_s)
        return Outgoing(
            status=refusal.status,
            headers={**self._headers(request), **waiting},
            body=request.dialect.error(refusal, self._place(request)),
        )

    def _headers(self, request: _Request) -> Mapping[str, str]:
        """The mark, and where the account stands with its limits."""
        return {**MARK, **request.dialect.headers(self._place(request))}

    def _place(self, request: _Request) -> Place:
        """Who answers, and how the account stands."""
        provider = request.incoming.provider
        standing = self._account(provider).standing()
        return Place(provider=provider, request_id=request.name, now=self._clock.now(), standing=standing)

    def _account(self, provider: str) -> AccountLimits:
        """The account at one provider, opened at its first request."""
        if provider not in self._accounts:
            self._accounts[provider] = AccountLimits(self._settings.rpm, self._settings.tpm, self._clock)
        return self._accounts[provider]


def _blank_lines(exchange: _Exchange, delay_s: float) -> int:
    """DeepSeek and OpenRouter under load keep the line open with blank lines, here three a second and at least one."""
    keeps_open = exchange.request.incoming.provider in _KEEP_OPEN and exchange.fault == "slow"
    return math.ceil(delay_s * _BLANK_LINES_A_S) if keeps_open else 0


def _key(incoming: Incoming) -> bytes:
    """What makes two requests the same: provider, body, and the model where the path names it."""
    return digest(f"{incoming.provider}|{incoming.model}" if incoming.model else incoming.provider, incoming.body)


def _spoilt(answer: Answer, exchange: _Exchange) -> Answer:
    """The answer with a fault of its content."""
    match exchange.fault:
        case "empty":
            return emptied(answer)
        case "truncated":
            return truncated(answer)
        case "refusal":
            return exchange.request.dialect.refuse(answer)
        case _:
            return answer
