"""What a closed model leaves behind is planned again, all at once: rows that wait stay rows, tickets stay tickets.

An open model is better than one that may open again, and that one better than none: what no open model may do waits for
its own where that may open, else goes to another that may, else comes to its end with the reason why its own is closed.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Request
from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.execution.limits import Closing
from modelroute_cli.execution.moves import NEW, Figures, Moves, Shelved, Step, moved_shelves, moved_tickets, told
from modelroute_cli.execution.open_frames import open_frame, waiting_frame, without_fallen
from modelroute_cli.execution.records import AttemptKind, Final, FinalStatus
from modelroute_cli.execution.steps import Later, Next, Steps, give_up
from modelroute_cli.execution.tickets import Assigned, Examined, Ticket
from modelroute_cli.planning.reach import Reach
from modelroute_cli.planning.replan import Leftover, Replanned, believed, replan

_FEW = 8  # tickets that come back to a closed model when all others were planned again: they go the same way
_Likeness = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What re-plans act on."""

    steps: Steps
    closing: Callable[[ModelCard], Closing | None]
    read: Callable[[int, int], Request]
    examined: Callable[[Examined, Ticket, Closing], Next]  # what follows for a question whose judge was closed
    money: Callable[[], PicoUSD]  # that other first attempts leave
    dropped: Callable[[Ticket], Next] = give_up  # what follows for an attempt of the control sample
    by_quality: bool  # the plan was asked for a quality: a re-plan keeps that of the requests it moves


@dataclass(frozen=True, slots=True)
class _Found:
    """Where OPEN requests go, which of them wait for their own model, and which can go nowhere; by row."""

    moved: pl.DataFrame
    waiting: frozenset[int]
    unable: frozenset[int]
    figures: Figures


@dataclass(slots=True)
class Replanner:
    """Plans again what closed models leave behind, and remembers where the like of it went."""

    desk: Desk
    _closed: frozenset[str] = frozenset()
    _like: dict[_Likeness, tuple[str, ...]] = field(default_factory=dict)

    async def moved(self, tickets: Sequence[Ticket], rows: Sequence[pl.DataFrame]) -> Moves:
        """New models for tickets and shelved rows of closed models.

        Failed answers go back to the ladder, questions of judges to another judge. A plan that does not say what else
        it allows sends each request down its rule's list.
        """
        firsts: list[Ticket] = []
        steps = [step for ticket in tickets if (step := self._by_itself(ticket, firsts)) is not None]
        open_, closed = _parted(rows, lambda frame: self._why(frame["model"][0]) is None)
        back = tuple(Shelved(frame, self.desk.steps.routes.planned) for frame in open_)
        reach = self.desk.steps.routes.reach
        if reach is None:
            return Moves((*steps, *self._by_list((*firsts, *self._objects(closed)))), back)
        if not closed and self._is_known(firsts):
            return Moves((*steps, *(self._alike(ticket) for ticket in firsts)), back)
        moves = await self._planned(firsts, closed, reach)
        return replace(moves, steps=(*steps, *moves.steps), shelved=(*back, *moves.shelved))

    def _by_itself(self, ticket: Ticket, firsts: list[Ticket]) -> Step | None:
        """What follows for a ticket whatever the others do; one of `firsts` it is where that depends on them."""
        closing = self._closing(ticket.model)
        if closing is None:
            return Step(Later(ticket), ticket.model)
        if ticket.kind is AttemptKind.CONTROL:
            return Step(self.desk.dropped(ticket), ticket.model)
        if ticket.examined is not None:
            return Step(self.desk.examined(ticket.examined, ticket, closing), ticket.model)
        if ticket.extra and self.desk.steps.routes.reach is not None:
            return Step(self._climbs(ticket, closing), ticket.model)
        firsts.append(ticket)
        return None

    def _climbs(self, ticket: Ticket, closing: Closing) -> Next:
        """Another model for a failed answer, as if this one had not been chosen; else it waits where that may help."""
        following = self.desk.steps.escalated_again(ticket, self._request(ticket))
        if isinstance(following, Final) and closing.may_pass:
            return Later(replace(ticket, closing=closing.number))
        return following

    def _by_list(self, tickets: Iterable[Ticket]) -> Iterator[Step]:
        """Each to the next model of its rule's list."""
        for ticket in tickets:
            closing = self._closing(ticket.model)
            assert closing is not None  # noqa: S101 - the caller looked
            yield Step(self.desk.steps.of_stranded(ticket, self._request(ticket), closing), ticket.model)

    def _objects(self, rows: Sequence[pl.DataFrame]) -> Iterator[Ticket]:
        for frame in rows:
            yield from (self.desk.steps.routes.planned(Assigned(*values)) for values in frame.iter_rows())

    def _is_known(self, tickets: Sequence[Ticket]) -> bool:
        """Whether these are a few that come late, and the like of each was planned again for the same closed models."""
        same = self._closed == self._shut(self.desk.steps.closed)
        return same and len(tickets) <= _FEW and all(_likeness(ticket.assigned) in self._like for ticket in tickets)

    def _alike(self, ticket: Ticket) -> Step:
        """A ticket goes where most of its like went."""
        steps, request = self.desk.steps, self._request(ticket)
        elsewhere = steps.routes.fallback(ticket, request, steps.closed, self._like[_likeness(ticket.assigned)])
        if elsewhere is not None:
            return Step(Later(elsewhere), ticket.model)
        return next(self._by_list([ticket]))

    async def _planned(self, tickets: Sequence[Ticket], rows: Sequence[pl.DataFrame], reach: Reach) -> Moves:
        """All of them by one optimisation."""
        waiting = without_fallen(waiting_frame(tickets, rows), self.desk.steps.routes.fallen)
        if not waiting.height:
            return Moves(())
        routes = self.desk.steps.routes
        found = self._found(await open_frame(waiting, self.desk.read, routes.job.amounts, routes.sent), reach)
        models = waiting.select("row", pl.col("model").alias("left"))
        placed = waiting.drop(NEW).join(found.moved, on="row").join(models, on="row").sort("row")
        self._remember(placed)
        known = {ticket.assigned.row: ticket for ticket in tickets}
        kept = waiting.filter(pl.col("row").is_in(list(found.waiting)))
        return Moves(
            steps=(*moved_tickets(placed, known), *self._waits(kept, known), *self._ends(waiting, found.unable, known)),
            shelved=(*moved_shelves(placed, known), *self._kept(kept, known)),
            told=told(found.figures),
        )

    def _found(self, open_: pl.DataFrame, reach: Reach) -> _Found:
        """Where they go: to open models first; those of models that are gone also to such as may open again."""
        self._closed, gone = self._shut(self.desk.steps.closed), self._shut(self.desk.steps.gone or _never)
        was = believed(open_, reach)
        left = Leftover(closed=self._closed, money=self.desk.money(), min_quality=was if self.desk.by_quality else None)
        first = replan(open_, reach, left)
        lost = open_.filter(pl.col("row").is_in(list(first.unable)))
        may_open = pl.col("model").is_in(list(self._closed - gone))
        rest = replace(left, closed=gone, money=PicoUSD(left.money - first.cost_pusd))
        second = replan(lost.filter(~may_open), reach, rest)
        waiting = frozenset(lost.filter(may_open)["row"])
        return _found(open_, (first, second), was, waiting)

    def _remember(self, placed: pl.DataFrame) -> None:
        """Where most of each likeness went, for those that come late."""
        by = ["rule", "task_type", "language", "importance"]
        counts = placed.group_by(*by, "model").len().sort("len", "model", descending=[True, False])
        named = counts.with_columns(pl.col(by).cast(pl.String)).group_by(by, maintain_order=True).agg("model")
        self._like = {(rule, task, tongue, worth): tuple(to) for rule, task, tongue, worth, to in named.iter_rows()}

    def _waits(self, kept: pl.DataFrame, known: dict[int, Ticket]) -> Iterator[Step]:
        """Tickets that wait for their own model."""
        for row in kept.filter(pl.col("row").is_in(list(known)))["row"]:
            yield Step(Later(self._waiting(known[row])), known[row].model)

    def _kept(self, kept: pl.DataFrame, known: dict[int, Ticket]) -> Iterator[Shelved]:
        """Rows that do."""
        rows = kept.filter(~pl.col("row").is_in(list(known)))
        for part in rows.partition_by("model", maintain_order=True):
            yield Shelved(part, lambda assigned: self._waiting(self.desk.steps.routes.planned(assigned)))

    def _waiting(self, ticket: Ticket) -> Ticket:
        """A ticket that waits its model's closing out."""
        closing = self._closing(ticket.model)
        return ticket if closing is None else replace(ticket, closing=closing.number)

    def _ends(self, waiting: pl.DataFrame, unable: frozenset[int], known: dict[int, Ticket]) -> Iterator[Step]:
        """The requests that nothing is left to."""
        lost = waiting.filter(pl.col("row").is_in(list(unable)))
        for row, model in lost.select("row", "model").iter_rows():
            why = self._why(model) or ""
            final = give_up(known[row], why) if row in known else Final(row, FinalStatus.FAILED, None, why)
            yield Step(final, model)

    def _shut(self, closed: Callable[[ModelCard], str | None]) -> frozenset[str]:
        """The models that are closed."""
        return frozenset(name for name, card in self.desk.steps.routes.models.items() if closed(card) is not None)

    def _closing(self, model: str) -> Closing | None:
        return self.desk.closing(self.desk.steps.routes.models[model])

    def _why(self, model: str) -> str | None:
        closing = self._closing(model)
        return None if closing is None else closing.reason

    def _request(self, ticket: Ticket) -> Request:
        return self.desk.read(ticket.assigned.offset, ticket.assigned.length)


def _likeness(assigned: Assigned) -> _Likeness:
    return (assigned.rule, assigned.task_type, assigned.language, assigned.importance)


def _parted(
    frames: Sequence[pl.DataFrame], is_first: Callable[[pl.DataFrame], bool]
) -> tuple[list[pl.DataFrame], list[pl.DataFrame]]:
    """Those that are of the first kind, and the others."""
    return [frame for frame in frames if is_first(frame)], [frame for frame in frames if not is_first(frame)]


def _never(card: ModelCard) -> None:
    del card


def _found(open_: pl.DataFrame, both: tuple[Replanned, Replanned], was: float, waiting: frozenset[int]) -> _Found:
    """Two re-plans of OPEN requests as one, with what is told of it."""
    moved = pl.concat([each.moved for each in both]).sort("row")
    paid = moved.filter("funded")
    counts = moved.group_by("model").len().sort("len", "model", descending=[True, False])
    unable = frozenset(both[1].unable)
    figures = Figures(
        left=tuple(open_["model"].unique().sort()),
        requests=open_.height,
        places=dict(counts.iter_rows()),
        cost_pusd=PicoUSD(sum(each.cost_pusd for each in both)),
        quality=float(paid["quality"].to_numpy().mean()) if paid.height else None,
        was=was,
        unfunded=moved.height - paid.height,
        waiting=len(waiting),
        unable=len(unable),
    )
    return _Found(moved, waiting, unable, figures)
