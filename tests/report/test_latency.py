"""How long models took."""

import polars as pl
from hypothesis import given, settings
from support.random_runs import random_facts
from support.report_plans import attempts

from modelroute_cli.base.frames import SERVICE_TIER
from modelroute_cli.report.detail_types import LATENCY_EDGES_S, LatencyUse
from modelroute_cli.report.latency import latency
from modelroute_cli.report.run_types import RunFacts


def test_each_model_has_its_median_and_its_longest() -> None:
    """By name; 1 s lies in the bin that begins at 1 s."""
    assert latency(attempts()) == (
        LatencyUse(
            model="cheap-1", answers=2, median_s=1.5, p95_s=2.0, longest_s=2.0, bins=(0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0)
        ),
        LatencyUse(
            model="good-1", answers=1, median_s=60.0, p95_s=60.0, longest_s=60.0, bins=(0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0)
        ),
    )


def test_what_was_handed_in_and_what_judges_said_is_left_out() -> None:
    """A day in a batch is no latency, and a judge's word is no answer."""
    batched = attempts().with_columns(pl.lit("batch", SERVICE_TIER).alias("service_tier"))
    judged = attempts().with_columns(pl.lit("judge").alias("kind"))
    assert (latency(batched), latency(judged)) == ((), ())


def test_the_95th_percentile_is_kept_by_19_of_20() -> None:
    """Of 20 answers the one before the longest."""
    first = attempts().row(0, named=True)
    many = pl.DataFrame([{**first, "latency_s": float(at)} for at in range(1, 21)], schema=attempts().schema)
    assert latency(many)[0].p95_s == 19.0


@settings(max_examples=20, deadline=None)
@given(random_facts())
def test_every_answer_lies_in_one_bin(run: RunFacts) -> None:
    """Bins add up to the answers, one more than there are edges; times are in order."""
    for use in latency(run.attempts):
        assert (len(use.bins), sum(use.bins)) == (len(LATENCY_EDGES_S) + 1, use.answers)
        assert 0 <= use.median_s <= use.p95_s <= use.longest_s
