"""What a plan keeps in hand besides what it assigns."""

import dataclasses
from datetime import date

import polars as pl
from msgspec.structs import replace
from support.planning_jobs import requests_of, settings_of

from modelroute_cli.base.schema import Importance, ServiceTier
from modelroute_cli.catalog.cards import Catalog
from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.catalog.restrictions import every_rule
from modelroute_cli.catalog.settings import Match, Rule
from modelroute_cli.planning.offers import Offer
from modelroute_cli.planning.policy import Policy, Scope, make_policy
from modelroute_cli.planning.rules import with_rule
from modelroute_cli.planning.spare import at_rules_tiers, of_rules_met, still_served

NIGHT = Match(importance=(Importance.BULK,))
RULES = (
    Rule(name="night", match=NIGHT, allow=("gpt-5", "gpt-5-mini"), service_tiers=(ServiceTier.FLEX,)),
    Rule(name="day", match=Match(), allow=("gpt-5",)),
)


def catalog() -> Catalog:
    """What ships."""
    return load_catalog(settings_of())


def policy_of(*rows: dict[str, object]) -> tuple[Policy, pl.DataFrame]:
    """The policy of these requests, and their rules."""
    settings = dataclasses.replace(settings_of(), rules=RULES)
    ruled = with_rule(requests_of(*rows), every_rule(settings))
    return make_policy(ruled, catalog(), settings, Scope()), ruled.select("rule")


def test_only_rules_that_requests_come_under_are_kept() -> None:
    """A plan does not carry the prices of what no request may use."""
    policy, census = policy_of({})
    assert of_rules_met(policy, census) == {"night": ("gpt-5", "gpt-5-mini")}
    both, census = policy_of({}, {"importance": "standard"})
    assert of_rules_met(both, census) == {"day": ("gpt-5",), "night": ("gpt-5", "gpt-5-mini")}


def test_a_rules_tier_is_kept_of_every_model_it_allows() -> None:
    """As far as there is such an offer, and a request that comes under the rule."""
    flex = [Offer("gpt-5", ServiceTier.FLEX), Offer("gpt-5-mini", ServiceTier.FLEX)]
    policy, census = policy_of({})
    assert at_rules_tiers(policy, [*flex, Offer("gpt-5")], census) == {*flex}
    assert at_rules_tiers(policy, flex[:1], census) == {flex[0]}
    day, census = policy_of({"importance": "standard"})
    assert at_rules_tiers(day, flex, census) == set()


def test_what_a_provider_has_ended_is_not_kept() -> None:
    """From the day of its end on."""
    known = catalog()
    ending = replace(known.models["gpt-5"], shutdown="2026-11-23")
    left = dataclasses.replace(known, models={**known.models, "gpt-5": ending})
    models = {"day": ("gpt-5", "gpt-5-mini")}
    assert still_served(models, left, date(2026, 11, 22)) == models
    assert still_served(models, left, date(2026, 11, 23)) == {"day": ("gpt-5-mini",)}
