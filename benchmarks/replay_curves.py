"""What a choice really cost and brought, and costs of two methods at EQUAL realised quality.

A method's curve is traced by asking it for rising promises; what it realises between two of them is interpolated, as a
split of the batch between both would realise it. Methods are compared where their curves first reach a quality.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from replay_gates import GATES
from replay_methods import Known, Method, Share, Shares
from replay_outcomes import Outcomes

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.planning.hull import Ints

PROMISES = (0.0, 0.5, 0.7, 0.8, *(step / 200 for step in range(170, 221)))
"""Promises that are traced, as shares of the premium model's expected quality."""


@dataclass(frozen=True, slots=True)
class Realised:
    """Cost and mean quality, as shares of what the premium model cost and reached on the same prompts."""

    cost: float
    quality: float


def realise(plan: Outcomes, premium: int, shares: Shares) -> Realised:
    """The recorded cost and quality of every prompt's candidate; a category's shares go by the prompts' order."""
    cost, quality = 0, 0.0
    taken: dict[int | None, int] = {}
    rows_of: dict[int | None, Ints] = {}
    for share in shares:
        at = taken.get(share.category, 0)
        if share.category not in rows_of:
            rows_of[share.category] = _rows(plan, share.category)
        part = _answered(plan, rows_of[share.category][at : at + share.count], share)
        cost, quality = cost + int(part.cost), quality + part.quality
        taken[share.category] = at + share.count
    if sum(taken.values()) != len(plan.prompts):
        msg = f"{sum(taken.values())} of {len(plan.prompts)} prompts have a candidate"
        raise ValueError(msg)
    return Realised(cost / int(plan.cost_pusd[:, premium].sum()), quality / float(plan.quality[:, premium].sum()))


def _rows(plan: Outcomes, category: int | None) -> Ints:
    """The prompts of a category, or all."""
    every = np.arange(len(plan.prompts), dtype=np.int64)
    return every if category is None else every[plan.category == category]


def _answered(plan: Outcomes, rows: Ints, share: Share) -> Realised:
    """Sums over `rows`: pico-dollars, and quality."""
    candidate = share.candidate
    model = plan.models.index(candidate.model)
    cost, quality = plan.cost_pusd[rows, model], plan.quality[rows, model]
    if candidate.escalate_to is not None:
        strong = plan.models.index(candidate.escalate_to)
        gate = next(gate for gate in GATES if gate.name == candidate.gate)
        rejects = gate.rejects(plan)[rows, model]
        cost = cost + gate.cost_pusd + np.where(rejects, plan.cost_pusd[rows, strong], 0)
        quality = np.where(rejects, plan.quality[rows, strong], quality)
    return Realised(int(cost.sum()), float(quality.sum()))


def trace(plan: Outcomes, known: Known, method: Method) -> tuple[Realised, ...]:
    """What the method realises for rising promises, as far as it can make them."""
    found: list[Realised] = []
    last: Shares = ()
    for promise in PROMISES:
        try:
            shares = method(known, promise * known.premium_quality)
        except InfeasibleError:
            break
        if shares != last:
            found.append(realise(plan, known.table.premium, shares))
        last = shares
    return tuple(found)


def cost_at(curve: Sequence[Realised], quality: float) -> float | None:
    """The cost where a curve first reaches `quality`, None where it never does."""
    for at, point in enumerate(curve):
        if point.quality < quality:
            continue
        if at == 0:
            return point.cost
        before = curve[at - 1]
        way = (quality - before.quality) / (point.quality - before.quality)
        return before.cost + way * (point.cost - before.cost)
    return None
