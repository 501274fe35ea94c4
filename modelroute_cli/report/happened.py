"""What happened to a run as a whole: models that were down, paused or left, and requests that were asked twice."""

import polars as pl
from msgspec import Struct

from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.execution.records import AttemptKind, Event
from modelroute_cli.report.screen import Line, Screen, plural, safe

_MOST_LINES = 20


class Happened(Struct, frozen=True, kw_only=True):
    """One event, in order; `requests` is how many it moved, 0 where it moved none."""

    at: str  # ISO, UTC
    kind: str  # opened, recovered, paused, closed, replanned, paced
    subject: str  # a model or a provider
    requests: int
    text: str


class Hedged(Struct, frozen=True, kw_only=True):
    """Requests that were asked once more while their answer took long."""

    attempts: int
    won: int  # whose answer came first and is the one that counts
    cost_pusd: PicoUSD  # of these second attempts
    held_pusd: PicoUSD  # of those whose outcome is unknown


def happened(events: tuple[Event, ...]) -> tuple[Happened, ...]:
    """The events as the report shows them."""
    return tuple(
        Happened(at=event.at, kind=event.kind.value, subject=event.subject, requests=event.requests, text=event.text)
        for event in events
    )


def hedged(attempts: pl.DataFrame, finals: pl.DataFrame) -> Hedged | None:
    """What hedging came to; None where nothing was hedged. Takes ATTEMPTS and FINALS."""
    second = attempts.filter(pl.col("kind") == AttemptKind.HEDGE.value)
    if second.is_empty():
        return None
    unknown = second.filter(pl.col("cost_pusd").is_null())
    return Hedged(
        attempts=second.height,
        won=second.join(finals, on="attempt", how="semi").height,
        cost_pusd=PicoUSD(int(second["cost_pusd"].sum())),
        held_pusd=PicoUSD(int(unknown["reserved_pusd"].sum())),
    )


def happened_screen(events: tuple[Happened, ...]) -> Screen:
    """The first events, and how many there are beside them; times are of the day, UTC."""
    if not events:
        return ()
    more = len(events) - _MOST_LINES
    rest = (Line(f"  and {plural(more, 'event')} more, in `--json`"),) if more > 0 else ()
    return (Line(), Line("What happened"), *(_line(event) for event in events[:_MOST_LINES]), *rest)


def hedged_screen(use: Hedged | None) -> Screen:
    """How often a second attempt was made and paid, and how often it was the faster one."""
    if use is None:
        return ()
    held = f", and up to {format_usd(use.held_pusd)} possibly billed" if use.held_pusd else ""
    said = f"{plural(use.attempts, 'slow request')} asked once more, {use.won:,} answered first by that"
    return (Line(f"Hedged: {said}; cost {format_usd(use.cost_pusd)}{held}"),)


def _line(event: Happened) -> Line:
    moved = f" ({plural(event.requests, 'request')})" if event.requests else ""
    return Line(f"  {event.at[11:19]}  {safe(event.text)}{moved}")
