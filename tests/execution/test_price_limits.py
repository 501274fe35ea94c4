"""Price limits that gateways are sent: the plan's listed prices, never the user's own."""

import msgspec
from support.plans import CHEAP, OTHER, STRONG, PlanParts, Row, plan_of

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.cards import Provider
from modelroute_cli.catalog.prices import PriceStep, Rate, RateCard
from modelroute_cli.execution.price_limits import price_limits
from modelroute_cli.execution.routes import Routes
from modelroute_cli.providers.base import PriceLimit

DEARER = Rate(input_pusd=PicoUSD(4), output_pusd=PicoUSD(40), cache_read_pusd=PicoUSD(1), cache_write_pusd=PicoUSD(5))
FLEX = RateCard(
    model=CHEAP,
    service_tier="flex",
    steps=(PriceStep(above_input_tokens=0, rate=DEARER),),
    source="by hand",
    price_date="2026-11-23",
)


def _limits(*takers: str, parts: PlanParts | None = None, source: str = "genai-prices 0.2.3") -> dict[str, PriceLimit]:
    plan = plan_of([Row()], parts)
    cards = {name: msgspec.structs.replace(card, source=source) for name, card in plan.header.rate_cards.items()}
    header = msgspec.structs.replace(plan.header, rate_cards=cards)
    providers = {
        name: msgspec.structs.replace(provider, max_price=name in takers)
        for name, provider in plan.header.providers.items()
    }
    return dict(price_limits(Routes.of(type(plan)(header, plan.assignments)), providers))


def test_only_providers_that_take_one_get_one() -> None:
    """Others would refuse the field, or ignore it."""
    assert _limits() == {}
    assert _limits("cheap", "strong") == {
        CHEAP: PriceLimit(PicoUSD(1), PicoUSD(10)),
        STRONG: PriceLimit(PicoUSD(10), PicoUSD(100)),
    }


def test_the_limit_is_what_reservations_are_made_of() -> None:
    """The dearest kind of input at the dearest tier that the plan knows."""
    assert _limits("cheap", parts=PlanParts(tier_cards=(FLEX,))) == {CHEAP: PriceLimit(PicoUSD(5), PicoUSD(40))}


def test_own_prices_and_discounts_say_nothing_of_endpoints() -> None:
    """With a limit at a discounted price no endpoint would be left."""
    for source in ("settings: modelroute.yaml", "genai-prices 0.2.3; less 10% (settings: modelroute.yaml)"):
        assert _limits("other", source=source) == {}


def test_a_provider_ships_without_it() -> None:
    """It has to be switched on where the field is known."""
    assert not Provider(name=OTHER, base_url="http://127.0.0.1").max_price
