"""What a closed model leaves behind is planned again, all at once: rows that wait stay rows, tickets stay tickets."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import polars as pl
from msgspec import structs

from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.base.schema import Request
from modelroute_cli.execution.open_frames import open_frame, waiting_frame
from modelroute_cli.execution.records import AttemptKind, Final, FinalStatus
from modelroute_cli.execution.steps import Later, Next, Steps, give_up
from modelroute_cli.execution.supply import Supply
from modelroute_cli.execution.tickets import Assigned, History, Ticket
from modelroute_cli.planning.figures import count_requests
from modelroute_cli.planning.replan import MOVED, Leftover, Replanned, believed, replan

_FEW = 8  # tickets that come back to a closed model when all others were planned again: they go the same way
_NEW = [name for name in MOVED if name not in {"row", "quality", "funded"}]
_Likeness = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Step:
    """What follows for a request that was left behind by `model`."""

    following: Next
    model: str


@dataclass(frozen=True, slots=True)
class Told:
    """What the journal and the user are told of a re-plan: whose requests, how many, where they go."""

    subject: str
    requests: int
    text: str


@dataclass(frozen=True, slots=True)
class Moves:
    """Where everything goes: steps of tickets and of what must end, rows with their new models, and what to tell."""

    steps: tuple[Step, ...]
    supplies: tuple[Supply, ...] = ()
    told: Told | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a re-plan acts on: how requests are read, the money that other first attempts leave, whether by quality."""

    steps: Steps
    read: Callable[[int, int], Request]
    money: Callable[[], PicoUSD]
    by_quality: bool  # the plan was asked for a quality: the re-plan keeps that of the requests it moves


@dataclass(slots=True)
class Replanner:
    """Plans again what closed models leave behind, and remembers where the like of it went."""

    desk: Desk
    _closed: frozenset[str] = frozenset()
    _like: dict[_Likeness, tuple[str, ...]] = field(default_factory=dict)

    async def moved(self, tickets: Sequence[Ticket], rows: Sequence[pl.DataFrame]) -> Moves:
        """New models for tickets and shelved rows of closed models; those that no open model may do come to their end.

        Failed answers go back to the ladder. A plan that does not say what else it allows sends each to its list.
        """
        if self.desk.steps.routes.reach is None:
            return Moves((*self._by_list(tickets), *self._by_list(self._objects(rows))))
        again = tuple(self._climbs(ticket) for ticket in tickets if ticket.extra)
        firsts = [ticket for ticket in tickets if not ticket.extra]
        if not rows and (not firsts or self._is_known(firsts)):
            return Moves((*again, *(self._alike(ticket) for ticket in firsts)))
        moves = await self._planned(firsts, rows)
        return replace(moves, steps=(*again, *moves.steps))

    def _climbs(self, ticket: Ticket) -> Step:
        """An escalation whose model is gone: another one is chosen, as if it had not been."""
        request = self._request(ticket)
        return Step(self.desk.steps.escalated_again(ticket, request), ticket.model)

    def _by_list(self, tickets: Iterable[Ticket]) -> Iterator[Step]:
        """Each to the next model of its rule's list."""
        for ticket in tickets:
            yield Step(self.desk.steps.reroute(ticket, self._request(ticket), self._why(ticket.model)), ticket.model)

    def _objects(self, rows: Sequence[pl.DataFrame]) -> Iterator[Ticket]:
        for frame in rows:
            yield from (self.desk.steps.routes.planned(Assigned(*values)) for values in frame.iter_rows())

    def _is_known(self, tickets: Sequence[Ticket]) -> bool:
        """Whether these are a few that come late, and the like of each was planned again for the same closed models."""
        same = self._closed == self._gone()
        return same and len(tickets) <= _FEW and all(_likeness(ticket.assigned) in self._like for ticket in tickets)

    def _alike(self, ticket: Ticket) -> Step:
        """A ticket goes where most of its like went."""
        steps, request = self.desk.steps, self._request(ticket)
        names = self._like[_likeness(ticket.assigned)]
        elsewhere = steps.routes.fallback(ticket, request, steps.closed, names)
        following = Later(elsewhere) if elsewhere else steps.reroute(ticket, request, self._why(ticket.model))
        return Step(following, ticket.model)

    async def _planned(self, tickets: Sequence[Ticket], rows: Sequence[pl.DataFrame]) -> Moves:
        """All of them by one optimisation."""
        reach, self._closed = self.desk.steps.routes.reach, self._gone()
        assert reach is not None  # noqa: S101 - the caller looked
        waiting = waiting_frame(tickets, rows)
        open_ = await open_frame(waiting, self.desk.read, self.desk.steps.routes.job.amounts)
        was = believed(open_, reach)
        floor = was if self.desk.by_quality else None
        found = replan(open_, reach, Leftover(closed=self._closed, money=self.desk.money(), min_quality=floor))
        placed = waiting.drop(_NEW).join(found.moved, on="row", how="inner").sort("row")
        self._remember(placed)
        models = waiting.select("row", pl.col("model").alias("left"))
        known = {ticket.assigned.row: ticket for ticket in tickets}
        return Moves(
            steps=(*_tickets(placed, known), *self._ends(found.unable, models, known)),
            supplies=tuple(_supplies(placed.join(models, on="row", how="left"), known)),
            told=_told(waiting, found, was),
        )

    def _remember(self, placed: pl.DataFrame) -> None:
        """Where most of each likeness went, for those that come late."""
        by = ["rule", "task_type", "language", "importance"]
        counts = placed.group_by(*by, "model").len().sort("len", "model", descending=[True, False])
        named = counts.with_columns(pl.col(by).cast(pl.String)).group_by(by, maintain_order=True).agg("model")
        self._like = {
            (rule, task, tongue, worth): tuple(names) for rule, task, tongue, worth, names in named.iter_rows()
        }

    def _ends(self, unable: Sequence[int], models: pl.DataFrame, known: Mapping[int, Ticket]) -> Iterator[Step]:
        """The requests that no open model may do, with the reason why their own is gone."""
        lost = models.filter(pl.col("row").is_in(list(unable)))
        for row, model in lost.iter_rows():
            why = self._why(model)
            final = give_up(known[row], why) if row in known else Final(row, FinalStatus.FAILED, None, why)
            yield Step(final, model)

    def _gone(self) -> frozenset[str]:
        """The models that nothing more is sent to."""
        steps = self.desk.steps
        return frozenset(name for name, card in steps.routes.models.items() if steps.closed(card) is not None)

    def _why(self, model: str) -> str:
        steps = self.desk.steps
        return steps.closed(steps.routes.models[model]) or ""

    def _request(self, ticket: Ticket) -> Request:
        return self.desk.read(ticket.assigned.offset, ticket.assigned.length)


def _likeness(assigned: Assigned) -> _Likeness:
    return (assigned.rule, assigned.task_type, assigned.language, assigned.importance)


def _tickets(placed: pl.DataFrame, known: Mapping[int, Ticket]) -> Iterator[Step]:
    """Tickets with their new assignment; what they went through stays with them."""
    for values in placed.filter(pl.col("row").is_in(list(known))).iter_rows(named=True):
        ticket = known[values["row"]]
        assigned = structs.replace(ticket.assigned, **{name: values[name] for name in _NEW})
        tried = (*ticket.history.tried, ticket.model)
        moved = _first(assigned, replace(ticket.history, failures=0, tried=tried), late=not values["funded"])
        yield Step(Later(replace(moved, late=moved.late or ticket.late)), ticket.model)


def _supplies(placed: pl.DataFrame, known: Mapping[int, Ticket]) -> Iterator[Supply]:
    """Rows with their new assignment, those that money is not expected for apart from the others."""
    rows = placed.filter(~pl.col("row").is_in(list(known)))
    for part in rows.partition_by("left", "funded", maintain_order=True):
        history, late = History(tried=(part["left"][0],)), not part["funded"][0]
        yield Supply(part.lazy(), partial(_first, history=history, late=late))


def _first(assigned: Assigned, history: History, *, late: bool) -> Ticket:
    """The first attempt by a new assignment."""
    return Ticket(
        assigned=assigned,
        kind=AttemptKind.FALLBACK,
        model=assigned.model,
        service_tier=assigned.service_tier,
        max_tokens=assigned.max_tokens,
        input_tokens=assigned.input_tokens,
        worst_pusd=assigned.cost_high_pusd,
        history=history,
        late=late,
    )


def _told(waiting: pl.DataFrame, found: Replanned, was: float) -> Told:
    """`12 requests of `a` go to `b` (10) and `c` (2): ~$0.012, expected quality 0.85 where it was 0.88`."""
    subject = ", ".join(waiting["model"].unique().sort())
    counts = found.moved.group_by("model").len().sort("len", "model", descending=[True, False])
    places = [f"`{model}` ({count:,})" for model, count in counts.iter_rows()]
    left = f"{count_requests(waiting.height)} of `{subject}`"
    if not places:
        return Told(subject, waiting.height, f"{left}: no open model may do {'it' if waiting.height == 1 else 'them'}")
    cost = format_usd(found.cost_pusd, estimate=True)
    quality = "" if found.quality is None else f", expected quality {found.quality:.2f} where it was {was:.2f}"
    text = f"{left} {'goes' if waiting.height == 1 else 'go'} to {_listed(places)}: {cost}{quality}"
    return Told(subject, waiting.height, text + _short(found))


def _listed(items: Sequence[str]) -> str:
    """`a, b and c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def _short(found: Replanned) -> str:
    """What the re-plan could not do."""
    unfunded = int((~found.moved["funded"]).sum())
    money = f"; the money is not expected to reach for {unfunded:,} of them" if unfunded else ""
    lost = f"; {len(found.unable):,} of them can be done by no open model" if found.unable else ""
    return money + lost
