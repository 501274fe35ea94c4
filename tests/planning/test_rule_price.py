"""What each rule costs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.rule_price import MOST_RULES, RulePrice, price_text, rule_prices
from modelroute_cli.planning.without_rule import most_rules

CENT = 10**10


def test_rules_that_cost_are_priced_the_dearest_first() -> None:
    """A rule whose absence saves nothing has no price, nor has one without which there is no plan."""
    costs: dict[str, PicoUSD | None] = {
        "cheap": PicoUSD(9 * CENT),
        "free": PicoUSD(10 * CENT),
        "saves": PicoUSD(11 * CENT),
        "needed": None,
        "dear": PicoUSD(4 * CENT),
        "all": PicoUSD(0),
    }
    found = rule_prices(list(costs), PicoUSD(10 * CENT), costs.__getitem__)
    assert found.left_out == 0
    assert found.prices == (
        RulePrice(name="all", extra_pusd=PicoUSD(10 * CENT), share=None),
        RulePrice(name="dear", extra_pusd=PicoUSD(6 * CENT), share=1.5),
        RulePrice(name="cheap", extra_pusd=PicoUSD(CENT), share=1 / 9),
    )


def test_no_more_than_twenty_rules_are_looked_at() -> None:
    """And how many were not is told."""
    asked: list[str] = []

    def without(name: str) -> PicoUSD | None:
        asked.append(name)
        return None

    assert rule_prices([f"r{at}" for at in range(23)], PicoUSD(1), without).left_out == 3
    assert asked == [f"r{at}" for at in range(MOST_RULES)]


@pytest.mark.parametrize(
    ("price", "text"),
    [
        (RulePrice(name="eu_only", extra_pusd=PicoUSD(120 * CENT), share=0.38), "`eu_only` costs ~$1.200 more, 38%"),
        (RulePrice(name="a", extra_pusd=PicoUSD(120 * CENT), share=0.001), "`a` costs ~$1.200 more, less than 1%"),
        (RulePrice(name="a", extra_pusd=PicoUSD(120 * CENT), share=None), "`a` costs ~$1.200 more"),
    ],
)
def test_a_price_in_words(price: RulePrice, text: str) -> None:
    """Never `$0.00`, and never 0%."""
    assert price_text(price) == text


@given(st.lists(st.integers(0, 100), max_size=30), st.integers(0, 100))
def test_a_price_is_the_difference_and_never_negative(costs: list[int], whole: int) -> None:
    """To the pico-dollar."""
    named = {str(at): PicoUSD(cost) for at, cost in enumerate(costs)}
    for price in rule_prices(list(named), PicoUSD(whole), named.get).prices:
        assert price.extra_pusd > 0
        assert named[price.name] + price.extra_pusd == whole


@pytest.mark.parametrize(("kinds", "most"), [(1, 20), (25_000, 20), (50_000, 10), (200_000, 2), (5_000_000, 2)])
def test_fewer_rules_are_priced_in_jobs_of_very_many_kinds(kinds: int, most: int) -> None:
    """Planning again without a rule costs as much as planning: that is bounded."""
    assert most_rules(kinds) == most
