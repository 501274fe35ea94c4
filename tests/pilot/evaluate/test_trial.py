"""One trial of an evaluation: what is bought, what is planned, what comes of it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.recorded_batches import rates, recorded

from modelroute_cli.pilot.evaluate.methods import METHODS, oracle
from modelroute_cli.pilot.evaluate.own_plan import Wish, own_plan
from modelroute_cli.pilot.evaluate.piloting import paid_best, pilot, rest_of
from modelroute_cli.pilot.evaluate.routing import Routing, Table, all_on, realise
from modelroute_cli.pilot.evaluate.trial import trial

WISH = Wish(floor=0.98, confidence=0.95)


def test_a_pilot_buys_at_most_so_many_requests_of_a_group_and_the_baseline_answers_all() -> None:
    """Nothing outside the sample is bought; the same seed buys the same."""
    batch = recorded(3)
    found = pilot(batch, 30, 0.98, seed=5)
    assert [len(rows) for rows in found.rows] == [30] * 8
    sampled = np.zeros(len(batch.ids), np.bool_)
    sampled[np.concatenate(found.rows)] = True
    assert not found.bought[~sampled].any()
    assert found.bought[sampled, batch.baseline].all()
    assert np.array_equal(found.bought, pilot(batch, 30, 0.98, seed=5).bought)
    assert found.spent_pusd(batch) == int(batch.cost_pusd[found.bought].sum())


def test_a_hopeless_model_is_stopped_early() -> None:
    """One that is right one time in twenty is not asked about all requests of any group."""
    truth = rates()
    truth[:, 0] = 0.05
    found = pilot(recorded(4, truth), 50, 0.98, seed=1)
    assert not found.candidates[:, 0].any()
    assert found.bought[:, 0].sum() <= 8 * 20
    assert found.candidates[:, 2].all()


def test_a_model_that_answered_too_little_of_a_group_is_none_of_its_candidates() -> None:
    """It may be one of another's."""
    batch = recorded(2)
    batch.quality[batch.rows(0)[:50], 1] = np.nan
    found = pilot(batch, 20, 0.98, seed=0)
    assert not found.candidates[0, 1]
    assert not found.bought[batch.rows(0), 1].any()


def test_the_plan_keeps_the_floor_and_saves() -> None:
    """Over six pilots: at least 98% on average, never under 96%, at less than four fifths of the cost."""
    batch = recorded(8)
    found = [trial(batch, WISH, 50, seed) for seed in range(6)]
    assert np.mean([each.plan.quality for each in found]) >= 0.98
    assert min(each.plan.quality for each in found) >= 0.96
    assert np.mean([each.plan.cost for each in found]) < 0.8


def test_piloted_requests_have_their_best_paid_answer() -> None:
    """The cheapest of those as good; so the whole batch is better than its plan, and dearer by the pilot."""
    batch = recorded(8)
    piloted = pilot(batch, 40, 0.98, seed=2)
    rows = np.concatenate(piloted.rows)
    best = paid_best(batch, piloted, rows)
    bought = np.where(piloted.bought[rows], batch.quality[rows], -1)
    assert np.array_equal(batch.quality[rows, best], bought.max(axis=1))
    found = trial(batch, WISH, 40, seed=2)
    assert found.whole.quality >= found.plan.quality
    assert found.pilot_requests == 8 * 40
    assert found.whole.cost > found.pilot_cost > 0


def test_everything_is_piloted_in_a_tiny_batch() -> None:
    """Nothing is left to plan; the plan is the baseline's equal at no cost of its own."""
    found = trial(recorded(1, each=10), WISH, 50, seed=0)
    assert (found.plan.cost, found.plan.quality) == (1.0, 1.0)
    assert found.whole.quality >= 1.0


def test_a_budget_is_kept_in_expectation() -> None:
    """30% of the baseline's cost: the plan expects no more, and is worse than one for 80%."""
    batch = recorded(6)
    piloted = pilot(batch, 50, 1.0, seed=0)
    counts = np.array([len(rows) for rows in rest_of(batch, piloted)])
    small, large = (own_plan(piloted, counts, 2, Wish(1.0, 0.95, budget)) for budget in (0.3, 0.8))
    assert small.cost <= 0.3
    assert large.cost <= 0.8
    assert small.quality <= large.quality


def test_a_missing_answer_is_bought_from_the_baseline() -> None:
    """At its cost, with its quality."""
    batch = recorded(5, each=2)
    batch.quality[0, 0] = np.nan
    rows = [batch.rows(at) for at in range(8)]
    plain = realise(batch, rows, all_on(batch, rows, 0))
    assert plain.cost_pusd == int(batch.cost_pusd[0, 2] + batch.cost_pusd[1:, 0].sum())
    assert plain.worth == pytest.approx(batch.quality[0, 2] + batch.quality[1:, 0].sum())


def test_nobody_is_cheaper_than_who_knows_all() -> None:
    """The oracle meets the floor exactly, within one answer, for less than any method that met it."""
    batch = recorded(9)
    found = trial(batch, WISH, 50, seed=3)
    known = found.others["oracle"]
    assert 0.98 <= known.quality <= 0.98 + 1 / batch.worth
    met = [each.cost for name, each in found.others.items() if each.quality >= 0.98 and name != "oracle"]
    assert known.cost <= min(met)
    assert known.cost == oracle(batch, 0.98).cost_pusd / batch.bill_pusd


@settings(max_examples=15)
@given(st.integers(0, 10**6), st.sampled_from([0.9, 0.97, 1.0]))
def test_every_method_gives_every_request_a_model_and_promises_the_floor(seed: int, floor: float) -> None:
    """By the table that it was told."""
    random = np.random.default_rng(seed)
    counts = random.integers(1, 400, 5)
    table = Table(random.uniform(0.3, 0.9, (5, 4)), np.sort(random.uniform(1, 90, (5, 4))), counts, baseline=3)
    for name, method in METHODS.items():
        routing = method(table, floor)
        assert np.array_equal(routing.counts.sum(axis=1), counts), name
        promised = (routing.counts * table.quality).sum() / counts.sum()
        if name != "best mixture":  # whole requests of a few: its parts are rounded in each group
            assert promised >= floor * table.asked - 1e-6, name


def test_a_routing_counts_requests_by_group_and_model() -> None:
    """What is realised is the first so many of each group, in their order."""
    batch = recorded(5, each=2)
    rows = [batch.rows(at) for at in range(8)]
    counts = np.zeros((8, 3), np.int64)
    counts[:, 0] = 1
    counts[:, 2] = 1
    found = realise(batch, rows, Routing(counts))
    assert found.cost_pusd == int(batch.cost_pusd[::2, 0].sum() + batch.cost_pusd[1::2, 2].sum())
