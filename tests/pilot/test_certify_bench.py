"""Rules of the benchmark of certificates: batches of known truth, nested plans, and tests that err as they should."""

import math

import numpy as np
import pytest
from certify_coverage import drawn_values, holding, recorded_coverage, t_of_share, true_mean
from certify_errors import FLOOR, boundary, certified, samples, stop
from certify_ladders import STEPS, Asked, certified_run, plans, plug_in_run, realised
from certify_worlds import recorded, split, synthetic
from support.shared import shared_data

from modelroute_cli.pilot.certify import Method, Promise
from modelroute_cli.pilot.sizes import expected_pairs


def test_a_synthetic_batch_is_the_same_for_the_same_seed() -> None:
    """Right or wrong, at a price, the dearest model the baseline."""
    world, same = synthetic(3, 500, 0.6), synthetic(3, 500, 0.6)
    assert np.array_equal(world.quality, same.quality)
    assert set(world.quality.ravel().tolist()) == {0.0, 1.0}
    assert (world.cells, world.requests, world.baseline) == (6, 500, 7)
    assert world.cost.min() > 0


def test_a_pilot_and_what_is_fresh_make_the_batch() -> None:
    """20 of each cell, and all others; another seed draws others."""
    world = synthetic(3, 600, 0.0)
    parts = split(world, 20, 1)
    assert sorted([*parts.pilot.tolist(), *parts.fresh.tolist()]) == list(range(600))
    assert np.bincount(world.cell[parts.pilot]).tolist() == [20] * 6
    assert split(world, 20, 2).pilot.tolist() != parts.pilot.tolist()


def test_plans_go_from_the_baseline_to_the_cheapest_and_are_nested() -> None:
    """A request that a safer plan took from the baseline is not given back by a cheaper one."""
    world = synthetic(4, 3_000, 0.6)
    ladder = plans(world, split(world, 30, 0).pilot, 0.97)
    assert len(ladder) == STEPS + 1
    own = [float(np.mean(plan.model == world.baseline)) for plan in ladder]
    assert own[0] == 1.0
    costs = [realised(world, plan).cost for plan in ladder]
    assert costs[0] == 1.0
    assert costs == sorted(costs, reverse=True)


def test_certificates_hold_where_bounds_alone_do_not() -> None:
    """Ten batches: the bound alone misses 97% in some; of what is certified nothing costs more than the baseline."""
    worlds = [synthetic(seed, 3_000, 0.0) for seed in range(10)]
    parts = [split(world, 30, seed) for seed, world in enumerate(worlds)]
    alone = [plug_in_run(world, part, FLOOR) for world, part in zip(worlds, parts, strict=True)]
    found = [
        certified_run(world, part, 800, Asked(FLOOR, Method.ANY_TIME))
        for world, part in zip(worlds, parts, strict=True)
    ]
    assert sum(run.quality < 0.97 for run in alone) >= 2
    assert sum(run.quality < 0.97 - 1e-12 for run in found) <= 1
    assert max(run.cost for run in found) <= 1.0


@pytest.mark.parametrize("requests", [None, 2_000])
def test_only_the_plain_z_test_certifies_what_does_not_hold(requests: int | None) -> None:
    """60 hold-outs of 100 pairs at the edge, none won: z errs in over 10%, and in more where it is looked at."""
    rates = certified(samples(boundary(0.95, 0.0285), requests, 100, 60), requests)
    most = 0.05 + 2 * math.sqrt(0.05 * 0.95 / 60)
    assert rates.exact <= most
    assert rates.betting <= most
    assert 0.1 < rates.z <= rates.z_looked_at


def test_a_small_batch_at_the_edge_is_never_above_it() -> None:
    """Rounding favours nobody: the mean of D over the whole batch is 0 or just below."""
    whole = samples(boundary(0.85, 0.15), 700, 700, 1)[0]
    assert -0.002 < whole.mean() <= 1e-9


def test_a_batch_that_holds_keeps_its_shares() -> None:
    """None of its pairs is turned into a loss."""
    whole = samples(expected_pairs(0.9, 1.0, 0.1), 1_000, 1_000, 1)[0]
    assert np.count_nonzero(whole < -0.5) == 50


def test_betting_stops_where_enough_is_won() -> None:
    """Or never."""
    assert stop(np.full(60, 1.0), None) < 20
    assert stop(np.full(60, 0.0), None) == math.inf


@pytest.mark.parametrize("kind", ["0.9", "graded", "lognormal", "runaway"])
def test_drawn_values_have_the_mean_that_is_called_true(kind: str) -> None:
    """Within 4 standard errors of 40,000."""
    values = drawn_values(kind, np.random.default_rng(2), 40_000)
    assert abs(values.mean() - true_mean(kind)) < 4 * values.std() / 200


def test_coverage_counts_intervals_that_hold() -> None:
    """Nine of ten or so."""
    assert 0.85 <= holding("0.8", 50, 100, t_of_share) <= 1.0


def test_recorded_outcomes_are_covered_too() -> None:
    """MMLU-Pro's first model, 20 samples of 50 of each category, floor and all."""
    world = recorded(shared_data("outcomes") / "mmlu_pro_3000.outcomes.parquet")
    found = recorded_coverage(world, 0, 50, 20)
    assert found.quality >= 0.75
    assert found.cost >= 0.75
    parts = split(world, 50, 3)
    run = certified_run(world, parts, 400, Asked(Promise(0.95), Method.FIXED))
    assert run.quality >= 0.95
