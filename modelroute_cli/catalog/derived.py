"""Rate cards that follow from a model's standard one, where the price library has none for a service tier."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil

from msgspec.structs import replace

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.cheap_hours import cheapest
from modelroute_cli.catalog.rates import PriceStep, Rate, RateCard
from modelroute_cli.catalog.terms import TierTerms

_NEVER_SCALED = frozenset({ServiceTier.STANDARD, ServiceTier.OFF_PEAK})


def derived(tier: ServiceTier, standard: RateCard, terms: TierTerms) -> RateCard | None:
    """The rates of a tier that is sold at a share of the standard price, or in its cheap hours; None for any other."""
    if tier is ServiceTier.OFF_PEAK:
        return _off_peak(standard)
    if tier in _NEVER_SCALED or not terms.discount_percent:
        return None
    return _discounted(tier, standard, terms)


def _off_peak(standard: RateCard) -> RateCard | None:
    """The price of the cheap hours, at all hours: what is sent at this tier waits for them."""
    steps = cheapest(standard)
    if steps is None:
        return None
    return replace(standard, service_tier=ServiceTier.OFF_PEAK.value, steps=steps, windows=())


def _discounted(tier: ServiceTier, standard: RateCard, terms: TierTerms) -> RateCard:
    """Every rate of every hour and length less the discount, rounded up per token."""
    share = 1 - Fraction(terms.discount_percent or 0, 100)
    windows = (replace(window, steps=_scaled(window.steps, share)) for window in standard.windows)
    told = f"{standard.source}; {terms.discount_percent}% less than standard"
    return replace(
        standard,
        service_tier=tier.value,
        steps=_scaled(standard.steps, share),
        windows=tuple(windows),
        source=f"{told}: {terms.source}" if terms.source else told,
    )


def _scaled(steps: Sequence[PriceStep], share: Fraction) -> tuple[PriceStep, ...]:
    """The same steps at a share of their rates."""
    return tuple(replace(step, rate=_rate(step.rate, share)) for step in steps)


def _rate(rate: Rate, share: Fraction) -> Rate:
    """A share of one rate; what is read from a cache costs as much as other input.

    No document says that the discount of a tier and that of a cache are both given, so neither is taken twice.
    """

    def part(price: PicoUSD) -> PicoUSD:
        return PicoUSD(ceil(price * share))

    given = part(rate.input_pusd)
    return Rate(
        input_pusd=given,
        output_pusd=part(rate.output_pusd),
        cache_read_pusd=max(given, part(rate.cache_read_pusd)),
        cache_write_pusd=max(given, part(rate.cache_write_pusd)),
        request_pusd=part(rate.request_pusd),
        audio_pusd=None if rate.audio_pusd is None else part(rate.audio_pusd),
    )
