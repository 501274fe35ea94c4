"""What a plan keeps in hand: the models and tiers that a run may turn to besides those it assigns requests to."""

from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl

from modelroute_cli.catalog.cards import Catalog
from modelroute_cli.planning.offers import Offer, is_ended
from modelroute_cli.planning.policy import Policy


def of_rules_met(policy: Policy, census: pl.DataFrame) -> dict[str, tuple[str, ...]]:
    """The models that each rule of the counted requests allows, in the order of the rules' names."""
    met = set(census["rule"])
    return {rule: names for rule, names in sorted(policy.allowed.items()) if rule in met}


def still_served(models: Mapping[str, tuple[str, ...]], catalog: Catalog, on: date) -> dict[str, tuple[str, ...]]:
    """Those models of each rule that their providers have not ended."""
    return {
        rule: tuple(name for name in names if not is_ended(catalog.models[name], on)) for rule, names in models.items()
    }


def at_rules_tiers(policy: Policy, offers: Iterable[Offer], census: pl.DataFrame) -> set[Offer]:
    """The offers at the tiers that rules of the counted requests name, of every model these rules allow."""
    allowed, tiers = of_rules_met(policy, census), policy.tiers()
    wanted = {Offer(model, tier) for rule, names in allowed.items() for tier in tiers.get(rule, ()) for model in names}
    return wanted & set(offers)
