"""The quality that a plan must keep."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.planning_jobs import plan_of, settings_of

from modelroute_cli.base.errors import InfeasibleError, UsageError
from modelroute_cli.catalog.settings import Objective
from modelroute_cli.planning.asked import asked_quality

ANSWERS = pl.Series([1, 3])


def quotes(*qualities: float, problems: tuple[str | None, ...] = (None, None)) -> pl.DataFrame:
    """What a baseline quotes for two kinds of requests, one and three of them."""
    schema = {"quality": pl.Float64, "problem": pl.String}
    return pl.DataFrame({"quality": qualities, "problem": problems}, schema=schema)


@pytest.mark.parametrize(
    ("objective", "asked"),
    [
        (Objective(), None),
        (Objective(min_quality=0.7), 0.7),
        (Objective(baseline_share=1.0), 0.9),
        (Objective(baseline_share=0.5), 0.45),
        (Objective(baseline_share=0.5, min_quality=0.6), 0.6),
        (Objective(baseline_share=0.9, min_quality=0.6), 0.81),
    ],
    ids=str,
)
def test_a_share_is_of_the_baseline_s_mean_and_the_higher_floor_counts(
    objective: Objective, asked: float | None
) -> None:
    """0.6 once and 1.0 three times are 0.9."""
    assert asked_quality(objective, quotes(0.6, 1.0), ANSWERS) == pytest.approx(asked)


def test_requests_that_the_baseline_cannot_do_are_left_out_of_its_mean() -> None:
    """Its quality there is nobody's guess; a floor of the row's own does not make it unable."""
    unable = quotes(0.6, 1.0, problems=("modality", "min_quality"))
    assert asked_quality(Objective(baseline_share=1.0), unable, ANSWERS) == 1.0


def test_a_baseline_that_can_do_nothing_gives_no_share() -> None:
    """There is nothing to keep."""
    with pytest.raises(UsageError) as caught:
        asked_quality(Objective(baseline_share=0.9), quotes(0.6, 1.0, problems=("context", "modality")), ANSWERS)
    assert caught.value.message == "`gpt-5` can do none of these requests: there is no quality to keep a share of"


@given(st.floats(0.0, 1.0), st.floats(0.01, 1.0))
def test_what_is_promised_is_never_rounded_away(quality: float, share: float) -> None:
    """The floor is at least the share, and at most one unit above it."""
    asked = asked_quality(Objective(baseline_share=share), quotes(quality, quality), ANSWERS)
    assert asked is not None
    assert quality * share - 1e-12 <= asked <= quality * share + 2e-9


def test_a_plan_keeps_its_share_of_the_baseline() -> None:
    """93% of gpt-5, whatever that is; more than the default floor."""
    settings = settings_of(objective__baseline_share=0.93)
    plan = plan_of([{"task_type": "analysis", "importance": "standard"}, {}, {"importance": "standard"}], settings)
    baseline = plan.header.baselines[0].quality
    assert baseline is not None
    asked = plan.header.asked_quality
    assert asked == pytest.approx(0.93 * baseline)
    assert asked is not None
    assert plan.header.totals.quality >= asked


def test_a_share_out_of_reach_is_refused_like_any_floor() -> None:
    """Bulk requests may go to cheap models alone."""
    with pytest.raises(InfeasibleError, match="cannot be reached"):
        plan_of([{}], settings_of(objective__baseline_share=1.0))
