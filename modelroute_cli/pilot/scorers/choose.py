"""Which scorer holds for a request, and which observations may stand side by side.

People know best, then a program of the user's own, then a reference, then a judge model; gates alone say only that an
answer can be used. Two scorers are two scales: what a judge gives one model and a person another is no difference
between the models, so all answers to one request are held to one scorer.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from modelroute_cli.base.schema import Request
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.scorers.expected import mode_of


class ScorerKind(StrEnum):
    """The scorers, the strongest word first; `pairwise` and `judge` are one model's word."""

    LABELS = "labels"
    COMMAND = "command"
    EXPECTED = "expected"
    JUDGE = "judge"
    PAIRWISE = "pairwise"
    GATES = "gates"


_STRENGTH: Final = {kind: place for place, kind in enumerate(reversed(ScorerKind))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What the user named beside what requests bring themselves; `labelled` are custom_ids that people looked at."""

    command: bool = False
    judge: bool = False
    pairwise: bool = False  # whether the judge compares with the baseline's answer
    labelled: frozenset[str] = field(default_factory=frozenset)


def choose(request: Request, named: Named) -> ScorerKind:
    """The scorer of a request's answers: labels, else command, else its `expected`, else the judge, else gates."""
    if request.custom_id in named.labelled:
        return ScorerKind.LABELS
    if named.command:
        return ScorerKind.COMMAND
    if mode_of(request) is not None:
        return ScorerKind.EXPECTED
    if named.judge:
        return ScorerKind.PAIRWISE if named.pairwise else ScorerKind.JUDGE
    return ScorerKind.GATES


def kind_of(scorer: str) -> ScorerKind:
    """The kind of an observation's scorer: what stands before its colon; ValueError for none of them."""
    return ScorerKind(scorer.partition(":")[0])


@dataclass(frozen=True, slots=True)
class Scale:
    """Observations of which those of one request share a scorer, and those that were set aside for that."""

    kept: tuple[Observation, ...]
    set_aside: tuple[Observation, ...]


def one_scale(observations: Sequence[Observation], baseline: str | None = None) -> Scale:
    """For each request the observations of one scorer, in the order given.

    It is the strongest that scored the baseline and another model's answer (any two models without a baseline), since a
    pair is what plans are made from; where none did, the strongest of all. Comparisons with the baseline are on a scale
    of their own, so a template has them alone or not at all: what scored more of its requests stays.
    """
    by_request: dict[str, list[Observation]] = {}
    for each in observations:
        by_request.setdefault(each.custom_id, []).append(each)
    chosen = {name: _scorer(group, baseline) for name, group in by_request.items()}
    compared = _compared(observations, chosen)
    stays = [
        each.scorer == chosen[each.custom_id] and _is_comparison(each.scorer) == (each.template in compared)
        for each in observations
    ]
    told = list(zip(observations, stays, strict=True))
    return Scale(tuple(each for each, is_kept in told if is_kept), tuple(each for each, is_kept in told if not is_kept))


def _compared(observations: Iterable[Observation], chosen: Mapping[str, str]) -> frozenset[str]:
    """The templates of which more requests are compared with the baseline than scored by themselves."""
    more: Counter[str] = Counter()
    for template, name in {(each.template, each.custom_id) for each in observations}:
        more[template] += 1 if _is_comparison(chosen[name]) else -1
    return frozenset(template for template, count in more.items() if count > 0)


def _is_comparison(scorer: str) -> bool:
    return kind_of(scorer) is ScorerKind.PAIRWISE


def _scorer(observations: Sequence[Observation], baseline: str | None) -> str:
    """The scorer of one request's observations."""
    models: dict[str, set[str]] = {}
    for each in observations:
        models.setdefault(each.scorer, set()).add(each.model)
    paired = {scorer for scorer, by in models.items() if len(by) > 1 and (baseline is None or baseline in by)}
    return _strongest(paired or models)


def _strongest(scorers: Iterable[str]) -> str:
    """Of two judges the first by name, so that it is the same one each time."""
    return min(scorers, key=lambda scorer: (-_STRENGTH[kind_of(scorer)], scorer))
