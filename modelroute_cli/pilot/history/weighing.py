"""How much a measurement of the past counts: less with age, and less when the model has changed since.

A power prior (Ibrahim and Chen 2000, Statistical Science 15, 46-60) raises the likelihood of historical data to a power
between 0 and 1. For means that is a weight on their number: n measurements of weight w count as w * n.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from modelroute_cli.pilot.history.sums import Sums


@dataclass(frozen=True, slots=True)
class Ageing:
    """How fast measurements lose weight."""

    half_life_days: float = 90.0
    version_weight: float = 0.25  # in [0,1], of another `model_served` than the newest: a judgement, nobody measured it


@dataclass(frozen=True, slots=True)
class Weight:
    """What a measurement counts as, in [0,1], and why."""

    age_days: int
    by_age: float
    by_version: float
    is_other_version: bool

    @property
    def value(self) -> float:
        """Both together."""
        return self.by_age * self.by_version


Newest = Mapping[tuple[str, bool], frozenset[str]]


def newest_served(rows: Iterable[Sums]) -> Newest:
    """The `model_served` names of the latest day on which each model told one, by model and emulated or not.

    Several, where several answered on that day: a provider may be in the middle of a change.
    """
    days: defaultdict[tuple[str, bool], dict[str, date]] = defaultdict(dict)
    for row in rows:
        if row.model_served is not None:
            seen = days[row.model, row.emulated]
            seen[row.model_served] = max(row.day, seen.get(row.model_served, date.min))
    return {
        key: frozenset(name for name, day in seen.items() if day == max(seen.values())) for key, seen in days.items()
    }


def weight(row: Sums, newest: Newest, at: date, ageing: Ageing) -> Weight:
    """The weight of a row's measurements on day `at`; a day to come counts as today.

    A row whose `model_served` is not known is not discounted: that it is another version is not known either.
    """
    age_days = max((at - row.day).days, 0)
    known = newest.get((row.model, row.emulated), frozenset())
    is_other = row.model_served is not None and row.model_served not in known
    by_age = 0.5 ** (age_days / ageing.half_life_days)
    return Weight(age_days, by_age, ageing.version_weight if is_other else 1.0, is_other)
