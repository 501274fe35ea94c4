"""What the emulator has seen, answered and would have billed: the other side's books, for tests and for people."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from msgspec import Struct

from modelroute_cli.emulator.replay.counts import Replayed
from modelroute_cli.emulator.sightings import Sightings

_MOST_CLIENTS = 10_000


class Billed(Struct, frozen=True, kw_only=True):
    """All that one model is billed for; parts of input and output are inside them, as in `Usage`."""

    answers: int
    input_tokens: int
    cached_tokens: int
    cache_write_tokens: int
    cache_write_long_tokens: int
    output_tokens: int
    reasoning_tokens: int
    image_tokens: int
    audio_tokens: int
    file_tokens: int


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
    clients: dict[str, int]  # requests by X-Client-Request-Id, of the first 10,000 of them
    books: dict[str, Billed]  # what each model is billed for, except in tiers that are handed in
    handed_in: dict[str, dict[str, Billed]] = {}  # by tier (batch, background_2h, background_8h) and model
    replay: Replayed | None = None  # where the job file is known, and what its answers are worth


class Usage(Struct, frozen=True, kw_only=True):
    """Tokens of one answer: cached, written, pictures and sound are inside the prompt, thinking in the completion."""

    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    reasoning_tokens: int
    cache_write_tokens: int = 0
    cache_write_long_tokens: int = 0  # of those, what is kept for an hour or more
    image_tokens: int = 0
    audio_tokens: int = 0
    file_tokens: int = 0

    def counts(self) -> dict[str, int]:
        """As the books name them."""
        return {
            "input_tokens": self.prompt_tokens,
            "cached_tokens": self.cached_tokens,
            "cache_write_tokens": self.cache_write_tokens,
            "cache_write_long_tokens": self.cache_write_long_tokens,
            "output_tokens": self.completion_tokens,
            "reasoning_tokens": self.reasoning_tokens,
            "image_tokens": self.image_tokens,
            "audio_tokens": self.audio_tokens,
            "file_tokens": self.file_tokens,
        }


@dataclass(slots=True)
class Ledger:
    """Counts as they grow; one event loop writes them."""

    requests: int = 0
    answers: int = 0
    rate_limited: int = 0
    refused: int = 0
    billed: int = 0
    answered_again: int = 0
    tokens: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))  # by model
    handed_in: dict[str, "Ledger"] = field(default_factory=dict)  # the same counts of one tier
    faults: Counter[str] = field(default_factory=Counter)
    models: Counter[str] = field(default_factory=Counter)
    clients: Counter[str] = field(default_factory=Counter)
    sightings: Sightings = field(default_factory=Sightings)

    def see(self, digest: bytes, client_id: str | None) -> int:
        """Note a request; how many times the same one came before."""
        self.requests += 1
        if client_id and (client_id in self.clients or len(self.clients) < _MOST_CLIENTS):
            self.clients[client_id] += 1
        return self.sightings.see(digest)

    def bill(self, model: str, usage: Usage) -> None:
        """Note an answer that was generated, whatever becomes of it."""
        self.billed += 1
        self.models[model] += 1
        tokens = self.tokens[model]
        for name, count in usage.counts().items():
            tokens[name] += count

    def bill_handed_in(self, tier: str, model: str, usage: Usage, digest: bytes) -> None:
        """Note a line of a batch, or a background answer, that was generated."""
        if tier != "standard" and tier not in self.handed_in:
            self.handed_in[tier] = Ledger()
        (self if tier == "standard" else self.handed_in[tier]).bill(model, usage)
        self.answered_again += self.sightings.answer(digest) > 0

    def deliver(self, digest: bytes) -> None:
        """Note an answer that was sent whole."""
        self.answers += 1
        self.answered_again += self.sightings.answer(digest) > 0

    def stats(self) -> Stats:
        """The books as they stand."""
        return Stats(
            requests=self.requests,
            answers=self.answers,
            rate_limited=self.rate_limited,
            refused=self.refused,
            faults=dict(self.faults),
            billed=self.billed,
            input_tokens=self._sum("input_tokens"),
            cached_tokens=self._sum("cached_tokens"),
            output_tokens=self._sum("output_tokens"),
            reasoning_tokens=self._sum("reasoning_tokens"),
            answered_again=self.answered_again,
            models=dict(self.models),
            clients=dict(self.clients),
            books=self.books(),
            handed_in={tier: ledger.books() for tier, ledger in self.handed_in.items()},
        )

    def books(self) -> dict[str, Billed]:
        """What each model is billed for here."""
        return {model: self._billed(model) for model in self.models}

    def _sum(self, counted: str) -> int:
        """Over all models."""
        return sum(tokens[counted] for tokens in self.tokens.values())

    def _billed(self, model: str) -> Billed:
        """What one model is billed for."""
        known = {name: self.tokens[model][name] for name in Billed.__struct_fields__ if name != "answers"}
        return Billed(answers=self.models[model], **known)
