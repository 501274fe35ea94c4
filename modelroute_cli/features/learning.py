"""Learns the skeletons of a job while it is read, and says which request fits which."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence

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
_FIRST_POOL = 512
_FIRST_NEED = 1_024  # a smaller job is read sooner than anything that was learned would repay
_MOST_POOL = 2_048
_PASSED = 4  # requests that fit nothing to each one that is mined
_REMEMBERED = 256  # of the job so far are mined along, so that skeletons are not those of one stretch of it
_VOTERS = 8
_LOOKED_AT = 4  # requests of the pool to one that is looked at first
_SELDOM = 8  # a pool is waited for until this part of all that fitted nothing is new
_WORTHWHILE = 0.3  # of the pool must fit what was learned from it


class Learner:
    """The patterns met so far. A pool of requests that fit none is mined when it is full.

    As long as little is learned only a part of such requests is mined, and ever less, so that a job where nothing
    repeats costs hardly more than reading it.
    """

    def __init__(self, judge: Judge, numbers: Numbers, systems: Systems) -> None:
        self._judge = judge
        self._systems = systems
        self._numbers = numbers
        self.known: Shelves[Pattern] = Shelves()
        self._pool: deque[Sampled] = deque(maxlen=_FIRST_POOL)
        self._need = _FIRST_NEED
        self._fitted = self._missed = 0  # of all blocks
        self._passed = 0  # so many fitted nothing since the pool was mined

    def count(self, fitted: int, missed: int) -> None:
        """Count the requests of a block that fit what is known, and those that fit nothing."""
        self._fitted += fitted
        self._missed += missed

    def wait(self, count: int, last: Callable[[int], Iterable[Sampled]]) -> None:
        """Put `count` requests that fit nothing into the pool, which holds the last of them before it is mined."""
        self._passed += count
        most = self._pool.maxlen or _FIRST_POOL
        if self._passed >= self._need - most:
            self._pool.extend(last(most))

    def learn(self, sample: Sample) -> bool:
        """Mine the pool if it is full; whether any skeleton was found."""
        if self._passed < self._need:
            return False
        pool = {each.mark: each for each in self._pool}
        if len(pool) >= _FIRST_POOL and not self._promising(pool):
            self._next(worthwhile=False)
            return False
        remembered = {each.mark: each for each in sample.least(_REMEMBERED)}
        found = fitting(
            list(mined(self._placed((remembered | pool).values()), self._judge.asks)), pool.values(), self._systems
        )
        added = [self._add(skeleton, members) for skeleton, members in found if len(members) >= LEAST_TEXTS]
        self._next(worthwhile=sum(len(members) for _, members in found) >= _WORTHWHILE * len(pool))
        return any(added)

    def _promising(self, pool: Mapping[int, Sampled]) -> bool:
        """Whether a few of the pool show patterns already, so that it is worth mining."""
        few = [pool[mark] for mark in sorted(pool)[: len(pool) // _LOOKED_AT]]
        found = fitting(list(mined(self._placed(few), self._judge.asks)), few, self._systems)
        return sum(len(members) for _, members in found) >= _WORTHWHILE * len(few)

    def _next(self, *, worthwhile: bool) -> None:
        """Say when the next pool is mined, and how large it will be."""
        size = self._pool.maxlen or _FIRST_POOL
        if worthwhile:
            size, self._need = _MOST_POOL // 2, _LEAST_POOL
        elif size < _MOST_POOL:
            size, self._need = 2 * size, 2 * size * _PASSED
        else:
            self._need *= 2
        often = _FIRST_POOL if self._fitted > self._missed else max(2 * _FIRST_POOL, self._missed // _SELDOM)
        self._need = min(self._need, often)  # in a sorted job the next template may begin at any row
        self._pool, self._passed = deque(maxlen=size), 0

    def _placed(self, sample: Iterable[Sampled]) -> list[PromptText]:
        return [self._systems.placed(each.text) for each in sample]

    def _add(self, skeleton: Skeleton, members: Sequence[Member]) -> bool:
        """Keep a skeleton."""
        pattern = Pattern(skeleton, members={member.sampled.mark: member for member in members})
        added = self.known.add(skeleton, pattern)
        if added and len(members) >= LEAST_MEMBERS:
            self._share(pattern)
        return added

    def met(self, pattern: Pattern, members: Iterable[Member]) -> None:
        """Look at requests of a pattern whose fields are not known well enough."""
        pattern.members.update((member.sampled.mark, member) for member in members)
        self._try(pattern)

    def _try(self, pattern: Pattern) -> None:
        """Once enough requests are there, make sure that they are of one pattern, and learn what they share."""
        if len(pattern.members) < LEAST_MEMBERS:
            return
        own = self._within(pattern, [member.sampled for member in _least(pattern)])
        added = [self._add(skeleton, found) for skeleton, found in own]
        if any(added):
            pattern.members.clear()
        else:
            self._share(pattern)

    def _within(self, pattern: Pattern, members: Sequence[Sampled]) -> list[tuple[Skeleton, list[Member]]]:
        """Skeletons with more constant text that the members of a pattern show: it is only what these have in common.

        The pattern stays behind them, and goes on waiting.
        """
        if pattern.skeleton.bare:
            return []
        found = fitting(list(mined(self._placed(members), self._judge.asks)), members, self._systems)
        known = pattern.skeleton
        return [each for each in found if len(each[1]) >= LEAST_TEXTS and each[0].weight > known.weight]

    def _share(self, pattern: Pattern) -> None:
        """Find out which fields matter, and let some members vote."""
        members = _least(pattern)
        pattern.members.clear()
        bare = pattern.skeleton.bare
        pattern.slots = Slots() if bare else slots(self._judge, pattern.skeleton, members, sizing=True)
        voters = [member.sampled for member in members[:_VOTERS]]
        votes = self._judge.recall([each.mark for each in voters], [each.request for each in voters])
        for member, judged in zip(members, votes, strict=False):
            kin = self.kin(pattern, pattern.asked(member.fields))
            kin.vote(judged, pattern.sized(member.fields))
            kin.shown(member.sampled.text)

    def kin(self, pattern: Pattern, said: tuple[str, ...]) -> Kin:
        """The provisional template of requests that say this in the fields that matter."""
        return pattern.kin.get(said) or pattern.kin.setdefault(said, self._numbers.kin(pattern.skeleton))


def _least(pattern: Pattern) -> list[Member]:
    """Members that depend on no order."""
    return [pattern.members[mark] for mark in sorted(pattern.members)][:MOST_MEMBERS]


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
