"""What a plan says of its cascades."""

from dataclasses import replace

import polars as pl
from msgspec import structs
from support.measured_plans import cell, measured
from support.report_plans import plan

from modelroute_cli.planning.measured import GateCell
from modelroute_cli.planning.plan import Plan
from modelroute_cli.report.cascade_lines import CascadeLine, cascade_lines, cascades_screen
from modelroute_cli.report.plan_screen import plan_screen
from modelroute_cli.report.summary import model_lines, plan_summary

CELLS = {"t1": {"cheap-1": cell(0.8), "good-1": cell(0.9)}}
GATE = GateCell(
    group="t1",
    cheap="cheap-1",
    strong="good-1",
    passed=(30, 0, 0, 0),
    rejected=(5, 0, 5, 0),
    strong_rejected_pusd=1,
    strong_all_pusd=4,
)


def cascaded() -> Plan:
    """The e-mails go to the cheap model first; a quarter of its answers was rejected when it was measured."""
    whole = plan()
    header = structs.replace(whole.header, measured=measured(CELLS, gates=(GATE,)))
    rows = whole.assignments.with_columns(
        template=pl.lit("t1"),
        escalate_to=pl.when(pl.col("model") == "cheap-1").then(pl.lit("good-1")),
    )
    return replace(whole, header=header, assignments=rows)


def test_expected_escalations_are_the_share_that_was_rejected_of_what_is_sent() -> None:
    """Of two e-mails one repeats the other: one is sent."""
    assert cascade_lines(cascaded()) == (
        CascadeLine(model="cheap-1", escalate_to="good-1", requests=1, escalations=0.25),
    )
    assert cascade_lines(plan()) == ()


def test_the_screen_names_both_models_and_how_many_answers_go_on() -> None:
    """In the table, and under it."""
    texts = [line.text for line in plan_screen(plan_summary(cascaded()), None)]
    assert any(text.startswith("cheap-1, then good-1") for text in texts)
    line = CascadeLine(model="cheap-1", escalate_to="good-1", requests=1200, escalations=300.4)
    assert [shown.text for shown in cascades_screen((line,))] == [
        "  escalations: about 300 of 1,200 answers of cheap-1 go on to good-1; their cost is in its line"
    ]


def test_a_model_with_and_without_a_cascade_has_two_lines() -> None:
    """What they cost differs."""
    mixed = plan().assignments.with_columns(escalate_to=pl.when(pl.col("row") == 0).then(pl.lit("good-1")))
    pairs = [(line.model, line.escalate_to, line.requests) for line in model_lines(mixed)]
    assert ("cheap-1", "good-1", 1) in pairs
    assert ("good-1", None, 1) in pairs
