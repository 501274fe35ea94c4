"""Learns the skeletons of a job while it is read, and says which request fits which."""

from collections.abc import Iterable, Sequence

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

    def __init__(self, judge: Judge, numbers: Numbers, systems: Systems) -> None:
        self._judge = judge
        self._systems = systems
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

    def learn(self, sample: Sample) -> bool:
        """Mine the pool if it is full; whether any skeleton was found."""
        if len(self._pool) < self._need:
            return False
        remembered = {each.mark: each for each in sample.least(_REMEMBERED)}
        texts = self._placed((remembered | self._pool).values())
        found = fitting(list(mined(texts)), self._pool.values(), self._systems)
        added = [self._add(skeleton, members) for skeleton, members in found if len(members) >= LEAST_TEXTS]
        self._settle(worthwhile=sum(len(members) for _, members in found) >= _WORTHWHILE * len(self._pool))
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

    def _placed(self, sample: Iterable[Sampled]) -> list[PromptText]:
        return [self._systems.placed(each.text) for each in sample]

    def _add(self, skeleton: Skeleton, members: Sequence[Member]) -> bool:
        """Keep a skeleton."""
        pattern = Pattern(skeleton, members={member.sampled.mark: member for member in members})
        return self.known.add(skeleton, pattern)

    def met(self, pattern: Pattern, member: Member) -> None:
        """Look at a request of a pattern whose fields are not known well enough."""
        pattern.members[member.sampled.mark] = member
        self._try(pattern)

    def _try(self, pattern: Pattern) -> None:
        """Once enough requests are there, make sure that they are of one pattern, and learn what they share."""
        if len(pattern.members) < LEAST_MEMBERS:
            return
        members = [pattern.members[mark] for mark in sorted(pattern.members)][:MOST_MEMBERS]
        pattern.members.clear()
        own = self._within(pattern, [member.sampled for member in members])
        if own:
            self.known.drop(pattern.skeleton)
            for skeleton, found in own:
                self._add(skeleton, found)
        else:
            self._share(pattern, members)

    def _within(self, pattern: Pattern, members: Sequence[Sampled]) -> list[tuple[Skeleton, list[Member]]]:
        """Other skeletons that the members of a pattern show, if it is only what these have in common."""
        found = fitting(list(mined(self._placed(members))), members, self._systems)
        own = [(skeleton, said) for skeleton, said in found if len(said) >= LEAST_TEXTS]
        same = any(skeleton.constant == pattern.skeleton.constant for skeleton, _ in own)
        return [] if same else [each for each in own if each[0].weight > pattern.skeleton.weight]

    def _share(self, pattern: Pattern, members: Sequence[Member]) -> None:
        """Find out which fields matter, and let some members vote."""
        strong = pattern.skeleton.strong
        pattern.slots = slots(self._judge, pattern.skeleton, members, sizing=True) if strong else Slots()
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


def fitting(
    skeletons: Sequence[Skeleton], sample: Iterable[Sampled], systems: Systems
) -> list[tuple[Skeleton, list[Member]]]:
    """Those requests that fit each skeleton and none with more constant text."""
    shelves: Shelves[list[Member]] = Shelves()
    found: list[tuple[Skeleton, list[Member]]] = [(each, []) for each in skeletons]
    for skeleton, members in found:
        shelves.add(skeleton, members)
    for each in sample:
        fit = shelves.find(systems.placed(each.text))
        if fit is not None:
            fit.kept.append(Member(each, fit.fields))
    return found
