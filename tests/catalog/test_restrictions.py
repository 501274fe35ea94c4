"""Restrictions added up, and whether a model's terms meet them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from support.catalog_room import default_catalog, default_settings

from modelroute_cli.base.schema import DataClass, GateRules, ServiceTier
from modelroute_cli.catalog.cards import Catalog
from modelroute_cli.catalog.restrictions import Effects, added_up, every_rule, refusal, restricts, stricter
from modelroute_cli.catalog.settings import DataPolicy, Match, Restrictions, Rule

CATALOG = default_catalog()


def with_terms(**terms: object) -> Catalog:
    """The shipped catalog, where OpenAI has such terms and none else."""
    none = {"regions": (), "retention_days": None, "zero_retention": None, "trains_on_data": None}
    provider = structs.replace(CATALOG.providers["openai"], **{**none, **terms})
    return replace(CATALOG, providers={**CATALOG.providers, "openai": provider})


def refused(asked: Effects, **terms: object) -> str | None:
    """Why a model of such terms is out."""
    return refusal("gpt-6-luna", with_terms(**terms), asked)


EU = Effects(regions=frozenset({"eu"}))
ZERO = Effects(keeps_nothing=True)
WEEK = Effects(max_retention_days=7)


@pytest.mark.parametrize(
    ("asked", "terms", "why"),
    [
        (EU, {}, "it is processed in an unknown region, not in `eu`"),
        (EU, {"regions": ("eu",)}, None),
        (EU, {"regions": ("eu", "us")}, "it is processed in `eu`, `us`, not in `eu`"),
        (Effects(regions=frozenset()), {"regions": ("eu",)}, "it is processed in `eu`, not in any region that is left"),
        (ZERO, {}, "its provider is not known to keep nothing"),
        (ZERO, {"zero_retention": "on_request"}, "its provider is not known to keep nothing"),
        (ZERO, {"zero_retention": "no"}, "its provider is not known to keep nothing"),
        (ZERO, {"zero_retention": "always"}, None),
        (WEEK, {}, "its provider keeps texts for an unknown time, not at most 7 days"),
        (WEEK, {"retention_days": 30}, "its provider keeps texts for 30 days, not at most 7 days"),
        (WEEK, {"retention_days": 7}, None),
        (WEEK, {"zero_retention": "always"}, None),
        (Effects(no_training=True), {}, "its provider is not known to train on no texts"),
        (Effects(no_training=True), {"trains_on_data": True}, "its provider is not known to train on no texts"),
        (Effects(no_training=True), {"trains_on_data": False}, None),
        (Effects(forbidden=frozenset({"gpt-6-luna"})), {}, "it is forbidden"),
        (Effects(), {}, None),
    ],
)
def test_unknown_terms_never_meet_a_restriction(asked: Effects, terms: dict[str, object], why: str | None) -> None:
    """Only what is stated counts, and keeping nothing on request is not keeping nothing."""
    assert refused(asked, **terms) == why


def test_a_forbidden_model_is_forbidden_at_every_effort() -> None:
    """`gpt-6-sol@high` is `gpt-6-sol`."""
    assert refusal("gpt-6-sol@high", CATALOG, Effects(forbidden=frozenset({"gpt-6-sol"}))) == "it is forbidden"


def test_a_card_wins_over_its_provider() -> None:
    """A deployment of one's own can be elsewhere."""
    catalog = with_terms(regions=("us",))
    card = structs.replace(catalog.models["gpt-6-luna"], regions=("eu",))
    assert refusal("gpt-6-luna", replace(catalog, models={"gpt-6-luna": card}), EU) is None


def test_restrictions_add_up_to_the_strictest() -> None:
    """Whatever the order, but for the effort: the first rule that names one wins."""
    first = Rule(
        name="a",
        min_quality=0.7,
        regions=("eu", "us"),
        max_retention_days=30,
        effort="low",
        service_tiers=(ServiceTier.BATCH,),
    )
    second = Rule(name="b", min_quality=0.9, regions=("eu",), max_retention_days=7, effort="high", no_training=True)
    assert added_up((first, second), {"b": frozenset({"gpt-5"})}) == Effects(
        forbidden=frozenset({"gpt-5"}),
        min_quality=0.9,
        service_tiers=frozenset({ServiceTier.BATCH}),
        regions=frozenset({"eu"}),
        max_retention_days=7,
        no_training=True,
        effort="low",
    )


def test_the_stricter_of_two_gates_holds() -> None:
    """Limits narrow, words add up."""
    one = GateRules(min_words=10, max_words=100, must_contain=("sale",))
    two = GateRules(min_words=20, max_chars=900, must_contain=("sale", "Ltd"), must_not_contain=("free",))
    assert stricter(one, two) == GateRules(
        min_words=20, max_words=100, max_chars=900, must_contain=("sale", "Ltd"), must_not_contain=("free",)
    )
    assert (stricter(None, one), stricter(one, None), stricter(None, None)) == (one, one, None)


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 99), st.integers(0, 99))
def test_more_rules_never_ask_less(low: float, high: float, days: int, others: int) -> None:
    """Adding a rule leaves no limit wider."""
    one, two = (
        Rule(name="a", min_quality=low, max_retention_days=days),
        Rule(name="b", min_quality=high, max_retention_days=others),
    )
    asked = added_up((one, two), {})
    assert (asked.min_quality, asked.max_retention_days) == (max(low, high), min(days, others))


def test_a_data_policy_is_rules_by_class() -> None:
    """After all others, in order of the classes; a class without restrictions has none."""
    policy = DataPolicy(personal=Restrictions(regions=("eu",)), public=Restrictions(min_quality=0.5))
    rules = every_rule(replace(default_settings(), data_policy=policy))
    assert [rule.name for rule in rules[-3:]] == ["standard", "data_policy.personal", "data_policy.public"]
    assert rules[-2] == Rule(
        name="data_policy.personal", match=Match(data_class=(DataClass.PERSONAL,)), regions=("eu",)
    )


def test_the_shipped_rules_restrict_nothing() -> None:
    """They only say which models."""
    assert not any(restricts(rule) for rule in every_rule(default_settings()))


@pytest.mark.parametrize(
    ("one", "two", "both"),
    [
        (GateRules(language="any"), GateRules(language="de"), GateRules(language="de")),
        (GateRules(language="de"), GateRules(language="any"), GateRules(language="de")),
        (GateRules(language="fr"), GateRules(language="de"), GateRules(language="fr")),
        (GateRules(language="any"), GateRules(), GateRules(language="any")),
        (GateRules(placeholders=True), GateRules(placeholders=False), GateRules(placeholders=False)),
        (GateRules(placeholders=False), GateRules(placeholders=True), GateRules(placeholders=False)),
        (GateRules(), GateRules(placeholders=True), GateRules(placeholders=True)),
        (GateRules(near_duplicates=0.9), GateRules(near_duplicates=0.8), GateRules(near_duplicates=0.8)),
        (GateRules(must_mention=("a",)), GateRules(must_mention=("a", "b")), GateRules(must_mention=("a", "b"))),
    ],
)
def test_a_row_cannot_loosen_what_a_rule_asks(one: GateRules, two: GateRules, both: GateRules) -> None:
    """Nor a rule what a row asks; of two languages the row's holds."""
    assert stricter(one, two) == both
