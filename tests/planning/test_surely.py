"""Plans that keep their floors for certain."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.unsure import MEANS, Unsure, fine, least_of_all, unsure_job

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.coupling import Budget, Capacity, Floor, Goal
from modelroute_cli.planning.mix import Portions
from modelroute_cli.planning.optimize import Problem
from modelroute_cli.planning.risk import Risk, bound, floors_of, is_kept
from modelroute_cli.planning.solve import solve
from modelroute_cli.planning.surely import solve_surely

SMALL = Unsure(groups=4, models=3, most=5)
SIZES = st.builds(
    Unsure,
    groups=st.integers(1, 6),
    models=st.integers(2, 5),
    most=st.integers(1, 30),
    kinds=st.integers(1, 3),
    share=st.sampled_from([0.9, 0.98, 1.0]),
    error=st.sampled_from([0.01, 0.05, 0.2]),
)


def with_risk(risk: Risk, z: float) -> Risk:
    """The same at another certainty."""
    return replace(risk, z=z)


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 10_000), SIZES)
def test_every_plan_keeps_its_floor_and_none_that_does_is_below_the_bound(seed: int, size: Unsure) -> None:
    """Where the sure model alone keeps it there is a plan, no dearer than that one."""
    problem, risk = unsure_job(seed, size)
    found = solve_surely(problem, risk, Goal.CHEAPEST, MEANS)
    floor = floors_of(problem)[0]
    assert is_kept(problem, risk, found.portions)
    assert found.quality == bound(problem, risk, found.portions) >= floor.min_quality - 3e-9
    sure = Portions(np.flatnonzero(np.diff(problem.owner, append=-1)).astype(np.int64), problem.count)
    assert found.cost_pusd <= int(problem.cost_pusd[sure.candidate] @ problem.count)
    assert found.bound_cost_pusd is not None
    assert found.bound_cost_pusd <= found.cost_pusd
    assert found.plain_cost_pusd is not None
    assert found.plain_cost_pusd <= found.cost_pusd
    assert found.expected_quality is not None
    assert found.expected_quality >= found.quality - 1e-12


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 10_000), SIZES)
def test_without_risk_it_is_the_plan_of_always(seed: int, size: Unsure) -> None:
    """At z = 0, and where no error is known."""
    problem, risk = unsure_job(seed, replace(size, share=0.97))
    plain = fine(problem, Goal.CHEAPEST)
    nothing = np.zeros(len(problem.owner))
    for sure in (with_risk(risk, 0.0), replace(risk, se=nothing, se_own=nothing)):
        found = solve_surely(problem, sure, Goal.CHEAPEST, MEANS)
        assert found.portions.candidate.tolist() == plain.portions.candidate.tolist()
        assert found.portions.count.tolist() == plain.portions.count.tolist()
        assert (found.cost_pusd, found.bound_cost_pusd) == (plain.cost_pusd, plain.bound_cost_pusd)


@pytest.mark.parametrize("seed", range(6))
def test_the_bound_is_below_the_best_of_all_plans_and_the_plan_near_it(seed: int) -> None:
    """Of jobs so small that every plan can be written down; over 40 seeds the plans cost 2% more in the mean."""
    problem, risk = unsure_job(seed, SMALL)
    found, least = solve_surely(problem, risk, Goal.CHEAPEST, MEANS), least_of_all(problem, risk)
    assert found.bound_cost_pusd is not None
    assert found.bound_cost_pusd <= least <= found.cost_pusd <= 1.25 * least


@pytest.mark.parametrize("seed", range(2))
def test_more_certainty_is_never_cheaper(seed: int) -> None:
    """From none to a great deal, on jobs that can be solved to the end."""
    problem, risk = unsure_job(seed, SMALL)
    least = [least_of_all(problem, with_risk(risk, z)) for z in (0.0, 0.5, 1.0, 2.0)]
    found = [solve_surely(problem, with_risk(risk, z), Goal.CHEAPEST, MEANS).cost_pusd for z in (0.0, 0.5, 1.0, 2.0)]
    assert least == sorted(least)
    assert found[0] == min(found) == least[0]


@pytest.mark.parametrize(
    "size",
    [Unsure(groups=200, models=40, most=50), Unsure(groups=10, models=8, most=100, kinds=3)],
    ids=["many", "few"],
)
def test_groups_and_models_are_planned_close_to_the_bound(size: Unsure) -> None:
    """Within 1%: where errors of 200 groups average out, and where those of 10 decide what is bought."""
    problem, risk = unsure_job(1, size)
    found = solve_surely(problem, risk, Goal.CHEAPEST, MEANS)
    assert is_kept(problem, risk, found.portions)
    assert found.gap < 0.01


def test_a_budget_buys_the_best_bound() -> None:
    """Not the best mean: of two models of one price the surer one is taken."""
    problem = Problem(
        owner=np.array([0, 0, 1, 1]),
        cost_pusd=np.array([5, 5, 5, 5]),
        quality=np.array([0.9, 0.85, 0.9, 0.85]),
        weight=np.array([1, 1]),
        count=np.array([10, 10]),
        constraints=(Budget(PicoUSD(100)),),
    )
    error = np.array([0.2, 0.01, 0.2, 0.01])
    found = solve_surely(problem, Risk(1.645, np.array([0, 1]), error, error), Goal.BEST, MEANS)
    assert found.portions.candidate.tolist() == [1, 3]
    assert found.expected_quality == pytest.approx(0.85)
    assert found.quality == pytest.approx(0.85 - 1.645 * 0.01 / 2**0.5)
    assert found.bound_quality is not None
    assert found.bound_quality >= found.quality
    assert found.plain_cost_pusd is None


def test_a_budget_that_is_too_small_for_a_floor_is_refused_and_never_passed() -> None:
    """The plan that keeps the most for any money is no answer to that."""
    problem, risk = unsure_job(3, Unsure(groups=6, models=3, most=12))
    cheapest = int(problem.cost_pusd.reshape(6, 3).min(axis=1) @ problem.count)
    half = Floor(floors_of(problem)[0].min_quality, np.arange(6) < 3, "the first half")
    short = replace(problem, constraints=(Budget(PicoUSD(cheapest + 1)), half))
    with pytest.raises(InfeasibleError):
        solve_surely(short, risk, Goal.BEST, MEANS)


def test_limits_of_accounts_and_floors_of_some_rows_hold_as_well() -> None:
    """Beside the certainty of the whole."""
    problem, risk = unsure_job(3, Unsure(groups=6, models=3, most=12))
    strong = np.tile(np.array([0, 0, 1], np.int64), 6)
    half = np.arange(6) < 3
    limits = (
        Floor(0.6),
        Floor(0.62, half, "the first half"),
        Capacity("account", strong, int(problem.count.sum()) - 5),
    )
    found = solve_surely(replace(problem, constraints=limits), risk, Goal.CHEAPEST, MEANS)
    assert is_kept(replace(problem, constraints=limits), risk, found.portions)
    assert int(strong[found.portions.candidate] @ found.portions.count) <= int(problem.count.sum()) - 5
    assert {price.name: price.limit for price in found.prices}["the first half"] == 0.62


def test_a_floor_just_below_the_most_that_can_be_kept_is_found() -> None:
    """Where the plans of the search all miss it, the one that keeps most is where it begins."""
    problem, risk = unsure_job(2, SMALL)
    error = np.full(len(risk.se), 0.1)
    vague = Risk(1.645, risk.group, error, error)
    best = np.array([np.argmax(problem.quality[problem.owner == row]) + 3 * row for row in range(4)])
    most = bound(problem, vague, Portions(best, problem.count))
    for less in (1e-6, 0.005, 0.02):
        asked = replace(problem, constraints=(Floor(most - less),))
        found = solve_surely(asked, vague, Goal.CHEAPEST, MEANS)
        assert is_kept(asked, vague, found.portions)
        assert (found.bound_quality, found.bound_cost_pusd is None) == (None, False)


def test_a_floor_that_certainty_alone_misses_is_refused_with_what_can_be_kept() -> None:
    """And with what helps: measure more, or ask for less certainty."""
    problem, risk = unsure_job(2, SMALL)
    error = np.full(len(risk.se), 0.1)
    vague = Risk(1.645, risk.group, error, error)
    asked = floors_of(problem)[0].min_quality
    with pytest.raises(InfeasibleError) as caught:
        solve_surely(problem, vague, Goal.CHEAPEST, MEANS)
    best = np.array([np.argmax(problem.quality[problem.owner == row]) + 3 * row for row in range(4)])
    reach = bound(problem, vague, Portions(best, problem.count))
    assert caught.value.message == (
        f"mean quality `{asked:g}` cannot be kept for certain: measured as it is, the best that the allowed models "
        f"keep is {int(reach * 1000) / 1000:.3f}"
    )
    assert caught.value.hint == (
        "measure more requests, ask for less certainty with `--confidence`, or allow stronger models in `rules`"
    )


def test_a_floor_above_every_mean_is_refused_as_always() -> None:
    """There certainty is not what is missing."""
    problem, risk = unsure_job(2, SMALL)
    high = replace(problem, constraints=(Floor(0.999),))
    with pytest.raises(InfeasibleError) as plain:
        solve(high, Goal.CHEAPEST)
    with pytest.raises(InfeasibleError) as caught:
        solve_surely(high, risk, Goal.CHEAPEST, MEANS)
    assert caught.value.message == plain.value.message
