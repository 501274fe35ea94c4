"""Rules of the simulated gates: the stated rates, verdicts that depend on prompt and model alone, honest counts."""

from pathlib import Path

import numpy as np
import pytest
from replay_gates import GATES, GOOD, Gate, measured, with_cascades
from replay_methods import Known, global_plan
from replay_outcomes import halve, measure
from support.replayed import known, outcomes

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.cascades import Joint


def test_the_gates_are_the_stated_ones() -> None:
    """Good, middling, and a coin flip; all free."""
    assert [(gate.catch, gate.alarm, gate.cost_pusd) for gate in GATES] == [
        (0.9, 0.05, 0),
        (0.6, 0.1, 0),
        (0.5, 0.5, 0),
    ]
    assert [gate.name for gate in GATES] == [f"{gate.catch:.2f}/{gate.alarm:.2f}" for gate in GATES]


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: str(gate.name))
def test_a_gate_has_its_rates(tmp_path: Path, gate: Gate) -> None:
    """Over 1,800 answers, within three standard errors."""
    whole = outcomes(tmp_path)
    good, rejects = whole.quality >= GOOD, gate.rejects(whole)
    for answers, rate in ((~good, gate.catch), (good, gate.alarm)):
        error = (rate * (1 - rate) / answers.sum()) ** 0.5
        assert rejects[answers].mean() == pytest.approx(rate, abs=3 * error)


def test_a_verdict_depends_on_prompt_and_model_alone(tmp_path: Path) -> None:
    """The same answer gets the same verdict in any half."""
    whole = outcomes(tmp_path)
    verdicts = dict(zip(whole.prompts, GATES[1].rejects(whole).tolist(), strict=True))
    for seed in range(3):
        plan = halve(whole, seed).plan
        assert [verdicts[prompt] for prompt in plan.prompts] == GATES[1].rejects(plan).tolist()


def test_counts_are_those_of_every_prompt(tmp_path: Path) -> None:
    """Each pair counted one by one."""
    fit = halve(outcomes(tmp_path), 0).fit
    of = Known(fit.models, fit.counts, measure(fit))
    good, rejects = fit.quality >= GOOD, GATES[0].rejects(fit)
    for category in range(3):
        rows = np.flatnonzero(fit.category == category)
        found = list(measured(fit, GATES[0], of, category))
        assert [(pair.cheap, pair.strong) for pair in found] == [
            ("medium", "large"),
            ("small", "large"),
            ("small", "medium"),
        ]
        for pair in found:
            cheap, strong = fit.models.index(pair.cheap), fit.models.index(pair.strong)
            for is_rejected, joint in ((False, pair.passed), (True, pair.rejected)):
                seen = [(good[row, cheap], good[row, strong]) for row in rows if rejects[row, cheap] == is_rejected]
                assert joint == Joint(
                    both=seen.count((True, True)),
                    only_cheap=seen.count((True, False)),
                    only_strong=seen.count((False, True)),
                    neither=seen.count((False, False)),
                )


def test_the_strong_models_bill_is_that_of_the_rejected_prompts(tmp_path: Path) -> None:
    """All models cost the same for each prompt here, so shares of bills are shares of prompts."""
    fit = halve(outcomes(tmp_path), 0).fit
    of = Known(fit.models, fit.counts, measure(fit))
    for pair in measured(fit, GATES[0], of, 1):
        assert pair.strong_bill is not None
        share = pair.strong_bill.rejected_pusd / pair.strong_bill.all_pusd
        assert share == pytest.approx(pair.rejected.requests / pair.requests)


def test_a_perfect_free_gate_makes_the_plan_cheaper(tmp_path: Path) -> None:
    """At the promise of 98% the cascades are chosen, and cost less by the table than single models do."""
    whole = outcomes(tmp_path)
    of, fit = known(whole), halve(whole, 0).fit
    target = 0.98 * of.premium_quality
    gated = with_cascades(fit, Gate("1.00/0.00", 1.0, 0.0, PicoUSD(0)), of, "quality")(of, target)
    plain = global_plan(of, target)
    assert any(share.candidate.escalate_to for share in gated)
    costs = [sum(share.count * share.candidate.cost_pusd for share in shares) for shares in (gated, plain)]
    assert costs[0] < costs[1]


def test_a_gate_dearer_than_the_premium_model_is_not_used(tmp_path: Path) -> None:
    """Its price stands inside the optimisation."""
    whole = outcomes(tmp_path)
    of, fit = known(whole), halve(whole, 0).fit
    dear = Gate("1.00/0.00", 1.0, 0.0, PicoUSD(10**12))
    shares = with_cascades(fit, dear, of, "quality")(of, 0.98 * of.premium_quality)
    assert all(share.candidate.escalate_to is None for share in shares)
    plain = global_plan(of, 0.98 * of.premium_quality)
    costs = [sum(share.count * share.candidate.cost_pusd for share in each) for each in (shares, plain)]
    assert abs(costs[0] - costs[1]) <= of.table.cost_pusd.max()
