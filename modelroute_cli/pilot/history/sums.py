"""The sums of what one run measured: all that the history keeps of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import fsum
from typing import Annotated, Literal

from msgspec import Meta, Struct

from modelroute_cli.base.schema import Count, NonEmpty, TaskType
from modelroute_cli.pilot.observation import Observation

Source = Literal["pilot", "run"]
Number = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Positive = Annotated[float, Meta(ge=0)]

_MOST_CHARS = 300  # of a name that a stranger gave
_MOST_TOKENS = 10**8  # no answer has more; a stranger may say so


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a run recorded in one capacity: recording it again takes the place of what it recorded before."""

    run: str
    source: Source
    baseline: str
    at: datetime

    @property
    def day(self) -> date:
        """The day it counts as, which its age is reckoned from."""
        return self.at.date()


class Sums(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Sums over the requests of one template that a run had measured on one model by one scorer.

    A request with several answers counts once in `n`, with their mean quality; tokens and costs are sums over answers.
    Differences are the model's quality minus the baseline's on the same request; the baseline has none to itself.
    """

    run: NonEmpty
    source: Source
    template: NonEmpty
    task_type: TaskType
    language: str
    model: NonEmpty
    model_served: NonEmpty | None  # as the provider named it; None: it did not say
    baseline: NonEmpty
    scorer: NonEmpty
    day: date
    emulated: bool
    n: Count
    quality_sum: Positive
    quality_squares: Positive
    n_paired: Number = 0
    difference_sum: float = 0.0
    difference_squares: Positive = 0.0
    n_tokens: Number = 0  # answers whose output tokens are known
    output_tokens_sum: Number = 0
    output_tokens_squares: Positive = 0.0
    n_cost: Number = 0  # answers whose cost is known
    cost_pusd: Number = 0


@dataclass(frozen=True, slots=True)
class _Group:
    """What the observations of one row of sums have in common."""

    template: str
    task_type: TaskType
    language: str
    model: str
    model_served: str | None
    scorer: str
    emulated: bool


_Measure = tuple[str, str, bool]  # custom_id, scorer, emulated: what pairs have in common


def summed(observations: Iterable[Observation], part: Part) -> tuple[Sums, ...]:
    """The sums of a part, whatever the order of its observations; floats are summed exactly, then rounded."""
    groups: defaultdict[_Group, list[Observation]] = defaultdict(list)
    for observation in observations:
        groups[_group(observation)].append(observation)
    baseline = _by_request(each for group in groups.values() for each in group if each.model == part.baseline)
    made = [_sums(group, members, baseline, part) for group, members in groups.items()]
    return tuple(sorted(made, key=_place))


def plain(name: str) -> str:
    """A name that a stranger gave, as it can be stored: valid text of at most 300 characters."""
    return name[:_MOST_CHARS].encode("utf-8", "replace").decode()


def _group(each: Observation) -> _Group:
    served = plain(each.model_served) if each.model_served else None
    return _Group(each.template, each.task_type, each.language, each.model, served, each.scorer, each.emulated)


def _measure(each: Observation) -> _Measure:
    return each.custom_id, each.scorer, each.emulated


def _by_request(observations: Iterable[Observation]) -> Mapping[_Measure, float]:
    """The mean quality of each request's answers, by scorer."""
    found: defaultdict[_Measure, list[float]] = defaultdict(list)
    for each in observations:
        found[_measure(each)].append(each.quality)
    return {measure: fsum(qualities) / len(qualities) for measure, qualities in found.items()}


def _sums(group: _Group, members: Sequence[Observation], baseline: Mapping[_Measure, float], part: Part) -> Sums:
    """One row."""
    quality = _by_request(members)
    paired = quality.keys() & baseline.keys() if group.model != part.baseline else frozenset()
    differences = [quality[measure] - baseline[measure] for measure in paired]
    tokens = [count for each in members if (count := each.output_tokens) is not None and 0 <= count <= _MOST_TOKENS]
    costs = [each.cost_pusd for each in members if each.cost_pusd is not None]
    return Sums(
        run=part.run,
        source=part.source,
        template=group.template,
        task_type=group.task_type,
        language=group.language,
        model=group.model,
        model_served=group.model_served,
        baseline=part.baseline,
        scorer=group.scorer,
        day=part.day,
        emulated=group.emulated,
        n=len(quality),
        quality_sum=fsum(quality.values()),
        quality_squares=fsum(value * value for value in quality.values()),
        n_paired=len(differences),
        difference_sum=fsum(differences),
        difference_squares=fsum(value * value for value in differences),
        n_tokens=len(tokens),
        output_tokens_sum=sum(tokens),
        output_tokens_squares=fsum(count * count for count in tokens),
        n_cost=len(costs),
        cost_pusd=sum(costs),
    )


def _place(row: Sums) -> tuple[object, ...]:
    """The order of rows that are alike in nothing else."""
    return row.template, row.model, row.scorer, row.model_served or "", row.task_type, row.language, row.emulated
