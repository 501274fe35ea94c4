"""A plan after a pilot: its answers are results already, its money counts once, and every sum still holds."""

from collections.abc import Sequence

import polars as pl
from support.plans import CHEAP, STRONG, PlanParts, Row, plan_of

from modelroute_cli.base.frames import ASSIGNMENTS
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.piloted import ADOPTED, ANSWERED, with_pilot
from modelroute_cli.planning.plan import Piloted, Plan

PARTS = PlanParts(baseline=STRONG, allowed={"all": (CHEAP, STRONG)})
ROWS = (Row(), Row(), Row(duplicate_of=1), Row(model=STRONG))
PILOT = Piloted(pilot_id="p1", requests=2, calls=4, spent_pusd=PicoUSD(50_000), held_pusd=PicoUSD(700))


def answers(*rows: tuple[int, str, int]) -> pl.DataFrame:
    """ADOPTED answers: row, model and cost."""
    return pl.DataFrame([(row, model, 90, 40, cost) for row, model, cost in rows], schema=ADOPTED, orient="row")


def adopted(*rows: tuple[int, str, int]) -> Plan:
    """The plan with them."""
    return with_pilot(plan_of(ROWS, PARTS), answers(*rows), PILOT)


def cells(plan: Plan, *names: str) -> Sequence[tuple[object, ...]]:
    """Some columns of its assignments."""
    return plan.assignments.select(names).collect().rows()


def test_an_answer_of_the_pilot_stands_in_the_place_of_what_was_planned() -> None:
    """With its model, at its true cost; its duplicates follow it and cost nothing."""
    plan = adopted((1, STRONG, 4900))
    found = cells(plan, "model", "cost_pusd", "cost_high_pusd", "output_tokens")
    before = cells(plan_of(ROWS, PARTS), "model", "cost_pusd", "cost_high_pusd", "output_tokens")
    assert found == [before[0], (STRONG, 4900, 4900, 40), (STRONG, 0, 0, 40), before[3]]
    assert [reason == ANSWERED for (reason,) in cells(plan, "reason")] == [False, True, True, False]
    assert dict(plan.assignments.collect_schema()) == dict(pl.Schema(ASSIGNMENTS))


def test_the_plan_costs_what_is_left_and_all_that_the_pilot_spent() -> None:
    """Once: what its adopted answers cost is a part of it."""
    before, after = plan_of(ROWS, PARTS).header, adopted((1, STRONG, 4900)).header
    own = cells(plan_of(ROWS, PARTS), "cost_pusd")[1][0]
    assert isinstance(own, int)
    assert after.totals.cost_pusd == before.totals.cost_pusd - own + PILOT.spent_pusd
    assert after.pilot is not None
    assert (after.pilot.adopted, after.pilot.adopted_pusd) == (1, 4900)
    assert after.totals.requests == before.totals.requests


def test_without_an_answer_to_adopt_all_of_the_pilot_stands_beside_the_plan() -> None:
    """As money that is gone."""
    before, after = plan_of(ROWS, PARTS).header, adopted().header
    assert after.totals.cost_pusd == before.totals.cost_pusd + PILOT.spent_pusd
    assert cells(adopted(), *ASSIGNMENTS) == cells(plan_of(ROWS, PARTS), *ASSIGNMENTS)


def test_the_hard_cap_grows_with_the_pilot_and_what_it_holds() -> None:
    """The run begins with that much gone."""
    before, after = plan_of(ROWS, PARTS).header, adopted((1, STRONG, 4900)).header
    more = after.totals.cost_pusd - before.totals.cost_pusd
    assert after.hard_cap_pusd == before.hard_cap_pusd + more + PILOT.held_pusd


def test_the_causes_of_the_saving_still_add_up() -> None:
    """What the pilot cost more is a cause of its own."""
    before, after = plan_of(ROWS, PARTS).header, adopted((1, STRONG, 4900)).header
    if before.savings:
        whole = sum(each.saved_pusd for each in before.savings)
        assert sum(each.saved_pusd for each in after.savings) == whole - (
            after.totals.cost_pusd - before.totals.cost_pusd
        )
        assert after.savings[-1].cause == "pilot"


def test_a_model_that_the_plan_does_not_know_keeps_its_request_as_planned() -> None:
    """A run could not price it; the money is counted all the same."""
    plan = adopted((0, "unknown", 300), (1, STRONG, 4900))
    assert cells(plan, "model")[0] == (CHEAP,)
    assert plan.header.pilot is not None
    assert plan.header.pilot.adopted == 1


def test_an_answer_to_a_request_that_the_plan_leaves_out_is_left_out() -> None:
    """So is one to a duplicate: its first is asked."""
    plan = adopted((2, STRONG, 300), (99, STRONG, 300))
    assert plan.header.pilot is not None
    assert plan.header.pilot.adopted == 0
