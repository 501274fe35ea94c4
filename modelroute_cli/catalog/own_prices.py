"""The user's own price of a model as rate cards: per token, by the hour of a server, by service tier."""

from datetime import datetime
from fractions import Fraction
from math import ceil

from modelroute_cli.base.money import PicoUSD, from_usd, per_token
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.catalog.endpoints import is_started
from modelroute_cli.catalog.library import provider_of
from modelroute_cli.catalog.rates import PriceStep, Rate, RateCard, utc
from modelroute_cli.catalog.settings import Price, Settings, TierPrice
from modelroute_cli.catalog.variants import base_name

_THIS_MACHINE = "your own machine (free)"


def own_tiers(card: ModelCard, settings: Settings, at: datetime) -> dict[ServiceTier, RateCard]:
    """The tiers that the user prices, of a variant its card's; none where settings say nothing of this model.

    A model that a run starts on the user's own machine costs nothing where the user does not price its hours.
    A price by the hour becomes one per request or token, rounded up to whole pico-dollars; all hold at all hours and
    lengths.
    """
    name = card.name if card.name in settings.prices else base_name(card.name)
    if name not in settings.prices:
        return _of_this_machine(card, settings, at)
    price = settings.prices[name]
    return {
        tier: RateCard(
            model=card.name,
            service_tier=tier.value,
            steps=(PriceStep(above_input_tokens=0, rate=rate),),
            source=_source(settings, name, tier, rate),
            price_date=price.date or utc(at).date().isoformat(),
        )
        for tier, rate in _rates(price).items()
    }


def _of_this_machine(card: ModelCard, settings: Settings, at: datetime) -> dict[ServiceTier, RateCard]:
    """Nothing is paid for a model that a run starts itself; no tiers for any other."""
    if card.weights is None or not is_started(provider_of(card, settings)):
        return {}
    steps = (PriceStep(above_input_tokens=0, rate=_token_rate(TierPrice(input="0", output="0"))),)
    day = utc(at).date().isoformat()
    tier = ServiceTier.STANDARD
    return {tier: RateCard(model=card.name, service_tier=tier.value, steps=steps, source=_THIS_MACHINE, price_date=day)}


def _rates(price: Price) -> dict[ServiceTier, Rate]:
    """The rate of each tier that has a price."""
    found = {}
    standard = hourly_rate(price) if price.per_hour is not None else _per_token(price)
    if standard is not None:
        found[ServiceTier.STANDARD] = standard
    for tier, own in (
        (ServiceTier.FLEX, price.flex),
        (ServiceTier.BATCH, price.batch),
        (ServiceTier.PRIORITY, price.priority),
    ):
        if own is not None:
            found[tier] = _token_rate(own)
    return found


def _per_token(price: Price) -> Rate | None:
    """The standard price per token; None where only tiers are priced."""
    if price.input is None or price.output is None:
        return None
    return _token_rate(
        TierPrice(input=price.input, output=price.output, cache_read=price.cache_read, cache_write=price.cache_write)
    )


def _token_rate(price: TierPrice) -> Rate:
    """Dollars per million tokens as pico-dollars per token; a cache price that is not given is the input price."""
    return Rate(
        input_pusd=per_token(price.input),
        output_pusd=per_token(price.output),
        cache_read_pusd=per_token(price.input if price.cache_read is None else price.cache_read),
        cache_write_pusd=per_token(price.input if price.cache_write is None else price.cache_write),
    )


def hourly_rate(price: Price) -> Rate:
    """What a request, or a token, of a fully used server costs: its share of the hour, rounded up."""
    share = PicoUSD(
        ceil(Fraction(from_usd(price.per_hour or "0"), price.tokens_per_hour or price.requests_per_hour or 1))
    )
    of_token = share if price.tokens_per_hour else PicoUSD(0)
    return Rate(
        input_pusd=of_token,
        output_pusd=of_token,
        cache_read_pusd=of_token,
        cache_write_pusd=of_token,
        request_pusd=PicoUSD(0) if price.tokens_per_hour else share,
    )


def _source(settings: Settings, name: str, tier: ServiceTier, rate: Rate) -> str:
    """`settings: modelroute.yaml (contract of 2026-10)`: the file, and what the user says of it."""
    price = settings.prices[name]
    notes = [price.source] if price.source else []
    notes += [_by_the_hour(price)] if tier is ServiceTier.STANDARD and price.per_hour is not None else []
    notes += [] if any(getattr(rate, field) for field in Rate.__struct_fields__) else ["free"]
    told = f" ({'; '.join(notes)})" if notes else ""
    return f"settings: {_origin(settings, name, tier)}{told}"


def _origin(settings: Settings, name: str, tier: ServiceTier) -> str:
    """The file that says so."""
    keys = ("input", "per_hour") if tier is ServiceTier.STANDARD else (f"{tier}.input",)
    found = (settings.origins.get(f"prices.{name}.{key}") for key in keys)
    return next((origin for origin in found if origin is not None), "defaults")


def _by_the_hour(price: Price) -> str:
    """`$1.20 an hour at 3,000 requests`."""
    done, what = (
        (price.tokens_per_hour, "tokens") if price.tokens_per_hour else (price.requests_per_hour or 0, "requests")
    )
    return f"${price.per_hour} an hour at {done:,} {what}"
