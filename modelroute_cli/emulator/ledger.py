"""What the emulator has seen, answered and would have billed: the other side's books, for tests and for people."""

from collections import Counter
from dataclasses import dataclass, field

from msgspec import Struct


class Stats(Struct, frozen=True, kw_only=True):
    """The books at one moment; tokens are those of all that was generated, also when it never arrived."""

    requests: int
    answers: int
    rate_limited: int
    refused: int
    faults: dict[str, int]
    billed: int
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    reasoning_tokens: int
    answered_again: int  # answers beyond the first to the very same request: paid twice
    models: dict[str, int]
    clients: dict[str, int]  # requests by X-Client-Request-Id


class Usage(Struct, frozen=True, kw_only=True):
    """Tokens of one answer."""

    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    reasoning_tokens: int


@dataclass(slots=True)
class Ledger:
    """Counts as they grow; one event loop writes them."""

    requests: int = 0
    answers: int = 0
    rate_limited: int = 0
    refused: int = 0
    billed: int = 0
    answered_again: int = 0
    tokens: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    models: Counter[str] = field(default_factory=Counter)
    clients: Counter[str] = field(default_factory=Counter)
    seen: Counter[bytes] = field(default_factory=Counter)
    answered: Counter[bytes] = field(default_factory=Counter)

    def see(self, digest: bytes, client_id: str | None) -> int:
        """Note a request; how many times the same one came before."""
        self.requests += 1
        if client_id:
            self.clients[client_id] += 1
        self.seen[digest] += 1
        return self.seen[digest] - 1

    def bill(self, model: str, usage: Usage) -> None:
        """Note an answer that was generated, whatever becomes of it."""
        self.billed += 1
        self.models[model] += 1
        self.tokens.update(
            input=usage.prompt_tokens,
            cached=usage.cached_tokens,
            output=usage.completion_tokens,
            reasoning=usage.reasoning_tokens,
        )

    def deliver(self, digest: bytes) -> None:
        """Note an answer that was sent whole."""
        self.answers += 1
        self.answered_again += self.answered[digest] > 0
        self.answered[digest] += 1

    def stats(self) -> Stats:
        """The books as they stand."""
        return Stats(
            requests=self.requests,
            answers=self.answers,
            rate_limited=self.rate_limited,
            refused=self.refused,
            faults=dict(self.faults),
            billed=self.billed,
            input_tokens=self.tokens["input"],
            cached_tokens=self.tokens["cached"],
            output_tokens=self.tokens["output"],
            reasoning_tokens=self.tokens["reasoning"],
            answered_again=self.answered_again,
            models=dict(self.models),
            clients=dict(self.clients),
        )
