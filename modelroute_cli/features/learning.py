"""Learns the skeletons of a job while it is read, and says which request fits which."""

from collections.abc import Sequence

from modelroute_cli.features.grouping import LEAST_TEXTS
from modelroute_cli.features.judging import Judge
from modelroute_cli.features.kin import Kin, Pattern
from modelroute_cli.features.mining import mined
from modelroute_cli.features.numbers import Numbers
from modelroute_cli.features.prompt_text import PromptText
from modelroute_cli.features.sample import Sample, Sampled
from modelroute_cli.features.shelves import Shelves
from modelroute_cli.features.skeletons import Skeleton
from modelroute_cli.features.slots import LEAST_MEMBERS, MOST_MEMBERS, Member, Slots, slots
from modelroute_cli.features.systems import Systems

_LEAST_POOL = 32
_MOST_POOL = 1_024
_REMEMBERED = 256  # of the job so far are mined along, so that skeletons are not those of one stretch of it
_VOTERS = 8
_WORTHWHILE = 0.3  # of the pool must fit what was learned from it


class Learner:
    """The patterns met so far. A pool of requests that fit none is mined when it is full.

    As long as little is learned the pool fills twice as slowly each time, so that a job where nothing repeats
    costs hardly more than reading it.
    """

    def __init__(self, judge: Judge, numbers: Numbers) -> None:
        self._judge = judge
        self._numbers = numbers
        self.known: Shelves[Pattern] = Shelves()
        self._pool: dict[int, Sampled] = {}
        self._need = _LEAST_POOL
        self._every = 1  # so many of those that fit nothing are there to each one in the pool
        self._passed = 0

    def wait(self, each: Sampled) -> None:
        """Put a request that fits nothing into the pool."""
        self._passed += 1
        if self._passed % self._every == 0 and len(self._pool) < _MOST_POOL:
            self._pool[each.mark] = each

    def learn(self, sample: Sample, systems: Systems) -> bool:
        """Mine the pool if it is full; whether any skeleton was found."""
        if len(self._pool) < self._need:
            return False
        members = self._members(list(mined(self._texts(sample.least(_REMEMBERED), systems))), systems)
        added = [self._add(skeleton, found) for skeleton, found in members if len(found) >= LEAST_TEXTS]
        fitting = sum(len(found) for _, found in members)
        self._settle(worthwhile=fitting >= _WORTHWHILE * len(self._pool))
        return any(added)

    def _settle(self, *, worthwhile: bool) -> None:
        """Empty the pool, and say when the next one is full."""
        self._pool.clear()
        if worthwhile:
            self._need, self._every = _LEAST_POOL, 1
        elif self._need < _MOST_POOL:
            self._need = min(self._need * 4, _MOST_POOL)
        else:
            self._every *= 2

    def _texts(self, remembered: Sequence[Sampled], systems: Systems) -> list[PromptText]:
        """The pool and some of the job so far, each text once."""
        both = {each.mark: each for each in (*remembered, *self._pool.values())}
        return [systems.placed(each.text) for each in both.values()]

    def _members(self, skeletons: Sequence[Skeleton], systems: Systems) -> list[tuple[Skeleton, list[Member]]]:
        """Those of the pool that fit each skeleton and none with more constant text."""
        shelves: Shelves[list[Member]] = Shelves()
        found: list[tuple[Skeleton, list[Member]]] = [(each, []) for each in skeletons]
        for skeleton, members in found:
            shelves.add(skeleton, members)
        for each in self._pool.values():
            fit = shelves.find(systems.placed(each.text))
            if fit is not None:
                fit.kept.append(Member(each, fit.fields))
        return found

    def _add(self, skeleton: Skeleton, members: Sequence[Member]) -> bool:
        """Keep a skeleton."""
        pattern = Pattern(skeleton, members={member.sampled.mark: member for member in members})
        added = self.known.add(skeleton, pattern)
        if added:
            self._try(pattern)
        return added

    def met(self, pattern: Pattern, member: Member) -> None:
        """Look at a request of a pattern whose fields are not known well enough."""
        pattern.members[member.sampled.mark] = member
        self._try(pattern)

    def _try(self, pattern: Pattern) -> None:
        """Find out which fields matter, once enough requests are there, and let some of these vote."""
        if len(pattern.members) < LEAST_MEMBERS:
            return
        members = [pattern.members[mark] for mark in sorted(pattern.members)][:MOST_MEMBERS]
        strong = pattern.skeleton.strong
        pattern.slots = slots(self._judge, pattern.skeleton, members, sizing=True) if strong else Slots()
        pattern.members.clear()
        voters = [member.sampled for member in members[:_VOTERS]]
        votes = self._judge.recall([each.mark for each in voters], [each.request for each in voters])
        for member, judged in zip(members, votes, strict=False):
            kin = self.kin(pattern, member.fields)
            kin.vote(judged, pattern.sized(member.fields))
            kin.shown(member.sampled.text)

    def kin(self, pattern: Pattern, fields: Sequence[str]) -> Kin:
        """The provisional template of a request that fits a pattern."""
        said = pattern.asked(fields)
        return pattern.kin.get(said) or pattern.kin.setdefault(said, self._numbers.kin(pattern.skeleton))
