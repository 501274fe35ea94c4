"""Which prompt caches are warm: of requests that begin alike one goes first, and the others wait for its answer.

Problem: providers keep a beginning only once they have read it; requests that are sent together all pay its full price.
Solution: the first of a beginning goes alone to its model. Its answer shows that the provider has read it; after a
failure the next one goes first. Nobody waits longer than a time limit, so nothing depends on that answer.
Still paid in full: what is sent after the limit while the first is on its way, and what providers forget early.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from modelroute_cli.catalog.prices import RateCard
from modelroute_cli.execution.tickets import Ticket
from modelroute_cli.planning.plan import PlanHeader

LONGEST_WAIT_S = 30.0
KEPT_S = 300.0
"""How long a provider keeps a beginning that nobody asks for: five minutes at those that say so."""


class Beginning(NamedTuple):
    """A shared beginning, as one model reads it."""

    model: str
    prefix: int


def has_discount(rates: Mapping[str, RateCard], model: str) -> bool:
    """Whether reading from the prompt cache is cheaper than other input."""
    card = rates.get(model)
    return card is not None and any(step.rate.cache_read_pusd < step.rate.input_pusd for step in card.steps)


def reads_cache(header: PlanHeader, model: str) -> bool:
    """Whether a model of the plan reads beginnings from a cache, by itself or marked, cheaper than other input."""
    card = header.models.get(model)
    if card is None or not has_discount(header.rate_cards, model):
        return False
    provider = header.providers.get(card.provider)
    is_marked = card.cache.kind == "marker" and provider is not None and provider.cache_markers
    return is_marked or card.cache.kind == "automatic"


class _First(NamedTuple):
    """A request on its way that others wait for."""

    row: int
    sent_at: float


class Warmth:
    """What is known of the caches in this session; `caches` says whether a model reads its cache at a discount."""

    def __init__(self, caches: Callable[[str], bool]) -> None:
        self._caches = caches
        self._firsts: dict[Beginning, _First] = {}  # in order of sending
        self._warm_until: dict[Beginning, float] = {}

    def of(self, ticket: Ticket) -> Beginning | None:
        """The beginning that a ticket has in common with others, as far as its model reads it from a cache."""
        prefix = ticket.assigned.prefix
        return None if prefix is None or not self._caches(ticket.model) else Beginning(ticket.model, prefix)

    def has_to_wait(self, ticket: Ticket, now: float) -> bool:
        """Whether another ticket of the same beginning is on its way and its answer may make this one cheaper."""
        begins = self.of(ticket)
        return begins in self._firsts and not self._is_warm(begins, now)

    def started(self, ticket: Ticket, now: float) -> None:
        """A ticket is sent: the first of its beginning when that is not warm."""
        begins = self.of(ticket)
        if begins is not None and not self._is_warm(begins, now):
            self._firsts.setdefault(begins, _First(ticket.assigned.row, now))

    def landed(self, ticket: Ticket, now: float, *, answered: bool) -> Beginning | None:
        """A ticket is back: the beginning for which nobody waits any more, None where nothing changed."""
        begins = self.of(ticket)
        if begins is None:
            return None
        if answered:
            self._warm_until[begins] = now + KEPT_S
        first = self._firsts.get(begins)
        if first is None or not (answered or first.row == ticket.assigned.row):
            return None
        del self._firsts[begins]
        return begins

    def overdue(self, now: float) -> Iterator[Beginning]:
        """The beginnings whose first took too long; they count as warm."""
        while (due := self.next_due()) is not None and due <= now:
            begins = next(iter(self._firsts))
            del self._firsts[begins]
            self._warm_until[begins] = now + KEPT_S
            yield begins

    def next_due(self) -> float | None:
        """When the next first will have taken too long; None when none is on its way."""
        return next((first.sent_at + LONGEST_WAIT_S for first in self._firsts.values()), None)

    def _is_warm(self, begins: Beginning | None, now: float) -> bool:
        return begins is not None and now < self._warm_until.get(begins, 0.0)
