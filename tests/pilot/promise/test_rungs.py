"""The ladder: what plans are made for, which are tested, and when two are the same."""

from dataclasses import replace

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from support.plans import CHEAP, STRONG, Row, plan_of

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.pilot.promise.rungs import LadderPlan, choices_of, ladder, plan_digest, targets
from modelroute_cli.planning.plan import Plan


def some_plan() -> Plan:
    """Three requests on two models."""
    return plan_of([Row(), Row(model=STRONG), Row(escalate_to=STRONG)])


def rung(target: float, cost: int) -> LadderPlan:
    """A plan of this cost."""
    plan = some_plan()
    totals = structs.replace(plan.header.totals, cost_pusd=PicoUSD(cost))
    return LadderPlan(target, replace(plan, header=structs.replace(plan.header, totals=totals)), "d")


def test_targets_go_from_above_the_baseline_down_to_what_is_asked() -> None:
    """By hundredths, or by more where that is many; what was asked is the last."""
    assert targets(0.985) == (1.03, 1.02, 1.01, 1.0, 0.99, 0.985)
    assert targets(1.0) == (1.03, 1.02, 1.01, 1.0)
    assert targets(0.7) == (1.03, 0.99, 0.95, 0.91, 0.87, 0.83, 0.79, 0.75, 0.71, 0.7)


@given(asked=st.floats(0.01, 1.0))
def test_targets_fall(asked: float) -> None:
    """And end at the asked one."""
    found = targets(asked)
    assert list(found) == sorted(set(found), reverse=True)
    assert found[-1] == asked
    assert len(found) <= 11


def test_plans_of_nearly_one_cost_are_one_rung_the_safer_one() -> None:
    """And what saves nothing beside the baseline needs no test."""
    made = [rung(1.01, 1000), rung(1.0, 800), rung(0.99, 795), rung(0.98, 500)]
    assert [each.target for each in ladder(made, PicoUSD(1000))] == [1.0, 0.98]
    assert ladder([rung(1.0, 1000)], PicoUSD(1000)) == ()


@given(costs=st.lists(st.integers(0, 10**6), max_size=8), bill=st.integers(1, 10**6))
def test_every_rung_is_cheaper_than_the_one_before(costs: list[int], bill: int) -> None:
    """And than the baseline for all."""
    made = [rung(1.0, cost) for cost in costs]
    kept = [each.cost_pusd for each in ladder(made, PicoUSD(bill))]
    assert kept == sorted(set(kept), reverse=True)
    assert all(cost < bill for cost in kept)


def test_a_digest_is_of_who_answers_and_of_nothing_else() -> None:
    """Another model, or another one after a failed gate, is another plan; another price is not."""
    plan = some_plan()
    dearer = replace(plan, assignments=plan.assignments.with_columns(pl.col("cost_pusd") + 1))
    other = replace(plan, assignments=plan.assignments.with_columns(pl.lit("other").alias("model")))
    then = replace(plan, assignments=plan.assignments.with_columns(pl.lit("other").alias("escalate_to")))
    assert plan_digest(plan) == plan_digest(dearer)
    assert len({plan_digest(each) for each in (plan, other, then)}) == 3


def test_choices_are_those_of_the_rows_in_their_order() -> None:
    """As the assignments have them."""
    found = choices_of(some_plan(), (2, 0))
    assert found.rows() == [(2, CHEAP, STRONG), (0, CHEAP, None)]
