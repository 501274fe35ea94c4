"""Rate cards: the price of one model at one service tier, resolved once and then multiplied."""

from msgspec import Struct

from modelroute_cli.base.money import PicoUSD


class Rate(Struct, frozen=True, kw_only=True):
    """Pico-dollars per token, rounded up."""

    input_pusd: PicoUSD
    output_pusd: PicoUSD
    cache_read_pusd: PicoUSD
    cache_write_pusd: PicoUSD


class PriceStep(Struct, frozen=True, kw_only=True):
    """The rate of a whole request whose input is MORE than `above_input_tokens` (the last such step wins)."""

    above_input_tokens: int
    rate: Rate


class PriceWindow(Struct, frozen=True, kw_only=True):
    """Steps that hold between two minutes of the UTC day, end excluded."""

    start_minute: int
    end_minute: int
    steps: tuple[PriceStep, ...]


class RateCard(Struct, frozen=True, kw_only=True):
    """Prices of one (model, service tier) with their origin; `windows` override `steps` while they last."""

    model: str
    service_tier: str
    steps: tuple[PriceStep, ...]
    windows: tuple[PriceWindow, ...] = ()
    source: str  # `genai-prices 0.2.3` or `settings: modelroute.yaml`
    price_date: str  # the date these prices are of, ISO
