"""Rules of the replay's input: nothing is sampled, what is left out is said, halves go by a hash."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from replay_outcomes import Outcomes, halve, load, measure, unit
from support.replayed import outcomes, rows, written
from support.shared import shared_data


def test_matrices_hold_every_recorded_outcome(tmp_path: Path) -> None:
    """Each row of the file stands at its prompt and model, costs in pico-dollars."""
    recorded = rows(60)
    found = outcomes(tmp_path, 60)
    assert found.models == ("large", "medium", "small")
    assert found.categories == ("chat", "code", "math")
    for row in recorded.iter_rows(named=True):
        at = found.prompts.index(row["prompt_id"]), found.models.index(row["model"])
        assert found.quality[at] == row["quality"]
        assert found.cost_pusd[at] == round(row["cost_usd"] * 10**12)
        assert found.categories[found.category[at[0]]] == row["category"]


def test_a_model_without_a_whole_cost_is_left_out_and_said(tmp_path: Path) -> None:
    """No cost, or one without hidden reasoning tokens: either would look cheap."""
    unpriced = pl.when(model="small", prompt_id="p0007").then(None).otherwise("cost_usd").alias("cost_usd")
    hidden = pl.when(model="medium").then(pl.lit("hidden reasoning tokens NOT counted")).otherwise("cost_kind")
    loaded = load(written(tmp_path, rows(60).with_columns(unpriced, hidden.alias("cost_kind"))))
    assert loaded.outcomes.models == ("large",)
    assert loaded.left_out == ("2 models with few answers or no whole cost",)
    assert len(loaded.outcomes.prompts) == 60


def test_a_prompt_that_a_model_left_unanswered_is_left_out_and_said(tmp_path: Path) -> None:
    """One of 600 is left out; a model that misses more than 1% is itself left out."""
    one = rows(600).remove(prompt_id="p0003", model="small")
    loaded = load(written(tmp_path, one))
    assert loaded.left_out == ("1 prompts that a model left unanswered",)
    assert len(loaded.outcomes.prompts) == 599
    many = one.remove(pl.col("prompt_id") < "p0012", model="small")
    loaded = load(written(tmp_path, many))
    assert loaded.left_out == ("1 models with few answers or no whole cost",)
    assert len(loaded.outcomes.prompts) == 600


def test_a_whole_set_leaves_nothing_out(tmp_path: Path) -> None:
    """Nothing to say."""
    assert load(written(tmp_path, rows(60))).left_out == ()


def test_halves_share_no_prompt_and_lose_none(tmp_path: Path) -> None:
    """About half each, another split for another seed, the same for the same."""
    whole = outcomes(tmp_path)
    halves = halve(whole, 1)
    assert sorted(halves.fit.prompts + halves.plan.prompts) == sorted(whole.prompts)
    assert 250 < len(halves.fit.prompts) < 350
    assert halve(whole, 1).fit.prompts == halves.fit.prompts
    assert halve(whole, 2).fit.prompts != halves.fit.prompts


def test_a_prompt_keeps_its_outcomes_when_halved(tmp_path: Path) -> None:
    """Rows are moved, never mixed."""
    whole = outcomes(tmp_path)
    plan = halve(whole, 3).plan
    for at, prompt in enumerate(plan.prompts):
        was = whole.prompts.index(prompt)
        assert np.array_equal(plan.quality[at], whole.quality[was])
        assert np.array_equal(plan.chance[at], whole.chance[was])
        assert plan.category[at] == whole.category[was]


def test_the_hash_is_a_pinned_number_in_0_to_1() -> None:
    """The same in every process and version; its words are kept apart."""
    assert unit(0, "p1") == unit("0", "p1")
    assert unit("a", "bc") != unit("ab", "c")
    drawn = np.array([unit("gate", at) for at in range(2_000)])
    assert drawn.min() >= 0
    assert drawn.max() < 1
    assert abs(drawn.mean() - 0.5) < 0.02


def small(quality: list[list[float]], cost: list[list[int]], category: list[int]) -> Outcomes:
    """Outcomes written out."""
    shape = np.array(quality).shape
    names = tuple(f"p{at}" for at in range(shape[0]))
    kinds = tuple(f"c{at}" for at in range(max(category) + 1))
    models = tuple(f"m{at}" for at in range(shape[1]))
    return Outcomes(models, kinds, names, np.array(category), np.array(quality, float), np.array(cost), np.zeros(shape))


def test_the_table_holds_means_costs_rounded_up() -> None:
    """By category and model; the premium model is the one of the best mean over all."""
    table = measure(small([[1, 0], [1, 1], [0, 1]], [[10, 1], [10, 1], [11, 2]], [0, 0, 1]))
    assert table.quality.tolist() == [[1.0, 0.5], [0.0, 1.0]]
    assert table.cost_pusd.tolist() == [[10, 1], [11, 2]]
    assert table.premium == 0
    table = measure(small([[1, 0], [1, 1], [0, 1]], [[10, 1], [10, 1], [12, 2]], [0, 0, 0]))
    assert table.cost_pusd.tolist() == [[11, 2]]


def test_the_lower_bound_is_below_the_mean_but_for_the_premium_model(tmp_path: Path) -> None:
    """The premium model is compared with itself."""
    table = measure(outcomes(tmp_path))
    assert table.premium == 0
    assert np.array_equal(table.quality_low[:, 0], table.quality[:, 0])
    assert np.all(table.quality_low[:, 1:] < table.quality[:, 1:])
    assert np.all(table.quality[:, 1:] - table.quality_low[:, 1:] < 0.05)


def test_a_category_never_measured_is_an_error() -> None:
    """A table with a hole is no table."""
    whole = small([[1], [1]], [[1], [1]], [0, 1])
    with pytest.raises(ValueError, match=r"^category `c1` has no prompt in the measured half$"):
        measure(whole.part(np.array([0])))


def test_the_recorded_sets_load() -> None:
    """Sizes of one of the development sets, pinned."""
    loaded = load(shared_data("outcomes/routellm.outcomes.parquet"))
    assert (len(loaded.outcomes.prompts), loaded.outcomes.models) == (15_361, ("Mixtral-8x7B", "gpt-4-1106-preview"))
    assert loaded.left_out == ()
