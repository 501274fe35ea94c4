"""What a client asked for, in one form for all wire formats: generation, limits, cache, faults and books work on it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from modelroute_cli.emulator.media import Medium

Role = Literal["system", "user", "assistant", "tool"]
Form = Literal["text", "json"]
Schema = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One turn of the chat; what it carries besides words is counted and not looked at."""

    role: Role
    text: str
    media: tuple[Medium, ...] = ()

    def prompt(self) -> str:
        """The turn with a word for each thing it carries, another word for another content."""
        return "\n".join([self.text, *(medium.key for medium in self.media)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A tool that may be called; `parameters` is the JSON Schema of its arguments."""

    name: str
    parameters: Schema
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheMark:
    """The client's wish to keep the prompt up to here: what stands before the mark, and for how long after its use."""

    prefix: str
    media: tuple[Medium, ...] = ()
    kept_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request; None is what the client did not say, and then the model's default holds."""

    model: str
    turns: tuple[Turn, ...]
    provider: str = ""
    limit: int | None = None  # output tokens, thinking included, as this provider reads the request
    effort: str | None = None  # `none` where thinking is switched off
    budget: int | None = None  # thinking tokens, where the client named a number
    thinks: bool = False  # thinking was switched on for a model that does not think on its own
    form: Form = "text"
    schema: Schema | None = None
    tier: str = "default"  # that serves, in the dialect's own word
    functions: tuple[Function, ...] = ()
    choice: str = "auto"  # of functions: auto, none, required, or the name of one
    stop: tuple[str, ...] = ()
    marks: tuple[CacheMark, ...] | None = None  # None: the provider caches without being asked
    least_cached: int = 1024  # tokens of a beginning that the provider keeps without being asked
    shows_thoughts: bool = False
    echo: Mapping[str, object] = field(default_factory=dict)  # what the dialect repeats in its answer

    def texts(self) -> list[str]:
        """The words of every turn, in order."""
        return [turn.text for turn in self.turns]

    def declared(self) -> str:
        """Functions and schema as they stand in the prompt; empty without any."""
        parts = [_compact(_described(each)) for each in self.functions]
        return "\n".join([*parts, *([_compact(self.schema)] if self.schema else [])])

    def prompt(self) -> str:
        """All that is read before the answer, functions first: what the prompt cache compares."""
        functions = [_compact(_described(each)) for each in self.functions]
        return "\n".join([*functions, *(turn.prompt() for turn in self.turns)])

    def media(self) -> tuple[Medium, ...]:
        """Pictures, sound and files of all turns."""
        return tuple(medium for turn in self.turns for medium in turn.media)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a request gets an error instead of an answer; each dialect writes of it what its errors have."""

    status: int
    message: str
    type: str = "invalid_request_error"
    param: str | None = None
    code: str | None = None
    wait_s: float | None = None  # after which it would pass


def digest(provider: str, body: bytes) -> bytes:
    """What makes two requests the same: the provider and every byte of the body."""
    return hashlib.blake2b(provider.encode() + b"\0" + body, digest_size=16).digest()


def _described(function: Function) -> dict[str, object]:
    """A function as it stands in the prompt."""
    return {"name": function.name, "description": function.description, "parameters": function.parameters}


def _compact(value: object) -> str:
    """JSON without blanks."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
