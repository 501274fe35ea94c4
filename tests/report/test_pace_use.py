"""What models were sent over time."""

from datetime import timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from support.random_runs import random_facts
from support.report_plans import STARTED, attempts, header

from modelroute_cli.base.frames import SERVICE_TIER
from modelroute_cli.catalog.cards import Limits
from modelroute_cli.report.detail_types import PACE_STEPS, PaceUse
from modelroute_cli.report.pace_use import pace, step_of
from modelroute_cli.report.run_types import RunFacts


def at_seconds(*seconds: int) -> pl.DataFrame:
    """The three attempts, begun so many seconds after the start."""
    moments = pl.Series("started_at", [STARTED + timedelta(seconds=each) for each in seconds])
    return attempts().with_columns(moments.dt.cast_time_unit("us"))


def test_steps_say_what_began_in_them() -> None:
    """A pause is a step without attempts; a 429 counts as refused."""
    refused = at_seconds(0, 3, 3).with_columns(
        pl.when(pl.col("attempt") == 2).then(pl.lit("rate_limited")).alias("failure")
    )
    assert pace(refused, header()) == (
        PaceUse(
            model="cheap-1",
            step_s=1.0,
            started=(1, 0, 0, 1),
            refused=(0, 0, 0, 1),
            tokens=(250, 0, 0, 60),
            limit_rpm=None,
            limit_tpm=None,
        ),
        PaceUse(
            model="good-1",
            step_s=1.0,
            started=(0, 0, 0, 1),
            refused=(0, 0, 0, 0),
            tokens=(0, 0, 0, 140),
            limit_rpm=None,
            limit_tpm=None,
        ),
    )


def test_limits_are_the_models_own_else_its_accounts() -> None:
    """Where input and output are counted apart, both together are the limit."""
    models = {**header().models}
    models["good-1"] = structs.replace(models["good-1"], limits=Limits(rpm=60))
    openai = structs.replace(header().providers["openai"], limits=Limits(rpm=500, input_tpm=900, output_tpm=100))
    limited = structs.replace(header(), models=models, providers={"openai": openai})
    assert [(use.limit_rpm, use.limit_tpm) for use in pace(attempts(), limited)] == [(500, 1_000), (60, 1_000)]


def test_what_was_handed_in_or_sent_by_a_pilot_has_no_pace() -> None:
    """Neither kept to the limits of this run's minutes."""
    batched = attempts().with_columns(pl.lit("batch", SERVICE_TIER).alias("service_tier"))
    piloted = attempts().with_columns(pl.lit("pilot").alias("kind"))
    assert (pace(batched, header()), pace(piloted, header())) == ((), ())


@settings(max_examples=50)
@given(st.floats(0, 1e9))
def test_no_span_has_more_steps_than_a_chart_can_show(span_s: float) -> None:
    """A run of months has longer steps, not more of them."""
    assert span_s // step_of(span_s) + 1 <= PACE_STEPS


@settings(max_examples=20, deadline=None)
@given(random_facts())
def test_steps_add_up_to_the_attempts(run: RunFacts) -> None:
    """None is lost and none is counted twice."""
    uses = pace(run.attempts, run.plan.header)
    assert sum(sum(use.started) for use in uses) == run.attempts.height
    assert sum(sum(use.refused) for use in uses) == (run.attempts["failure"] == "rate_limited").sum()
