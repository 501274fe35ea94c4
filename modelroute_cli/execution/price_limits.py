"""The dearest endpoint that a gateway may use for a model: none dearer than what reservations are made of."""

from collections.abc import Mapping

from modelroute_cli.catalog.cards import ModelCard, Provider
from modelroute_cli.catalog.prices import RateCard
from modelroute_cli.execution.routes import Routes
from modelroute_cli.providers.base import PriceLimit

_OWN = "settings:"  # a card's source names them where a price or a discount is the user's own


def price_limits(routes: Routes, providers: Mapping[str, Provider]) -> Mapping[str, PriceLimit]:
    """By model, where its provider takes a limit and the plan's price is a listed one."""
    found = ((name, _limit(card, routes, providers)) for name, card in routes.models.items())
    return {name: limit for name, limit in found if limit is not None}


def _limit(card: ModelCard, routes: Routes, providers: Mapping[str, Provider]) -> PriceLimit | None:
    """The rate of short requests, which is what gateways compare with; an own price says nothing of endpoints."""
    ceiling = routes.ceilings.get(card.name)
    if ceiling is None or not providers[card.provider].max_price or _is_own(ceiling):
        return None
    rate = ceiling.steps[0].rate
    return PriceLimit(rate.input_pusd, rate.output_pusd)


def _is_own(card: RateCard) -> bool:
    return _OWN in card.source
