"""Large jobs are solved by the rows near a tie: as near the best possible, within every constraint, and repeatable."""

import numpy as np
import pytest
from optimize_scale import build, grouped
from support.coupled import Size, random_job

from modelroute_cli.planning import linear as normal_form
from modelroute_cli.planning.coupling import Goal
from modelroute_cli.planning.dual import Guess, maximise
from modelroute_cli.planning.linear import is_feasible, linear, undominated
from modelroute_cli.planning.ragged import ragged
from modelroute_cli.planning.scale import solve_tokens, tokens
from modelroute_cli.planning.solve import solve
from modelroute_cli.planning.zoom import search


def test_forty_thousand_rows_are_certified() -> None:
    """Row by row: a gap under 1e-5, five constraints kept to the last unit, twice the same."""
    problem = build(40_000, 3).problem
    plan, again = solve_tokens(problem, Goal.BEST), solve_tokens(problem, Goal.BEST)
    assert 0 <= plan.gap <= 1e-5
    passes = tokens(problem, Goal.BEST)
    uses = passes.totals(plan.column)[1:]
    assert all(use <= limit for use, limit in zip(uses.tolist(), passes.limits, strict=True))
    assert plan.column.tolist() == again.column.tolist()


def test_groups_of_a_hundred_thousand_rows_are_certified() -> None:
    """Rows that stand for many alike."""
    problem = grouped(build(100_000, 3)).problem
    solution = solve(problem, Goal.BEST)
    assert 0 <= solution.gap <= 1e-5
    assert is_feasible(linear(problem, Goal.BEST), solution.portions)


@pytest.mark.parametrize("goal", Goal)
def test_any_guess_leads_to_the_same_bound(goal: Goal) -> None:
    """Prices far off are corrected by passes over all rows before anything is held."""
    passes = ragged(linear(random_job(11, Size(9_000, 4, 3)), goal))
    right = maximise(passes)
    found, other = search(passes, Guess(right.prices)), search(passes, Guess(right.prices * 5))
    assert found is not None
    assert other is not None
    assert found.bound == pytest.approx(other.bound, rel=1e-5)
    assert found.bound <= found.objective
    assert other.bound <= other.objective


def test_no_plan_is_none() -> None:
    """A limit below what the least use of all rows comes to."""
    job = linear(random_job(5, Size(9_000, 3, 2)), Goal.CHEAPEST)
    least = np.minimum.reduceat(job.use[1], job.starts) @ job.count
    impossible = normal_form.Linear(job.owner, job.objective, job.use, job.count, (job.limit[0], int(least) - 10**6))
    assert search(ragged(impossible), None) is None


def test_large_jobs_lose_their_dominated_tiers() -> None:
    """What is dominated in every row is found without comparing all pairs; the others are what pairs would leave."""
    tiers = linear(grouped(build(20_000, 3)).problem, Goal.BEST)
    assert int(tiers.sizes @ tiers.sizes) > 4_000_000
    kept = undominated(tiers)
    assert np.bincount(tiers.owner[kept]).max() <= 12
    assert len(np.unique(tiers.owner[kept])) == len(tiers.count)
    half = normal_form.part(tiers, np.arange(0, 2_000))[0]
    assert set(undominated(half).tolist()) <= set(kept[kept < len(half.owner)].tolist())
