"""What the user pays less, or more, than list prices: exact shares of them, named where the price is shown."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil

from msgspec import Struct

from modelroute_cli.base.money import PER_USD, PicoUSD
from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.catalog.settings import Settings
from modelroute_cli.catalog.variants import base_name

_MTOK = 10**6


class Charge(Struct, frozen=True):
    """What is charged of a list price: a share of it, and the words for that (empty: all of it)."""

    share: Fraction = Fraction(1)
    note: str = ""

    def per_token(self, usd_per_mtok: Decimal) -> PicoUSD:
        """A list price in dollars per million tokens as pico-dollars per token, the share of it, rounded up once."""
        return PicoUSD(ceil(Fraction(usd_per_mtok) * self.share * PER_USD / _MTOK))


def charge(card: ModelCard, settings: Settings, day: date) -> Charge:
    """What is charged on a day: by the model's discount, else its provider's, while each lasts (its last day too)."""
    for name in (card.name, base_name(card.name), card.provider):
        discount = settings.discounts.get(name)
        if discount is not None and (discount.until is None or day <= date.fromisoformat(discount.until)):
            return Charge(_share(discount.percent), _note(settings, name))
    return Charge()


def _share(percent: str) -> Fraction:
    """What remains after a discount of so many percent."""
    return 1 - Fraction(percent) / 100


def _note(settings: Settings, name: str) -> str:
    """`less 10% (settings: modelroute.yaml)`."""
    percent = settings.discounts[name].percent
    origin = settings.origins.get(f"discounts.{name}.percent", "defaults")
    change = f"plus {percent.removeprefix('-')}%" if percent.startswith("-") else f"less {percent}%"
    return f"{change} (settings: {origin})"
