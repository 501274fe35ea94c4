"""Measured cascades beside single models: which there are, what they cost, and what a plan makes of them."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import polars as pl
import pytest
from msgspec import structs
from support.measured_plans import FLASH, HAIKU, SOL, cell, measured
from support.planning_jobs import OPTIONS, plan_of, settings_of

from modelroute_cli.catalog.settings import Match, Rule, Settings
from modelroute_cli.planning.beliefs import gate_errors
from modelroute_cli.planning.cascades import paired_error
from modelroute_cli.planning.measured import GateCell, Measured
from modelroute_cli.planning.plan import Plan
from modelroute_cli.planning.policy import Policy
from modelroute_cli.planning.problem import Margin, make_risk
from modelroute_cli.planning.quotes import QUOTES
from modelroute_cli.planning.with_cascades import Escalating, counted, escalating, with_cascades

CELLS = {
    "t1": {
        FLASH: cell(0.78, 0.05, paired=0.05),
        HAIKU: cell(0.85, 0.03, paired=0.035),
        SOL: cell(0.93, 0.03, paired=0.01),
        "gpt-5": cell(0.9, 0.03, paired=0.0),
    }
}
GATE = GateCell(
    group="t1",
    cheap=FLASH,
    strong=SOL,
    passed=(36, 2, 1, 1),
    rejected=(1, 0, 8, 1),
    strong_rejected_pusd=12,
    strong_all_pusd=50,
)
KINDS = pl.DataFrame({"row": [0, 4], "group": ["t1", None], "rule": ["all", "all"], "requests": [5, 7]})


def known(*gates: GateCell, to: tuple[str, ...] = (SOL,)) -> Escalating:
    """These gates for a share of the baseline's quality; failed answers of the rule may go to these models."""
    return Escalating(Margin(measured(CELLS, gates=gates), 1.645, paired=True), {"all": to})


def quotes(*, tier: str = "standard", models: tuple[str, ...] = (FLASH, SOL)) -> pl.DataFrame:
    """Both kinds on these models: the first costs 100, the next 1,000."""
    rows = [
        {
            "row": row,
            "model": model,
            "service_tier": tier,
            "cost_pusd": 100 * 10**at,
            "cost_low_pusd": 50 * 10**at,
            "cost_range_pusd": 200 * 10**at,
            "cost_high_pusd": 400 * 10**at,
            "uncached_cost_pusd": 110 * 10**at,
            "standard_cost_pusd": 120 * 10**at,
            "output_cost_pusd": 80 * 10**at,
            "output_tokens": 30,
            "quality": CELLS["t1"][model].mean,
            "quality_low": CELLS["t1"][model].mean - 0.1,
        }
        for row in (0, 4)
        for at, model in enumerate(models)
    ]
    return pl.DataFrame(rows, schema=QUOTES)


def test_a_cascade_costs_its_cheap_model_and_the_measured_share_of_the_strong_one() -> None:
    """12 of 50 of the bill were for rejected answers; an attempt costs at most what the cheap model's does."""
    both = with_cascades(quotes(), KINDS, known(GATE))
    assert both["row"].to_list() == [0, 0, 0, 4, 4]
    row = both.filter(pl.col("escalate_to") == SOL).row(0, named=True)
    assert {name: row[name] for name in row if name.endswith("_pusd") and row[name] is not None} == {
        "cost_pusd": 340,
        "cost_low_pusd": 50 + 120,
        "cost_range_pusd": 200 + 480,
        "cost_high_pusd": 400,
        "output_cost_pusd": 80 + 240,
        "uncached_cost_pusd": 110 + 240,
        "standard_cost_pusd": 120 + 240,
    }
    assert (row["model"], row["output_tokens"], row["quality"]) == (FLASH, 30, pytest.approx(0.93 + 1 / 50))


def test_there_is_none_where_too_little_was_measured_or_it_may_not_be() -> None:
    """19 requests, failed answers that go elsewhere, another tier, a strong model that may not answer, no gates."""
    plain = quotes()
    few = replace_counts((12, 2, 1, 1), (1, 0, 1, 1))
    for given in (None, known(), known(few), known(GATE, to=(HAIKU,))):
        assert with_cascades(plain, KINDS, given).equals(plain)
    for left in (quotes(tier="batch"), quotes(models=(FLASH,))):
        assert with_cascades(left, KINDS, known(GATE)).equals(left)


def replace_counts(passed: tuple[int, int, int, int], rejected: tuple[int, int, int, int]) -> GateCell:
    """The gate with other counts."""
    return GateCell(
        group="t1",
        cheap=FLASH,
        strong=SOL,
        passed=passed,
        rejected=rejected,
        strong_rejected_pusd=12,
        strong_all_pusd=50,
    )


def test_a_gate_that_lets_everything_pass_is_on_no_hull() -> None:
    """It costs a little more than the cheap model, and is worth as little."""
    blind = replace_counts((30, 0, 9, 1), (5, 0, 4, 1))
    wasteful = GateCell(
        group="t1",
        cheap=FLASH,
        strong=SOL,
        passed=(20, 0, 0, 0),
        rejected=(20, 0, 10, 0),
        strong_rejected_pusd=50,
        strong_all_pusd=50,
    )
    for gate in (blind, wasteful):
        assert with_cascades(quotes(), KINDS, known(gate))["escalate_to"].null_count() == 4


def test_a_cascade_is_as_unsure_as_its_strong_model_and_its_difference_to_it() -> None:
    """Paired: 2 of 50 won and 1 lost among the answers that passed."""
    both = with_cascades(quotes(), KINDS, known(GATE))
    risk = make_risk(both, KINDS, known(GATE).margin)
    error = paired_error(50, 1, 3)
    assert gate_errors(measured(CELLS, gates=(GATE,)))["gate_error"].to_list() == [pytest.approx(error)]
    cascade = both["escalate_to"].is_not_null().to_list().index(True)
    assert risk.se[cascade] == pytest.approx(0.01 + error)
    assert risk.se_own[cascade] == pytest.approx(0.03 + error)
    assert risk.group.tolist() == [0, -1]
    assert risk.se[3:].tolist() == [0.0, 0.0]


def test_the_counts_are_those_that_cascades_are_made_of() -> None:
    """Verdict x first good x second good, and the strong model's bill."""
    made = counted(GATE)
    assert (made.requests, made.caught_bad, made.passed_bad, made.false_alarms, made.passed_good) == (50, 9, 2, 1, 38)


def test_without_certainty_or_escalations_nothing_is_known_of_cascades() -> None:
    """Nothing was measured, or a run may not escalate at all."""
    policy = Policy(allowed={}, pins={}, escalations={"all": (SOL,), "last": ()}, bound={}, effects={}, shut={})
    margin = known(GATE).margin
    assert escalating(policy, None, 2) is None
    assert escalating(policy, margin, 0) is None
    assert escalating(policy, margin, 2) == Escalating(margin, policy.escalations)


ROWS: list[Mapping[str, object]] = [{"input_tokens": 50 + at % 9 * 30} for at in range(60)]


def settings(*escalate: str) -> Settings:
    """One rule for all, whose failed answers may go to these models; 97% of gpt-5's quality is asked for."""
    rule = Rule(name="all", match=Match(), allow=(FLASH, HAIKU, SOL, "gpt-5"), escalate=escalate)
    return replace(settings_of(objective__baseline_share=0.97), rules=(rule,))


@cache
def plan(*gates: GateCell) -> Plan:
    """A plan with what these gates showed."""
    known_: Measured = measured(CELLS, gates=gates)
    return plan_of(ROWS, settings(SOL), replace(OPTIONS, measured=known_))


def test_a_plan_takes_a_cascade_where_it_pays() -> None:
    """At the same asked quality for less, and says of each request where its answer goes."""
    frame = plan(GATE).assignments.collect()
    assert frame["escalate_to"].count() > 0
    assert plan(GATE).header.totals.cost_pusd < plan().header.totals.cost_pusd
    assert plan().assignments.collect()["escalate_to"].count() == 0
    row = frame.filter(pl.col("escalate_to").is_not_null()).row(0, named=True)
    assert (row["model"], row["escalate_to"], row["reason"]) == (
        FLASH,
        SOL,
        "rule `all`: deepseek-flash answers first, what its gates reject goes to gpt-6-sol",
    )
    assert {FLASH, SOL} <= set(plan(GATE).header.models)


def test_expected_escalations_are_in_the_projection_and_in_the_cap() -> None:
    """The sum of the assignments has them, and what is assumed says which ones are not in it."""
    header = plan(GATE).header
    assert header.totals.cost_pusd == plan(GATE).assignments.collect()["cost_pusd"].sum()
    assert header.hard_cap_pusd >= header.totals.cost_pusd * 5 // 4
    assert "not in the projection: retries and other escalations" in header.assumptions
    assert "not in the projection: retries and escalations" in plan().header.assumptions


def test_failed_answers_go_nowhere_that_a_rule_does_not_name() -> None:
    """The user's rules come first; and a run that may not escalate plans none."""
    options = replace(OPTIONS, measured=measured(CELLS, gates=(GATE,)))
    elsewhere = plan_of(ROWS, settings(HAIKU), options)
    assert elsewhere.assignments.collect()["escalate_to"].count() == 0
    never = settings(SOL)
    never = replace(never, run=structs.replace(never.run, max_escalations=0))
    assert plan_of(ROWS, never, options).assignments.collect()["escalate_to"].count() == 0
