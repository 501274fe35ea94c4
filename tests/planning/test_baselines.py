"""Baselines and savings: honest, exact, and adding up."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.report_plans import questions

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.baselines import (
    OwnTerms,
    all_cheapest,
    best_single,
    bought_for_less,
    chosen_baseline,
    cost_of_duplicates,
    models_of,
    savings,
)
from modelroute_cli.planning.totals import Besides


def quotes_of(
    model: str, costs: Sequence[int], quality: float, problems: Mapping[int, str] | None = None
) -> pl.DataFrame:
    """What a model quotes, request by request."""
    found = problems or {}
    return pl.DataFrame(
        {
            "row": range(len(costs)),
            "model": [model] * len(costs),
            "cost_pusd": costs,
            "quality": [quality] * len(costs),
            "problem": [found.get(row) for row in range(len(costs))],
            "setup_pusd": [0] * len(costs),
            "service_tier": ["standard"] * len(costs),
        },
        schema={
            "row": pl.Int64,
            "model": pl.String,
            "cost_pusd": pl.Int64,
            "quality": pl.Float64,
            "problem": pl.String,
            "setup_pusd": pl.Int64,
            "service_tier": pl.String,
        },
    )


def own_of(costs: Sequence[int], quality: float) -> OwnTerms:
    """What the plan pays and expects."""
    one = pl.Series([1] * len(costs), dtype=pl.Int64)
    qualities, alone = (
        pl.Series([quality] * len(costs), dtype=pl.Float64),
        pl.Series([None] * len(costs), dtype=pl.Int64),
    )
    return OwnTerms(pl.Series(costs, dtype=pl.Int64), qualities, alone, one, one)


def kinds_of(*requests: int, prefixes: Sequence[int | None] | None = None) -> pl.DataFrame:
    """Kinds of so many requests each, none a duplicate."""
    shared = list(prefixes or [None] * len(requests))
    rows = {"row": range(len(requests)), "requests": requests, "copies": [1] * len(requests), "prefix": shared}
    return pl.DataFrame(rows, schema_overrides={"prefix": pl.Int64})


def answered(own: OwnTerms, answers: Sequence[int]) -> OwnTerms:
    """The same, each request answering so many."""
    return replace(own, answers=pl.Series(answers, dtype=pl.Int64))


def test_the_chosen_baseline_answers_every_copy() -> None:
    """Its cost is the sum over all requests, duplicates as well."""
    own = answered(own_of([1, 2], 0.8), [1, 2])
    baseline = chosen_baseline("big", quotes_of("big", [100, 200], 0.9), own, "ends soon")
    assert (baseline.model, baseline.requests, baseline.unable, baseline.cost_pusd) == ("big", 3, 0, 500)
    assert baseline.quality == pytest.approx(0.9)
    assert baseline.note == "ends soon"


def test_what_a_baseline_cannot_do_stands_at_the_plans_own_cost() -> None:
    """Such requests neither save nor cost anything, and they are counted."""
    quotes = quotes_of("blind", [100, 200, 300], 0.9, {1: "modality", 2: "context"})
    baseline = chosen_baseline("blind", quotes, own_of([1, 2, 3], 0.6))
    assert (baseline.unable, baseline.cost_pusd) == (2, 100 + 2 + 3)
    assert baseline.quality == (0.9 + 0.6 + 0.6) / 3
    assert baseline.note == "2 requests it cannot do stand at the plan's own cost"


def test_an_ended_model_is_still_a_baseline() -> None:
    """Comparing with a model that is gone is a question one may ask; a row's own floor does not bind it either."""
    quotes = quotes_of("gone", [100, 200], 0.9, {0: "ended", 1: "min_quality"})
    baseline = chosen_baseline("gone", quotes, own_of([1, 2], 0.6))
    assert (baseline.unable, baseline.cost_pusd) == (0, 300)


def test_the_best_single_model_is_the_cheapest_that_is_good_enough() -> None:
    """Cheaper models below the plan's quality do not count, nor those that cannot do every request."""
    quotes = {
        "poor": quotes_of("poor", [1, 1], 0.5),
        "blind": quotes_of("blind", [2, 2], 0.9, {1: "modality"}),
        "right": quotes_of("right", [5, 6], 0.8),
        "dear": quotes_of("dear", [50, 60], 0.95),
    }
    baseline = best_single(quotes, kinds_of(1, 1), 0.8)
    assert (baseline.model, baseline.cost_pusd, baseline.quality) == ("right", 11, 0.8)


def test_where_no_single_model_is_good_enough_its_cost_is_unknown() -> None:
    """Unknown is not zero."""
    baseline = best_single({"poor": quotes_of("poor", [1], 0.5)}, kinds_of(1), 0.8)
    assert (baseline.model, baseline.cost_pusd, baseline.quality) == (None, None, None)
    assert baseline.note == "no single model does every request at the plan's quality"


def test_all_cheapest_takes_the_least_of_each_request_times_its_copies() -> None:
    """Quality aside; of equally cheap models the better one."""
    candidates = pl.concat([quotes_of("a", [10, 20], 0.5), quotes_of("b", [10, 5], 0.7)])
    kinds = kinds_of(1, 2).with_columns(copies=pl.Series([3, 1]))
    baseline = all_cheapest(candidates, kinds)
    assert (baseline.model, baseline.requests, baseline.cost_pusd) == ("b", 5, 40)
    assert baseline.quality == pytest.approx(0.7)


@settings(deadline=None)
@given(st.data(), st.integers(1, 30))
def test_savings_add_up_to_the_pico_dollar(data: st.DataObject, size: int) -> None:
    """Causes sum to baseline minus plan, whatever is a duplicate, unable, dearer or free."""
    money = st.lists(st.integers(0, 10**13), min_size=size, max_size=size)
    flags = st.lists(st.booleans(), min_size=size, max_size=size)
    unable = {row: "modality" for row, is_unable in enumerate(data.draw(flags)) if is_unable}
    answers = data.draw(st.lists(st.integers(1, 4), min_size=size, max_size=size))
    quotes, own = quotes_of("big", data.draw(money), 0.9, unable), answered(own_of(data.draw(money), 0.8), answers)
    plan_cost = PicoUSD(data.draw(st.integers(0, 10**14)))
    baseline = chosen_baseline("big", quotes, own)
    bought = {"flex": PicoUSD(data.draw(st.integers(0, 10**12))), "prompt_cache": PicoUSD(-7)}
    causes = savings(baseline, plan_cost, cost_of_duplicates(quotes, own), bought)
    assert baseline.cost_pusd is not None
    assert sum(saving.saved_pusd for saving in causes) == baseline.cost_pusd - plan_cost
    assert [saving.cause for saving in causes] == ["cheaper_models", "duplicates", "flex", "prompt_cache"]


def test_questions_are_overhead_in_the_savings() -> None:
    """A cause of their own that costs; all causes still add up to what the plan saves, questions included."""
    own = own_of([30, 40], 0.8)
    baseline = chosen_baseline("big", quotes_of("big", [300, 400], 0.9), own)
    causes = savings(baseline, PicoUSD(180), PicoUSD(0), {}, Besides(questions()))
    assert [(saving.cause, saving.saved_pusd) for saving in causes] == [
        ("cheaper_models", 620),
        ("duplicates", 0),
        ("questions", -100),
    ]


def test_a_baseline_pays_for_each_shared_beginning_once() -> None:
    """Its own prompt cache is no saving of ours: the first of a group writes, all others read."""
    quotes = quotes_of("big", [100, 200, 300], 0.9).with_columns(setup_pusd=pl.Series([7, 7, 9]))
    own = replace(own_of([1, 2, 3], 0.6), prefix=pl.Series([4, 4, 5]))
    assert chosen_baseline("big", quotes, own).cost_pusd == 600 + 7 + 9
    kinds = kinds_of(2, 1, 1, prefixes=[4, 4, 5])
    assert best_single({"big": quotes}, kinds, 0.5).cost_pusd == 700 + 7 + 9
    assert all_cheapest(quotes, kinds).cost_pusd == 700 + 7 + 9


def test_what_buying_saves_is_the_difference_to_the_standard_price() -> None:
    """Tier by tier and for the prompt cache, on the chosen models; what saves nothing is not named."""
    portions = pl.DataFrame(
        {
            "service_tier": ["flex", "standard", "priority"],
            "requests": [3, 2, 1],
            "standard_cost_pusd": [100, 100, 100],
            "uncached_cost_pusd": [50, 100, 180],
            "cost_pusd": [40, 90, 180],
        }
    )
    assert bought_for_less(portions) == {"flex": 150, "priority": -80, "prompt_cache": 50}
    plain = portions.with_columns(uncached_cost_pusd=pl.lit(100), cost_pusd=pl.lit(100))
    assert bought_for_less(plain) == {}


def test_baselines_without_a_model_name_none() -> None:
    """Only models that stand behind a baseline are listed."""
    own = own_of([3], 0.8)
    assert models_of([best_single({}, kinds_of(1), 0.8), chosen_baseline("big", quotes_of("big", [1], 0.5), own)]) == (
        "big",
    )


def test_against_an_unknown_cost_there_is_no_saving() -> None:
    """Nothing is claimed where the baseline's cost is unknown."""
    assert savings(best_single({}, kinds_of(1), 0.8), PicoUSD(3), PicoUSD(0), {}) == ()
