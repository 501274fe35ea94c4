"""Which shares of the hard cap are gone: what was spent, and what may have been billed and is held."""

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.hooks import HookEvent

_SHARES = ((HookEvent.CAP_50, 50), (HookEvent.CAP_90, 90), (HookEvent.CAP_100, 100))  # percent


def crossed(spent: PicoUSD, held: PicoUSD, cap: PicoUSD) -> tuple[HookEvent, ...]:
    """The shares that are reached, the smallest first; none of a cap of 0, under which nothing costs anything.

    What is reserved for requests in flight is not counted: most of it is given back.
    """
    if cap <= 0:
        return ()
    return tuple(event for event, percent in _SHARES if (spent + held) * 100 >= cap * percent)
