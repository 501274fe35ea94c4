"""Failed answers that are alike: what they have in common, the models they may go to, and who of them goes where."""

from dataclasses import dataclass, field
from typing import NamedTuple

from modelroute_cli.base.schema import Request, TaskType
from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.execution.expected import cost_on, taken_on
from modelroute_cli.execution.observed import Load
from modelroute_cli.execution.routes import Routes
from modelroute_cli.execution.tickets import Assigned, Ticket
from modelroute_cli.planning.ladder import Share, chance
from modelroute_cli.planning.offers import Offer
from modelroute_cli.planning.reach import Reach


class Group(NamedTuple):
    """What requests have in common whose failed answers may go to the same models at about the same cost."""

    rule: str
    task_type: str
    language: str
    importance: str
    model: str
    tried: tuple[str, ...]
    service_tier: str
    needs: int
    min_quality: float | None
    input_size: int  # powers of two
    output_size: int
    measured: str | None = None  # the group of templates that was measured; None: believed by the prior


@dataclass(slots=True)
class Crowd:
    """A group: the models it may go to, how many came, and what was chosen for how many of them."""

    loads: dict[str, Load]  # what one request takes on each model
    chances: dict[str, float]
    after: dict[tuple[str, str], float]  # the chance of the second where the first failed as well
    seen: int = 0
    shares: tuple[Share, ...] | None = None  # None: not chosen yet
    given: dict[str | None, int] = field(default_factory=dict)

    def next(self) -> str | None:
        """The model that is furthest behind its share."""
        shares = self.shares or ()
        whole, done = sum(share.count for share in shares), sum(self.given.values()) + 1
        behind = [share.count * done - self.given.get(share.model, 0) * whole for share in shares]
        chosen = shares[behind.index(max(behind))].model
        self.given[chosen] = self.given.get(chosen, 0) + 1
        return chosen


class Ways:
    """Where a failed answer may go at all, whatever is closed; `most_steps` escalations of one request."""

    def __init__(self, routes: Routes, most_steps: int) -> None:
        assert routes.reach is not None  # noqa: S101 - without it there is nothing to choose from
        self._routes = routes
        self._reach: Reach = routes.reach
        self._most_steps = most_steps

    def crowd(self, ticket: Ticket, request: Request) -> Crowd:
        """A new group, by its first request: the stronger models that can do it, what they cost and may gain."""
        tried = [self._quality(ticket.assigned, name) for name in (*ticket.history.tried, ticket.model)]
        able = {name: moved for name in self._routes.stronger(ticket) if (moved := self.to(ticket, request, name))}
        own = {name: self._quality(ticket.assigned, name) for name in able}
        goes_on = ticket.history.escalations + 1 < self._most_steps
        return Crowd(
            loads={name: self._load(ticket.assigned, request, name) for name in able},
            chances={name: chance(own[name], tried) for name in able},
            after={
                (first, second): chance(own[second], [*tried, own[first]])
                for first, moved in able.items()
                for second in (self._routes.stronger(moved) if goes_on else ())
                if second in able and second != first
            },
        )

    def _quality(self, assigned: Assigned, name: str) -> float:
        """What is believed of a model's answer to such a request."""
        return self._reach.quality(name, TaskType(assigned.task_type), assigned.language, assigned.template)

    def to(self, ticket: Ticket, request: Request, name: str) -> Ticket | None:
        """The ticket on a stronger model, open or not; None where that cannot do it."""
        return self._routes.escalation(ticket, request, _none_closed, (name,))

    def _load(self, assigned: Assigned, request: Request, name: str) -> Load:
        """What one request is expected to take and cost on a model."""
        spot = self._reach.spots[Offer(name, self._reach.tier(assigned.rule, assigned.service_tier))]
        taken = taken_on(spot, assigned, request, self._reach)
        cost = cost_on(spot, taken, self._reach)
        return Load(int(taken.input_tokens[0]), int(taken.output_tokens[0]), cost, cost)


def group_of(ticket: Ticket, request: Request, reach: Reach | None = None) -> Group:
    """The group that a request whose answer failed belongs to."""
    assigned = ticket.assigned
    return Group(
        rule=assigned.rule,
        task_type=assigned.task_type,
        language=assigned.language,
        importance=assigned.importance,
        model=ticket.model,
        tried=ticket.history.tried,
        service_tier=assigned.service_tier,
        needs=request.needs(),
        min_quality=request.min_quality,
        input_size=assigned.input_tokens.bit_length(),
        output_size=assigned.output_tokens.bit_length(),
        measured=None if reach is None else reach.group(assigned.template),
    )


def _none_closed(card: ModelCard) -> None:
    del card
