"""Rules of what is realised and of comparing at equal quality."""

from pathlib import Path

import numpy as np
import pytest
from replay_curves import PROMISES, Realised, cost_at, realise, trace
from replay_gates import GATES
from replay_methods import Share, global_plan, premium_alone
from replay_outcomes import halve
from support.replayed import known, outcomes

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.cascades import GroupCandidate


def share(category: int | None, model: str, count: int, escalate_to: str | None = None) -> Share:
    """A share whose expectations do not matter."""
    gate = GATES[0].name if escalate_to else None
    candidate = GroupCandidate(
        model=model, cost_pusd=PicoUSD(0), quality=0.0, quality_low=0.0, escalate_to=escalate_to, gate=gate
    )
    return Share(category, candidate, count)


def test_the_premium_model_realises_itself(tmp_path: Path) -> None:
    """All of its cost and all of its quality."""
    plan = halve(outcomes(tmp_path), 0).plan
    shares = premium_alone(known(outcomes(tmp_path)), 0.0)
    assert realise(plan, 0, shares) == Realised(1.0, 1.0)


def test_realised_is_the_recorded_outcome_of_each_prompt(tmp_path: Path) -> None:
    """The first prompts of a category take its first share, the next the second."""
    plan = outcomes(tmp_path, 60)
    shares = (share(0, "small", 20), share(1, "small", 5), share(1, "large", 15), share(2, "medium", 20))
    cost, quality = 0, 0.0
    seen = [0, 0, 0]
    for at, category in enumerate(plan.category.tolist()):
        model = [2, 2 if seen[1] < 5 else 0, 1][category]
        seen[category] += 1
        cost, quality = cost + int(plan.cost_pusd[at, model]), quality + float(plan.quality[at, model])
    found = realise(plan, 0, shares)
    assert found.cost == cost / int(plan.cost_pusd[:, 0].sum())
    assert found.quality == pytest.approx(quality / plan.quality[:, 0].sum())


def test_shares_of_the_whole_batch_go_by_the_prompts_order(tmp_path: Path) -> None:
    """Whatever their category."""
    plan = outcomes(tmp_path, 60)
    found = realise(plan, 0, (share(None, "small", 30), share(None, "large", 30)))
    assert found.cost == pytest.approx((30 * 1 + 30 * 9) / (60 * 9))
    right = plan.quality[:30, 2].sum() + plan.quality[30:, 0].sum()
    assert found.quality == pytest.approx(right / plan.quality[:, 0].sum())


def test_an_escalated_prompt_pays_for_both_and_gets_the_strong_answer(tmp_path: Path) -> None:
    """Prompt by prompt by the gate's verdict on the cheap answer."""
    plan = outcomes(tmp_path, 60)
    rejects = GATES[0].rejects(plan)[:, 2]
    found = realise(plan, 0, (share(None, "small", 60, "large"),))
    assert found.cost == pytest.approx((60 * 1 + 9 * rejects.sum()) / (60 * 9))
    right = np.where(rejects, plan.quality[:, 0], plan.quality[:, 2]).sum()
    assert found.quality == pytest.approx(right / plan.quality[:, 0].sum())


def test_a_prompt_without_a_candidate_is_an_error(tmp_path: Path) -> None:
    """A plan that answers fewer would look cheap."""
    with pytest.raises(ValueError, match=r"^59 of 60 prompts have a candidate$"):
        realise(outcomes(tmp_path, 60), 0, (share(None, "small", 59),))


def test_a_curve_is_interpolated_where_it_first_reaches_a_quality() -> None:
    """Half way in quality is half way in cost; later points do not matter."""
    curve = (Realised(0.1, 0.8), Realised(0.3, 0.9), Realised(0.2, 0.85), Realised(0.9, 1.0))
    assert cost_at(curve, 0.85) == pytest.approx(0.2)
    assert cost_at(curve, 0.7) == 0.1
    assert cost_at(curve, 0.9) == pytest.approx(0.3)
    assert cost_at(curve, 1.01) is None
    assert cost_at((), 0.5) is None


def test_a_curve_rises_from_the_cheapest_plan(tmp_path: Path) -> None:
    """From all on the small model to the best there is; equal plans stand once."""
    whole = outcomes(tmp_path)
    curve = trace(halve(whole, 0).plan, known(whole), global_plan)
    assert curve[0].cost == pytest.approx(1 / 9)
    assert [point.cost for point in curve] == sorted({point.cost for point in curve})
    assert 0.97 < curve[-1].quality <= 1.03


def test_promises_rise() -> None:
    """From nothing to past the premium model's quality."""
    assert list(PROMISES) == sorted(set(PROMISES))
    assert (PROMISES[0], PROMISES[-1]) == (0.0, 1.1)
