"""What is wrong with a job file: by line and field, with what to type instead."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from modelroute_cli.base.errors import JobFileError

SHOWN_PROBLEMS = 20
_SHOWN_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field of a request (None: with the row as a whole), and what to write instead."""

    field: str | None
    message: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault at a 1-based line of the job file."""

    line: int
    field: str | None
    message: str
    hint: str | None = None

    def text(self, shown: str) -> str:
        """`FILE:LINE: field: message` and its hint on a line of its own."""
        field = f"{printable(self.field)}: " if self.field else ""
        hint = f"\nhint: {self.hint}" if self.hint else ""
        return f"{shown}:{self.line}: {field}{self.message}{hint}"


class Problems:
    """The first problems of a job file, and how many there are."""

    def __init__(self) -> None:
        self.count = 0
        self._kept: list[Problem] = []

    def add_uncounted(self, more: int) -> None:
        """Count problems that stand below the last one that is shown."""
        self.count += more

    def add(self, line: int, faults: Iterable[Fault]) -> None:
        """Record `faults` at `line`; beyond what is shown only their number is kept."""
        for fault in faults:
            self.count += 1
            self._keep(Problem(line, fault.field, fault.message, fault.hint))

    def _keep(self, problem: Problem) -> None:
        self._kept.append(problem)
        if len(self._kept) > 2 * SHOWN_PROBLEMS:
            self._kept = list(self.first())

    def first(self) -> Sequence[Problem]:
        """The problems that are shown, in the order of their lines."""
        return sorted(self._kept, key=lambda problem: problem.line)[:SHOWN_PROBLEMS]

    def raise_any(self, shown: str) -> None:
        """JobFileError with the first problems of the file called `shown`, when there are any."""
        if self.count:
            raise JobFileError(self.text(shown))

    def text(self, shown: str) -> str:
        """The count and the first problems of the file called `shown`, a line or two each."""
        first = self.first()
        head = f"`{shown}` has {self.count:,} problem{'' if self.count == 1 else 's'}; nothing was planned or sent"
        more = [f"... and {self.count - len(first):,} more problems"] if self.count > len(first) else []
        return "\n".join([head, *(problem.text(shown) for problem in first), *more])


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The word of `known` that `word` was probably meant to be, if any is close."""
    return _nearest(word, tuple(known))


@lru_cache(maxsize=1024)
def _nearest(word: str, known: tuple[str, ...]) -> str | None:
    """Remembered: the same slip stands in every row of a generated file."""
    by_folded = {item.casefold(): item for item in known}
    found = difflib.get_close_matches(word.casefold(), list(by_folded), n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None


def suggestion(word: str, known: Sequence[str]) -> str:
    """A hint for a word that is not in `known`: the nearest one, else all of them."""
    near = nearest(word, known)
    return f"did you mean `{near}`?" if near else "use one of " + ", ".join(f"`{item}`" for item in known)


def quoted(value: str) -> str:
    """A value in backticks, on one printable line, cut where it is long."""
    text = printable(value)
    return f"`{text}`" if len(text) <= _SHOWN_CHARACTERS else f"`{text[:_SHOWN_CHARACTERS]}...`"


def printable(text: str) -> str:
    """`text` itself, or with escapes when it holds what a terminal would act on."""
    return text if text.isprintable() else text.encode("unicode_escape").decode("ascii")
