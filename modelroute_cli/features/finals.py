"""The final templates of a job, out of a sample of it that depends on no order, and which text is of which."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from modelroute_cli.base.described import OWN
from modelroute_cli.features.grouping import LEAST_TEXTS
from modelroute_cli.features.judging import Answer, Judge, verdict
from modelroute_cli.features.kin import speaks
from modelroute_cli.features.mining import mined
from modelroute_cli.features.prompt_text import PromptText
from modelroute_cli.features.sample import Sampled
from modelroute_cli.features.shelves import Shelves
from modelroute_cli.features.skeletons import Skeleton
from modelroute_cli.features.slots import MOST_MEMBERS, Member, Slots, slots
from modelroute_cli.features.systems import Systems

_VOTERS = 16
_LOOKED_AT = 256  # of a small job: where they show few patterns no more is mined
_WORTHWHILE = 0.5


@dataclass(frozen=True, slots=True)
class Named:
    """A template: its name without the answer, what it asks, and how sure that is."""

    name: str
    answer: Answer
    task_type: int  # OWN where its requests do not agree
    confidence: float


@dataclass(slots=True, eq=False)
class _Final:
    """A skeleton with its requests in the sample, and the templates that its asking fields make of it."""

    skeleton: Skeleton
    members: dict[int, Member] = field(default_factory=dict)  # by mark
    slots: Slots | None = None
    named: dict[tuple[str, ...], Named] = field(default_factory=dict)


class Finals:
    """The templates that a sample shows; what they are is found out when a text of theirs is met."""

    def __init__(self, judge: Judge, sample: Sequence[Sampled], *, small: bool = False) -> None:
        self._judge = judge
        self._systems = Systems(each.text for each in sample)
        self._known = self._mined(sample[:_LOOKED_AT] if small else sample)
        if small and self._members(sample[:_LOOKED_AT]) >= _WORTHWHILE * len(sample[:_LOOKED_AT]):
            self._known = self._mined(sample)
        self._members(sample)

    def _mined(self, sample: Sequence[Sampled]) -> Shelves[_Final]:
        """The skeletons that a sample shows."""
        known: Shelves[_Final] = Shelves()
        for skeleton in mined([self._systems.placed(each.text) for each in sample], self._judge.asks):
            known.add(skeleton, _Final(skeleton))
        return known

    def _members(self, sample: Sequence[Sampled]) -> int:
        """Put the requests of a sample to their skeletons; how many have one."""
        fits = [(each, self._known.find(self._systems.placed(each.text))) for each in sample]
        for each, fit in fits:
            if fit is not None:
                fit.kept.members[each.mark] = Member(each, fit.fields)
        return sum(fit is not None for _, fit in fits)

    def of(self, texts: Sequence[PromptText]) -> Named | None:
        """The template of most of the texts, which are thought to be of one; None when they fit none."""
        fits = [fit for text in texts if (fit := self._known.find(self._systems.placed(text))) is not None]
        kept = [fit.kept for fit in fits if len(fit.kept.members) >= LEAST_TEXTS]
        if not kept:
            return None
        final = max(kept, key=lambda each: (kept.count(each), each.skeleton.weight))
        if final.slots is None:
            final.slots = self._slots(final)
        said = {tuple(fit.fields[place] for place in final.slots.asking) for fit in fits if fit.kept is final}
        return self._named(final, said.pop() if len(said) == 1 else ())

    def _named(self, final: _Final, said: tuple[str, ...]) -> Named:
        """The template of those who say this in the asking fields; of all who fit the skeleton, when it is nothing."""
        if said not in final.named:
            final.named[said] = self._voted(final, final.slots.asking if final.slots else (), said)
        return final.named[said]

    def _slots(self, final: _Final) -> Slots:
        if len(final.members) < LEAST_TEXTS * 2 or final.skeleton.bare:
            return Slots()
        return slots(self._judge, final.skeleton, list(final.members.values())[:MOST_MEMBERS], sizing=False)

    def _voted(self, final: _Final, asking: Sequence[int], said: tuple[str, ...]) -> Named:
        """The votes of those who say the same in the asking fields; of all, where nobody in the sample does."""
        alike = [
            each.sampled for each in final.members.values() if tuple(each.fields[place] for place in asking) == said
        ]
        voters = (alike or [each.sampled for each in final.members.values()])[:_VOTERS]
        votes = self._judge.recall([each.mark for each in voters], [each.request for each in voters])
        found = verdict(votes, final.skeleton.context.given)
        name = final.skeleton.name if not said else _digest(final.skeleton.name, said)
        return Named(
            name,
            found.answer,
            found.answer.task_type if speaks(found, final.skeleton) else OWN,
            found.confidence,
        )


def _digest(name: str, said: Sequence[str]) -> str:
    """The name of a skeleton with what its asking fields say."""
    return blake2b("\x1f".join((name, *said)).encode("utf-8", "replace"), digest_size=4).hexdigest()
