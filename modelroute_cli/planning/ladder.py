"""The ladder: which stronger model each group of failed answers goes to next, for the money that is left.

The groups and the models they may go to are a problem like that of the plan, with one candidate more: the answer is
kept as it is, which costs nothing and gains nothing. The same optimiser solves it for the best gain in all.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Importance
from modelroute_cli.planning.optimize import Problem, Solution, maximise_quality

DEPENDENCE = 0.8
"""How far failures go together, from 0 (independent) to 1 (a model fails wherever a better one did).

Taking them as independent promises what is not kept (OPTIMIZER 3.1). Between two models whose successes follow a
Gaussian copula of correlation 0.8, the chance that the better one is right where the other was wrong is that of a
dependence of 0.67 to 0.86 (seven pairs of qualities between 0.6 and 0.97, two million draws each); measured pairs fail
together more often still than such a copula says (arXiv 2606.27288).
"""

_ORDER = (Importance.PREMIUM, Importance.STANDARD, Importance.BULK)


@dataclass(frozen=True, slots=True)
class Rung:
    """A model that a failed answer may go to: its expected cost, and the chance that a good answer comes of it.

    Where it stands for going on to another one after it, both count what that adds.
    """

    model: str
    cost_pusd: PicoUSD
    gain: float

    def then(self, other: "Rung") -> "Rung":
        """This model, and `other` where its answer fails too; the gain of `other` is told for that case."""
        fails = 1.0 - self.gain
        return Rung(self.model, PicoUSD(self.cost_pusd + ceil(fails * other.cost_pusd)), self.gain + fails * other.gain)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """Requests that are alike and whose answers failed a gate; `rungs` are the models left to them."""

    rungs: tuple[Rung, ...]
    count: int
    importance: Importance = Importance.STANDARD


@dataclass(frozen=True, slots=True)
class Share:
    """So many requests of a group go to this model; None: they keep the answer they have."""

    model: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Ladder:
    """The shares of each group, in their order, and what they are expected to cost and gain in all.

    What a share may cost later, where its rung goes on to another model, is in the cost.
    """

    shares: tuple[tuple[Share, ...], ...]
    cost_pusd: PicoUSD
    gain: float


def chance(quality: float, tried: Iterable[float]) -> float:
    """The chance that a model of this quality answers well where models of the qualities `tried` did not."""
    best = max(tried, default=0.0)
    beyond = max(0.0, quality - best) / (1.0 - best) if best < 1.0 else 0.0
    return (1.0 - DEPENDENCE) * quality + DEPENDENCE * beyond


def climb(groups: Sequence[Stuck], money: PicoUSD) -> Ladder:
    """The next model of every group's requests, for the largest gain that `money` is expected to pay for.

    Premium requests are served first, then standard ones, then bulk, each with what the others leave.
    """
    shares: dict[int, tuple[Share, ...]] = {}
    left, gained = max(money, 0), 0.0
    for importance in _ORDER:
        places = [place for place, group in enumerate(groups) if group.importance is importance]
        if not places:
            continue
        found = maximise_quality(_problem([groups[place] for place in places]), PicoUSD(left))
        shares |= dict(zip(places, _shares([groups[place] for place in places], found), strict=True))
        left -= found.cost_pusd
        gained += found.quality * sum(groups[place].count for place in places)
    return Ladder(tuple(shares[place] for place in range(len(groups))), PicoUSD(max(money, 0) - left), gained)


def _problem(groups: Sequence[Stuck]) -> Problem:
    """Each group's candidates: its answer as it is, then its rungs."""
    sizes = [1 + len(group.rungs) for group in groups]
    return Problem(
        owner=np.repeat(np.arange(len(groups), dtype=np.int64), sizes),
        cost_pusd=np.array([cost for group in groups for cost in (0, *(r.cost_pusd for r in group.rungs))], np.int64),
        quality=np.array([gain for group in groups for gain in (0.0, *(r.gain for r in group.rungs))]),
        weight=np.ones(len(groups), np.int64),
        count=np.array([group.count for group in groups], np.int64),
    )


def _shares(groups: Sequence[Stuck], solution: Solution) -> Iterator[tuple[Share, ...]]:
    """What each group's requests get; the answers that are kept come last."""
    taken = dict(zip(solution.portions.candidate.tolist(), solution.portions.count.tolist(), strict=True))
    start = 0
    for group in groups:
        models = (None, *(rung.model for rung in group.rungs))
        counts: dict[str | None, int] = {}
        for at, model in enumerate(models):
            counts[model] = counts.get(model, 0) + taken.get(start + at, 0)
        start += len(models)
        own = [Share(model, count) for model, count in counts.items() if count]
        yield tuple(sorted(own, key=lambda share: share.model is None))
