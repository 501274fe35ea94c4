"""Which models a pilot asks: those that some plan could use, by what is believed of them and what they cost."""

from collections.abc import Sequence
from dataclasses import dataclass

MOST_CONTENDERS = 6
"""Judgement: beside the baseline; with more, each gets too few requests for the money."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A model on the requests of a template: its mean cost, and what is believed of its quality (one sd)."""

    model: str
    cost_pusd: int  # of one request
    high_pusd: int  # the most that one request can cost
    quality: float
    sd: float

    @property
    def best(self) -> float:
        """One standard deviation above the mean, at most 1."""
        return min(self.quality + self.sd, 1.0)

    @property
    def worst(self) -> float:
        """One standard deviation below the mean, at least 0."""
        return max(self.quality - self.sd, 0.0)


def contenders(models: Sequence[Contender], baseline: Contender, most: int = MOST_CONTENDERS) -> tuple[Contender, ...]:
    """The models worth asking beside the baseline, the cheapest first: at most `most`.

    One that costs as much as the baseline saves nothing; one that a cheaper model surely beats (the worst that is
    believed of that one is better than the best that is believed of this one) is on no cost/quality hull. Of more than
    `most`, the ones on the hull of the best believed qualities come first, then those nearest below it.
    """
    cheaper = sorted((each for each in models if each.cost_pusd < baseline.cost_pusd), key=_by_cost)
    usable = [each for at, each in enumerate(cheaper) if not any(one.worst > each.best for one in cheaper[:at])]
    if len(usable) <= most:
        return tuple(usable)
    points = [(each.cost_pusd, each.best) for each in (*usable, baseline)]
    below = {each.model: roof(points, each.cost_pusd) - each.best for each in usable}
    nearest = sorted(usable, key=lambda each: (below[each.model], each.cost_pusd, each.model))[:most]
    return tuple(sorted(nearest, key=_by_cost))


def roof(points: Sequence[tuple[float, float]], cost: float) -> float:
    """The best mean quality that a mixture of (cost, quality) `points` gives for at most `cost` a request.

    The upper concave hull, flat to its right; minus infinity below the cheapest point.
    """
    reached = [quality for price, quality in points if price <= cost]
    if not reached:
        return float("-inf")
    mixed = [
        low[1] + (high[1] - low[1]) * (cost - low[0]) / (high[0] - low[0])
        for low in points
        for high in points
        if low[0] <= cost < high[0]
    ]
    return max([*reached, *mixed])


def _by_cost(contender: Contender) -> tuple[int, str]:
    return contender.cost_pusd, contender.model
