"""The plan's cost as if one of its rules were not there: on kinds of requests, none of which is read again."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from modelroute_cli.base.errors import InfeasibleError, SettingsError
from modelroute_cli.base.frames import CANDIDATES
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.cards import Catalog
from modelroute_cli.catalog.restrictions import every_rule
from modelroute_cli.catalog.settings import Settings
from modelroute_cli.planning.candidates import candidates, open_quotes
from modelroute_cli.planning.offers import Offer, Outlook, Terms, make_offers, make_terms
from modelroute_cli.planning.policy import Policy, Scope, make_policy
from modelroute_cli.planning.problem import Wanted, optimum
from modelroute_cli.planning.quotes import compared, quote
from modelroute_cli.planning.rule_price import MOST_RULES, RulePrices, rule_prices
from modelroute_cli.planning.rules import holds_for, with_names
from modelroute_cli.planning.with_cascades import escalating, with_cascades

_LEAST_RULES = 2
_MOST_KINDS = 500_000  # planned again in all, about a microsecond each


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A plan's kinds of requests (with what is `held` for each) and what was quoted for them."""

    kinds: pl.DataFrame
    catalog: Catalog
    settings: Settings
    scope: Scope
    outlook: Outlook
    tiers: frozenset[ServiceTier]
    offers: Mapping[Offer, Terms]
    quotes: Mapping[Offer, pl.DataFrame]  # as `compared`, for every kind
    wanted: Wanted


def price_rules(standing: Standing, cost_pusd: PicoUSD) -> RulePrices:
    """What each rule that holds for some request costs, where all that is `wanted` is kept; `cost_pusd`: with all."""
    again = _Again(standing)
    rules = every_rule(standing.settings)
    held = standing.kinds["held"].unique().to_list()
    names = [rule.name for rule in rules if holds_for(rule.name, rules, held)]
    priced = [name for name in names if again.matters(name)]
    return rule_prices(priced, cost_pusd, again.cost, most_rules(standing.kinds.height))


def most_rules(kinds: int) -> int:
    """How many rules are priced: fewer in jobs of very many kinds, where each costs as much as planning itself."""
    return min(MOST_RULES, max(_LEAST_RULES, _MOST_KINDS // kinds))


class _Again:
    """Makes the plan again without one rule; quotes that are made for it are kept."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing
        self._terms = dict(standing.offers)
        self._quotes = {offer: self._placed(quotes, offer) for offer, quotes in standing.quotes.items()}

    def matters(self, name: str) -> bool:
        """Whether every request still has a rule without this one, and some have another."""
        rules = self._without(name)["rule"]
        return not rules.null_count() and bool((rules != self._standing.kinds["rule"]).any())

    def cost(self, name: str) -> PicoUSD | None:
        """The cost without one rule; None where no plan of that quality is left."""
        stand, kinds = self._standing, self._without(name)
        policy = make_policy(kinds, stand.catalog, stand.settings, stand.scope)
        try:
            self._quote(policy)
            allowed = open_quotes(kinds, self._quotes, self._terms, policy)
            own = escalating(policy, stand.wanted.margin, stand.settings.run.max_escalations)
            return optimum(with_cascades(candidates(kinds, allowed), kinds, own), kinds, stand.wanted).cost_pusd
        except (
            InfeasibleError,
            SettingsError,
        ):  # nothing left, or a model without a price
            return None

    def _without(self, name: str) -> pl.DataFrame:
        """The kinds with the `rule` they come under without this one."""
        return with_names(self._standing.kinds, every_rule(self._standing.settings), without=name)

    def _quote(self, policy: Policy) -> None:
        """Quotes of models that no request could use before."""
        stand = self._standing
        at, families = stand.outlook.at, {terms.family.name: terms.family for terms in self._terms.values()}
        new = [name for name in policy.models() if Offer(name) not in self._quotes]
        terms = {name: make_terms(name, stand.catalog, stand.settings, at, families) for name in new}
        for offer, each in make_offers(terms, stand.tiers, stand.catalog, stand.settings, at).items():
            self._terms[offer] = each
            self._quotes[offer] = self._placed(compared(quote(stand.kinds, each, stand.outlook)), offer)

    def _placed(self, quotes: pl.DataFrame, offer: Offer) -> pl.DataFrame:
        """An offer's quotes with the kinds they are for."""
        tier = pl.lit(offer.tier.value, CANDIDATES["service_tier"]).alias("service_tier")
        return quotes.with_columns(self._standing.kinds["row"], tier, pl.lit(offer.model).alias("model"))
