"""What the answers of a hold-out say so far: D of each rung by draw, whether that decides, and what is asked next."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from modelroute_cli.pilot.certify import Method
from modelroute_cli.pilot.certify_answers import Drawn, Scored, scored
from modelroute_cli.pilot.design import Design
from modelroute_cli.pilot.ladder import Certified, certify_ladder, undecided
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.promise.hold_out import HoldOut

_FIRST_LOOK = 50


def evidence(held: HoldOut, seen: Sequence[Observation], count: int) -> Scored:
    """Every rung with D of the first `count` draws; what is missing counts against it."""
    return scored(held.aimed(), held.baseline, seen, Drawn(held.custom_ids[:count]), held.promise)


def result(held: HoldOut, seen: Sequence[Observation], count: int) -> Certified:
    """What the ladder comes to after `count` draws; with a fixed number, after all of them."""
    return certify_ladder(evidence(held, seen, count).rungs, held.draws(count), held.promise, held.method)


def is_decided(held: HoldOut, seen: Sequence[Observation], count: int) -> bool:
    """Whether no more draws are to be paid for."""
    if count >= len(held.rows):
        return True
    if held.method is Method.FIXED or not count:
        return False
    return not undecided(evidence(held, seen, count).rungs, held.draws(count), held.promise)


def next_look(held: HoldOut, count: int) -> int:
    """Up to which draw the next round asks: 50, then always twice as many; a fixed number is asked at once."""
    most = len(held.rows)
    return most if held.method is Method.FIXED else min(max(_FIRST_LOOK, 2 * count), most)


def own_rows(design: Design) -> dict[int, frozenset[int]]:
    """The rows of the hold-out's own job file by the row of the job that they ask."""
    found: dict[int, list[int]] = {}
    for own, pair in enumerate(design.pairs()):
        found.setdefault(pair.row, []).append(own)
    return {row: frozenset(own) for row, own in found.items()}


def complete(held: HoldOut, design: Design, ended: AbstractSet[int]) -> int:
    """How many draws from the first on have come to their end on every model that they are asked of."""
    own = own_rows(design)
    return next((at for at, row in enumerate(held.rows) if not ended >= own[row]), len(held.rows))
