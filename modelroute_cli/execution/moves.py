"""What a re-plan comes to for those that wait: tickets and shelves with new assignments, and the words for it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import polars as pl
from msgspec import structs

from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.execution.records import AttemptKind
from modelroute_cli.execution.steps import Later, Next
from modelroute_cli.execution.tickets import Assigned, History, Ticket
from modelroute_cli.planning.figures import count_requests
from modelroute_cli.planning.replan import MOVED

NEW = [name for name in MOVED if name not in {"row", "quality", "funded"}]
"""The columns of an assignment that a re-plan makes anew."""


@dataclass(frozen=True, slots=True)
class Step:
    """What follows for a request that was left behind by `model`."""

    following: Next
    model: str


@dataclass(frozen=True, slots=True)
class Shelved:
    """Requests that were never tried, as rows, and what makes the attempt of one."""

    rows: pl.DataFrame
    make: Callable[[Assigned], Ticket]


@dataclass(frozen=True, slots=True)
class Told:
    """What journal and user are told of a re-plan: whose requests, how many, where they go."""

    subject: str
    requests: int
    text: str


@dataclass(frozen=True, slots=True)
class Moves:
    """Where everything goes that closed models left behind."""

    steps: tuple[Step, ...]
    shelved: tuple[Shelved, ...] = ()
    told: Told | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a re-plan is told by: how many left which models, where they go, and what cannot be done."""

    left: tuple[str, ...]
    requests: int
    places: Mapping[str, int]  # by model, the most used first
    cost_pusd: PicoUSD
    quality: float | None
    was: float
    unfunded: int = 0
    waiting: int = 0
    unable: int = 0


def moved_tickets(placed: pl.DataFrame, known: Mapping[int, Ticket]) -> Iterator[Step]:
    """The tickets among `placed` with their new assignment; what they went through stays with them."""
    for values in placed.filter(pl.col("row").is_in(list(known))).iter_rows(named=True):
        ticket = known[values["row"]]
        assigned = structs.replace(ticket.assigned, **{name: values[name] for name in NEW})
        tried = (*ticket.history.tried, ticket.model)
        history = replace(ticket.history, failures=0, unknown=0, tried=tried)
        late = ticket.late or not values["funded"]
        yield Step(Later(first_elsewhere(assigned, history, late=late)), ticket.model)


def moved_shelves(placed: pl.DataFrame, known: Mapping[int, Ticket]) -> Iterator[Shelved]:
    """The others with theirs; those that money is not expected for stand apart, and go last."""
    rows = placed.filter(~pl.col("row").is_in(list(known)))
    for part in rows.partition_by("left", "funded", maintain_order=True):
        history, late = History(tried=(part["left"][0],)), not part["funded"][0]
        yield Shelved(part, partial(first_elsewhere, history=history, late=late))


def first_elsewhere(assigned: Assigned, history: History, *, late: bool) -> Ticket:
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


def told(figures: Figures) -> Told:
    """`12 requests of `a` go to `b` (10) and `c` (2): ~$0.012, expected quality 0.85 where it was 0.88`."""
    left = f"{count_requests(figures.requests)} of {_listed([f'`{model}`' for model in figures.left])}"
    places = [f"`{model}` ({count:,})" for model, count in figures.places.items()]
    text = f"{left}: none can go anywhere else"
    if places:
        cost = format_usd(figures.cost_pusd, estimate=True)
        quality = f", expected quality {figures.quality:.2f} where it was {figures.was:.2f}" if figures.quality else ""
        text = f"{left} {'goes' if figures.requests == 1 else 'go'} to {_listed(places)}: {cost}{quality}"
    return Told(", ".join(figures.left), figures.requests, text + _not_done(figures))


def _not_done(figures: Figures) -> str:
    """What the re-plan could not do."""
    parts = {
        "the money is not expected to reach for {:,} of them": figures.unfunded,
        "{:,} of them wait until their model opens again": figures.waiting,
        "no model that is left may do {:,} of them": figures.unable,
    }
    return "".join(f"; {words.format(count)}" for words, count in parts.items() if count)


def _listed(items: Sequence[str]) -> str:
    """`a, b and c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
