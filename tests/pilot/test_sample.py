"""A pilot's draw: spread over importance and length, the same for the same seed, never the same request twice."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.frames import IMPORTANCE
from modelroute_cli.pilot.sample import SAMPLED, draw

LEVELS = ("bulk", "standard", "premium")


def requests(templates: dict[str, list[tuple[str, int]]]) -> pl.DataFrame:
    """Requests of templates, each with importance and length."""
    rows = [(template, level, tokens) for template, each in templates.items() for level, tokens in each]
    return pl.DataFrame(
        [(row, *facts) for row, facts in enumerate(rows)],
        schema={"row": pl.Int64, "template": pl.String, "importance": IMPORTANCE, "input_tokens": pl.Int64},
        orient="row",
    )


MANY = requests({"a": [("standard", tokens) for tokens in range(400)]})
jobs = st.dictionaries(
    st.sampled_from("abc"), st.lists(st.tuples(st.sampled_from(LEVELS), st.integers(0, 500)), min_size=1), min_size=1
)


@given(jobs, st.integers(1, 60), st.integers(0, 5))
def test_as_many_as_asked_for_each_once_from_the_own_template(
    templates: dict[str, list[tuple[str, int]]], size: int, seed: int
) -> None:
    """No request is drawn twice, places are counted from 0 without a hole, and small templates are drawn whole."""
    job = requests(templates)
    found = draw(job, dict.fromkeys(templates, size), seed)
    assert dict(found.schema) == dict(pl.Schema(SAMPLED))
    assert found["row"].n_unique() == found.height
    own = dict(job.select("row", "template").iter_rows())
    for (name,), part in found.group_by("template"):
        assert part["place"].to_list() == list(range(min(size, len(templates[str(name)]))))
        assert {own[row] for row in part["row"]} == {name}


@given(jobs, st.integers(1, 60), st.integers(0, 5))
def test_an_importance_has_its_share_to_within_one_request(
    templates: dict[str, list[tuple[str, int]]], size: int, seed: int
) -> None:
    """Whatever the seed, each importance of a template is drawn in proportion."""
    job = requests(templates)
    drawn = job.filter(pl.col("row").is_in(draw(job, dict.fromkeys(templates, size), seed)["row"].implode()))
    for name, each in templates.items():
        share = min(size, len(each)) / len(each)
        for level in LEVELS:
            there = sum(one == level for one, _ in each)
            taken = drawn.filter((pl.col("template") == name) & (pl.col("importance") == level)).height
            assert abs(taken - share * there) < 1 + 1e-9


def test_the_same_seed_draws_the_same_and_another_one_others() -> None:
    """The order of the rows does not matter."""
    once = draw(MANY, {"a": 20}, 7)
    assert draw(MANY.sample(fraction=1, shuffle=True, seed=1), {"a": 20}, 7).equals(once)
    assert not draw(MANY, {"a": 20}, 8).equals(once)


def test_every_beginning_of_a_sample_is_spread_over_all_lengths() -> None:
    """The first ten of fifty have one of each tenth of the lengths, or nearly: a pilot may end after them."""
    for seed in range(10):
        first = draw(MANY, {"a": 50}, seed).filter(pl.col("place") < 10)["row"]
        tenths = {row // 40 for row in first}
        assert len(tenths) >= 8
        assert abs(sum(first) / 10 - 200) < 40


def test_each_request_has_the_same_chance() -> None:
    """Over many seeds all are drawn about as often."""
    counts = [0] * 40
    job = requests({"a": [("standard", tokens) for tokens in range(40)]})
    for seed in range(400):
        for row in draw(job, {"a": 10}, seed)["row"]:
            counts[row] += 1
    assert min(counts) > 70
    assert max(counts) < 130


def test_only_templates_that_are_asked_for_are_drawn_from() -> None:
    """An empty draw is an empty frame of the right columns."""
    assert draw(MANY, {}, 1).height == 0
    assert draw(MANY, {"unknown": 5}, 1).height == 0
