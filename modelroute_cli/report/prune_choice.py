"""Which kept runs may go: a pure decision, with the reason of each that was meant and stays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from modelroute_cli.report.kept_runs import RUN, Kept, KeptRun


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to go: what all of these hold for."""

    older_than: timedelta | None = None
    keep: int | None = None  # the latest of those meant that stay
    emulated: bool = False
    set_aside: bool = False
    pilots: bool = False
    unfinished: bool = False

    @property
    def says_something(self) -> bool:
        """Whether it says which, and not only which others as well."""
        return self.older_than is not None or self.keep is not None or self.emulated or self.set_aside


@dataclass(frozen=True, slots=True)
class Stays:
    """One that was meant and stays, and why."""

    kept: Kept
    why: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What goes, and what was meant and stays."""

    going: tuple[Kept, ...]
    staying: tuple[Stays, ...]

    @property
    def size_bytes(self) -> int:
        """What the disk would get back."""
        return sum(kept.line.size_bytes for kept in self.going)


def choose(found: Sequence[Kept], wish: Wish, now: datetime) -> Choice:
    """The choice among these, which stand with the latest first; nothing that anybody may still need goes.

    One that is executed, has requests handed in or cannot be read always stays, an unfinished one unless it was set
    aside and `set_aside` is wished for, or `unfinished` is.
    """
    meant = [kept for kept in found if _is_meant(kept.line, wish, now)][wish.keep or 0 :]
    reasons = {id(kept): _why_not(kept.line, wish) for kept in meant}
    return Choice(
        going=tuple(kept for kept in meant if not reasons[id(kept)]),
        staying=tuple(Stays(kept, reasons[id(kept)]) for kept in meant if reasons[id(kept)]),
    )


def _is_meant(line: KeptRun, wish: Wish, now: datetime) -> bool:
    return (
        (line.kind == RUN or wish.pilots)
        and (wish.older_than is None or now - datetime.fromisoformat(line.written_at) > wish.older_than)
        and (not wish.emulated or line.emulated is True)
        and (not wish.set_aside or line.set_aside)
    )


def _why_not(line: KeptRun, wish: Wish) -> str:
    """Why it has to stay; empty where it may go."""
    if line.state == "running":
        return "it is being executed"
    if line.state == "unreadable":
        return f"it cannot be read: {line.problem}"
    if line.handed_in:
        return f"a provider has {line.handed_in:,} of its requests: collect or cancel them first"
    given_up = wish.unfinished or (wish.set_aside and line.set_aside)
    if line.state == "unfinished" and not given_up:
        return "it is not finished: `--unfinished` says that it may go"
    return ""
