"""How many requests a hold-out draws: what its rungs are expected to take, within the money and the job."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from msgspec import Struct

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.pilot.certify import Method, Promise
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.promise.expected import Outlook, Terms, outlook
from modelroute_cli.pilot.promise.field import Field
from modelroute_cli.planning.hull import Ints

USED_SHARE = Fraction(4, 5)
"""Judgement: of the budget, what the expected cost may take; answers turn out longer than expected."""
_UNLUCKY = 2
"""Times what is expected to be enough that may be drawn where looking is free: one test in five takes longer."""


class RungSize(Struct, frozen=True, kw_only=True):
    """A rung before its test; figures of what is expected, None where the pilot measured nothing of it."""

    target: float
    cost_pusd: PicoUSD  # of the whole plan
    ratio: float | None  # its quality over the baseline's, as the pilot saw it
    differ: float | None  # share of requests on which the two differ
    measured: int  # requests of the pilot behind that
    needed: int | None  # paired requests that the asked promise takes; None: no number is enough
    could: float | None  # the strongest promise that the money and the job allow; None: not even half


@dataclass(frozen=True, slots=True)
class Money:
    """The expected cost of the first 1, 2, ... draws, and what may be spent."""

    cost_pusd: Ints
    budget_pusd: PicoUSD

    @property
    def most(self) -> int:
        """How many draws the budget pays for."""
        return int(np.searchsorted(self.cost_pusd, int(self.budget_pusd * USED_SHARE), side="right"))

    def of(self, count: int) -> PicoUSD:
        """What so many draws are expected to cost."""
        return PicoUSD(int(self.cost_pusd[count - 1]) if count else 0)


def money_of(field: Field, seed: int, budget_pusd: PicoUSD) -> Money:
    """The costs in the order in which the requests would be drawn."""
    places = field.draw(len(field.rows), seed).rows.tolist()
    return Money(np.cumsum([field.cost_at(at) for at in places], dtype=np.int64), budget_pusd)


def rung_sizes(field: Field, seen: Sequence[Observation], terms: Terms) -> tuple[RungSize, ...]:
    """What each rung is expected to take, the safest first."""
    found = (outlook(field.cells(at), seen, field.baseline, terms) for at in range(len(field.rungs)))
    return tuple(_size(each.target, each.cost_pusd, known) for each, known in zip(field.rungs, found, strict=True))


def _size(target: float, cost_pusd: PicoUSD, known: Outlook | None) -> RungSize:
    promise: Promise | None = None if known is None else known.affordable.promise
    return RungSize(
        target=target,
        cost_pusd=cost_pusd,
        ratio=None if known is None else known.ratio,
        differ=None if known is None else known.differ,
        measured=0 if known is None else known.measured,
        needed=None if known is None else known.affordable.needed,
        could=None if promise is None else promise.ratio,
    )


def expected_count(sizes: Sequence[RungSize], most: int) -> int | None:
    """Requests after which the cheapest rung within reach is likely certified; None where none is.

    A rung is reached through all safer ones, so it takes as many as the most demanding of them.
    """
    reached: list[int] = []
    for each in sizes:
        if each.needed is None or each.needed > most:
            break
        reached.append(each.needed)
    return max(reached, default=None)


def drawn_count(expected: int, method: Method, most: int) -> int:
    """How many are drawn: that many where the number is fixed, else up to twice as many, as looking is free."""
    return expected if method is Method.FIXED else min(_UNLUCKY * expected, most)
