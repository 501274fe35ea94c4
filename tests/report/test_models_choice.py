"""Which models a list shows, and in which order: what is not known never meets a wish."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.model_facts import model, step, tier

from modelroute_cli.base.money import from_usd
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.report.catalog_summary import ModelFacts
from modelroute_cli.report.models_choice import SortKey, Wanted, choose

CHEAP = model("cheap", tiers=(tier((step("0.1", "0.5"),)), tier((step("0.05", "9"),), ServiceTier.BATCH)))
EURO = model("euro", provider="mistral", regions=("eu",), response_schema="native", context_tokens=50_000)
SIGHT = model("sight", modalities=("text", "image"), response_schema="json_object", context_tokens=900_000)
NO_PRICE = model("no-price", tiers=(), shutdown="2026-12-01", shutdown_in_days=11)
GONE = model("gone", shutdown="2026-07-24", shutdown_in_days=-119)
ALL = (CHEAP, EURO, SIGHT, NO_PRICE, GONE)


def names(wanted: Wanted, sort: SortKey | None = None) -> list[str]:
    """The chosen models."""
    return [found.name for found in choose(ALL, wanted, sort)]


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        (Wanted(), ["cheap", "euro", "sight", "no-price", "gone"]),
        (Wanted(providers=("mistral", "google")), ["euro"]),
        (Wanted(tier=ServiceTier.BATCH), ["cheap"]),
        (Wanted(tier=ServiceTier.FLEX), []),
        (Wanted(modality="image"), ["sight"]),
        (Wanted(schema=True), ["euro"]),
        (Wanted(most_input=from_usd("0.1")), ["cheap"]),
        (Wanted(most_input=from_usd("1")), ["cheap", "euro", "sight", "gone"]),
        (Wanted(most_output=from_usd("1.99")), ["cheap"]),
        (Wanted(tier=ServiceTier.BATCH, most_output=from_usd("8")), []),
        (Wanted(tier=ServiceTier.BATCH, most_input=from_usd("0.05")), ["cheap"]),
        (Wanted(least_context=100_000), ["cheap", "sight", "no-price", "gone"]),
        (Wanted(region="eu"), ["euro"]),
        (Wanted(region="us"), []),
        (Wanted(schema=True, region="eu", least_context=60_000), []),
    ],
)
def test_every_wish_must_be_met(wanted: Wanted, chosen: list[str]) -> None:
    """A model without a price meets no wish about prices, one without regions none about regions."""
    assert names(wanted) == chosen


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("name", ["cheap", "euro", "gone", "no-price", "sight"]),
        ("input", ["cheap", "euro", "gone", "sight", "no-price"]),
        ("output", ["cheap", "euro", "gone", "sight", "no-price"]),
        ("context", ["sight", "cheap", "gone", "no-price", "euro"]),
        ("shutdown", ["gone", "no-price", "cheap", "euro", "sight"]),
    ],
)
def test_the_best_comes_first_and_the_unknown_last(sort: SortKey, order: list[str]) -> None:
    """Cheapest, longest, soonest; equals by name."""
    assert names(Wanted(), sort) == order


def test_prices_are_sorted_at_the_tier_that_was_asked_for() -> None:
    """A model may be the cheapest at one tier and not at another."""
    other = model("other", tiers=(tier((step("9", "9"),)), tier((step("0.01", "9"),), ServiceTier.BATCH)))
    chosen = choose((CHEAP, other), Wanted(tier=ServiceTier.BATCH), "input")
    assert [found.name for found in chosen] == ["other", "cheap"]


@given(st.permutations(ALL), st.sampled_from(get_args(SortKey)))
def test_an_order_does_not_depend_on_the_catalogs(models: list[ModelFacts], sort: SortKey) -> None:
    """The same list, however it comes in."""
    assert choose(tuple(models), Wanted(), sort) == choose(ALL, Wanted(), sort)


@given(
    st.builds(
        Wanted,
        tier=st.none() | st.sampled_from(ServiceTier),
        schema=st.booleans(),
        region=st.none() | st.sampled_from(["eu", "us"]),
        most_input=st.none() | st.sampled_from([from_usd("0.05"), from_usd("1")]),
    )
)
def test_a_wish_only_takes_away(wanted: Wanted) -> None:
    """Nothing appears that was not there, nothing twice, and the order stays."""
    chosen = names(wanted)
    assert chosen == [found.name for found in ALL if found.name in chosen]
