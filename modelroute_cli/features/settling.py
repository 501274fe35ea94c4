"""The templates of a job, out of what was learned of its parts: the same whatever the order of its rows.

Final skeletons are mined from the samples alone, which depend on no order; provisional numbers are mapped to them by
their examples. What fits no final skeleton keeps its own, and requests of one kind only are put together by looks.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from modelroute_cli.base.described import OWN, TASK_TYPES, Templates
from modelroute_cli.features.finals import Finals, Named
from modelroute_cli.features.grouping import LEAST_TEXTS
from modelroute_cli.features.judging import Answer, Judge
from modelroute_cli.features.kin import Kin
from modelroute_cli.features.numbers import Numbers, Rest
from modelroute_cli.features.sample import Sample, Sampled

_LEAST_SAMPLE = 2_048
_SMALL = 8_192  # rows
_SAMPLED = 4  # rows to one of the sample: finding templates must cost little beside reading a job where there are none
_EMPTY = Named("", Answer(0, "", "text"), OWN, 0.0)


@dataclass(frozen=True, slots=True)
class Learned:
    """What one describer keeps of its part of a job: picklable, and bounded whatever the number of rows."""

    sample: list[Sampled]
    numbers: Numbers
    rows: int

    @property
    def templates(self) -> int:
        """How many provisional numbers were given."""
        return len(self.numbers.groups)


def settle(judge: Judge, parts: Sequence[Learned]) -> Templates:
    """The templates of a job whose parts, in order of rows, were described apart.

    The provisional numbers of a part begin where those of the part before it end, and so do its rows.
    """
    sample = Sample()
    for part in parts:
        sample.update(part.sample)
    rows = sum(part.rows for part in parts)
    finals = Finals(judge, sample.least(max(_LEAST_SAMPLE, rows // _SAMPLED)), small=rows < _SMALL)
    groups = [group for part in parts for group in part.numbers.groups]
    found = [_fitting(group, finals) for group in groups]
    alone = _alone(group for group, named in zip(groups, found, strict=True) if named is None)
    return _columns([named or _own(group, alone) for group, named in zip(groups, found, strict=True)], _first(parts))


def _fitting(group: Kin | Rest, finals: Finals) -> Named | None:
    """The final template of most of its examples; None when they fit none."""
    examples = group.examples if isinstance(group, Kin) else [group.text] if group.text else []
    return finals.of(examples)


def _alone(groups: Iterable[Kin | Rest]) -> frozenset[str]:
    """The names by first words that too few rows have."""
    rows: Counter[str] = Counter()
    for group in groups:
        if isinstance(group, Rest):
            rows[group.likeness.words] += group.rows
    return frozenset(name for name, count in rows.items() if count < LEAST_TEXTS)


def _own(group: Kin | Rest, alone: frozenset[str]) -> Named:
    """What a group is that fits no final template."""
    if isinstance(group, Rest):
        alike = group.likeness
        return Named(alike.looks if alike.words in alone else alike.words, alike.answer, OWN, 0.0)
    if group.verdict is None:
        return _EMPTY  # no row has this number
    place = group.verdict.answer.task_type if group.shared else OWN
    return Named(group.skeleton.name, group.verdict.answer, place, group.verdict.confidence)


def _first(parts: Sequence[Learned]) -> list[int]:
    """The first row of each provisional number, -1 for one without rows."""
    found, start = [], 0
    for part in parts:
        found += [start + row if row >= 0 else -1 for row in part.numbers.first]
        start += part.rows
    return found


def _columns(found: Sequence[Named], first: Sequence[int]) -> Templates:
    """The columns, the final numbers in order of their names."""
    said = [f"{TASK_TYPES[each.answer.task_type].value}-{each.answer.language}-{each.name}" for each in found]
    names = sorted({name for name, row in zip(said, first, strict=True) if row >= 0})
    numbers = {name: number for number, name in enumerate(names)}
    example = [min(row for row in rows) for rows in _rows(said, first, names)]
    return Templates(
        number=np.array([numbers.get(name, -1) for name in said], np.int32),
        task_type=np.array([each.task_type for each in found], np.int8),
        task_confidence=np.array([each.confidence for each in found], np.float32),
        language=[each.answer.language for each in found],
        names=names,
        example=np.array(example, np.int64),
    )


def _rows(said: Sequence[str], first: Sequence[int], names: Sequence[str]) -> list[list[int]]:
    """The first rows of the provisional numbers of each name."""
    rows: dict[str, list[int]] = {name: [] for name in names}
    for name, row in zip(said, first, strict=True):
        if row >= 0:
            rows[name].append(row)
    return list(rows.values())
