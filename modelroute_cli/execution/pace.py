"""How fast the user wants a run to go: all it can, a share of that, at most so many in flight, or not at all."""

import re
from collections.abc import Callable
from fractions import Fraction
from math import ceil

from msgspec import Struct

from modelroute_cli.base.errors import UsageError

_WORDS = {"full": 100, "resume": 100, "half": 50, "pause": 0}
_PER_CENT = re.compile(r"(\d{1,3})\s?%")
_WHOLE = 100


class Pace(Struct, frozen=True, forbid_unknown_fields=True):
    """A share of concurrency and rates in per cent (0 pauses); the most requests in flight (None: the run's own)."""

    percent: int = _WHOLE
    in_flight: int | None = None

    @property
    def is_paused(self) -> bool:
        """Whether nothing more may start."""
        return self.percent == 0

    def room(self, concurrency: int) -> int:
        """How many requests may be in flight, of so many at full pace: at least one unless it is paused."""
        most = concurrency if self.in_flight is None else min(self.in_flight, concurrency)
        return ceil(Fraction(most * self.percent, _WHOLE))

    def halved(self) -> "Pace":
        """Half of it, down to one per cent; a paused run stays so."""
        return Pace(ceil(self.percent / 2), self.in_flight)


FULL = Pace()


def read_pace(text: str) -> Pace:
    """What was typed: `50%`, `half`, `full`, `pause`, `resume`, or a number of requests in flight; UsageError."""
    word = text.strip().lower()
    if word in _WORDS:
        return Pace(_WORDS[word])
    share = _PER_CENT.fullmatch(word)
    if share and int(share[1]) <= _WHOLE:
        return Pace(int(share[1]))
    if word.isascii() and word.isdecimal() and 0 < int(word) <= 4096:  # noqa: PLR2004 - as --concurrency
        return Pace(in_flight=int(word))
    message = f"`{text}` is no pace"
    raise UsageError(
        message, hint="type `50%`, `half`, `full`, `pause`, `resume`, or how many requests may be in flight"
    )


def told(pace: Pace) -> str:
    """The pace for people: `paced at 50%`, `at most 8 in flight`, `paused`; empty at full pace."""
    if pace.is_paused:
        return "paused"
    share = "" if pace.percent == _WHOLE else f"paced at {pace.percent}%"
    most = "" if pace.in_flight is None else f"at most {pace.in_flight:,} in flight"
    return ", ".join(part for part in (share, most) if part)


class PaceSignal:
    """The pace that the user wants, and who is told when it changes; for the event loop."""

    def __init__(self, pace: Pace = FULL) -> None:
        self.pace = pace
        self._listeners: list[Callable[[], None]] = []

    def set(self, pace: Pace) -> None:
        """Want another pace from now on."""
        self.pace = pace
        self.touch()

    def touch(self) -> None:
        """Let the run look up, though nothing changed: what it shows of time goes on."""
        for listener in self._listeners:
            listener()

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` at every later change."""
        self._listeners.append(listener)
