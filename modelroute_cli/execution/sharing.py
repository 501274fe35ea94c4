"""How tenants share a limit: each by its weight, as long as it has requests that wait. Pure, no waiting.

Start-time fair queueing (Goyal, Vin, Cheng, SIGCOMM 1996): each tenant has a clock of what it took, divided by its
weight, and whose clock stands lowest is next. What is taken is the part of the limit that binds the request most
(dominant-resource fairness: Ghodsi and others, NSDI 2011): requests, tokens, or tokens of input and output. Who comes
back from having nothing to send begins at the others' time, so that idleness is no credit. While two tenants wait,
what they took, by weight, differs by no more than the largest request of each.

Importance stands above tenants, as it does without them: each importance has clocks of its own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl

from modelroute_cli.catalog.cards import Limits, ModelCard, Provider, limits_key
from modelroute_cli.execution.limits import Pass
from modelroute_cli.execution.observed import Load
from modelroute_cli.execution.tickets import OFF_PEAK, Rank, Ticket, rank_of

_DEFAULT = "default"
_LOOK_EACH = 64  # requests: limits become known while a run goes on


class Sizes(NamedTuple):
    """What a request takes of what limits count."""

    requests: float
    paced_tokens: float  # the input and the whole output limit
    input_tokens: float
    output_tokens: float  # expected


@dataclass(slots=True)
class _Times:
    """The clocks of one importance: where each tenant stands, and where the one stood that was served last."""

    own: dict[str | None, float] = field(default_factory=dict)
    now: float = 0.0


class Clock:
    """What tenants took of one limit, in requests of the size of the first, divided by their weights."""

    def __init__(self, weight_of: Callable[[str | None], float]) -> None:
        self._weight_of = weight_of
        self._times: dict[Rank, _Times] = {}
        self._measure: Sizes | None = None
        self._prices = Sizes(0.0, 0.0, 0.0, 0.0)  # seconds of the limit that one of each takes
        self._whole_s = 0.0  # what the first one takes
        self._looked = 0

    def joins(self, rank: Rank, tenant: str | None) -> float:
        """A tenant has something to send; where it stands now."""
        times = self._times.setdefault(rank, _Times())
        stands = times.own[tenant] = max(times.own.get(tenant, 0.0), times.now)
        return stands

    def stands(self, rank: Rank, tenant: str | None) -> float:
        """Where a tenant stands that has joined."""
        return self._times[rank].own[tenant]

    def takes(self, rank: Rank, tenant: str | None, units: float) -> None:
        """A request of a tenant is sent that takes so much of the limit."""
        times = self._times.setdefault(rank, _Times())
        stood = times.own.get(tenant, times.now)
        times.now = max(times.now, stood)
        times.own[tenant] = stood + units / self._weight_of(tenant)

    def units(self, sizes: Sizes, passage: Pass, now: float) -> float:
        """What a request takes of the limit, as a multiple of what the first one would take; 1 without limits."""
        if self._measure is None:
            self._measure = sizes
        if self._looked % _LOOK_EACH == 0:
            self._prices = _prices(passage, now)
            self._whole_s = _taken_s(self._measure, self._prices)
        self._looked += 1
        return _taken_s(sizes, self._prices) / self._whole_s if self._whole_s > 0 else 1.0


class Sharing:
    """The clocks of a run: one for each limit, so that models that share one share a clock."""

    def __init__(self, weights: Mapping[str, float], limit_of: Callable[[str], str]) -> None:
        """`weights` by tenant, `default` of those it does not name; `limit_of` says what a model draws on."""
        self._weights = weights
        self._limit_of = limit_of
        self._clocks: dict[str, Clock] = {}
        self._by_line: dict[str, Clock] = {}

    def at(self, line: str) -> Clock:
        """The clock that requests of a line share."""
        known = self._by_line.get(line)
        if known is None:
            limit = self._limit_of(line.removesuffix(f" {OFF_PEAK}"))
            known = self._by_line[line] = self._clocks.setdefault(limit, Clock(self.weight))
        return known

    def weight(self, tenant: str | None) -> float:
        """How much a tenant has beside one of weight 1; requests that name no tenant are one together."""
        own = None if tenant is None else self._weights.get(tenant)
        return self._weights.get(_DEFAULT, 1.0) if own is None else own

    def sends(self, ticket: Ticket, passage: Pass, now: float) -> None:
        """Count a request that is sent now, whatever it is: retries, judges' questions and doubles take limits too."""
        clock = self.at(ticket.line)
        sizes = Sizes(1, max(ticket.paced_tokens, 1), ticket.input_tokens, ticket.expected_output)
        clock.takes(rank_of(ticket), ticket.assigned.tenant, clock.units(sizes, passage, now))


def sharing(assignments: pl.LazyFrame, weights: Mapping[str, float], limit_of: Callable[[str], str]) -> Sharing | None:
    """How the tenants of ASSIGNMENTS share; None where there are not two of them, so that nothing is counted."""
    few = assignments.select(pl.col("tenant").n_unique()).collect().item()
    return Sharing(weights, limit_of) if few > 1 else None


def limit_drawn_on(card: ModelCard, provider: Provider) -> str:
    """The name of the limit that a model draws on: its account's where that states one, else its own or its group's."""
    return provider.name if provider.limits != Limits() else f"{provider.name} {limits_key(card)}"


def _prices(passage: Pass, now: float) -> Sizes:
    """Seconds that one of each takes by the tighter of both lanes; 0 where no limit of it is known."""
    ones = (Load(requests=1), Load(paced_tokens=1), Load(input_tokens=1), Load(output_tokens=1))
    return Sizes(*(max(passage.account.rated_s(one, now), passage.model.rated_s(one, now)) for one in ones))


def _taken_s(sizes: Sizes, prices: Sizes) -> float:
    """Seconds of the limit that binds a request most."""
    return max(
        sizes.requests * prices.requests,
        sizes.paced_tokens * prices.paced_tokens,
        sizes.input_tokens * prices.input_tokens,
        sizes.output_tokens * prices.output_tokens,
    )
