"""From the safest plan to the cheapest: the last that is certified before the first that is not.

Plans are tested in an order fixed before anything was drawn, each at the full confidence, until one fails. The first
plan of that order whose promise is broken is certified with a chance of at most 1 - confidence, and no plan behind it
is reached without it: no penalty for testing many (fixed-sequence testing; Maurer, Hothorn & Lehmacher 1995). All
plans are judged by the same draws.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.statistics import Floats
from modelroute_cli.pilot.certify import NOTHING_KNOWN, Finding, Known, Method, Promise, broken, put_to_test
from modelroute_cli.pilot.certify_draws import Draws


@dataclass(frozen=True, slots=True)
class Rung:
    """A plan under test: what it would cost, D of each draw in the order drawn, and of what was known before."""

    name: str
    cost_pusd: PicoUSD
    d: Floats
    known: Known = NOTHING_KNOWN


@dataclass(frozen=True, slots=True)
class Climbed:
    """A rung that was tested, and what came of it."""

    rung: Rung
    finding: Finding


@dataclass(frozen=True, slots=True)
class Certified:
    """What the ladder came to: the plan that may run under the promise, None: only the baseline itself may."""

    rung: Rung | None
    climbed: tuple[Climbed, ...]  # up to the first failure, that one included
    draws: int
    promise: Promise
    method: Method


def certify_ladder(rungs: Sequence[Rung], draws: Draws, promise: Promise, method: Method) -> Certified:
    """Test `rungs`, from the safest to the cheapest: an order that these draws had no say in.

    ValueError where a rung has not one difference for each draw.
    """
    climbed: list[Climbed] = []
    best: Rung | None = None
    for rung in rungs:
        if rung.d.size != draws.rows.size:
            msg = f"`{rung.name}` has {rung.d.size} differences for {draws.rows.size} draws"
            raise ValueError(msg)
        climbed.append(Climbed(rung, put_to_test(rung.d, draws, promise, method, rung.known)))
        if not climbed[-1].finding.passed:
            break
        best = rung
    return Certified(best, tuple(climbed), draws.rows.size, promise, method)


def undecided(rungs: Sequence[Rung], draws: Draws, promise: Promise) -> bool:
    """Whether more draws can still change which plan is certified, as far as these draws tell.

    Not so when all rungs passed, or when the first that did not is refuted by the opposite test. Looking is allowed at
    any time; the answer decides no promise, only whether to pay for more draws.
    """
    found = certify_ladder(rungs, draws, promise, Method.ANY_TIME)
    last = found.climbed[-1] if found.climbed else None
    return (
        last is not None and not last.finding.passed and not broken(last.rung.d, draws, promise, last.rung.known).passed
    )
