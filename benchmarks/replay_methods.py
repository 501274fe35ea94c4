"""Ways to choose models for a batch from one and the same table: ours, and those it is compared with.

Each takes what is known before the batch is sent (`Known`) and a mean quality to promise, and gives shares: how many
of a category's prompts take which candidate. All raise InfeasibleError where they cannot promise it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from replay_outcomes import Outcomes, Table

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.cascades import Belief, GroupCandidate
from modelroute_cli.planning.hull import Floats, Ints
from modelroute_cli.planning.optimize import Problem, Solution, minimise_cost


@dataclass(frozen=True, slots=True)
class Known:
    """What a planner knows of the batch: how many prompts each category has, and the table of the other half."""

    models: tuple[str, ...]
    counts: Ints
    table: Table

    @property
    def share(self) -> Floats:
        """The share of the batch that each category is."""
        share: Floats = self.counts / self.counts.sum()
        return share

    @property
    def premium_quality(self) -> float:
        """What the premium model is expected to reach on the batch."""
        return float(self.share @ self.table.quality[:, self.table.premium])


@dataclass(frozen=True, slots=True)
class Share:
    """`count` prompts of a category (None: of the whole batch) take `candidate`."""

    category: int | None
    candidate: GroupCandidate
    count: int


ROUNDING = 1e-9
"""Of a sum of qualities."""

Shares = tuple[Share, ...]
Method = Callable[[Known, float], Shares]


def singles(known: Known, category: int) -> tuple[GroupCandidate, ...]:
    """A category's single models as the table has them."""
    return tuple(_single(known, category, model) for model in range(len(known.models)))


def _single(known: Known, category: int, model: int) -> GroupCandidate:
    """One cell of the table."""
    return GroupCandidate(
        model=known.models[model],
        cost_pusd=PicoUSD(int(known.table.cost_pusd[category, model])),
        quality=float(known.table.quality[category, model]),
        quality_low=float(known.table.quality_low[category, model]),
    )


def global_plan(known: Known, target: float) -> Shares:
    """One optimisation over the batch, taking the table at its word."""
    return planned([singles(known, at) for at in range(len(known.counts))], known.counts, target, "quality")


def careful_plan(known: Known, target: float) -> Shares:
    """One optimisation over the batch with lower bounds of the paired difference to the premium model."""
    return planned([singles(known, at) for at in range(len(known.counts))], known.counts, target, "quality_low")


def planned(groups: Sequence[Sequence[GroupCandidate]], counts: Ints, target: float, by: Belief) -> Shares:
    """The cheapest plan of groups (one a category) whose mean `by` is at least `target`."""
    flat = [(at, candidate) for at, group in enumerate(groups) for candidate in group]
    problem = Problem(
        owner=np.array([at for at, _ in flat], np.int64),
        cost_pusd=np.array([candidate.cost_pusd for _, candidate in flat], np.int64),
        quality=np.array([getattr(candidate, by) for _, candidate in flat]),
        weight=np.ones(len(groups), np.int64),
        count=counts,
    )
    portions = _least(problem, target).portions
    taken = zip(portions.candidate.tolist(), portions.count.tolist(), strict=True)
    return tuple(Share(flat[at][0], flat[at][1], count) for at, count in taken if count)


def _least(problem: Problem, target: float) -> Solution:
    """The cheapest plan of `target`, within the rounding of the sums that it was made from."""
    return minimise_cost(problem, max(target - ROUNDING, 0.0))


def threshold(known: Known, target: float) -> Shares:
    """For each request the cheapest model whose own table quality is at least q, else the best; one q, tuned.

    Of all q the one is taken that promises `target` at the least expected cost.
    """
    every = np.arange(len(known.counts))
    least, found = None, None
    for chosen in _thresholds(known.table):
        cost = int(known.counts @ known.table.cost_pusd[every, chosen])
        if known.share @ known.table.quality[every, chosen] >= target and (least is None or cost < least):
            least, found = cost, chosen
    if found is None:
        raise _out_of_reach(target)
    return tuple(Share(at, _single(known, at, int(model)), int(known.counts[at])) for at, model in enumerate(found))


def _thresholds(table: Table) -> Iterator[Ints]:
    """The model of each category at every q that makes a difference."""
    best = np.argmax(table.quality, axis=1)
    for q in np.unique(table.quality):
        is_able = table.quality >= q
        cost = np.where(is_able, table.cost_pusd, np.iinfo(np.int64).max)
        yield np.where(is_able.any(axis=1), np.argmin(cost, axis=1), best)


def two_models(known: Known, target: float) -> Shares:
    """The best pair of a strong and a weak model: categories of the largest advantage go to the strong one.

    So is RouteLLM's rule with the table for its predictor; the category at the threshold is split, so that the
    target is met exactly.
    """
    able = [split for split in (_split(known, *pair, target) for pair in _pairs(known)) if split is not None]
    if not able:
        raise _out_of_reach(target)
    least = min(able, key=lambda split: split.cost)
    return tuple(
        Share(at, _single(known, at, model), int(count))
        for model, counts in ((least.strong, least.to_strong), (least.weak, known.counts - least.to_strong))
        for at, count in enumerate(counts)
        if count
    )


@dataclass(frozen=True, slots=True)
class _Split:
    """A pair, how many of each category its strong model answers, and what all costs."""

    strong: int
    weak: int
    to_strong: Ints
    cost: int


def _pairs(known: Known) -> Iterator[tuple[int, int]]:
    """Ordered pairs of models."""
    return permutations(range(len(known.models)), 2)


def _split(known: Known, strong: int, weak: int, target: float) -> _Split | None:
    """The fewest requests to the strong model, largest advantage first, that reach `target`; None: not enough."""
    quality, cost = known.table.quality, known.table.cost_pusd
    advantage = quality[:, strong] - quality[:, weak]
    short = (target - known.share @ quality[:, weak]) * known.counts.sum()
    to_strong = np.zeros_like(known.counts)
    for at in np.argsort(-advantage, kind="stable"):
        if short <= ROUNDING or advantage[at] <= 0:
            break
        to_strong[at] = min(int(known.counts[at]), int(np.ceil(short / advantage[at] - ROUNDING)))
        short -= to_strong[at] * advantage[at]
    if short > ROUNDING:
        return None
    spent = to_strong @ cost[:, strong] + (known.counts - to_strong) @ cost[:, weak]
    return _Split(strong, weak, to_strong, int(spent))


def mixture(known: Known, target: float) -> Shares:
    """The best mix of single models whatever a request is: the LP of one group, of which at most two take part."""
    requests = int(known.counts.sum())
    whole = [
        GroupCandidate(
            model=name,
            cost_pusd=PicoUSD(-(-int(known.counts @ known.table.cost_pusd[:, at]) // requests)),
            quality=float(known.share @ known.table.quality[:, at]),
            quality_low=0.0,
        )
        for at, name in enumerate(known.models)
    ]
    shares = planned([whole], np.array([requests]), target, "quality")
    return tuple(Share(None, share.candidate, share.count) for share in shares)


def premium_alone(known: Known, _target: float) -> Shares:
    """The premium model for every request."""
    every = range(len(known.counts))
    return tuple(Share(at, _single(known, at, known.table.premium), int(known.counts[at])) for at in every)


def oracle(plan: Outcomes, target: float) -> Solution:
    """Who knows every outcome beforehand: the cheapest choice request by request; no method can have it."""
    prompts, models = plan.quality.shape
    problem = Problem(
        owner=np.repeat(np.arange(prompts), models),
        cost_pusd=plan.cost_pusd.ravel(),
        quality=plan.quality.ravel(),
        weight=np.ones(prompts, np.int64),
        count=np.ones(prompts, np.int64),
    )
    return _least(problem, target)


def _out_of_reach(target: float) -> InfeasibleError:
    """The promise cannot be made."""
    return InfeasibleError(f"this method cannot promise mean quality {target:g}", hint="ask for less")


METHODS: dict[str, Method] = {
    "premium alone": premium_alone,
    "best mix of single models": mixture,
    "strong/weak router": two_models,
    "threshold per request": threshold,
    "global plan": global_plan,
    "global plan, lower bound": careful_plan,
}
