"""Which fields of a skeleton change what is asked: tried out, by putting one request's value into another's text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
_SURE = 0.6  # less may change with any word
_FEW_VALUES = 3  # texts that differ in a word of so few values are patterns of their own
_LEAST_SHARE = 0.05  # of each value
_LEAST_REPEATS = 4  # of each value of a list, on average
_TRANSLATION = TASK_TYPES.index(TaskType.TRANSLATION)


@dataclass(frozen=True, slots=True)
class Slots:
    """The places of fields that matter."""

    asking: tuple[int, ...] = ()  # their value changes the task, its language or the kind of answer
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
    few = {place for place in short if _chooses(members, place)}
    differ = len({vote.answer for vote in votes}) > 1 or (sizing and len({vote.hint for vote in votes}) > 1)
    tried = {place: _tried(judge, trial, place) for place in short[:_MOST_SLOTS]} if differ else {}
    asking = few.union(place for place, found in tried.items() if found.asking and _listed(trial, place))
    return Slots(tuple(sorted(asking)), tuple(place for place, found in tried.items() if found.sizing))


def _short(members: Sequence[Member]) -> list[int]:
    """The places of fields with short values that vary."""
    columns = zip(*(member.fields for member in members), strict=True)
    return [
        place for place, values in enumerate(columns) if len(set(values)) > 1 and max(map(len, values)) <= SHORT_CHARS
    ]


def _chooses(members: Sequence[Member], place: int) -> bool:
    """Whether a field has so few values that each is a pattern of its own."""
    values = [member.fields[place] for member in members]
    kinds = set(values)
    least = min(map(values.count, kinds)) if len(kinds) <= _FEW_VALUES else 0
    return len(values) >= LEAST_MEMBERS and least >= max(2, _LEAST_SHARE * len(values))


def _listed(trial: _Trial, place: int) -> bool:
    """Whether a field's values come from a list, as languages do: else what was found is a whim of the classifier."""
    if all(vote.answer.task_type == _TRANSLATION for vote in trial.votes):
        return True
    values = {member.fields[place] for member in trial.members}
    return len(values) <= max(_FEW_VALUES, len(trial.members) // _LEAST_REPEATS)


@dataclass(frozen=True, slots=True)
class _Effect:
    """What changes with the value of a field."""

    asking: bool
    sizing: bool


def _tried(judge: Judge, trial: _Trial, place: int) -> _Effect:
    """The effect of other values of one field, the rest of a request left as it is."""
    base = trial.members[0]
    others = sorted({member.fields[place] for member in trial.members[: len(trial.votes)]} - {base.fields[place]})
    found = [trial.votes[0], *judge.judge(list(_swapped(trial.skeleton, base, place, [*others[:1], *others[1:][-1:]])))]
    sure = {each.answer for each in found if each.confidence >= _SURE or each.answer.task_type == _TRANSLATION}
    return _Effect(len(sure) > 1, len({each.hint for each in found}) > 1)


def _swapped(skeleton: Skeleton, base: Member, place: int, values: Sequence[str]) -> Iterator[Request]:
    """The request with other values in one of its fields."""
    for value in values:
        fields = (*base.fields[:place], value, *base.fields[place + 1 :])
        told = skeleton.context.system or None
        yield replace(base.sampled.request, system=told, prompt=skeleton.filled(fields), messages=None)
