"""Cascades as candidates of a group: a cheap model answers, a gate looks, what it rejects goes to a strong model.

They rest on measurements alone: the same requests of the group answered by both models, the gate's verdict on each
cheap answer. All eight counts (verdict x cheap good x strong good) are kept, so nothing is taken to be independent:
neither the two models' failures, nor the gate's mistakes from what the strong model can do. (Taking failures as
independent missed a floor of 0.97 by up to 5 points; OPTIMIZER 3.1.) Without measurements there is no cascade.

Quality is told as the strong model's own plus the PAIRED difference to it, whose error is small where the two mostly
agree. With singles measured on the same requests this is the formula of OPTIMIZER 3.1,

    q = q_a ta + (1 - fa) P(a bad, b good) + (1 - ta) P(a good, b good),

with the gate's rates counted apart for each (a, b). The lower bound is mean - 1 standard error of the difference,
taken off the strong model's own lower bound: at least as careful as one bound on the sum.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.hull import UNITS
from modelroute_cli.planning.pruning import Point, lower_hull

LEAST_MEASURED = 20
"""Under 20 measured requests a table did worse than none (replay of recorded outcomes); so no cascade either."""

Belief = Literal["quality", "quality_low"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """How many requests both models answered well, only one of them, neither."""

    both: int = 0
    only_cheap: int = 0
    only_strong: int = 0
    neither: int = 0

    @property
    def requests(self) -> int:
        """All of them."""
        return self.both + self.only_cheap + self.only_strong + self.neither

    def __add__(self, other: "Joint") -> "Joint":
        return Joint(
            both=self.both + other.both,
            only_cheap=self.only_cheap + other.only_cheap,
            only_strong=self.only_strong + other.only_strong,
            neither=self.neither + other.neither,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What the strong model cost for the measured requests: for those that the gate rejected, and for all."""

    rejected_pusd: PicoUSD
    all_pusd: PicoUSD


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a group's measured requests showed of two models and a gate, apart for both verdicts of the gate."""

    cheap: str
    strong: str
    gate: str
    passed: Joint
    rejected: Joint
    gate_cost_pusd: PicoUSD  # for each request; 0: a local gate
    strong_bill: Bill | None = None  # None: not known, a rejected request is taken to cost what any does

    @property
    def requests(self) -> int:
        """Requests measured."""
        return self.passed.requests + self.rejected.requests

    @property
    def joint(self) -> Joint:
        """Both models' successes, whatever the gate said."""
        return self.passed + self.rejected

    @property
    def caught_bad(self) -> int:
        """Bad cheap answers that the gate rejected."""
        return self.rejected.only_strong + self.rejected.neither

    @property
    def passed_bad(self) -> int:
        """Bad cheap answers that the gate let through."""
        return self.passed.only_strong + self.passed.neither

    @property
    def false_alarms(self) -> int:
        """Good cheap answers that the gate rejected."""
        return self.rejected.both + self.rejected.only_cheap

    @property
    def passed_good(self) -> int:
        """Good cheap answers that the gate let through."""
        return self.passed.both + self.passed.only_cheap


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCandidate:
    """A model, or a cascade of two, for a request of a group: expected cost and quality, with its lower bound."""

    model: str
    cost_pusd: PicoUSD  # of one request, all of the cascade's calls and its gate in it
    quality: float
    quality_low: float
    escalate_to: str | None = None  # None: a single model
    gate: str | None = None


def cascade_candidates(
    singles: Sequence[GroupCandidate], measured: Iterable[Measured], by: Belief = "quality_low"
) -> tuple[GroupCandidate, ...]:
    """What a plan can want for a group, cheapest first: the hull of its single models and its measured cascades.

    The hull is that of cost and `by`, the quality that the plan counts with. A cascade is there only where both its
    models are among `singles` (no rule shuts them out) and at least LEAST_MEASURED requests were measured. Where a
    cascade is worth no more than a single model at the same cost, the single model stays.
    """
    own = {single.model: single for single in singles}
    cascades = (
        cascade(own[pair.cheap], own[pair.strong], pair)
        for pair in measured
        if pair.cheap in own and pair.strong in own and pair.requests >= LEAST_MEASURED
    )
    return on_hull([*singles, *cascades], by)


def on_hull(candidates: Sequence[GroupCandidate], by: Belief = "quality_low") -> tuple[GroupCandidate, ...]:
    """The corners of the lower hull of cost and `by`, cheapest first; equal ones go by their order."""
    points = [Point(candidate.cost_pusd, round(_believed(candidate, by) * UNITS)) for candidate in candidates]
    return tuple(candidates[at] for at in lower_hull(points))


def _believed(candidate: GroupCandidate, by: Belief) -> float:
    """The quality that is counted with."""
    return candidate.quality if by == "quality" else candidate.quality_low


def cascade(cheap: GroupCandidate, strong: GroupCandidate, measured: Measured) -> GroupCandidate:
    """The cascade that `measured` speaks of; ZeroDivisionError without a measured request."""
    gain = gain_of(measured)
    return GroupCandidate(
        model=cheap.model,
        escalate_to=strong.model,
        gate=measured.gate,
        cost_pusd=PicoUSD(cheap.cost_pusd + measured.gate_cost_pusd + _escalations(strong, measured)),
        quality=_within(strong.quality + gain.mean),
        quality_low=_within(strong.quality_low + gain.mean - gain.error),
    )


@dataclass(frozen=True, slots=True)
class Gain:
    """How much better a cascade is than its strong model alone, with the standard error of that."""

    mean: float
    error: float


def gain_of(measured: Measured) -> Gain:
    """The paired difference to the strong model; ZeroDivisionError without a measured request."""
    won, lost = measured.passed.only_cheap, measured.passed.only_strong
    n = measured.requests
    return Gain((won - lost) / n, paired_error(n, won - lost, won + lost))


def escalated_share(measured: Measured) -> float:
    """The part of the strong model's bill for all requests that escalations come to; of requests where unknown."""
    bill = measured.strong_bill
    if bill is None or not bill.all_pusd:
        return measured.rejected.requests / measured.requests
    return bill.rejected_pusd / bill.all_pusd


def _escalations(strong: GroupCandidate, measured: Measured) -> int:
    """What escalations add to each request, rounded up: the strong model's cost times the share of its bill.

    What a gate rejects is harder, and its answers longer: by the share of requests alone, plans replayed on MMLU-Pro
    and ZeroEval cost 14% and 13% more than expected, by the share of the bill 9% and 5% (benchmarks/replay.py's sets).
    """
    bill = measured.strong_bill
    if bill is None or not bill.all_pusd:
        return -(-measured.rejected.requests * strong.cost_pusd // measured.requests)
    return -(-bill.rejected_pusd * strong.cost_pusd // bill.all_pusd)


def paired_error(requests: int, total: float, squares: float) -> float:
    """The standard error of a mean paired difference from the sum of differences, each in [-1, 1], and of squares.

    As if half a request more had been won and half lost, and one drawn (Agresti & Min 2005, matched proportions): a
    few requests that all agree are not taken as proof.
    """
    n = requests + 2
    return math.sqrt(max((squares + 1) / n - (total / n) ** 2, 0.0) / n)


def _within(quality: float) -> float:
    """Quality is a share."""
    return min(max(quality, 0.0), 1.0)
