"""From plans and scored answers to the ladder: who is asked about a drawn request, and what each plan made of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.statistics import Floats
from modelroute_cli.pilot.certify import Known, Promise, differences
from modelroute_cli.pilot.certify_draws import Bools
from modelroute_cli.pilot.ladder import Rung
from modelroute_cli.pilot.observation import Observation


@dataclass(frozen=True, slots=True)
class Choice:
    """Whom a plan sends a request to, and whom after a failed gate (None: nobody)."""

    model: str
    escalate_to: str | None = None


@dataclass(frozen=True, slots=True)
class Aimed:
    """A plan under test: its name (what it was aimed at), its cost, and its choice by custom_id."""

    name: str
    cost_pusd: PicoUSD
    choices: Mapping[str, Choice]


@dataclass(frozen=True, slots=True)
class Drawn:
    """The requests of a hold-out in the order drawn, and those of the batch whose answers stood before."""

    drawn: Sequence[str]  # custom_ids
    known: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Scored:
    """The rungs of a ladder, and how many (plan, drawn or known request) had to be taken at their worst."""

    rungs: tuple[Rung, ...]
    unanswered: int


def always_baseline(plans: Sequence[Aimed], custom_ids: Sequence[str], baseline: str) -> Bools:
    """By request, whether all plans leave it to the baseline: such a request cannot lose (see `by_risk`)."""
    own = Choice(baseline)
    found: Bools = np.array([all(plan.choices[each] == own for plan in plans) for each in custom_ids], dtype=np.bool_)
    return found


def asked_about(plans: Sequence[Aimed], custom_id: str, baseline: str) -> tuple[str, ...]:
    """The models whose answers to a request a ladder takes: the baseline, then the plans' in their order."""
    named = [model for plan in plans for model in _models(plan.choices[custom_id])]
    return tuple(dict.fromkeys((baseline, *named)))


def scored(
    plans: Sequence[Aimed], baseline: str, seen: Iterable[Observation], where: Drawn, promise: Promise
) -> Scored:
    """Each plan's D of every drawn request, and their sum over the known ones.

    Where an answer is missing the plan is held to have lost: its own counts 0, the baseline's 1. Leaving such requests
    out would count only those that are easily answered. Of several observations of one answer the last counts.
    """
    answers = {(each.custom_id, each.model): each for each in seen}
    unanswered = 0
    rungs = []
    for plan in plans:
        worth = [_pair(plan.choices[each], answers, each, baseline) for each in (*where.drawn, *where.known)]
        unanswered += sum(None in (own, base) for own, base in worth)
        d = differences(_worst([own for own, _ in worth], 0.0), _worst([base for _, base in worth], 1.0), promise.ratio)
        drawn, known = d[: len(where.drawn)], d[len(where.drawn) :]
        rungs.append(Rung(plan.name, plan.cost_pusd, drawn, Known(known.size, float(known.sum()))))
    return Scored(tuple(rungs), unanswered)


def _models(choice: Choice) -> tuple[str, ...]:
    return (choice.model,) if choice.escalate_to is None else (choice.model, choice.escalate_to)


def _pair(
    choice: Choice, answers: Mapping[tuple[str, str], Observation], custom_id: str, baseline: str
) -> tuple[float | None, float | None]:
    """What the plan's answer and the baseline's to a request are worth; None: not known."""
    beside = answers.get((custom_id, baseline))
    first = answers.get((custom_id, choice.model))
    if first is not None and first.passed is False and choice.escalate_to is not None:
        first = answers.get((custom_id, choice.escalate_to))
    return (None if first is None else first.quality), (None if beside is None else beside.quality)


def _worst(values: Sequence[float | None], worst: float) -> Floats:
    """The values, those that are not known at their worst."""
    return np.array([worst if each is None else each for each in values], dtype=np.float64)
