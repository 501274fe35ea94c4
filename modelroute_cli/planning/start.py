"""Whether a job would cost less if it began at another time: prices that follow the hour of the day."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import polars as pl

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.base.frames import SERVICE_TIER
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.cheap_hours import cheap_from
from modelroute_cli.planning.candidates import candidates, open_quotes
from modelroute_cli.planning.header import Market, Solved
from modelroute_cli.planning.offers import Offer, Terms
from modelroute_cli.planning.plan import CheaperStart
from modelroute_cli.planning.problem import optimum
from modelroute_cli.planning.quotes import compared, quote
from modelroute_cli.planning.with_cascades import with_cascades

_AHEAD: Final = timedelta(hours=24)
_LEAST_SHARE = 20  # a saving is told of from a 20th of the cost on
_MOST_TIMES = 3
_MOST_KINDS = 500_000  # planned again in all, about a microsecond each


def cheaper_start(kinds: pl.DataFrame, market: Market, solved: Solved) -> CheaperStart | None:
    """The start within 24 hours at which the job costs least; None where none saves a 20th of its cost.

    The same quality is planned anew for each time at which a model becomes cheap; what questions and judges cost is
    taken as it is. None too where money was asked for and not quality, which would buy another plan, and for jobs of
    very many kinds of requests.
    """
    times = _times(market.offers.values(), market.outlook.at)
    if market.wanted.min_quality is None or kinds.height * len(times) > _MOST_KINDS:
        return None
    planned, besides = solved.solution.cost_pusd, solved.totals.cost_pusd - solved.solution.cost_pusd
    found = ((_cost(kinds, market, at), at) for at in times)
    cost, at = min(((cost, at) for cost, at in found if cost is not None), default=(planned, market.outlook.at))
    if (planned - cost) * _LEAST_SHARE < planned + besides or cost == planned:
        return None
    return CheaperStart(at=at.isoformat(), cost_pusd=PicoUSD(cost + besides))


def _times(terms: Iterable[Terms], at: datetime) -> list[datetime]:
    """When models that are dear at `at` become cheap, within 24 hours, the first few."""
    begins = {cheap_from(each.rates, at) for each in terms if each.rates.windows}
    return sorted(begin for begin in begins if begin is not None and at < begin <= at + _AHEAD)[:_MOST_TIMES]


def _cost(kinds: pl.DataFrame, market: Market, at: datetime) -> PicoUSD | None:
    """What the cheapest plan of the same quality costs at another time; None where none is left."""
    policy = market.policy
    allowed = open_quotes(kinds, _quotes(kinds, market, at), market.offers, policy)
    try:
        possible = with_cascades(candidates(kinds, allowed), kinds, market.escalating)
        return optimum(possible, kinds, replace(market.wanted, max_cost=None)).cost_pusd
    except InfeasibleError:
        return None


def _quotes(kinds: pl.DataFrame, market: Market, at: datetime) -> Mapping[Offer, pl.DataFrame]:
    """What each offer quotes at another time: those whose price follows the hour anew, off-peak ones left out.

    An off-peak tier is bought while its hours are dear; once they are cheap, the standard tier is.
    """
    outlook = replace(market.outlook, at=at)
    found = {}
    for offer, known in market.by_offer.items():
        terms = market.offers[offer]
        if offer.tier is ServiceTier.OFF_PEAK:
            continue
        quoted = compared(quote(kinds, terms, outlook)) if terms.rates.windows else known
        found[offer] = _placed(quoted, kinds, offer)
    return found


def _placed(quotes: pl.DataFrame, kinds: pl.DataFrame, offer: Offer) -> pl.DataFrame:
    """An offer's quotes with the kinds they are for."""
    tier = pl.lit(offer.tier.value, SERVICE_TIER).alias("service_tier")
    return quotes.with_columns(kinds["row"], tier, pl.lit(offer.model).alias("model"))
