"""The user's own price of a model as a rate card."""

from datetime import datetime

from modelroute_cli.base.money import per_token
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.catalog.rates import PriceStep, Rate, RateCard, utc
from modelroute_cli.catalog.settings import Price, Settings
from modelroute_cli.catalog.variants import base_name


def own_tiers(card: ModelCard, settings: Settings, at: datetime) -> dict[ServiceTier, RateCard]:
    """The tiers that the user prices; none where settings say nothing of this model."""
    name = card.name if card.name in settings.prices else base_name(card.name)
    return {} if name not in settings.prices else {ServiceTier.STANDARD: _own_card(card, name, settings, at)}


def _own_card(card: ModelCard, name: str, settings: Settings, at: datetime) -> RateCard:
    """The user's own price under `name`, the same at all hours and lengths."""
    rate = _own_rate(settings.prices[name])
    free = (
        " (free)" if not any((rate.input_pusd, rate.output_pusd, rate.cache_read_pusd, rate.cache_write_pusd)) else ""
    )
    return RateCard(
        model=card.name,
        service_tier=ServiceTier.STANDARD.value,
        steps=(PriceStep(above_input_tokens=0, rate=rate),),
        source=f"settings: {settings.origins.get(f'prices.{name}.input', 'defaults')}{free}",
        price_date=utc(at).date().isoformat(),
    )


def _own_rate(price: Price) -> Rate:
    """The user's dollars per million tokens as pico-dollars per token."""
    return Rate(
        input_pusd=per_token(price.input),
        output_pusd=per_token(price.output),
        cache_read_pusd=per_token(price.input if price.cache_read is None else price.cache_read),
        cache_write_pusd=per_token(price.input if price.cache_write is None else price.cache_write),
    )
