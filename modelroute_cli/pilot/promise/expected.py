"""How many paired requests a rung is expected to take, by what the pilot saw of its models beside the baseline."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from modelroute_cli.pilot.certify import Method, Promise
from modelroute_cli.pilot.certify_answers import Choice
from modelroute_cli.pilot.certify_draws import SAFE_RATE
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.sizes import Affordable, Pairs, affordable


@dataclass(frozen=True, slots=True)
class Cell:
    """Requests that could be drawn, of one template, that a rung answers in one way.

    `is_safe`: every rung leaves them to the baseline, so they are drawn seldom.
    """

    template: str
    choice: Choice
    is_safe: bool
    requests: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a rung is expected to show; `ratio` None: no choice of it was measured."""

    ratio: float | None  # its quality over the baseline's
    differ: float | None  # share of requests on which the two answers are worth something else
    measured: int  # requests of the pilot behind it
    affordable: Affordable


@dataclass(frozen=True, slots=True)
class _Weighted:
    """Pairs of qualities, and how many requests of the batch each stands for; `fresh` are of other models."""

    plan: tuple[float, ...]
    baseline: tuple[float, ...]
    weight: tuple[float, ...]
    safe: tuple[bool, ...]
    fresh: tuple[bool, ...]  # the plan's answer is not the baseline's own


@dataclass(frozen=True, slots=True)
class Terms:
    """What is to be certified, how, with how many draws at most."""

    promise: Promise
    method: Method
    most: int


def outlook(cells: Sequence[Cell], seen: Sequence[Observation], baseline: str, terms: Terms) -> Outlook | None:
    """What a rung of these cells will show by the pilot's pairs; None where none of its answers was measured.

    Cells that the pilot did not measure are taken to be as those that it did. One pair more that was won and one that
    was lost keep a small pilot from looking sure (Agresti & Min 2005).
    """
    by_template = _by_template(seen)
    rows = [row for cell in cells for row in _of_cell(cell, by_template.get(cell.template, {}), baseline)]
    if not rows:
        return None
    plan, own, weight, safe, fresh = zip(*rows, strict=True)
    known = _Weighted(plan, own, weight, safe, fresh)
    population = sum(cell.requests for cell in cells)
    found = affordable(
        _drawn(_careful(known), terms.promise.ratio), terms.promise, terms.method, terms.most, population
    )
    share = np.array(weight) / sum(weight)
    below = float(share @ np.array(own))
    return Outlook(
        ratio=float(share @ np.array(plan)) / below if below else None,
        differ=float(share @ (np.array(plan) != np.array(own))),
        measured=sum(fresh),
        affordable=found,
    )


def _by_template(seen: Sequence[Observation]) -> dict[str, dict[tuple[str, str], Observation]]:
    """Observations by template, then by request and model."""
    found: dict[str, dict[tuple[str, str], Observation]] = {}
    for each in seen:
        found.setdefault(each.template, {})[each.custom_id, each.model] = each
    return found


def _of_cell(
    cell: Cell, seen: Mapping[tuple[str, str], Observation], baseline: str
) -> Iterator[tuple[float, float, float, bool, bool]]:
    """The pilot's pairs of a cell, the cell's requests shared out over them.

    Where the baseline answers alone and was not measured, its answers are taken to be right.
    """
    ids = sorted({name for name, model in seen if model == baseline})
    if cell.choice == Choice(baseline):
        own = [seen[name, baseline].quality for name in ids] or [1.0]
        yield from ((each, each, cell.requests / len(own), cell.is_safe, False) for each in own)
        return
    pairs = [
        (quality, seen[name, baseline].quality)
        for name in ids
        if (quality := _worth(cell.choice, name, seen)) is not None
    ]
    for plan, below in pairs:
        yield plan, below, cell.requests / len(pairs), cell.is_safe, True


def _worth(choice: Choice, name: str, seen: Mapping[tuple[str, str], Observation]) -> float | None:
    """What the pilot saw of a choice on a request; None where it did not ask all that it takes."""
    first = seen.get((name, choice.model))
    if first is None or choice.escalate_to is None or first.passed is not False:
        return None if first is None else first.quality
    second = seen.get((name, choice.escalate_to))
    return None if second is None else second.quality


def _careful(known: _Weighted) -> _Weighted:
    """With one more pair that was won and one that was lost among those of other models."""
    count = sum(known.fresh)
    if not count:
        return known
    scale = count / (count + 2)
    taken = sum(weight for weight, fresh in zip(known.weight, known.fresh, strict=True) if fresh)
    each = taken / (count + 2)
    weight = (w * scale if fresh else w for w, fresh in zip(known.weight, known.fresh, strict=True))
    return _Weighted(
        (*known.plan, 1.0, 0.0),
        (*known.baseline, 0.0, 1.0),
        (*weight, each, each),
        (*known.safe, False, False),
        (*known.fresh, True, True),
    )


def _drawn(known: _Weighted, ratio: float) -> Pairs:
    """The pairs as draws meet them: safe requests a tenth as often, each then counting ten times.

    Pairs whose plan's quality is such that plan - ratio x baseline is the weighted D of a draw.
    """
    plan, own = np.array(known.plan), np.array(known.baseline)
    rate = np.where(np.array(known.safe), SAFE_RATE, 1.0)
    chance = np.array(known.weight) * rate
    return Pairs((plan - ratio * own) / rate + ratio * own, own, chance / chance.sum())
