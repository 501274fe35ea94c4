"""Which fields of a skeleton change what is asked: tried out, by putting one request's value into another's text."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from dataclasses import replace as replaced

from msgspec.structs import replace

from modelroute_cli.base.described import TASK_TYPES
from modelroute_cli.base.schema import Request, TaskType
from modelroute_cli.features.judging import Judge, Judged
from modelroute_cli.features.sample import Sampled
from modelroute_cli.features.skeletons import Skeleton

MOST_MEMBERS = 64  # of a skeleton are looked at
SHORT_CHARS = 40  # a longer value is material
LEAST_MEMBERS = 32  # with fewer nothing can be said, and less be saved
_VOTERS = 8
_MOST_SLOTS = 6
_NO_MATERIAL = "-"
_SURE = 0.6  # less may change with any word
_FEW_VALUES = 3
_MOST_TRIED, _FEW_TRIED = 6, 2  # values of a field from a list, and of another
_LEAST_REPEATS = 4  # of each value of a list, on average
_TRANSLATION = TASK_TYPES.index(TaskType.TRANSLATION)


@dataclass(frozen=True, slots=True)
class Slots:
    """The places of fields that matter."""

    asking: tuple[int, ...] = ()  # their value changes the task, its language or the kind of answer
    same: tuple[int, ...] = ()  # nobody knows what another value changes, as none was met
    sizing: tuple[int, ...] = ()  # their value changes the length asked for


@dataclass(frozen=True, slots=True)
class Member:
    """A request that fits a skeleton, with its fields."""

    sampled: Sampled
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Trial:
    """Requests of one skeleton, and the votes of the first of them."""

    skeleton: Skeleton
    members: Sequence[Member]
    votes: Sequence[Judged]


def slots(judge: Judge, skeleton: Skeleton, members: Sequence[Member], *, sizing: bool) -> Slots:
    """The fields that matter, `sizing` ones only on demand; reads few requests when these agree on what is asked."""
    voters = [member.sampled for member in members[:_VOTERS]]
    votes = judge.recall([each.mark for each in voters], [each.request for each in voters])
    trial = _Trial(skeleton, members, votes)
    short = _short(members)
    few = [place for place in short if _listed(members, place)]
    differ = len({(vote.answer, vote.asked) for vote in votes}) > 1
    differ = differ or (sizing and len({vote.hint for vote in votes}) > 1)
    changing = [place for place in few[:_MOST_SLOTS] if _differ(_tried(judge, trial, place, material=False))]
    tried = {place: _tried(judge, trial, place, material=True) for place in (short if differ else [])[:_MOST_SLOTS]}
    asking = {place for place, found in tried.items() if (place in few or _translates(votes)) and _differ(found)}
    sizes = (place for place, found in tried.items() if len({each.hint for each in found}) > 1)
    same = (place for place in range(len(members[0].fields)) if len({each.fields[place] for each in members}) == 1)
    return Slots(asking=tuple(sorted(asking.union(changing))), same=tuple(same), sizing=tuple(sizes))


def _short(members: Sequence[Member]) -> list[int]:
    """The places of fields with short values that vary."""
    columns = zip(*(member.fields for member in members), strict=True)
    return [
        place for place, values in enumerate(columns) if len(set(values)) > 1 and max(map(len, values)) <= SHORT_CHARS
    ]


def _listed(members: Sequence[Member], place: int) -> bool:
    """Whether a field's values come from a list, as languages do: else what is found is a whim of the classifier."""
    values = {member.fields[place] for member in members}
    return len(values) <= max(_FEW_VALUES, len(members) // _LEAST_REPEATS)


def _translates(votes: Sequence[Judged]) -> bool:
    return all(vote.answer.task_type == _TRANSLATION for vote in votes)


def _tried(judge: Judge, trial: _Trial, place: int, *, material: bool) -> list[Judged]:
    """A request with several values in one field, the rest of it left as it is, or its material left out."""
    base = trial.members[0]
    values = Counter(member.fields[place] for member in trial.members)
    most = _MOST_TRIED if _listed(trial.members, place) else _FEW_TRIED
    others = [value for value, _ in values.most_common(most + 1) if value != base.fields[place]][:most]
    if material:
        return [trial.votes[0], *judge.judge(list(_swapped(trial.skeleton, base, place, others)))]
    short = _short(trial.members)
    plain = replaced(base, fields=tuple(said if at in short else _NO_MATERIAL for at, said in enumerate(base.fields)))
    return judge.judge(list(_swapped(trial.skeleton, plain, place, [base.fields[place], *others])))


def _differ(found: Sequence[Judged]) -> bool:
    """Whether what is asked changes."""
    sure = {each.answer for each in found if each.confidence >= _SURE or each.answer.task_type == _TRANSLATION}
    named = {(each.asked, each.answer.language if each.translates else "") for each in found}
    return len(sure) > 1 or len(named) > 1


def _swapped(skeleton: Skeleton, base: Member, place: int, values: Sequence[str]) -> Iterator[Request]:
    """The request with other values in one of its fields."""
    for value in values:
        fields = (*base.fields[:place], value, *base.fields[place + 1 :])
        told = skeleton.context.system or None
        yield replace(base.sampled.request, system=told, prompt=skeleton.filled(fields), messages=None)
