"""A pilot replayed: a sample of each group in rounds, clearly hopeless models stopped, only recorded outcomes spent."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from modelroute_cli.pilot.evaluate.recorded import Recorded
from modelroute_cli.pilot.shrinkage import Fitted, Floats, Sample, shrunk
from modelroute_cli.planning.hull import Ints

ROUNDS = (0.4, 1.0)
"""Shares of a group's sample after which is looked."""
_HOPELESS = 4.0
"""A model is stopped in a group where its difference to the floor is so many standard errors below what any plan could
give up there, or where a cheaper one is so much better."""
_GIVEN_UP = 0.2
"""The most quality that a group is taken to give up for others in a plan."""
_COVERED = 0.9  # of a group's requests a model answered: else it is none of its candidates


@dataclass(frozen=True, slots=True)
class Piloted:
    """What a pilot spent and saw: `rows` by group, in the order of asking, and which answers were bought."""

    rows: tuple[Ints, ...]
    bought: NDArray[np.bool_]  # requests x models
    candidates: NDArray[np.bool_]  # groups x models: still there at the end
    samples: tuple[Sample, ...]
    fitted: Fitted
    cost_pusd: Floats  # groups x models: mean of what was bought, NaN where nothing was

    def spent_pusd(self, recorded: Recorded) -> int:
        """What all of its answers cost."""
        return int(recorded.cost_pusd[self.bought].sum())


def pilot(recorded: Recorded, per_group: int, floor: float, seed: int) -> Piloted:
    """A pilot of at most `per_group` requests of each group, drawn by `seed`; the baseline answers all of them."""
    random = np.random.default_rng(seed)
    rows = tuple(random.permutation(recorded.rows(group))[:per_group] for group in range(len(recorded.groups)))
    bought = np.zeros(recorded.quality.shape, np.bool_)
    candidates = _covering(recorded)
    for share in ROUNDS:
        for group, drawn in enumerate(rows):
            now = drawn[: int(np.ceil(share * len(drawn)))]
            bought[np.ix_(now, candidates[group])] = True
        bought &= recorded.answered
        samples = tuple(_sample(recorded, bought, drawn) for drawn in rows)
        fitted = shrunk(list(samples), seed=seed)
        cost = np.stack([_mean_cost(recorded, bought, drawn) for drawn in rows])
        if share < 1:
            candidates &= ~_hopeless(recorded, fitted, cost, floor)
    return Piloted(rows, bought, candidates, samples, fitted, cost)


def _covering(recorded: Recorded) -> NDArray[np.bool_]:
    """Groups x models: whether a model answered enough of a group."""
    answered = recorded.answered
    return np.stack([answered[recorded.rows(at)].mean(axis=0) >= _COVERED for at in range(len(recorded.groups))])


def _sample(recorded: Recorded, bought: NDArray[np.bool_], drawn: Ints) -> Sample:
    return Sample(np.where(bought[drawn], recorded.quality[drawn], np.nan))


def _mean_cost(recorded: Recorded, bought: NDArray[np.bool_], drawn: Ints) -> Floats:
    """The mean cost of each model's answers, NaN where there is none."""
    counts = bought[drawn].sum(axis=0)
    sums = np.where(bought[drawn], recorded.cost_pusd[drawn], 0).sum(axis=0)
    mean: Floats = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    return mean


def _hopeless(recorded: Recorded, fitted: Fitted, cost: Floats, floor: float) -> NDArray[np.bool_]:
    """Which models no plan could want in which groups; never the baseline."""
    base = recorded.baseline
    mean, paired = fitted.mean, fitted.se_paired(base)
    gap = mean - floor * mean[:, [base]]
    found = gap + _HOPELESS * paired < -_GIVEN_UP
    for model in range(len(recorded.models)):
        rival = fitted.draws - fitted.draws[:, :, [model]]
        better = rival.mean(axis=1) > _HOPELESS * np.maximum(rival.std(axis=1), 1e-9)
        found[:, model] |= (better & (cost <= cost[:, [model]])).any(axis=1)
    found[:, base] = False
    return found


def paid_best(recorded: Recorded, piloted: Piloted, drawn: Ints) -> Ints:
    """The model of the best bought answer to each of these requests, the cheapest of those as good."""
    quality = np.where(piloted.bought[drawn], recorded.quality[drawn], -1.0)
    best = quality.max(axis=1, keepdims=True)
    cost = np.where(quality == best, recorded.cost_pusd[drawn], np.iinfo(np.int64).max)
    return np.asarray(np.argmin(cost, axis=1), np.int64)


def rest_of(recorded: Recorded, piloted: Piloted) -> Sequence[Ints]:
    """The requests of each group that no pilot answered, in their order."""
    return [np.setdiff1d(recorded.rows(at), drawn).astype(np.int64) for at, drawn in enumerate(piloted.rows)]
