"""What the answers of a hold-out say of each rung: D by draw, in the order drawn, ready for the tests.

An answer that never came, or that nobody could score, counts against the plan: its own as 0, the baseline's as 1.
Where the plan leaves a request to the baseline alone both are the same answer, so a missing one is 0 for both.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np

from modelroute_cli.base.statistics import Floats
from modelroute_cli.pilot.certify import Method, differences
from modelroute_cli.pilot.design import Design
from modelroute_cli.pilot.ladder import Certified, Rung, certify_ladder, undecided
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.promise.hold_out import HeldRung, HoldOut, Way

_FIRST_LOOK = 50


@dataclass(frozen=True, slots=True)
class Answers:
    """What was measured of a hold-out so far, found by request and model; `ids` are custom_ids by row of the job."""

    seen: Mapping[tuple[str, str], Observation]
    ids: Mapping[int, str]

    def of(self, row: int, model: str) -> Observation | None:
        """The answer of a model to a request; None where there is none that was scored."""
        return self.seen.get((self.ids[row], model))


def answers(seen: Sequence[Observation], ids: Mapping[int, str]) -> Answers:
    """The answers by request and model."""
    return Answers({(each.custom_id, each.model): each for each in seen}, ids)


def rungs_of(held: HoldOut, found: Answers, count: int) -> tuple[Rung, ...]:
    """Every rung with D of the first `count` draws."""
    rows = held.rows[:count]
    return tuple(Rung(rung.name, rung.cost_pusd, _differences(held, rung, found, rows)) for rung in held.rungs)


def missing(held: HoldOut, found: Answers, count: int) -> int:
    """Of the first `count` draws, those with an answer that is not known."""
    asked = held.asked()
    return sum(any(found.of(row, model) is None for model in asked[at]) for at, row in enumerate(held.rows[:count]))


def result(held: HoldOut, found: Answers, count: int) -> Certified:
    """What the ladder comes to after `count` draws; with a fixed number, after all of them."""
    return certify_ladder(rungs_of(held, found, count), held.draws(count), held.promise, held.method)


def is_decided(held: HoldOut, found: Answers, count: int) -> bool:
    """Whether no more draws are to be paid for."""
    if count >= len(held.rows):
        return True
    if held.method is Method.FIXED or not count:
        return False
    return not undecided(rungs_of(held, found, count), held.draws(count), held.promise)


def next_look(held: HoldOut, count: int) -> int:
    """Up to which draw the next round asks: 50, then always twice as many; a fixed number is asked at once."""
    most = len(held.rows)
    return most if held.method is Method.FIXED else min(max(_FIRST_LOOK, 2 * count), most)


def own_rows(design: Design) -> dict[int, tuple[int, ...]]:
    """The rows of the hold-out's own job file by the row of the job that they ask."""
    found: dict[int, list[int]] = {}
    for own, pair in enumerate(design.pairs()):
        found.setdefault(pair.row, []).append(own)
    return {row: tuple(own) for row, own in found.items()}


def complete(held: HoldOut, design: Design, ended: AbstractSet[int]) -> int:
    """How many draws from the first on have come to their end on every model that they are asked of."""
    own = own_rows(design)
    return next((at for at, row in enumerate(held.rows) if not ended.issuperset(own[row])), len(held.rows))


def _differences(held: HoldOut, rung: HeldRung, found: Answers, rows: Sequence[int]) -> Floats:
    pairs = list(_pairs(held, rung, found, rows))
    values = np.array(pairs, np.float64).reshape(len(pairs), 2)
    return differences(values[:, 0], values[:, 1], held.promise.ratio)


def _pairs(held: HoldOut, rung: HeldRung, found: Answers, rows: Sequence[int]) -> Iterator[tuple[float, float]]:
    """The qualities of the plan's answer and of the baseline's, by draw."""
    for row, way in zip(rows, rung.ways, strict=False):
        own = found.of(row, held.baseline)
        if way.is_only(held.baseline):
            same = 0.0 if own is None else own.quality
            yield same, same
        else:
            yield _quality(way, row, found), 1.0 if own is None else own.quality


def _quality(way: Way, row: int, found: Answers) -> float:
    """What the plan's answer is worth: that of the second model where the first one's was rejected or never came."""
    first = found.of(row, way.model)
    if way.then is not None and (first is None or first.passed is False):
        first = found.of(row, way.then)
    return 0.0 if first is None else first.quality
