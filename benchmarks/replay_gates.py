"""Cascades in the replay: the gates are SIMULATED, with stated rates, on real recorded outcomes.

A gate looks at one answer: its verdict is drawn by the hash of (prompt, model) and of nothing else, rejecting a bad
answer with the rate `catch` and a good one with `alarm`. The rates that planning uses are those counted on the
measured half. An answer is good from a quality of one half on.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from replay_methods import Known, Method, Shares, planned, singles
from replay_outcomes import Outcomes

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.cascades import Belief, Bill, Joint, Measured, cascade_candidates

GOOD = 0.5

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Gate:
    """How often a simulated gate rejects bad and good answers, both in its name, and what it costs a request."""

    name: str
    catch: float
    alarm: float
    cost_pusd: PicoUSD

    def rejects(self, outcomes: Outcomes) -> Bools:
        """Prompts x models: whether each answer is rejected."""
        rejected: Bools = outcomes.chance < np.where(outcomes.quality >= GOOD, self.alarm, self.catch)
        return rejected


GATES = (
    Gate("0.90/0.05", 0.9, 0.05, PicoUSD(0)),
    Gate("0.60/0.10", 0.6, 0.1, PicoUSD(0)),
    Gate("0.50/0.50", 0.5, 0.5, PicoUSD(0)),
)


@dataclass(frozen=True, slots=True)
class _Pairs:
    """For each (cheap, strong): in how many prompts with one verdict both, one or none were good."""

    both: NDArray[np.int64]
    only_cheap: NDArray[np.int64]
    only_strong: NDArray[np.int64]
    neither: NDArray[np.int64]

    def joint(self, cheap: int, strong: int) -> Joint:
        """The counts of one pair."""
        return Joint(
            both=int(self.both[cheap, strong]),
            only_cheap=int(self.only_cheap[cheap, strong]),
            only_strong=int(self.only_strong[cheap, strong]),
            neither=int(self.neither[cheap, strong]),
        )


def _pairs(verdict: Bools, good: Bools) -> _Pairs:
    """Counts of the prompts with this `verdict` on the cheap answer, all pairs at once."""
    yes, no = (verdict & good).astype(np.int64).T, (verdict & ~good).astype(np.int64).T
    strong, weak = good.astype(np.int64), (~good).astype(np.int64)
    return _Pairs(yes @ strong, yes @ weak, no @ strong, no @ weak)


def measured(fit: Outcomes, gate: Gate, known: Known, category: int) -> Iterator[Measured]:
    """Every pair of a cheaper and a dearer model, counted on one category of the measured half."""
    rows = np.flatnonzero(fit.category == category)
    good, rejects = fit.quality[rows] >= GOOD, gate.rejects(fit)[rows]
    passed, rejected = _pairs(~rejects, good), _pairs(rejects, good)
    escalated, bill = rejects.astype(np.int64).T @ fit.cost_pusd[rows], fit.cost_pusd[rows].sum(axis=0)
    cost = known.table.cost_pusd[category]
    for cheap, strong in zip(*np.nonzero(cost[:, None] < cost[None, :]), strict=True):
        yield Measured(
            cheap=fit.models[cheap],
            strong=fit.models[strong],
            gate=gate.name,
            passed=passed.joint(cheap, strong),
            rejected=rejected.joint(cheap, strong),
            gate_cost_pusd=gate.cost_pusd,
            strong_bill=Bill(rejected_pusd=PicoUSD(int(escalated[cheap, strong])), all_pusd=PicoUSD(int(bill[strong]))),
        )


def with_cascades(fit: Outcomes, gate: Gate, known: Known, by: Belief) -> Method:
    """The global plan with this gate's cascades among the candidates."""
    every = range(len(known.counts))
    groups = [cascade_candidates(singles(known, at), measured(fit, gate, known, at), by) for at in every]

    def plan(known: Known, target: float) -> Shares:
        return planned(groups, known.counts, target, by)

    return plan
