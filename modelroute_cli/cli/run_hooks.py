"""Who is told of a run while `modelroute run` executes it, and what is said of those it did not reach."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from modelroute_cli.base.clock import SystemClock
from modelroute_cli.base.errors import ModelrouteError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.hook_ways import ways
from modelroute_cli.cli.run_order import Order
from modelroute_cli.execution.hooks.beside import Beside
from modelroute_cli.execution.hooks.courier import Courier, Undelivered
from modelroute_cli.execution.hooks.message import Run, Standing
from modelroute_cli.execution.hooks.outbox import Outbox
from modelroute_cli.execution.hooks.receivers import Receiver, find_receivers
from modelroute_cli.execution.hooks.watch import Watch
from modelroute_cli.execution.journal_read import read_state
from modelroute_cli.execution.keys import Credentials
from modelroute_cli.report.screen import plural

_WAITING = "The run has ended; waiting up to a minute for those who are told of it (^C leaves the rest for later)"

LAST_S = 60.0
"""Seconds that the end of a run waits for receivers."""


@dataclass(frozen=True, slots=True)
class ToTell:
    """Who is told of a session, found before it is approved, and whether it only brings what is left."""

    receivers: tuple[Receiver, ...]
    credentials: Mapping[str, Credentials]
    is_over: bool


def to_tell(order: Order, credentials: Mapping[str, Credentials], *, is_over: bool) -> ToTell:
    """Everybody who is to be told; CredentialError for an address or a secret that is not there."""
    return ToTell(find_receivers(order.workspace.settings.hooks, os.environ), credentials, is_over)


@contextmanager
def telling(order: Order, told: ToTell, console: Console) -> Iterator[Watch | None]:
    """Tell of a session of the order; what is left then is brought within a minute, else kept for the next session.

    A session that is over before it begins brings what is left of earlier ones. An error goes on once it is told.
    """
    receivers = told.receivers
    if not receivers:
        yield None
        return
    outbox, space = Outbox(order.folder.path / "hooks"), order.workspace
    watch = Watch(_run(order), outbox, receivers, SystemClock().now)
    beside = Beside(
        lambda ways: Courier(outbox, receivers, ways),
        partial(ways, space.settings, space.catalog.providers, told.credentials),
    )
    watch.on_post = beside.wake
    beside.start()
    try:
        if not told.is_over:
            watch.begin(_standing(order))
        yield watch
    except BaseException as error:
        watch.broke(_standing(order), type(error).__name__ if isinstance(error, ModelrouteError) else "bug")
        raise
    finally:
        _tell_missed(_last(beside, outbox, receivers, console), console)


def _last(beside: Beside, outbox: Outbox, receivers: tuple[Receiver, ...], console: Console) -> tuple[Undelivered, ...]:
    """Whom it did not reach in the time that is left, or until ^C."""
    try:
        missed = beside.close(LAST_S, lambda: console.note(_WAITING))
    except KeyboardInterrupt:
        missed = None
    if missed is not None:
        return missed
    waiting = ((each.name, len(outbox.waiting(each.key))) for each in receivers)
    return tuple(Undelivered(name, count, "it took too long") for name, count in waiting if count)


def _tell_missed(missed: tuple[Undelivered, ...], console: Console) -> None:
    for text in missed_lines(missed):
        console.note(text, "warning")


def missed_lines(missed: tuple[Undelivered, ...]) -> Iterator[str]:
    """A line for each receiver that was not reached."""
    for each in missed:
        kept = "; the same command tries again" if each.kept else ""
        yield f"{each.name} did not take {plural(each.messages, 'message')}: {each.why}{kept}"


def _run(order: Order) -> Run:
    """The run as its messages name it; its folder has been made."""
    return Run(
        run_id=order.folder.run_id,
        created_at=order.folder.meta().created_at,
        source=order.plan.header.job.source,
        emulated=order.emulated,
        requests=order.plan.header.totals.requests,
        projected_pusd=order.plan.header.totals.cost_pusd,
    )


def _standing(order: Order) -> Standing:
    """By its journal, where a session before this one made one."""
    known = read_state(order.folder.journal) if order.folder.journal.exists() else None
    return Standing(
        accepted=known.accepted if known else 0,
        failed=known.failed if known else 0,
        spent_pusd=known.spent_pusd if known else PicoUSD(0),
        held_pusd=known.held_pusd if known else PicoUSD(0),
        cap_pusd=order.cap_pusd,
    )
