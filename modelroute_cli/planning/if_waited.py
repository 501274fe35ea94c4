"""What a plan would cost if requests that have no deadline had a day: solved again with all that can then be bought."""

from dataclasses import replace

import polars as pl

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.base.frames import CANDIDATES
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.cards import Catalog
from modelroute_cli.catalog.settings import Settings
from modelroute_cli.planning.candidates import candidates, open_quotes, tiers_in_question
from modelroute_cli.planning.header import Market, Solved
from modelroute_cli.planning.offers import Offer, make_offers, windows
from modelroute_cli.planning.plan import IfWaited
from modelroute_cli.planning.problem import optimum
from modelroute_cli.planning.queues import queues
from modelroute_cli.planning.quotes import compared, quote
from modelroute_cli.planning.with_cascades import with_cascades

_DEADLINE_S = 86_400
_MOST_KINDS = 100_000  # more take as long as planning itself
_LEAST_SHARE = 0.05  # that it saves: less is not worth a word


def if_waited(
    kinds: pl.DataFrame, catalog: Catalog, settings: Settings, market: Market, solved: Solved
) -> IfWaited | None:
    """The same quality within a day; None where a deadline was given, or where that saves less than 5%.

    Requests that have a deadline of their own keep it. Limits of accounts are left out: a day is long enough.
    """
    patience = max((each for each in windows(catalog) if each <= _DEADLINE_S), default=0)
    if market.options.deadline_s is not None or kinds.height > _MOST_KINDS or not patience:
        return None
    patient = kinds.with_columns(pl.col("patience_s").fill_null(patience))
    cost = _cost(patient, catalog, settings, market, solved)
    if cost is None:
        return None
    whole = PicoUSD(solved.totals.cost_pusd - solved.solution.cost_pusd + cost)
    saved = solved.totals.cost_pusd - whole
    return (
        IfWaited(deadline_s=_DEADLINE_S, cost_pusd=whole)
        if saved >= solved.totals.cost_pusd * _LEAST_SHARE > 0
        else None
    )


def _cost(kinds: pl.DataFrame, catalog: Catalog, settings: Settings, market: Market, solved: Solved) -> PicoUSD | None:
    """What the cheapest plan of the same quality costs with the tiers that are then in question; None without any."""
    tiers = tiers_in_question(kinds, market.policy, market.options.tiers)
    standard = {name: market.terms[name] for name in market.policy.models()}
    sold = make_offers(standard, tiers, catalog, settings, market.options.at)
    offers = {**market.offers, **sold}
    if len(offers) == len(market.offers):
        return None
    quotes = dict(market.by_offer)
    for offer in offers.keys() - quotes.keys():
        quotes[offer] = compared(quote(kinds, offers[offer], market.outlook))
    placed = {offer: _placed(quotes[offer], offer, kinds) for offer in offers}
    wanted = market.wanted
    quality = solved.solution.quality if wanted.min_quality is None else wanted.min_quality
    again = replace(wanted, min_quality=quality, max_cost=None, accounts=(), queues=queues(offers, catalog))
    try:
        allowed = open_quotes(kinds, placed, offers, market.policy)
        possible = with_cascades(candidates(kinds, allowed), kinds, market.escalating)
        return optimum(possible, kinds, again).cost_pusd
    except InfeasibleError:  # queues too small for what a rule wants
        return None


def _placed(quotes: pl.DataFrame, offer: Offer, kinds: pl.DataFrame) -> pl.DataFrame:
    """An offer's quotes with the kinds they are for."""
    tier = pl.lit(offer.tier.value, CANDIDATES["service_tier"]).alias("service_tier")
    return quotes.with_columns(kinds["row"], tier, pl.lit(offer.model).alias("model"))
