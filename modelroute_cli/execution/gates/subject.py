"""What gates look at, and what they say: the values that pass between `answer.judge` and the single gates."""

from collections.abc import Callable
from dataclasses import dataclass

from modelroute_cli.base.schema import GateRules, Request


@dataclass(frozen=True, slots=True)
class Subject:
    """An answer under one gate: `output` is its text as the gates before left it."""

    request: Request
    rules: GateRules
    output: str


@dataclass(frozen=True, slots=True)
class Read:
    """An answer as one gate reads it: `output` is how it goes on, `fault` what is wrong, None where it passes."""

    output: str
    fault: str | None = None
    note: str = ""  # how the output was made from the answer, where that is worth telling


@dataclass(frozen=True, slots=True)
class Gate:
    """A check with its name, as verdicts and reports show it."""

    name: str
    look: Callable[[Subject], Read]


def plain(name: str, fault: Callable[[Subject], str | None]) -> Gate:
    """A gate that leaves the answer as it is; `fault` says what is wrong with it, None for nothing."""

    def look(subject: Subject) -> Read:
        return Read(subject.output, fault(subject))

    return Gate(name, look)
