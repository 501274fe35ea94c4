"""The cost and quality of a whole job, from the cheapest plan to the best."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from support.coupled import Size, random_job

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.curve import CurvePoint, curve
from modelroute_cli.planning.optimize import Problem, minimise_cost


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 30))
def test_every_point_is_the_cheapest_of_its_quality(seed: int, points: int) -> None:
    """Strictly rising, no more than asked, from the cheapest plan on, and each what the optimiser finds."""
    problem = random_job(seed, Size(15, 4, 0, 3))
    found = curve(problem, points)
    assert 2 <= len(found) <= points
    assert found[0].cost_pusd == minimise_cost(problem, 0.0).cost_pusd
    for one, two in pairwise(found):
        assert one.cost_pusd < two.cost_pusd
        assert one.quality < two.quality
    for point in found:
        bound = minimise_cost(problem, point.quality - 1e-9).bound_cost_pusd
        assert bound is not None
        assert bound <= point.cost_pusd <= bound * (1 + 1e-4) + 1


def test_one_kind_of_two_models_has_two_ends() -> None:
    """All requests weak, all requests strong."""
    problem = Problem(
        np.zeros(2, np.int64), np.array([1, 3]), np.array([0.5, 0.9]), np.ones(1, np.int64), np.array([10])
    )
    assert curve(problem, 5) == (
        CurvePoint(cost_pusd=PicoUSD(10), quality=0.5),
        CurvePoint(cost_pusd=PicoUSD(30), quality=0.9),
    )


def test_a_job_without_choice_is_one_point() -> None:
    """One candidate: nothing to trade."""
    problem = Problem(np.zeros(1, np.int64), np.array([7]), np.array([0.5]), np.ones(1, np.int64), np.array([2]))
    assert curve(problem, 5) == (CurvePoint(cost_pusd=PicoUSD(14), quality=0.5),)
