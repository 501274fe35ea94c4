"""Where answers go that a gate did not pass: the optimiser chooses for all of them, within the money that is left.

Problem: one after the other, each to the first stronger model there is, the money is gone before the last; kept for a
better use, it is not spent at all. Nobody knows beforehand how many answers will fail.
Solution: requests that are alike make a group; each group is counted with as many more as are to be expected of the
first attempts that are still to be judged. The groups, their models and the money are solved as one problem, again
whenever much has changed. What waits is chosen anew then; what the money does not reach for keeps its answer.
What still fails: a job whose last requests fail more often than its first ones finds less money left than was thought.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import ceil

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Importance, Request
from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.execution.crowds import Crowd, Group, Ways, group_of
from modelroute_cli.execution.observed import Learned, Load
from modelroute_cli.execution.routes import Routes
from modelroute_cli.execution.steps import Held, Later, Next, before_escalation, give_up
from modelroute_cli.execution.tickets import RANK, Assigned, Ticket
from modelroute_cli.planning.ladder import Rung, Stuck, climb

PRIOR_WEIGHT = 20
"""Escalated answers that what is believed of a model counts as: fewer measured ones did worse than none (cascades)."""

_MOVED = 0.2  # the share by which money has to change before what waits is chosen anew
_NEW = 0.1  # the share of those seen that may wait for a first choice
_LOOK_EVERY = 16  # verdicts
_MOST_SOLVES = 200  # while the run goes on; at its end what waits is always looked at again


@dataclass(frozen=True, slots=True)
class Standing:
    """The money that first attempts leave, and how many of them are still to be judged."""

    money: PicoUSD
    unjudged: int
    most: PicoUSD  # one attempt may cost so much at most


@dataclass(frozen=True, slots=True)
class Doors:
    """Why nothing may be sent to a model now, and why nothing will be in this run; None: it may."""

    closed: Callable[[ModelCard], str | None]
    gone: Callable[[ModelCard], str | None]


class Climbing:
    """The ladder of a run; `standing` says what there is, `doors` which models are closed."""

    def __init__(
        self,
        routes: Routes,
        learned: Learned,
        doors: Doors,
        standing: Callable[[], Standing],
        most_steps: int = 2,
    ) -> None:
        self.held: list[tuple[Group, Ticket]] = []  # failed answers that wait for a choice, or for money
        self._routes = routes
        self._ways = Ways(routes, most_steps)
        self._learned = learned
        self._doors = doors
        self._standing = standing
        self._crowds: dict[Group, Crowd] = {}
        self._verdicts = 0  # on first answers
        self._climbed: dict[tuple[str, str], tuple[int, int]] = {}  # task type, model -> passed, judged
        self._seen = 0
        self._solved_seen = 0
        self._solved_at: PicoUSD | None = None
        self._new = 0  # held ones that no choice was made for yet
        self._solves = 0
        self._looked = 0  # verdicts when the money was last looked at

    def judged(self, ticket: Ticket, *, passed: bool) -> None:
        """Count a verdict: of first answers how many, of escalated ones how many passed."""
        if not ticket.history.escalations:
            self._verdicts += 1
            return
        key = (ticket.assigned.task_type, ticket.model)
        before = self._climbed.get(key, (0, 0))
        self._climbed[key] = (before[0] + passed, before[1] + 1)

    def stronger(self, ticket: Ticket, request: Request) -> Next:
        """Where a failed answer goes: to a stronger model, or it is held until a choice is made, or there is none."""
        planned = self._planned(ticket, request)
        if planned is not None:
            return Later(planned)
        group = group_of(ticket, request, self._routes.reach)
        crowd = self._crowd(group, ticket, request)
        if not self._open(crowd):
            return give_up(ticket)
        crowd.seen += 1
        self._seen += 1
        return self._placed(group, ticket, request)

    def _crowd(self, group: Group, ticket: Ticket, request: Request) -> Crowd:
        """The crowd of a group; a new one where this is its first request."""
        crowd = self._crowds.get(group)
        if crowd is None:
            crowd = self._crowds[group] = self._ways.crowd(ticket, request)
        return crowd

    def _planned(self, ticket: Ticket, request: Request) -> Ticket | None:
        """The escalation that the plan chose for this answer, its money being part of the projection.

        None where it chose none, the model is closed or cannot do it, or one attempt costs more than there is.
        """
        assigned, name = ticket.assigned, ticket.assigned.escalate_to
        if name is None or ticket.history.escalations or ticket.model != assigned.model:
            return None
        moved = self._routes.escalation(ticket, request, self._doors.closed, (name,))
        return moved if moved is not None and moved.worst_pusd <= self._standing().most else None

    @property
    def is_due(self) -> bool:
        """Whether what waits should be chosen anew: many more came, or the money is not what it was."""
        if not self._seen or self._solves >= _MOST_SOLVES:
            return False
        return self._seen >= 2 * self._solved_seen or self._new > _NEW * self._seen or self._has_moved()

    def is_last_chance(self, *, parked: bool) -> bool:
        """Whether something is held, or chosen and `parked` for want of money, and the money is not what it was.

        To be asked when nothing is in flight and nothing waits.
        """
        return bool(self.held or parked) and (self._new > 0 or self._standing().money != self._solved_at)

    def _has_moved(self) -> bool:
        """Whether something waits for money, and that differs much from what was last chosen with."""
        if not self.held or self._verdicts - self._looked < _LOOK_EVERY:
            return False
        self._looked = self._verdicts
        money, before = self._standing().money, self._solved_at or 0
        return abs(money - before) > _MOVED * max(abs(before), 1)

    def again(self, waiting: Iterable[Ticket], read: Callable[[Assigned], Request]) -> Iterator[Next]:
        """Choose for all that waits: what is held, and escalations that were chosen and not started."""
        both = [*(ticket for _, ticket in self.held), *(before_escalation(ticket) for ticket in waiting)]
        self.held, self._new = [], 0
        ordered = sorted(both, key=lambda ticket: (RANK[ticket.assigned.importance], ticket.assigned.row))
        asked = [(ticket, read(ticket.assigned)) for ticket in ordered]
        for ticket, request in asked:  # what the plan itself sent on waits here too, and came to no crowd before
            self._crowd(group_of(ticket, request, self._routes.reach), ticket, request)
        self._solve([group_of(ticket, request, self._routes.reach) for ticket, request in asked])
        for ticket, request in asked:
            yield self._placed(group_of(ticket, request, self._routes.reach), ticket, request)

    def _solve(self, waiting: Iterable[Group]) -> None:
        """Make a choice for every group that somebody waits in, or is expected in."""
        standing = self._standing()
        counts = {group: ceil(crowd.seen * self._to_come(standing)) for group, crowd in self._crowds.items()}
        for group in waiting:
            counts[group] = counts.get(group, 0) + 1
        groups = [group for group, count in counts.items() if count and self._open(self._crowds[group])]
        solved = climb([self._stuck(group, counts[group]) for group in groups], standing.money)
        for group, shares in zip(groups, solved.shares, strict=True):
            self._crowds[group].shares, self._crowds[group].given = shares, {}
        self._solved_seen, self._solved_at, self._solves = self._seen, standing.money, self._solves + 1

    def _to_come(self, standing: Standing) -> float:
        """How many first answers are still to be judged for each that was."""
        return standing.unjudged / max(self._verdicts, 1)

    def _stuck(self, group: Group, count: int) -> Stuck:
        """The group as the optimiser sees it."""
        crowd, task = self._crowds[group], group.task_type
        single = {name: self._rung(task, name, crowd.loads[name], crowd.chances[name]) for name in self._open(crowd)}
        both = (
            single[first].then(self._rung(task, second, crowd.loads[second], gain))
            for (first, second), gain in crowd.after.items()
            if first in single and second in single
        )
        return Stuck(rungs=(*single.values(), *both), count=count, importance=Importance(group.importance))

    def _rung(self, task: str, name: str, load: Load, believed: float) -> Rung:
        """A model's cost by what it was seen to bill, its chance by how often its escalated answers passed as well."""
        passed, judged = self._climbed.get((task, name), (0, 0))
        gain = (believed * PRIOR_WEIGHT + passed) / (PRIOR_WEIGHT + judged)
        return Rung(name, self._learned.expected({name: load}), gain)

    def _placed(self, group: Group, ticket: Ticket, request: Request) -> Next:
        """The ticket on the model that is its turn's, or held."""
        crowd = self._crowds[group]
        if not self._open(crowd):
            return give_up(ticket)
        if crowd.shares is None:
            self._new += 1
            return self._hold(group, ticket)
        chosen = crowd.next()
        if chosen is None:
            return self._hold(group, ticket)
        others = sorted(self._open(crowd), key=lambda name: (name != chosen, crowd.loads[name].cost_pusd))
        able = [moved for name in others if (moved := self._ways.to(ticket, request, name)) is not None]
        if not able:
            return give_up(ticket)
        most = self._standing().most
        payable = next((moved for moved in able if moved.worst_pusd <= most), None)
        return Later(payable) if payable is not None else self._hold(group, ticket)

    def _hold(self, group: Group, ticket: Ticket) -> Held:
        self.held.append((group, ticket))
        return Held()

    def _open(self, crowd: Crowd) -> list[str]:
        """The models that a group may go to: the open ones, else those that may open again."""
        cards = [self._routes.models[name] for name in crowd.loads]
        now = [card.name for card in cards if self._doors.closed(card) is None]
        return now or [card.name for card in cards if self._doors.gone(card) is None]
