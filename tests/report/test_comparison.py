"""Runs and plans side by side: where each number comes from."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.compared import QUALITY, dear, measured, planned, ran, unfinished
from support.json_schemas import problems

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.settings import Objective
from modelroute_cli.report.comparison import compare, mark
from modelroute_cli.report.comparison_types import BaselineSide, Difference, ModelShare
from modelroute_cli.report.json_out import to_json


@pytest.mark.parametrize(("at", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (702, "AAA")])
def test_sides_are_marked_by_letters(at: int, letters: str) -> None:
    """However many they are."""
    assert mark(at) == letters


def test_a_plan_is_what_it_projects() -> None:
    """Nothing was accepted, and nobody knows what failed."""
    side = compare([planned(), ran()]).sides[0]
    assert (side.kind, side.state, side.cost_is, side.run_id) == ("plan", "planned", "planned", None)
    assert (side.cost_pusd, side.per_request_pusd, side.projected_pusd) == (5_300, 2_650, 5_300)
    assert (side.accepted, side.failed, side.waiting, side.escalated) == (None, None, None, None)
    assert side.models == (
        ModelShare(model="cheap-1", requests=1, share=0.5, cost_pusd=PicoUSD(300)),
        ModelShare(model="good-1", requests=1, share=0.5, cost_pusd=PicoUSD(5_000)),
    )
    assert side.baselines[0] == BaselineSide(
        kind="chosen", model="gpt-5", cost_pusd=PicoUSD(74_000), saved_share=(74_000 - 5_300) / 74_000
    )


def test_a_run_is_what_it_spent() -> None:
    """For each accepted request, rounded up; its baseline is what the same answers would have cost."""
    side = compare([planned(), ran()]).sides[1]
    assert (side.mark, side.kind, side.state, side.cost_is) == ("B", "run", "finished", "spent")
    assert (side.cost_pusd, side.per_request_pusd, side.projected_pusd) == (4_510, 2_255, 5_300)
    assert (side.accepted, side.failed, side.waiting, side.escalated) == (2, 0, 0, 1)
    assert [(line.model, line.requests, line.share) for line in side.models] == [
        ("cheap-1", 1, 0.5),
        ("good-1", 1, 0.5),
    ]
    assert side.baselines[0].cost_pusd == ran().run.baselines[0].actual_pusd  # type: ignore[union-attr]  # it is a run


def test_an_unfinished_run_is_what_it_comes_to() -> None:
    """But each accepted request has cost what was spent."""
    side = compare([unfinished(), ran()]).sides[0]
    assert (side.state, side.cost_is) == ("unfinished", "expected at the end")
    assert side.cost_pusd > 5_000
    assert side.per_request_pusd == 250


def test_the_first_is_what_the_others_are_held_against() -> None:
    """In money and in shares of the first's."""
    found = compare([planned(), ran(), dear(10_600)])
    assert found.differences == (
        Difference(
            mark="B",
            cost_pusd=PicoUSD(-790),
            cost_share=-790 / 5_300,
            per_request_pusd=PicoUSD(-395),
            per_request_share=-395 / 2_650,
            quality_planned=0.0,
            quality_realised=None,
        ),
        Difference(
            mark="C",
            cost_pusd=PicoUSD(5_300),
            cost_share=1.0,
            per_request_pusd=PicoUSD(2_650),
            per_request_share=1.0,
            quality_planned=0.0,
            quality_realised=None,
        ),
    )


def test_shares_of_nothing_are_not_known() -> None:
    """A job that cost nothing."""
    one = compare([dear(0), ran()]).differences[0]
    assert (one.cost_pusd, one.cost_share, one.per_request_share) == (4_510, None, None)


def test_realised_quality_is_compared_where_both_were_measured() -> None:
    """Never with a planned one."""
    better, worse = ran(realised=measured(0.95)), ran(realised=measured(0.91))
    found = compare([better, worse])
    assert found.sides[1].quality_realised == QUALITY
    assert found.differences[0].quality_realised == pytest.approx(-0.04)
    assert compare([better, planned()]).differences[0].quality_realised is None


def test_settings_that_differ_are_named() -> None:
    """By their own words; digests are cut."""
    other = replace(
        planned(objective=Objective(min_quality=0.9, baseline="gpt-6")), settings_digest="sha256:99887766aa"
    )
    found = compare([planned(), other])
    assert found.settings_that_differ == ("Quality asked for", "Compared with", "Settings digest")
    assert found.sides[1].settings == {
        "Quality asked for": "0.9",
        "Most to spend": "not given",
        "Compared with": "gpt-6",
        "Prices of": "2026-11-23",
        "Quality from": "unmeasured: prior only",
        "Settings digest": "99887766",
        "Prices digest": "abcdef01",
    }


@pytest.mark.parametrize(
    ("objective", "asked", "most"),
    [
        (Objective(min_quality=None, max_cost="2.50"), "none", "$2.50"),
        (Objective(baseline_share=0.95, baseline="gpt-5"), "95% of gpt-5's", "not given"),
    ],
)
def test_what_was_asked_for_is_said_in_words(objective: Objective, asked: str, most: str) -> None:
    """A share of the baseline's quality, or money alone."""
    settings = compare([planned(objective=objective), planned()]).sides[0].settings
    assert (settings["Quality asked for"], settings["Most to spend"]) == (asked, most)


def test_json_is_as_its_schema_says() -> None:
    """Whatever is compared."""
    told = [planned(), ran(realised=measured()), unfinished(), dear(0)]
    assert problems("compare", to_json(compare(told))) == []


@given(st.lists(st.integers(0, 10**15), min_size=2, max_size=5))
def test_differences_add_up(costs: list[int]) -> None:
    """The first and a difference are the other, exactly."""
    found = compare([dear(cost) for cost in costs])
    assert [found.sides[0].cost_pusd + one.cost_pusd for one in found.differences] == costs[1:]
