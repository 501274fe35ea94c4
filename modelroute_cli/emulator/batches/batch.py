"""One batch: its lines on disk, a few numbers for each, and when it was made."""

from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum

from modelroute_cli.emulator.batches.progress import Course
from modelroute_cli.emulator.batches.spool import Spool
from modelroute_cli.emulator.dialects.base import Dialect, Incoming


class Fate(IntEnum):
    """What becomes of a line when it comes up."""

    ANSWERED = 0
    REFUSED = 1  # its own 400
    FAILED = 2  # the provider's 500
    STUCK = 3  # never done


@dataclass(frozen=True, slots=True)
class Line:
    """One request of a batch, read."""

    custom_id: str
    incoming: Incoming
    dialect: Dialect


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a batch fails validation; `line` counts from 1, None where it is no line's fault."""

    code: str
    message: str
    line: int | None = None
    param: str | None = None


Read = Callable[[bytes], Line | Fault]


class Lines:
    """The lines of a batch on disk, with where each begins."""

    def __init__(self, read: Read) -> None:
        self._spool = Spool()
        self._starts = array("Q", [0])
        self._read = read

    def __len__(self) -> int:
        return len(self._starts) - 1

    def add(self, line: bytes) -> None:
        """One more."""
        self._spool.write(line)
        self._starts.append(self._spool.size)

    def raw(self, place: int) -> bytes:
        """A line as it was handed in."""
        return self._spool.read(self._starts[place], self._starts[place + 1])

    def line(self, place: int) -> Line | Fault:
        """A line as it is understood."""
        return self._read(self.raw(place))


@dataclass(slots=True, kw_only=True)
class Batch:
    """A batch as it was created; only a cancel, a deletion and the numbers of its lines change."""

    id: str
    number: int  # of all batches, from 1
    digest: bytes  # of its lines
    provider: str
    made_at: datetime
    made_s: float  # by the steady clock
    course: Course
    lines: Lines
    fates: bytearray
    tier: str = "batch"
    said_tier: str | None = None  # what answers call the tier
    model: str = ""
    endpoint: str = ""
    input_file: str = ""
    metadata: Mapping[str, str] | None = None
    about: Mapping[str, object] = field(default_factory=dict)  # more of what the client said, kept to be repeated
    faults: tuple[Fault, ...] = ()
    keeps_partial: bool = True  # what was done counts though its time ran out
    tokens: int = 0  # of the input, where they are counted
    billed: bytearray = field(default_factory=bytearray)  # 1 for each line that has nothing left to be billed
    cached: "array[int]" = field(default_factory=lambda: array("i"))  # three numbers a line

    def __post_init__(self) -> None:
        self.billed = bytearray(fate != Fate.ANSWERED for fate in self.fates)
        self.cached = array("i", bytes(12 * len(self.lines)))

    def at(self, age_s: float) -> datetime:
        """The time of day at an age."""
        return self.made_at + timedelta(seconds=age_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many lines came to which end; the rest is waiting, or is expired or cancelled at the end."""

    total: int
    answered: int
    errored: int

    @property
    def left(self) -> int:
        """Neither answered nor errored."""
        return self.total - self.answered - self.errored


def counts(batch: Batch, age_s: float) -> Counts:
    """At an age."""
    done = batch.fates[: batch.course.reached(age_s)]
    answered, stuck = done.count(Fate.ANSWERED), done.count(Fate.STUCK)
    return Counts(total=len(batch.lines), answered=answered, errored=len(done) - answered - stuck)
