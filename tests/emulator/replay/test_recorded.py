"""Tests of modelroute_cli.emulator.replay.recorded."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.emulator.replay.recorded import Outcome, Recorded
from modelroute_cli.jobs.outcomes import OUTCOMES

Pairs = dict[tuple[str, str], float]


def table(pairs: Pairs, **columns: list[object]) -> pl.DataFrame:
    """Outcomes as the reader gives them."""
    rows = [
        {"custom_id": custom_id, "model": model, "quality": quality} for (custom_id, model), quality in pairs.items()
    ]
    frame = pl.DataFrame(rows, schema=OUTCOMES)
    return frame.with_columns(pl.Series(name, values, dtype=OUTCOMES[name]) for name, values in columns.items())


def test_an_outcome_is_found_by_request_and_model() -> None:
    """With its tokens and its answer, where they are known."""
    outcomes = table({("a", "m"): 0.5, ("c", "n"): 1.0}, output_tokens=[7, None], answer=[None, "Yes"])
    recorded = Recorded(outcomes, pl.Series(["c", "b", "a"]))
    assert recorded.of(2, "m") == Outcome(0.5, 7, None)
    assert recorded.of(0, "n") == Outcome(1.0, None, "Yes")
    assert [recorded.of(row, model) for row, model in ((0, "m"), (1, "m"), (2, "n"), (2, "o"))] == [None] * 4
    assert (recorded.models, recorded.requests) == (("m", "n"), 2)


def test_outcomes_of_other_requests_are_left_out() -> None:
    """Of none of the job, there is nothing."""
    recorded = Recorded(table({("x", "m"): 1.0}), pl.Series(["a"]))
    assert (recorded.of(0, "m"), recorded.requests) == (None, 0)


_IDS = st.sampled_from("abcdefgh")
_MODELS = st.sampled_from(["m", "n", "o"])


@given(st.dictionaries(st.tuples(_IDS, _MODELS), st.floats(0, 1), min_size=1), st.lists(_IDS, unique=True, min_size=1))
def test_exactly_what_is_recorded_is_found(pairs: Pairs, custom_ids: list[str]) -> None:
    """Whatever the order of either table, and whatever is missing."""
    recorded = Recorded(table(pairs), pl.Series(custom_ids))
    for row, custom_id in enumerate(custom_ids):
        for model in ("m", "n", "o"):
            found = recorded.of(row, model)
            assert (None if found is None else found.quality) == pairs.get((custom_id, model))
