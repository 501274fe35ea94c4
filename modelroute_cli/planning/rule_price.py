"""What each rule costs: the plan made again without it, at the same quality."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from msgspec import Struct

from modelroute_cli.base.money import PicoUSD, format_usd

MOST_RULES: Final = 20


class RulePrice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the plan costs more than it would without one of its rules; `share` is of the cost without it."""

    name: str
    extra_pusd: PicoUSD
    share: float | None  # None where the plan would cost nothing without it


@dataclass(frozen=True, slots=True)
class RulePrices:
    """The rules that cost money, the dearest first, and how many rules were not looked at."""

    prices: tuple[RulePrice, ...] = ()
    left_out: int = 0


def rule_prices(
    names: Sequence[str], cost_pusd: PicoUSD, without: Callable[[str], PicoUSD | None], most: int = MOST_RULES
) -> RulePrices:
    """The price of each of `names`, at most `most` of them; `cost_pusd` is the plan's with all rules.

    `without` gives the cost of the plan without one rule, None where there is no such plan. A rule whose absence would
    save nothing has no price.
    """
    costs = {name: without(name) for name in names[:most]}
    prices = [_price(name, cost_pusd, cost) for name, cost in costs.items() if cost is not None and cost < cost_pusd]
    ranked = sorted(prices, key=lambda price: -price.extra_pusd)
    return RulePrices(tuple(ranked), max(0, len(names) - most))


def _price(name: str, cost_pusd: PicoUSD, without_pusd: PicoUSD) -> RulePrice:
    """One rule's part of the cost."""
    extra = PicoUSD(cost_pusd - without_pusd)
    return RulePrice(name=name, extra_pusd=extra, share=extra / without_pusd if without_pusd else None)


def price_text(price: RulePrice) -> str:
    """What a rule costs, in words: "`eu_only` costs ~$1.200 more, 38%"."""
    share = "" if price.share is None else f", {_percent(price.share)}"
    return f"`{price.name}` costs {format_usd(price.extra_pusd, estimate=True)} more{share}"


def _percent(share: float) -> str:
    """A share in words that never say zero."""
    return "less than 1%" if share < 0.01 else f"{share:,.0%}"  # noqa: PLR2004 - one in a hundred
