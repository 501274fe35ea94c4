"""What an emulator's books come to in money, by the rate cards of those who planned: the other side's bill."""

from collections.abc import Callable
from datetime import datetime

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import ServiceTier, Usage
from modelroute_cli.catalog.rates import RateCard, cost
from modelroute_cli.emulator.ledger import Billed, Stats

CardOf = Callable[[str, ServiceTier], RateCard]
"""The rate card of a model on the wire at a tier, of one step: the price of a sum is then the sum of prices."""


def charged(stats: Stats, card_of: CardOf, at: datetime) -> PicoUSD:
    """All of it: requests sent alone at the standard tier, those handed in at their own."""
    handed_in = [
        (model, ServiceTier(tier), book) for tier, books in stats.handed_in.items() for model, book in books.items()
    ]
    alone = [(model, ServiceTier.STANDARD, book) for model, book in stats.books.items()]
    return PicoUSD(sum(_price(card_of(model, tier), book, at) for model, tier, book in [*alone, *handed_in]))


def _price(card: RateCard, book: Billed, at: datetime) -> PicoUSD:
    """What a model's book comes to; prices by the request are those of its answers."""
    assert len(card.steps) == 1, f"`{card.model}` has prices that depend on the length of a request"
    per_request = card.steps[0].rate.request_pusd
    usage = Usage(
        input_tokens=book.input_tokens,
        output_tokens=book.output_tokens,
        cache_read_tokens=book.cached_tokens,
        cache_write_tokens=book.cache_write_tokens,
        audio_tokens=book.audio_tokens,
    )
    return PicoUSD(cost(card, usage, at) + (book.answers - 1) * per_request)
