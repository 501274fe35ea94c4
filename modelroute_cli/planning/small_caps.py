"""Caps of tenants and providers that are below what is planned for them: told before a run is approved."""

from collections.abc import Iterator, Mapping

import polars as pl

from modelroute_cli.base.money import PicoUSD, format_usd, from_usd
from modelroute_cli.catalog.settings import CapSettings
from modelroute_cli.planning.plan import Plan

_DEFAULT = "default"
_DAY = "a day"


def small_caps(plan: Plan, caps: CapSettings) -> tuple[str, ...]:
    """In words, each cap that the plan's expected cost passes; requests above it will be left."""
    if not (caps.tenants or caps.providers or caps.per_day):
        return ()
    tenants, providers = (_planned(plan, column) for column in ("tenant", "provider"))
    own = {name: caps.tenants.get(name, caps.tenants.get(_DEFAULT)) for name in tenants}
    return (
        *_below("tenant `{}`", tenants, own),
        *_below("provider `{}`", providers, caps.providers),
        *_below("{}", {_DAY: sum(providers.values())}, {_DAY: caps.per_day}),
    )


def _planned(plan: Plan, column: str) -> dict[str, int]:
    """What is planned for each tenant or provider, pico-dollars, by name; requests without a tenant left out."""
    accounts = {name: card.provider for name, card in plan.header.models.items()}
    provider = pl.col("model").cast(pl.String).replace_strict(accounts, return_dtype=pl.String).alias("provider")
    sent = plan.assignments.filter(pl.col("duplicate_of").is_null()).with_columns(provider)
    sums = sent.filter(pl.col(column).is_not_null()).group_by(column).agg(pl.col("cost_pusd").sum()).sort(column)
    return {str(name): int(pusd) for name, pusd in sums.collect().iter_rows()}


def _below(whose: str, planned: Mapping[str, int], caps: Mapping[str, str | None]) -> Iterator[str]:
    """Each cap that is less than what is planned under it."""
    for name, pusd in planned.items():
        dollars = caps.get(name)
        if dollars is not None and from_usd(dollars) < pusd:
            cap, cost = format_usd(from_usd(dollars)), format_usd(PicoUSD(pusd), estimate=True)
            yield f"the cap of {cap} for {whose.format(name)} is below the {cost} planned: not all will be sent"
