"""What provider accounts can take until a deadline: requests and tokens, by their limits for a minute and a day."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.cards import Catalog, Limits, limits_key
from modelroute_cli.planning.offers import Offer

_MINUTE_S = 60
_DAY_S = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Models that draw on one limit, and how much they may take of it together: requests, or tokens."""

    name: str
    models: frozenset[str]
    limit: int
    counts_tokens: bool


def accounts(offers: Iterable[Offer], catalog: Catalog, deadline_s: int | None) -> tuple[Account, ...]:
    """The limits that hold until the deadline of the job, of accounts and of single models; none without a deadline.

    Batches have queues of their own and draw on none of them.
    """
    if deadline_s is None:
        return ()
    names = dict.fromkeys(offer.model for offer in offers if offer.tier is not ServiceTier.BATCH)
    by_provider: dict[str, list[str]] = {}
    for name in names:
        by_provider.setdefault(catalog.models[name].provider, []).append(name)
    owners: dict[str, tuple[Limits, list[str]]] = {
        provider: (catalog.providers[provider].limits, models) for provider, models in by_provider.items()
    }
    for models in _sharing(names, catalog):
        owners[models[0]] = (catalog.models[models[0]].limits, models)
    return tuple(_accounts(owners, deadline_s))


def _sharing(names: Iterable[str], catalog: Catalog) -> Iterable[list[str]]:
    """The models that draw on one limit of their own, together."""
    groups: dict[tuple[str, str], list[str]] = {}
    for name in names:
        card = catalog.models[name]
        groups.setdefault((card.provider, limits_key(card)), []).append(name)
    return groups.values()


def _accounts(owners: Mapping[str, tuple[Limits, list[str]]], deadline_s: int) -> Iterator[Account]:
    """An account for each limit that is known."""
    for owner, (limits, models) in owners.items():
        most = {
            "requests": _least(limits.rpm, limits.rpd, deadline_s),
            "tokens": _least(limits.tpm, limits.tpd, deadline_s),
        }
        for what, limit in most.items():
            if limit is not None:
                yield Account(
                    name=f"{owner} {what}", models=frozenset(models), limit=limit, counts_tokens=what == "tokens"
                )


def _least(per_minute: int | None, per_day: int | None, deadline_s: int) -> int | None:
    """What both limits let through in that time; a day's limit is there whole on each day that is begun."""
    days = -(-deadline_s // _DAY_S)
    found = [per_minute * deadline_s // _MINUTE_S] if per_minute is not None else []
    found += [per_day * days] if per_day is not None else []
    return min(found, default=None)
