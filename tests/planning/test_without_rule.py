"""Plans with the price of each rule."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from support.planning_jobs import plan_of, settings_of

from modelroute_cli.base.schema import DataClass, Importance
from modelroute_cli.catalog.settings import DataPolicy, Match, Objective, Restrictions, Rule, Settings
from modelroute_cli.planning.rule_price import price_text

WIDE = Rule(name="wide", allow=("gpt-6-luna", "deepseek-flash", "mistral-small", "gpt-6-sol"))
DEAR = Rule(name="dear", match=Match(importance=(Importance.PREMIUM,)), allow=("gpt-6-sol",))
EU = Rule(name="eu", match=Match(data_class=(DataClass.PERSONAL,)), regions=("eu",))
ROWS: tuple[Mapping[str, object], ...] = (
    {},
    {"importance": "premium"},
    {"data_class": "personal"},
    {"data_class": "personal", "importance": "bulk", "input_tokens": 5000},
)


def settings(*rules: Rule, policy: DataPolicy | None = None, **objective: object) -> Settings:
    """The defaults with such rules and no floor."""
    asked = Objective(**{"min_quality": 0.0, **objective})  # type: ignore[arg-type]
    held = settings_of(objective__min_quality=0.0)
    return replace(held, rules=rules, data_policy=policy or DataPolicy(), objective=asked)


def cost(held: Settings) -> int:
    """What the plan costs."""
    return plan_of(ROWS, held).header.totals.cost_pusd


@pytest.mark.parametrize("name", ["dear", "eu"])
def test_a_price_is_what_the_plan_without_the_rule_costs_less(name: str) -> None:
    """To the pico-dollar, though no request is read again."""
    rules = (EU, DEAR, WIDE)
    prices = {price.name: price for price in plan_of(ROWS, settings(*rules)).header.rule_prices}
    others = tuple(rule for rule in rules if rule.name != name)
    assert set(prices) == {"dear", "eu"}
    assert prices[name].extra_pusd == cost(settings(*rules)) - cost(settings(*others))
    assert prices[name].share == pytest.approx(prices[name].extra_pusd / cost(settings(*others)))


def test_a_data_policy_has_its_price() -> None:
    """As the rule it stands for."""
    policy = DataPolicy(personal=Restrictions(regions=("eu",)))
    [price] = plan_of(ROWS, settings(WIDE, policy=policy)).header.rule_prices
    assert price.name == "data_policy.personal"
    assert price_text(price).startswith("`data_policy.personal` costs ~$")


def test_a_rule_that_changes_nothing_has_no_price() -> None:
    """Nor the last one, without which there would be no plan."""
    idle = Rule(name="idle", min_quality=0.01)
    assert plan_of(ROWS, settings(idle, WIDE)).header.rule_prices == ()


def test_a_rule_that_holds_for_nobody_has_no_price() -> None:
    """It is not even looked at."""
    nobody = Rule(name="nobody", match=Match(tenant=("acme",)), allow=("gpt-6-sol",))
    assert plan_of(ROWS, settings(nobody, WIDE)).header.rule_prices == ()


def test_duplicates_under_different_rules_are_asked_apart() -> None:
    """An answer from outside never serves a request that has to stay inside."""
    inside = Rule(name="inside", match=Match(tenant=("eu",)), regions=("eu",))
    rows: tuple[Mapping[str, object], ...] = ({}, {"tenant": "eu", "duplicate_of": 0}, {"duplicate_of": 0})
    given = plan_of(rows, settings(inside, WIDE)).assignments.collect()
    assert given["duplicate_of"].to_list() == [None, None, 0]
    assert given["rule"].to_list() == ["wide", "wide + inside", "wide"]
    assert given["model"].to_list()[1] == "mistral-small"
