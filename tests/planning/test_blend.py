"""Two plans as one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.unsure import Unsure, unsure_job

from modelroute_cli.planning.blend import blended, most_of, sums_of
from modelroute_cli.planning.coupling import Floor
from modelroute_cli.planning.mix import Portions
from modelroute_cli.planning.optimize import Problem
from modelroute_cli.planning.risk import Risk, bound, group_errors, is_kept

ROWS = 40
SIZE = Unsure(groups=4, models=3, most=1, kinds=10)


def all_on(model: int, problem: Problem) -> Portions:
    """Every request on one of three models."""
    rows = np.arange(len(problem.count), dtype=np.int64)
    return Portions(rows * 3 + model, problem.count)


def answered_by(problem: Problem, plan: Portions) -> list[int]:
    """How many requests each row has in a plan."""
    counts = np.bincount(problem.owner[plan.candidate], plan.count, minlength=len(problem.count))
    return [int(count) for count in counts]


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 1000), st.integers(1, 40), st.floats(0, 1))
def test_every_request_is_answered_once_and_no_count_is_off_by_more_than_one(seed: int, most: int, part: float) -> None:
    """Whatever the part."""
    problem, _ = unsure_job(seed, Unsure(groups=4, models=3, most=most, kinds=2))
    blend = blended(problem, all_on(0, problem), all_on(2, problem), part)
    assert answered_by(problem, blend) == problem.count.tolist()
    assert (blend.count > 0).all()
    exact = {0: 1 - part, 1: 0.0, 2: part}
    for at, count in zip(blend.candidate.tolist(), blend.count.tolist(), strict=True):
        assert abs(count - exact[at % 3] * int(problem.count[at // 3])) <= 1 + 1e-6


def test_the_ends_are_the_plans_themselves() -> None:
    """Nothing of the second, and nothing of the first."""
    problem, _ = unsure_job(1, Unsure(groups=4, models=3, most=9, kinds=2))
    one, other = all_on(0, problem), all_on(1, problem)
    assert blended(problem, one, other, 0.0).candidate.tolist() == one.candidate.tolist()
    assert blended(problem, one, other, 1.0).candidate.tolist() == other.candidate.tolist()


def test_rows_of_one_request_are_shared_out_evenly() -> None:
    """A third of forty rows, spread over all of them: within two of 13.3, and of each ten at least two."""
    problem, _ = unsure_job(2, SIZE)
    blend = blended(problem, all_on(0, problem), all_on(1, problem), 1 / 3)
    moved = (blend.candidate % 3 == 1).reshape(4, 10).sum(axis=1)
    assert 12 <= moved.sum() <= 15
    assert moved.min() >= 2


def test_as_much_is_taken_of_a_cheaper_plan_as_the_floor_bears() -> None:
    """A half of 0.6 and 1.0 is 0.8; with errors that add up, a little less."""
    problem = Problem(
        owner=np.array([0, 0]),
        cost_pusd=np.array([1, 9]),
        quality=np.array([0.6, 1.0]),
        weight=np.array([1]),
        count=np.array([100]),
        constraints=(Floor(0.8),),
    )
    cheap, safe = Portions(np.array([0]), np.array([100])), Portions(np.array([1]), np.array([100]))
    error = np.array([0.1, 0.0])
    for z, part in ((0.0, 0.5), (2.0, 1 / 3)):
        risk = Risk(z, np.array([0]), error, error)
        first, second = sums_of(problem, risk, safe), sums_of(problem, risk, cheap)
        assert most_of(risk, first, second) == pytest.approx(part, abs=1e-6)
        assert most_of(risk, first, first) == 1.0
        blend = blended(problem, safe, cheap, part - 0.01)
        assert is_kept(problem, risk, blend)
        assert bound(problem, risk, blend) < bound(problem, risk, safe)


def test_without_floors_all_of_it_is_taken() -> None:
    """There is nothing to keep."""
    problem, risk = unsure_job(1, SIZE)
    free = Problem(problem.owner, problem.cost_pusd, problem.quality, problem.weight, problem.count)
    sums = sums_of(free, risk, all_on(0, free))
    assert most_of(risk, sums, sums) == 1.0


def test_errors_of_a_blend_lie_between_those_of_its_plans() -> None:
    """They are sums over requests."""
    problem, risk = unsure_job(5, Unsure(groups=4, models=3, most=40, kinds=2))
    one, other = all_on(0, problem), all_on(2, problem)
    half = group_errors(problem, risk, blended(problem, one, other, 0.5))
    between = (group_errors(problem, risk, one) + group_errors(problem, risk, other)) / 2
    assert half.tolist() == pytest.approx(between.tolist(), abs=0.01)
