"""What a provider says an answer cost."""

from decimal import Decimal

from modelroute_cli.base.money import PicoUSD, from_usd
from modelroute_cli.providers import loose_json as loose
from modelroute_cli.providers.base import Call

_MOST_USD = Decimal(1_000_000)  # of one answer; more is no price but a mistake


def read_cost(usage: object, call: Call) -> PicoUSD | None:
    """`usage.cost`, dollars, as OpenRouter charges it; None when absent, no amount, or from a provider that says none.

    Only a provider whose card has `reports_cost` is taken at its word: another's field may be in another currency.
    """
    dollars = loose.amount(loose.child(usage, "cost")) if call.provider.reports_cost else None
    return None if dollars is None or dollars > _MOST_USD else from_usd(dollars)
