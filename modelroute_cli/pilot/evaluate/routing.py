"""Which share of each group goes to which model, and what that really cost and brought."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from modelroute_cli.pilot.evaluate.recorded import Recorded
from modelroute_cli.pilot.shrinkage import Floats
from modelroute_cli.planning.hull import Ints


@dataclass(frozen=True, slots=True)
class Routing:
    """Counts of requests, groups x models; each row adds up to the group's requests."""

    counts: Ints


@dataclass(frozen=True, slots=True)
class Outcome:
    """What requests cost and the sum of their qualities."""

    cost_pusd: int
    worth: float

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(self.cost_pusd + other.cost_pusd, self.worth + other.worth)


def realise(recorded: Recorded, rows: Sequence[Ints], routing: Routing) -> Outcome:
    """The recorded cost and quality; where a model's answer was not recorded, the baseline's is bought after it."""
    chosen = [np.repeat(np.arange(len(counts)), counts) for counts in routing.counts]
    return taken(recorded, np.concatenate(list(rows)), np.concatenate(chosen))


def taken(recorded: Recorded, rows: Ints, models: Ints) -> Outcome:
    """The outcome of each request on its model."""
    missing = ~recorded.answered[rows, models]
    used = np.where(missing, recorded.baseline, models)
    return Outcome(int(recorded.cost_pusd[rows, used].sum()), float(recorded.quality[rows, used].sum()))


def all_on(recorded: Recorded, rows: Sequence[Ints], model: int) -> Routing:
    """One model for everything."""
    counts = np.zeros((len(rows), len(recorded.models)), np.int64)
    counts[:, model] = [len(each) for each in rows]
    return Routing(counts)


@dataclass(frozen=True, slots=True)
class Table:
    """What a planner is told: groups x models, NaN where a model is no candidate; and how many requests each has."""

    quality: Floats
    cost_pusd: Floats
    counts: Ints
    baseline: int

    @property
    def asked(self) -> float:
        """The baseline's mean quality over the requests."""
        return float(self.counts @ self.quality[:, self.baseline] / self.counts.sum())
