"""What is kept and asked for: files, orders of batches, and how their lines end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from modelroute_cli.emulator.answering import Served
from modelroute_cli.emulator.batches.batch import Fault, Line, Lines
from modelroute_cli.emulator.batches.spool import Extract


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """An uploaded file."""

    id: str
    provider: str
    filename: str
    purpose: str
    content: Extract
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a client asks for when it creates a batch."""

    provider: str
    prefix: str  # of its name
    lines: Lines
    faults: tuple[Fault, ...] = ()
    model: str = ""
    endpoint: str = ""
    input_file: str = ""
    metadata: Mapping[str, str] | None = None
    about: Mapping[str, object] = field(default_factory=dict)
    tier: str = "batch"
    said_tier: str | None = None
    window_s: float | None = None  # as the client said it
    is_free: bool = False  # of what happens to whole batches
    keeps_partial: bool = True  # what was done is there, and billed, though its time ran out


class LineEnd(StrEnum):
    """How a line ended."""

    ANSWERED = "answered"
    ERRORED = "errored"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the results; `served` is None where it was never worked on."""

    place: int
    line: Line
    end: LineEnd
    served: Served | None = None


class Submit(StrEnum):
    """What happens to a submit."""

    TAKEN = "taken"
    LOST = "lost"  # taken, but the answer is not sent
    LIMITED = "limited"
    FULL = "full"  # too many batches, or tokens
