"""Recorded outcomes as a batch: whose answers are there, who is compared with, what is left out and said."""

import numpy as np
import polars as pl
import pytest
from support.recorded_batches import as_table, recorded

from modelroute_cli.base.errors import OutcomesError
from modelroute_cli.pilot.evaluate.recorded import load

BATCH = recorded(1, each=20)
TABLE = as_table(BATCH)
GROUPS = [BATCH.groups[at] for at in BATCH.group]


def test_a_table_becomes_the_same_batch_again() -> None:
    """Ids, groups, qualities, costs."""
    found = load(BATCH.ids, GROUPS, TABLE, "premium")
    assert found.left_out == ()
    assert found.recorded.models == ("cheap", "middle", "premium")
    assert np.array_equal(found.recorded.quality, BATCH.quality)
    assert np.array_equal(found.recorded.cost_pusd, BATCH.cost_pusd)
    assert np.array_equal(found.recorded.group, BATCH.group)


def test_best_is_the_best_mean_quality() -> None:
    """Of the models that answered nearly all."""
    assert load(BATCH.ids, GROUPS, TABLE, "best").recorded.baseline == 2


def test_a_model_that_answered_little_is_not_the_best() -> None:
    """However good it is there."""
    few = TABLE.head(3).with_columns(model=pl.lit("rare"), quality=pl.lit(1.0)).unique("custom_id")
    assert load(BATCH.ids, GROUPS, pl.concat([TABLE, few]), "best").recorded.models[-1] == "rare"
    found = load(BATCH.ids, GROUPS, pl.concat([TABLE, few]), "best").recorded
    assert found.models[found.baseline] == "premium"


def test_what_is_left_out_is_said() -> None:
    """Models without a cost, models dearer than the baseline, requests without its answer."""
    unpriced = TABLE.filter(pl.col("model") == "cheap").with_columns(
        model=pl.lit("unpriced"), cost_pusd=pl.lit(None, pl.Int64)
    )
    missing = (pl.col("model") == "middle") & pl.col("custom_id").is_in(["r0", "r1"])
    found = load(BATCH.ids, GROUPS, pl.concat([TABLE.filter(~missing), unpriced]), "middle")
    assert found.left_out == (
        "1 models without a known cost: unpriced",
        "1 models that cost more than `middle`",
        "2 requests without an outcome of `middle`",
    )
    assert found.recorded.models == ("cheap", "middle")
    assert len(found.recorded.ids) == len(BATCH.ids) - 2
    assert found.recorded.ids[0] == "r2"


def test_an_answer_that_is_not_there_is_unknown_and_no_failure() -> None:
    """NaN, not 0."""
    gone = (pl.col("model") == "cheap") & (pl.col("custom_id") == "r5")
    found = load(BATCH.ids, GROUPS, TABLE.filter(~gone), "premium").recorded
    assert np.isnan(found.quality[5, 0])
    assert not found.answered[5, 0]


def test_a_baseline_that_is_not_there_is_refused() -> None:
    """With what to do instead."""
    with pytest.raises(OutcomesError) as told:
        load(BATCH.ids, GROUPS, TABLE, "gpt-9")
    assert told.value.message == "there is no priced outcome of the baseline `gpt-9`"
    assert told.value.hint == "choose another `--baseline`, or `best`"


def test_outcomes_without_any_cost_are_refused() -> None:
    """Unpriced models are never free."""
    with pytest.raises(OutcomesError) as told:
        load(BATCH.ids, GROUPS, TABLE.with_columns(cost_pusd=pl.lit(None, pl.Int64)), "best")
    assert told.value.message == "no outcome of these requests has a cost"


def test_outcomes_of_other_requests_do_not_count() -> None:
    """A table may hold more than the job."""
    found = load(BATCH.ids[:40], GROUPS[:40], TABLE, "premium").recorded
    assert (len(found.ids), found.groups) == (40, ("g0", "g1"))
    assert found.counts.tolist() == [20, 20]
