"""List prices: dollars per million tokens, by prompt length and by the hour of a day."""

from decimal import Decimal

from msgspec import Struct


class ListPrice(Struct, frozen=True, kw_only=True):
    """Dollars per million tokens for prompts above `above_input_tokens`; a cache price that is None is not listed."""

    above_input_tokens: int
    input: Decimal
    output: Decimal
    cache_read: Decimal | None
    cache_write: Decimal | None
    audio: Decimal | None = None  # input that is sound, where it has a price of its own


class Hours(Struct, frozen=True):
    """List prices between two minutes of the UTC day, end excluded."""

    start_minute: int
    end_minute: int
    prices: tuple[ListPrice, ...]


class DayPrices(Struct, frozen=True, kw_only=True):
    """A model's prices on one day: the ordinary ones, and the hours in which others hold."""

    ordinary: tuple[ListPrice, ...]
    hours: tuple[Hours, ...]
