"""From a request's bytes to what is sent back and when: everything of the emulator but HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass

from modelroute_cli.base.clock import Clock
from modelroute_cli.catalog.settings import EmulatorSettings
from modelroute_cli.emulator import chat_reply
from modelroute_cli.emulator.chance import around, chance
from modelroute_cli.emulator.chat_reply import MARK, Heading
from modelroute_cli.emulator.chat_request import ChatRequest, Refusal, digest, prompt_texts, read_request
from modelroute_cli.emulator.faults import Fault, choose_fault
from modelroute_cli.emulator.generate import (
    Answer,
    Origin,
    emptied,
    generate,
    prompt_tokens,
    refused,
    truncated,
    with_cached,
)
from modelroute_cli.emulator.ledger import Ledger
from modelroute_cli.emulator.prompt_cache import PromptCache
from modelroute_cli.emulator.rate_limits import AccountLimits
from modelroute_cli.emulator.strictness import objection

_USUAL_LIMIT = 4096  # output tokens counted against the tokens a minute when the client names no limit
_SPREAD = 0.35  # of the logarithm of the latency
_SLOW_TIMES, _SLOW_AT_LEAST_S = 20.0, 1.0
_STORM_WAIT_S = 0.25
_OK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One POST."""

    provider: str
    client_id: str | None
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """What to do about it: wait, then send, hold the line for ever, or break off half way."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    delay_s: float = 0.0
    fault: Fault | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Exchange:
    """A request on its way through."""

    incoming: Incoming
    request: ChatRequest
    digest: bytes
    nth: int
    tokens: int
    fault: Fault | None


class Answering:
    """The provider accounts behind one emulator: limits, prompt cache and books."""

    def __init__(self, settings: EmulatorSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._accounts: dict[str, AccountLimits] = {}
        self._cache = PromptCache(reading_s=settings.latency_s / 2)  # read before the first word of an answer
        self.ledger = Ledger()

    def answer(self, incoming: Incoming) -> Outgoing:
        """The reply to one POST, the same for the same seed, body and number of earlier tries.

        Three things depend on what came before: the rate limits, the cached tokens, and which fault a retry meets.
        """
        key = digest(incoming.provider, incoming.body)
        nth = self.ledger.see(key, incoming.client_id)
        request = _checked(incoming)
        if isinstance(request, Refusal):
            self.ledger.refused += 1
            return self._error(incoming.provider, request)
        fault = choose_fault(self._settings.faults, lambda: chance(self._settings.seed, key, "fault", nth))
        tokens = prompt_tokens(request)
        if fault:
            self.ledger.faults[fault] += 1
        return self._admit(
            _Exchange(incoming=incoming, request=request, digest=key, nth=nth, tokens=tokens, fault=fault)
        )

    def delivered(self, incoming: Incoming) -> None:
        """Note that an answer arrived whole."""
        self.ledger.deliver(digest(incoming.provider, incoming.body))

    def models(self, provider: str) -> bytes:
        """The body of GET /models."""
        return chat_reply.models(provider, tuple(sorted(self.ledger.models)))

    def _admit(self, exchange: _Exchange) -> Outgoing:
        """Past the limits, or a 429."""
        if exchange.fault == "rate_limited":
            return self._too_many(exchange.incoming.provider, _STORM_WAIT_S)
        provider = exchange.incoming.provider
        asked = exchange.tokens + (exchange.request.limit(provider) or _USUAL_LIMIT)
        wait_s = self._account(provider).admit(asked)
        if wait_s:
            return self._too_many(provider, wait_s)
        if exchange.fault == "server_error":
            broken = Refusal(status=500, message="The server had an error while processing it.", type="server_error")
            return self._error(provider, broken)
        return self._generate(exchange)

    def _generate(self, exchange: _Exchange) -> Outgoing:
        """An answer, billed from here on, with its fault done to it."""
        answer = _spoilt(self._answer(exchange), exchange.fault)
        self.ledger.bill(exchange.request.model, answer.usage)
        return Outgoing(
            status=_OK,
            headers=self._headers(exchange.incoming.provider),
            body=self._body(answer, exchange),
            delay_s=self._delay_s(answer, exchange),
            fault=exchange.fault,
        )

    def _answer(self, exchange: _Exchange) -> Answer:
        """The answer with what the prompt cache gave."""
        request = exchange.request
        provider = exchange.incoming.provider
        origin = Origin(
            seed=self._settings.seed,
            digest=exchange.digest,
            limit=request.limit(provider),
            input_tokens=exchange.tokens,
        )
        answer = generate(request, origin)
        owner = f"{provider}|{request.model}"
        prompt, now = "\n".join(prompt_texts(request)), self._clock.monotonic()
        return with_cached(answer, self._cache.read(owner, prompt, exchange.tokens, now))

    def _body(self, answer: Answer, exchange: _Exchange) -> bytes:
        """The bytes of the answer, or what a fault makes of them."""
        if exchange.fault == "error_in_200":
            return chat_reply.error_in_200("Provider returned error", 502)
        heading = Heading(
            id=f"{exchange.digest.hex()}-{exchange.nth}",
            created=int(self._clock.now().timestamp()),
            model=exchange.request.model,
            provider=exchange.incoming.provider,
            service_tier=exchange.request.served_tier(),
        )
        body = chat_reply.completion(answer, heading)
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
        return around(usual, _SPREAD, chance(self._settings.seed, exchange.digest, "latency"))

    def _too_many(self, provider: str, wait_s: float) -> Outgoing:
        """A 429 that says how long to wait."""
        self.ledger.rate_limited += 1
        told = {"retry-after": f"{max(1, round(wait_s))}", "retry-after-ms": f"{max(1, round(wait_s * 1000))}"}
        limit = Refusal(
            status=429,
            message=f"Rate limit reached. Please try again in {wait_s:.3f}s.",
            type="requests",
            code="rate_limit_exceeded",
        )
        return self._error(provider, limit, told)

    def _error(self, provider: str, refusal: Refusal, headers: Mapping[str, str] | None = None) -> Outgoing:
        """An error with the headers every answer has."""
        return Outgoing(
            status=refusal.status,
            headers={**self._headers(provider), **(headers or {})},
            body=chat_reply.error(refusal),
        )

    def _headers(self, provider: str) -> Mapping[str, str]:
        """The mark, and where the account stands with its limits."""
        return {**MARK, **self._account(provider).headers()}

    def _account(self, provider: str) -> AccountLimits:
        """The account at one provider, opened at its first request."""
        if provider not in self._accounts:
            self._accounts[provider] = AccountLimits(self._settings.rpm, self._settings.tpm, self._clock)
        return self._accounts[provider]


def _checked(incoming: Incoming) -> ChatRequest | Refusal:
    """The request, or what this provider has against it."""
    request = read_request(incoming.body)
    if isinstance(request, Refusal):
        return request
    return objection(incoming.provider, request) or request


def _spoilt(answer: Answer, fault: Fault | None) -> Answer:
    """The answer with a fault of its content."""
    match fault:
        case "empty":
            return emptied(answer)
        case "truncated":
            return truncated(answer)
        case "refusal":
            return refused(answer)
        case _:
            return answer
