"""What follows when a model got worse on a template: it is told, and what waits there is planned again without it.

What no other model may do, what the money does not reach for, and everything where no better quality can be had, stays
where it was: the answers of a worse model are better than none.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Request
from modelroute_cli.execution.moves import NEW, Figures, moved_shelves, told
from modelroute_cli.execution.one_line import Untried
from modelroute_cli.execution.open_frames import open_frame, waiting_frame, without_fallen
from modelroute_cli.execution.opening import Opening
from modelroute_cli.execution.realised.desk import Realised
from modelroute_cli.execution.realised.journaled import drifts
from modelroute_cli.execution.realised.watching import Fall, Place
from modelroute_cli.execution.records import Drift, EventKind
from modelroute_cli.execution.routes import Routes
from modelroute_cli.execution.tickets import RANK, Assigned, Ticket
from modelroute_cli.planning.reach import Reach
from modelroute_cli.planning.replan import Leftover, Replanned, believed, replan


class Queue(Protocol):
    """What waits to be sent."""

    def withdraw(self, template: str, model: str) -> Sequence[Untried]:
        """The untried requests of a template that wait for a model, taken out."""
        ...

    def add(self, rows: pl.DataFrame, make: Callable[[Assigned], Ticket]) -> None:
        """Untried requests, to wait again."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FallDesk:
    """What follows acts through; `replans` False: a fall is told and nothing else."""

    routes: Routes
    queue: Queue
    read: Callable[[int, int], Request]
    money: Callable[[], PicoUSD]  # that other first attempts leave
    closed: Callable[[], frozenset[str]]  # models that nothing may be sent to now
    by_quality: bool
    tell: Callable[[EventKind, str, str, int], None]
    note: Callable[[Drift], None]
    now: Callable[[], str]
    expect: Callable[[Place, int], None]  # told where requests were moved
    told: list[str]  # the falls of the run in words, for those who look at it
    replans: bool = True


async def follow(fall: Fall, desk: FallDesk) -> None:
    """Journal and tell a fall, and plan again what waits for the model on that template."""
    place = fall.place
    desk.note(
        Drift(desk.now(), place.template, place.model, fall.expected, fall.seen, fall.answers, fall.before, fall.versus)
    )
    desk.tell(EventKind.DRIFT, place.model, words(fall), 0)
    await shut_out(fall, desk)


async def shut_out(fall: Fall, desk: FallDesk) -> None:
    """Let the model have nothing more of the template, as far as another is better."""
    desk.told.append(words(fall))
    reach = desk.routes.reach
    if reach is None or not desk.replans:
        return
    desk.routes.fallen.add((fall.place.template, fall.place.model))
    taken = desk.queue.withdraw(fall.place.template, fall.place.model)
    if not taken:
        return
    open_, placed, found = await _planned(fall, taken, desk, reach)
    for untried in taken:
        stays = untried.rows.filter(~pl.col("row").is_in(placed["row"].implode()))
        if stays.height:
            desk.queue.add(stays, untried.make)
    for shelved in moved_shelves(placed, {}):
        desk.queue.add(shelved.rows, shelved.make)
    _tell(fall, open_, placed, found, desk)


async def follow_falls(realised: Realised, desk: FallDesk) -> None:
    """What follows from every fall that nothing was done about yet; StorageError."""
    falls, realised.falls = realised.falls, []
    for fall in falls:
        await follow(fall, desk)


async def shut_out_earlier(opening: Opening, desk: FallDesk) -> None:
    """Let models have nothing of what they got worse on in earlier sessions; StorageError."""
    for fall in known_falls(drifts(opening.work.journal.path)) if opening.before.answered else ():
        await shut_out(fall, desk)


def words(fall: Fall) -> str:
    """`a` does worse on `t`: quality 0.61 in its last 45 answers, 0.95 was expected (...)`.

    Answers alone do not tell a model that changed from requests that are harder than the first ones; pairs do.
    """
    begins = f"`{fall.place.model}` does worse on `{fall.place.template}`"
    if not fall.versus:
        told = f"quality {fall.seen:.2f} in its last {fall.answers:,} answers, {fall.expected:.2f} was expected"
        return f"{begins}: {told} (it changed, or what came later is harder)"
    seen, expected = _beside(fall.seen), _beside(fall.expected)
    return f"{begins}: {seen} `{fall.versus}` in the last {fall.answers:,} compared answers, {expected} was expected"


def _beside(difference: float) -> str:
    """`0.20 below`, `0.01 above`."""
    return f"{abs(difference):.2f} {'below' if difference < 0 else 'above'}"


async def _planned(
    fall: Fall, taken: Sequence[Untried], desk: FallDesk, reach: Reach
) -> tuple[pl.DataFrame, pl.DataFrame, Replanned]:
    """The requests as OPEN, those that move with their new assignment, and what was found."""
    waiting = without_fallen(waiting_frame((), [untried.rows for untried in taken]), desk.routes.fallen)
    open_ = await open_frame(waiting, desk.read, desk.routes.job.amounts, desk.routes.sent)
    least = believed(open_, reach) if desk.by_quality else None
    money = desk.money()
    found = replan(open_, reach, Leftover(closed=desk.closed(), money=money, min_quality=least))
    better = found.quality is not None and found.quality > _seen(fall, believed(open_, reach))
    funded = found.moved.filter("funded") if better else found.moved.clear()
    placed = waiting.drop(NEW).join(_payable(funded, waiting, money), on="row").sort("row")
    return open_, placed.with_columns(left=pl.lit(fall.place.model)), found


def _seen(fall: Fall, was: float) -> float:
    """The quality that was seen of the model; where it was held against another's, what was believed less the fall."""
    return was + fall.seen - fall.expected if fall.versus else fall.seen


def _payable(moved: pl.DataFrame, waiting: pl.DataFrame, money: PicoUSD) -> pl.DataFrame:
    """As many of MOVED, the most important first, as leave enough money for the others where they are now."""
    now = waiting.select("row", pl.col("importance").cast(pl.String), pl.col("cost_pusd").alias("now_pusd"))
    rank = pl.col("importance").replace_strict(RANK, return_dtype=pl.Int64)
    ordered = moved.join(now, on="row").sort(rank, "row")
    extra = (pl.col("cost_pusd") - pl.col("now_pusd")).cum_sum()
    return ordered.filter(extra <= money - int(now["now_pusd"].sum())).select(moved.columns)


def _tell(fall: Fall, open_: pl.DataFrame, placed: pl.DataFrame, found: Replanned, desk: FallDesk) -> None:
    model, reach = fall.place.model, desk.routes.reach
    assert reach is not None  # noqa: S101 - the caller looked
    if not placed.height:
        text = f"{open_.height:,} requests stay with `{model}`: no other that may do them is better for the money left"
        desk.tell(EventKind.REPLANNED, model, text, 0)
        return
    counts = placed.group_by("model").len().sort("len", "model", descending=[True, False])
    for name, count in counts.iter_rows():
        desk.expect(Place(fall.place.template, name), count)
    figures = Figures(
        left=(model,),
        requests=placed.height,
        places=dict(counts.iter_rows()),
        cost_pusd=PicoUSD(int(placed["cost_pusd"].sum())),
        quality=found.quality,
        was=_seen(fall, believed(open_, reach)),
    )
    spoken = told(figures)
    desk.tell(EventKind.REPLANNED, model, spoken.text, placed.height)


def known_falls(drifts: Sequence[Drift]) -> tuple[Fall, ...]:
    """What earlier sessions were told."""
    return tuple(
        Fall(
            place=Place(drift.template, drift.model),
            expected=drift.expected,
            seen=drift.seen,
            answers=drift.answers,
            before=drift.before,
            versus=drift.versus,
        )
        for drift in drifts
    )
