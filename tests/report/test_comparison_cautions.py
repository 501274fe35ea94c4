"""What makes runs and plans not comparable."""

import pytest
from msgspec import structs
from support.compared import made_up, measured, other_job, planned, ran, unfinished
from support.report_plans import header

from modelroute_cli.report.comparison import compare
from modelroute_cli.report.comparison_types import Told

SAME_RUN = "A and B are the same run"
OTHER_JOB = (
    "different job files: compare the cost per request, not the totals "
    "(A jobs/mails.jsonl, 3 requests; B new?[2J.jsonl, 3 requests)"
)
NOT_RUN = "B is not run: the numbers are projections"


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ((ran(run_id="a1"), ran(run_id="b2")), ()),
        ((planned(), planned()), ()),
        ((ran(), ran()), (SAME_RUN,)),
        ((ran(), planned()), (NOT_RUN,)),
        (
            (ran(run_id="a1"), ran(run_id="b2"), planned(), planned()),
            ("C and D are not run: the numbers are projections",),
        ),
        (
            (unfinished(), planned()),
            (
                "A is not finished: the cost is what is expected at the end, the rest is so far",
                NOT_RUN,
            ),
        ),
        (
            (planned(), planned(prices_at="2026-12-01T00:00:00+00:00", historic=True)),
            ("prices of different days: A 2026-11-23, B 2026-12-01", "B is planned with prices of the past: a study"),
        ),
        (
            (planned(), other_job("new\x1b[2J.jsonl", "sha256:99")),
            (OTHER_JOB,),
        ),
        (
            (planned(), planned(quality_source="a pilot")),
            ("planned qualities rest on different measurements",),
        ),
    ],
)
def test_everything_that_forbids_comparing_is_said(told: tuple[Told, ...], said: tuple[str, ...]) -> None:
    """And nothing else."""
    assert compare(told).cautions == said


def test_emulated_beside_real_is_said_first_and_loudly() -> None:
    """Neither money nor quality means anything there."""
    assert compare([ran(run_id="a1"), made_up("b2")]).cautions == (
        "B is EMULATED, A is real: neither money nor quality can be compared between them",
    )
    assert compare([made_up("a1"), made_up("b2")]).cautions == (
        "A and B are EMULATED: nothing was paid, and answers say nothing of the models",
    )


def test_different_parts_of_one_file_are_different_totals() -> None:
    """As --limit and --sample make them."""
    part = structs.replace(planned().plan.job, planned=1)
    assert compare([planned(), planned(job=part)]).cautions == (
        "different parts of the same job file were planned (A 3, B 1 requests): compare the cost per request",
    )


def test_qualities_that_were_measured_otherwise_are_no_comparison() -> None:
    """By one judge or another, or by none."""
    ours = ran(run_id="a1", realised=measured())
    theirs = ran(run_id="b2", realised=measured(scorers=("expected", "judge")))
    none = ran(run_id="c3")
    assert compare([ours, theirs, none]).cautions == (
        "realised quality of C was not measured: planned quality is an expectation, no measurement",
        "realised quality was measured in different ways: A by expected, B by expected and judge",
    )


def test_different_baselines_are_named() -> None:
    """What is saved against each is another thing."""
    base = structs.replace(header().baselines[0], model="gpt-6-sol")
    lines = tuple(structs.replace(line, model=base.model) for line in planned().plan.baselines[:1])
    assert compare([planned(), planned(baselines=lines), planned(baselines=())]).cautions == (
        "saved against different baselines: A gpt-5, B gpt-6-sol, C none",
    )
