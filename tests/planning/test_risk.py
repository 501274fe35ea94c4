"""How unsure a plan's mean quality is, and the linear problems on either side of that."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.unsure import Unsure, unsure_job, without

from modelroute_cli.planning.coupling import Capacity, Floor, Goal
from modelroute_cli.planning.linear import linear, used
from modelroute_cli.planning.mix import Portions
from modelroute_cli.planning.optimize import Problem
from modelroute_cli.planning.risk import (
    Risk,
    Scale,
    bound,
    careful,
    expected,
    floors_of,
    group_errors,
    hopeful,
    is_kept,
    scale_of,
    spread,
)

FIRST = Floor(0.7, np.array([True, False, False]), "the first row")
PROBLEM = Problem(
    owner=np.array([0, 0, 1, 1, 2, 2]),
    cost_pusd=np.array([1, 9, 1, 9, 1, 9]),
    quality=np.array([0.8, 0.9, 0.6, 0.9, 0.5, 0.9]),
    weight=np.array([1, 1, 2]),
    count=np.array([4, 2, 2]),
    constraints=(Floor(0.75), FIRST),
)
RISK = Risk(
    z=2.0,
    group=np.array([0, 0, 1]),
    se=np.array([0.1, 0.0, 0.2, 0.0, 0.3, 0.0]),
    se_own=np.array([0.05, 0.05, 0.0, 0.0, 0.0, 0.0]),
)
PLAN = Portions(np.array([0, 1, 2, 4, 5]), np.array([3, 1, 2, 1, 1]))


def test_errors_of_one_group_add_up_and_those_of_groups_in_squares() -> None:
    """Ten answers: 3 at 0.1 and 2 at 0.2 in the first group, 2 at 0.3 in the second, whose answers count twice."""
    assert group_errors(PROBLEM, RISK, PLAN).tolist() == pytest.approx([0.07, 0.06])
    assert spread(PROBLEM, RISK, PLAN) == pytest.approx(sqrt(0.07**2 + 0.06**2))
    assert expected(PROBLEM, PLAN) == pytest.approx((3 * 0.8 + 0.9 + 2 * 0.6 + 2 * 0.5 + 2 * 0.9) / 10)
    assert bound(PROBLEM, RISK, PLAN) == pytest.approx(0.73 - 2 * sqrt(0.07**2 + 0.06**2))


def test_a_floor_over_some_rows_has_errors_of_its_own() -> None:
    """It is a number, and no share of the baseline's quality."""
    assert spread(PROBLEM, RISK, PLAN, FIRST) == pytest.approx(0.05)
    assert bound(PROBLEM, RISK, PLAN, FIRST) == pytest.approx(0.825 - 0.1)
    scale = scale_of(PROBLEM, RISK, PLAN)
    assert scale.whole == pytest.approx(sqrt(0.07**2 + 0.06**2))
    assert dict(scale.by_floor) == pytest.approx({"the first row": 0.05})
    assert (scale.asked, scale.of(FIRST)) == (1.0, scale.by_floor["the first row"])
    assert floors_of(PROBLEM) == PROBLEM.constraints


def test_every_floor_has_to_be_kept() -> None:
    """The mean alone does not do, nor one floor of two."""
    assert not is_kept(PROBLEM, RISK, PLAN)
    best = Portions(np.array([1, 3, 5]), np.array([4, 2, 2]))
    assert is_kept(PROBLEM, RISK, best)
    assert not is_kept(PROBLEM, Risk(5.0, RISK.group, RISK.se, RISK.se_own), best)


def test_without_a_group_nothing_is_unsure() -> None:
    """Requests of templates that were not measured are taken as the prior table says."""
    nothing = np.zeros(6)
    none = Risk(2.0, np.array([-1, -1, -1]), nothing, nothing)
    assert spread(PROBLEM, none, PLAN) == 0.0
    assert hopeful(PROBLEM, none, PLAN).quality.tolist() == PROBLEM.quality.tolist()
    assert careful(PROBLEM, none, Scale(0.1, {"the first row": 0.1})).quality.tolist() == PROBLEM.quality.tolist()


def test_a_careful_problem_takes_off_what_an_answer_risks() -> None:
    """z/(2s) x the group's part of the requests x the squared error; and asks for z x s / 2 more."""
    made = careful(PROBLEM, RISK, Scale(0.1, {"the first row": 0.2}))
    assert made.quality.tolist() == pytest.approx([0.8 - 10 * 0.6 * 0.01, 0.9, 0.6 - 10 * 0.6 * 0.04, 0.9, 0.14, 0.9])
    whole, first = floors_of(made)
    assert (whole.min_quality, first.min_quality) == pytest.approx((0.85, 0.9))
    assert first.quality is not None
    assert first.quality[:2].tolist() == pytest.approx([0.8 - 5 * 0.0025, 0.9 - 5 * 0.0025])
    assert floors_of(careful(PROBLEM, RISK, Scale(0.1, {"the first row": 0.2}, asked=0.0)))[0].min_quality == (
        pytest.approx(0.75)
    )


def test_at_no_error_at_all_unsure_answers_are_not_to_be_had() -> None:
    """Whatever they cost."""
    made = careful(PROBLEM, RISK, Scale(0.0, {"the first row": 0.0}))
    assert made.quality.tolist() == pytest.approx([-99.2, 0.9, -99.4, 0.9, -99.5, 0.9])


def test_other_constraints_stay_as_they_are() -> None:
    """What an account can take has no risk."""
    taken = Capacity("account", np.ones(6, np.int64), 8)
    plain = Problem(PROBLEM.owner, PROBLEM.cost_pusd, PROBLEM.quality, PROBLEM.weight, PROBLEM.count, (taken,))
    assert careful(plain, RISK, Scale(0.1, {})).constraints == (taken,)
    assert hopeful(plain, RISK, PLAN).constraints == (taken,)


PLANS = st.lists(st.integers(0, 2), min_size=8, max_size=8)


@given(st.integers(0, 10_000), PLANS, PLANS, st.floats(0.001, 0.2))
def test_the_careful_side_is_safe_and_the_hopeful_side_free(
    seed: int, chosen: list[int], other: list[int], size: float
) -> None:
    """A plan's bound is never below what the careful problem counts, nor above what any hopeful one does."""
    problem, risk = unsure_job(seed, Unsure(groups=4, models=3, most=6, kinds=2))
    plan, turned = (Portions(np.arange(8) * 3 + np.array(way), problem.count) for way in (chosen, other))
    true = expected(problem, plan) - risk.z * spread(problem, risk, plan)
    safe = expected(careful(without(problem), risk, Scale(size, {})), plan) - risk.z * size / 2
    free = expected(hopeful(without(problem), risk, turned), plan)
    assert safe <= true + 1e-8
    assert true <= free + 1e-8
    assert expected(hopeful(without(problem), risk, plan), plan) == pytest.approx(true, abs=1e-8)


def test_a_floor_counts_its_own_quality_in_the_normal_form() -> None:
    """In units, for the requests that are answered; the objective keeps the problem's."""
    own = Floor(0.5, None, "own", quality=np.full(6, 0.25))
    problem = Problem(PROBLEM.owner, PROBLEM.cost_pusd, PROBLEM.quality, PROBLEM.weight, PROBLEM.count, (own,))
    assert used(linear(problem, Goal.CHEAPEST), PLAN) == (-2_500_000_000,)
