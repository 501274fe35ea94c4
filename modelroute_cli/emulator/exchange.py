"""A request on its way through the emulator."""

from dataclasses import dataclass

from modelroute_cli.emulator.accounts import Passage
from modelroute_cli.emulator.asked import Asked, digest
from modelroute_cli.emulator.dialects.base import Dialect, Incoming
from modelroute_cli.emulator.faults import Fault
from modelroute_cli.emulator.generate import Counted
from modelroute_cli.emulator.rate_limits import Load

_USUAL_LIMIT = 4096  # output tokens counted against the tokens a minute when the client names no limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
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
class Exchange:
    """A request that was understood."""

    posted: Posted
    asked: Asked
    tokens: Counted
    fault: Fault | None
    passage: Passage

    @property
    def load(self) -> Load:
        """What it asks of its account."""
        return Load(input_tokens=self.tokens.total, output_limit=self.asked.limit or _USUAL_LIMIT)


def key_of(incoming: Incoming) -> bytes:
    """What makes two requests the same: provider, body, and the model where the path names it."""
    return digest(f"{incoming.provider}|{incoming.model}" if incoming.model else incoming.provider, incoming.body)
