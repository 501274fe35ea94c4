"""Rules that leave a request no model."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.planning_jobs import plan_of, settings_of

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.base.schema import DataClass, Need, ServiceTier
from modelroute_cli.catalog.settings import DataPolicy, Match, Restrictions, Rule
from modelroute_cli.planning.contradiction import minimal, wants

HINT = (
    "allow a model that meets what is asked, say by `not` in `match` whom a rule is not for, "
    "or state under `providers` what your contract says"
)
CHEAP = Rule(name="cheap", allow=("gpt-6-luna", "deepseek-flash"))
EU = Rule(name="eu_only", match=Match(data_class=(DataClass.PERSONAL,)), regions=("eu",))
IDLE = Rule(name="idle", no_training=False, min_quality=0.1)


def refused(rules: Sequence[Rule], *rows: Mapping[str, object], policy: DataPolicy | None = None) -> InfeasibleError:
    """The error that such rules and rows lead to."""
    settings = replace(settings_of(), rules=tuple(rules), data_policy=policy or DataPolicy())
    with pytest.raises(InfeasibleError) as caught:
        plan_of(rows, settings)
    return caught.value


def test_the_rules_that_collide_are_named_with_the_first_requests() -> None:
    """Rules that hold and are not to blame are not named."""
    error = refused((IDLE, EU, CHEAP), {}, {"data_class": "personal"}, {"data_class": "personal"})
    assert error.message == (
        "rules leave no model for 2 requests:\n"
        "  `cheap` allows `gpt-6-luna`, `deepseek-flash`; `eu_only` stays in `eu`: 2 requests, "
        "such as line 2 (`r1`)"
    )
    assert error.hint == f"loosen `cheap` and `eu_only` where they meet: {HINT}"


def test_two_restrictions_can_collide_by_themselves() -> None:
    """Then the rule that allows is not at fault."""
    far = Rule(name="far", regions=("cn",))
    wide = Rule(name="wide", allow=("gpt-6-luna", "deepseek-flash", "mistral-small"))
    error = refused((EU, far, wide), {"data_class": "personal"})
    assert error.message == (
        "rules leave no model for 1 request:\n"
        "  `eu_only` stays in `eu`; `far` stays in `cn`: 1 request, such as line 1 (`r0`)"
    )


def test_a_data_policy_collides_like_a_rule() -> None:
    """Under its own name."""
    policy = DataPolicy(personal=Restrictions(regions=("eu",)))
    error = refused((CHEAP,), {"data_class": "personal"}, policy=policy)
    assert "`data_policy.personal` stays in `eu`: 1 request, such as line 1 (`r0`)" in error.message


def test_a_pin_does_not_pass_a_restriction() -> None:
    """Personal data stays, whatever model its row names."""
    error = refused((EU, CHEAP), {"data_class": "personal", "model": "gpt-6-luna"})
    assert error.message == (
        "rules leave no model for 1 request:\n  `eu_only` stays in `eu`: 1 request, such as line 1 (`r0`)"
    )
    assert error.hint == f"loosen `eu_only`: {HINT}"


def test_a_service_tier_that_is_not_sold_collides() -> None:
    """DeepSeek sells no flex tier; where a model has one, there is nothing to collide."""
    flex = Rule(name="flex", service_tiers=(ServiceTier.FLEX,))
    unsold = Rule(name="cheap", allow=("deepseek-flash",))
    assert "`flex` buys at `flex` alone: 1 request" in refused((flex, unsold), {}).message
    sold = plan_of([{}], replace(settings_of(), rules=(flex, CHEAP))).assignments.collect()
    assert sold.select("model", "service_tier").rows() == [("gpt-6-luna", "flex")]


def test_what_no_model_can_do_is_no_collision() -> None:
    """The reasons of the models are told, as without restrictions."""
    error = refused((EU, CHEAP), {"input_tokens": 50_000_000, "data_class": "personal"})
    assert error.message.startswith("no allowed model can do 1 request:")


def test_what_a_model_cannot_read_is_no_rules_fault() -> None:
    """A PDF that stands at an address is read by nobody: that is told, not a rule."""
    needs = Need.FILE.bit | Need.LINKED.bit | Need.FETCHED.bit
    error = refused((EU, CHEAP), {"needs": needs, "modality": "file", "pages": 20, "data_class": "personal"})
    assert error.message.startswith("no allowed model can do 1 request:")


def test_each_restriction_has_its_words() -> None:
    """As a sentence about the rule."""
    rule = Rule(
        name="all",
        forbid=("gpt-5",),
        min_quality=0.9,
        zero_data_retention=True,
        max_retention_days=7,
        no_training=True,
        service_tiers=(ServiceTier.BATCH,),
    )
    assert wants(rule) == (
        "forbids `gpt-5`, asks for a quality of 0.9, buys at `batch` alone, lets providers keep nothing, "
        "lets providers keep texts for 7 days at most and lets nobody train on its texts"
    )


@given(st.lists(st.sets(st.integers(0, 4)), max_size=6))
def test_a_minimal_set_collides_and_no_part_of_it_does(shut: list[set[int]]) -> None:
    """Rules that each shut some of five models out."""
    rules = [Rule(name=str(at)) for at in range(len(shut))]

    def leaves_some(held: Sequence[Rule]) -> bool:
        return len({model for rule in held for model in shut[int(rule.name)]}) < 5

    found = minimal(rules, leaves_some)
    assert bool(found) is not leaves_some(rules)
    for rule in found:
        assert leaves_some([other for other in found if other is not rule])
