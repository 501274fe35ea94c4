"""What waiting would save, where nobody said how long answers may take."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from support.handed_in import DAY_S, taking, within_a_day
from support.planning_jobs import OPTIONS, plan_of

from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.settings import Match, Rule, Settings
from modelroute_cli.planning.header import PlanOptions
from modelroute_cli.planning.plan import IfWaited
from modelroute_cli.report.plan_screen import plan_screen
from modelroute_cli.report.summary import plan_summary

ROWS: list[Mapping[str, object]] = [
    *({"input_tokens": 100 + at} for at in range(8)),
    {"importance": "premium", "has_deadline": True, "deadline_s": 600},
]


def waited(settings: Settings | None = None, options: PlanOptions = OPTIONS) -> IfWaited | None:
    """What is said of the plan."""
    return plan_of(ROWS, settings or taking(), options).header.if_waited


@pytest.mark.parametrize("quality", [0.0, 0.8, 0.85])
def test_it_costs_what_the_plan_with_that_deadline_costs(quality: float) -> None:
    """To the pico-dollar: it is solved again, with the same quality; who has a deadline keeps it."""
    held = taking(objective__min_quality=quality)
    patient = plan_of(ROWS, held, within_a_day())
    assert waited(held) == IfWaited(deadline_s=DAY_S, cost_pusd=patient.header.totals.cost_pusd)
    assert patient.assignments.collect()["service_tier"].to_list()[-1] == "standard"


def test_it_is_not_said_where_a_deadline_was_given_or_nothing_slower_may_be_bought() -> None:
    """Or where that would change nothing: DeepSeek sells one tier."""
    assert waited(options=within_a_day()) is None
    assert waited(options=replace(OPTIONS, tiers=(ServiceTier.STANDARD,))) is None
    only = [{**row, "model": "deepseek-flash"} for row in ROWS[:8]]
    assert plan_of(only, taking()).header.if_waited is None


def test_a_small_saving_is_not_worth_a_word() -> None:
    """Most of the money is for what cannot wait."""
    dear: Mapping[str, object] = {
        "importance": "premium",
        "has_deadline": True,
        "deadline_s": 600,
        "input_tokens": 500_000,
    }
    assert plan_of([ROWS[0], dear], taking()).header.if_waited is None


def test_with_a_maximum_it_is_the_same_quality_for_less() -> None:
    """What the money bought, at the price of waiting."""
    held = taking(objective__max_cost="0.01")
    made = plan_of(ROWS[:8], held).header
    assert made.if_waited is not None
    assert made.if_waited.cost_pusd < made.totals.cost_pusd * 0.95


def test_the_screen_says_it_in_one_line() -> None:
    """With the flag to type, within 80 cells."""
    summary = plan_summary(plan_of(ROWS, taking()))
    (line,) = [line.text for line in plan_screen(summary, 80) if "--deadline" in line.text]
    assert line.startswith("  if it may take longer: with `--deadline 24h` it would cost ~$0.00")
    assert line.endswith("% less")
    assert len(line) <= 80


def test_a_queue_too_small_for_a_deadline_says_nothing() -> None:
    """A rule wants the cheap tier alone; without a deadline all of it can wait, within a day it cannot."""
    rule = Rule(name="night", match=Match(), allow=("gpt-6-luna",), service_tiers=(ServiceTier.BATCH,))
    settings = taking(objective__min_quality=0.0, providers__openai__tiers__batch__queue_tokens=250)
    held = replace(settings, rules=(rule,))
    made = plan_of([{}] * 10, held)
    assert made.assignments.collect()["service_tier"].unique().to_list() == ["batch"]
    assert made.header.if_waited is None
