"""A whole plan of a measured batch: the floor is kept for certain, and the header says how."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from msgspec import structs
from support.measured_plans import FLASH, HAIKU, LUNA, SOL, cell, measured
from support.planning_jobs import OPTIONS, plan_of, settings_of

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.planning import plan_file
from modelroute_cli.planning.make import PlanOptions
from modelroute_cli.planning.measured import Cell, Measured
from modelroute_cli.planning.plan import Certainty, Plan

ROWS: list[Mapping[str, object]] = [
    {"template": f"t{at % 7}", "input_tokens": 50 + at % 9 * 30, "importance": "standard"} for at in range(140)
]


def cells(at: int, scale: float = 1.0) -> dict[str, Cell]:
    """A group on which cheap models are the worse the higher its number."""
    return {
        LUNA: cell(0.84 - 0.03 * at, 0.05 * scale, paired=0.04 * scale),
        FLASH: cell(0.86 - 0.02 * at, 0.05 * scale, paired=0.04 * scale),
        HAIKU: cell(0.88, 0.04 * scale, paired=0.02 * scale),
        SOL: cell(0.93, 0.03 * scale, paired=0.01 * scale),
        "deepseek-v4-pro": cell(0.87, 0.04 * scale, paired=0.03 * scale),
        "claude-sonnet-5-5": cell(0.92, 0.03 * scale, paired=0.02 * scale),
        "gpt-5": cell(0.9, 0.03 * scale, paired=0.0),
    }


def beliefs(scale: float = 1.0, z: float = 1.645) -> Measured:
    """Six groups of one template each; requests of the seventh template were not measured."""
    return measured({f"t{at}": cells(at, scale) for at in range(6)}, z=z)


def options(known: Measured | None) -> PlanOptions:
    """The plain options with what was measured."""
    return replace(OPTIONS, measured=known)


@cache
def plan(scale: float = 1.0, z: float = 1.645) -> Plan:
    """Of 97% of the baseline's quality."""
    return plan_of(ROWS, settings_of(objective__baseline_share=0.97), options(beliefs(scale, z)))


def test_the_planned_quality_is_the_bound_and_the_mean_stands_beside_it() -> None:
    """The bound keeps what was asked; the mean is what the assignments say."""
    header = plan().header
    assert header.asked_quality is not None
    assert header.certainty is not None
    assert header.totals.quality >= header.asked_quality - 3e-9
    frame = plan().assignments.collect()
    assert header.certainty.expected_quality == pytest.approx(frame["quality"].mean())
    assert header.certainty.expected_quality > header.totals.quality


def test_the_header_says_what_certainty_was_asked_and_what_the_plan_rests_on() -> None:
    """The confidence of the pilot, its standard errors, paired where the floor is a share; all in the plan file."""
    header = plan().header
    assert header.measured == beliefs()
    assert header.certainty == Certainty(
        confidence=0.95,
        z=1.645,
        paired=True,
        expected_quality=header.certainty.expected_quality if header.certainty else 0.0,
        plain_cost_pusd=plan(z=0.0).header.totals.cost_pusd,
        rests_on={"pilot": 120, "prior": 20},
    )
    assert header.quality_source == (
        "measured (expected answers) for 140 requests: 120 by a pilot, 20 by the prior table alone"
    )
    assert f"quality is {header.quality_source}" in header.assumptions


def test_certainty_costs_money_and_none_is_the_plan_of_the_means() -> None:
    """The surer the measurement, the less."""
    costs = [plan(scale, z).header.totals.cost_pusd for scale, z in ((1.0, 0.0), (0.3, 1.645), (1.0, 1.645))]
    assert costs == sorted(set(costs))
    free = plan(z=0.0).header
    assert free.certainty is not None
    assert free.certainty.plain_cost_pusd == free.totals.cost_pusd
    assert free.totals.quality == pytest.approx(free.certainty.expected_quality)


def test_a_number_is_kept_with_the_errors_of_the_models_themselves() -> None:
    """The baseline's own error counts there, which no difference has."""
    header = plan_of(ROWS, settings_of(objective__min_quality=0.8), options(beliefs())).header
    assert header.certainty is not None
    assert not header.certainty.paired
    assert header.totals.quality >= 0.8 - 3e-9


def test_another_baseline_than_the_pilots_is_told_of_and_not_paired() -> None:
    """There are no differences to it."""
    other = structs.replace(beliefs(0.1), baseline="gpt-6-sol", emulated=True)
    header = plan_of(ROWS, settings_of(objective__baseline_share=0.8), options(other)).header
    assert header.certainty is not None
    assert not header.certainty.paired
    assert (
        "quality was measured beside `gpt-6-sol`, not beside `gpt-5`: what is kept is less certain" in header.warnings
    )
    assert "quality was measured on emulated answers: it says nothing of the real models" in header.warnings


def test_a_model_that_was_not_measured_does_not_win_by_that() -> None:
    """In a measured group it is as unsure as the prior table says, and another than the measured ones costs more."""
    lacking = {f"t{at}": {name: each for name, each in cells(at).items() if name != SOL} for at in range(6)}
    asked = settings_of(objective__baseline_share=0.97)
    frame = plan_of(ROWS, asked, options(measured(lacking))).assignments.collect()
    taken = frame.filter(frame["template"] != "t6")["model"]
    assert (taken == SOL).sum() < len(taken) / 4


def test_a_budget_buys_the_best_bound() -> None:
    """And no cost without certainty is told: the money was asked for."""
    header = plan_of(ROWS, settings_of(objective__max_cost="0.05"), options(beliefs())).header
    assert header.certainty is not None
    assert header.certainty.plain_cost_pusd is None
    assert header.totals.cost_pusd <= 50_000_000_000


def test_what_cannot_be_kept_for_certain_is_refused() -> None:
    """With what would help."""
    with pytest.raises(InfeasibleError) as caught:
        plan_of(ROWS, settings_of(objective__min_quality=0.93), options(beliefs(3.0)))
    assert "cannot be kept for certain" in caught.value.message


def test_a_plan_file_holds_what_was_measured(tmp_path: Path) -> None:
    """Read back as it was written."""
    path = tmp_path / "a.plan"
    plan_file.write(plan(), path)
    assert plan_file.read(path).header == plan().header
