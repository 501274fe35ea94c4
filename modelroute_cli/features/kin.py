"""Requests that are alike so far: a provisional template, and what its requests share."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from modelroute_cli.base.described import NO_HINT
from modelroute_cli.features.judging import Judged, Verdict, most, verdict
from modelroute_cli.features.prompt_text import PromptText
from modelroute_cli.features.skeletons import Skeleton
from modelroute_cli.features.slots import Member, Slots

LEAST_VOTERS, MOST_VOTERS = 4, 24
_MOST_KIN = 64  # of a skeleton: what its asking fields may say
_MOST_SIZES = 512
_MOST_EXAMPLES = 8
_AGREED, _AGREED_LONG = 0.5, 0.3  # of the voters: with fewer, the skeleton does not say what is asked
_LONG_CHARS = 60
_DISSENT = 0.15
_MOST_READ = 128  # requests of one kin, whatever they say
_TURNS = (*range(1, LEAST_VOTERS), *(1 << power for power in range(2, 40)))  # of requests that are read
_UNANIMOUS = 0.9  # where the skeleton is weak
_LEAST_WEAK_VOTERS = 8


def speaks(found: Verdict, skeleton: Skeleton) -> bool:
    """Whether a verdict holds for all requests of a skeleton: enough votes agree, or few are sure of anything else.

    A long skeleton says itself what is asked.
    """
    return found.agreed >= (_AGREED_LONG if skeleton.weight >= _LONG_CHARS else _AGREED) or found.dissent <= _DISSENT


@dataclass(frozen=True, slots=True)
class Told:
    """What goes into the columns for one request; one for all the requests that share it."""

    number: int
    task_type: int  # place in TASK_TYPES
    confidence: float
    language: str
    hint: int


@dataclass(slots=True, eq=False)
class Kin:
    """One provisional template: its requests so far, some of which were read and vote."""

    number: int
    skeleton: Skeleton
    examples: list[PromptText] = field(default_factory=list)
    votes: list[Judged] = field(default_factory=list)
    verdict: Verdict | None = None
    rows: int = 0  # of all blocks so far
    _met: int = 0
    _read: int = 0
    _told: dict[tuple[str, ...], Told] = field(default_factory=dict)  # by what sizing fields say
    _hints: dict[tuple[str, ...], int] = field(default_factory=dict)

    def wanted(self, count: int, sizes: tuple[str, ...]) -> list[int]:
        """Which of `count` requests more are to be read: ever fewer, and one that may ask for another length."""
        start, self._met = self._met, self._met + count
        room = max(MOST_VOTERS - len(self.votes), 0)
        places = [number - start - 1 for number in _TURNS if start < number <= self._met][:room]
        new = sizes not in self._hints and len(self._hints) < _MOST_SIZES
        return places or ([0] if new else [])

    def spare(self) -> int:
        """How many more may be read because their votes do not agree."""
        return max(_MOST_READ - self._read, 0)

    def spent(self, count: int) -> None:
        """Count requests that were read for themselves."""
        self._read += count

    def vote(self, judged: Judged, sizes: tuple[str, ...]) -> None:
        """Let one request speak for all."""
        self._read += 1
        if len(self._hints) < _MOST_SIZES:
            self._hints[sizes] = judged.hint
        if len(self.votes) < MOST_VOTERS:
            self.votes.append(judged)
            self._met = max(self._met, len(self.votes))
            self.verdict = verdict(self.votes, self.skeleton.context.given)
        if not sizes:
            self._hints[()] = most(each.hint for each in self.votes)
        self._told.clear()

    @property
    def shared(self) -> bool:
        """Whether its requests need not be read: their votes agree."""
        if self.verdict is None:
            return False
        if self._read >= _MOST_READ or len(self.votes) < LEAST_VOTERS:
            return self._read >= _MOST_READ
        if self.skeleton.strong:
            return speaks(self.verdict, self.skeleton)
        return self.verdict.agreed >= _UNANIMOUS and len(self.votes) >= _LEAST_WEAK_VOTERS

    def tells(self, sizes: tuple[str, ...]) -> Told | None:
        """What is shared with a request; None when it is to be read for itself."""
        found = self._told.get(sizes)
        known = sizes in self._hints or len(self._hints) >= _MOST_SIZES or self._read >= _MOST_READ
        if found is None and known and self.shared and self.verdict:
            place, hint = self.verdict.answer.task_type, self._hints.get(sizes, NO_HINT)
            found = Told(self.number, place, self.verdict.confidence, self.verdict.language, hint)
            if sizes in self._hints:
                self._told[sizes] = found
        return found

    def shown(self, text: PromptText) -> None:
        """Keep an example, if few are kept."""
        if len(self.examples) < _MOST_EXAMPLES:
            self.examples.append(text)


@dataclass(slots=True, eq=False)
class Pattern:
    """A skeleton with the provisional templates that its asking fields make of it."""

    skeleton: Skeleton
    slots: Slots | None = None  # None until enough requests were met to find out
    members: dict[int, Member] = field(default_factory=dict)  # met until then, by mark
    kin: dict[tuple[str, ...], Kin] = field(default_factory=dict)

    @property
    def plain(self) -> bool:
        """Whether no field matters."""
        return self.slots is not None and not (self.slots.asking or self.slots.same or self.slots.sizing)

    def asked(self, fields: Sequence[str]) -> tuple[str, ...]:
        """Which of its provisional templates a request is of; one for all where there would be too many."""
        if self.slots is None or not (self.slots.asking or self.slots.same):
            return ()
        said = tuple([fields[place] for place in self.slots.asking + self.slots.same])
        return said if said in self.kin or len(self.kin) < _MOST_KIN else ()

    def sized(self, fields: Sequence[str]) -> tuple[str, ...]:
        """The values that change the length asked for."""
        if self.slots is None or not self.slots.sizing:
            return ()
        return tuple([fields[place] for place in self.slots.sizing])
