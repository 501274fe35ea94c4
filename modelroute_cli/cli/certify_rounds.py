"""The rounds of a hold-out: ask, score, look whether all is decided, until it is or nothing is left to ask."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from modelroute_cli.base.clock import SystemClock
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Request
from modelroute_cli.cli.certify_order import CertifyOrder
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.pilot_order import PilotOrder, as_run
from modelroute_cli.cli.run_order import Order
from modelroute_cli.cli.session import Session, execute_order
from modelroute_cli.execution.journal_answers import ended_rows
from modelroute_cli.execution.journal_read import RunState, read_state
from modelroute_cli.execution.work import RunStatus
from modelroute_cli.pilot.asking import requests_in
from modelroute_cli.pilot.certify import Method
from modelroute_cli.pilot.folder import CEILING, FINISHED, PilotEnd
from modelroute_cli.pilot.gathered import gathered
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.promise.certificate import Certificate, Facts, make_certificate
from modelroute_cli.pilot.promise.evidence import (
    Answers,
    answers,
    complete,
    is_decided,
    missing,
    next_look,
    own_rows,
    result,
)
from modelroute_cli.pilot.promise.hold_out import HoldOut
from modelroute_cli.pilot.promise.kept import keep_certificate
from modelroute_cli.pilot.scoring import scored
from modelroute_cli.report.screen import plural


@dataclass(frozen=True, slots=True)
class _Work:
    """What all rounds of a hold-out act through."""

    held: HoldOut
    sending: PilotOrder
    run: Order
    requests: Mapping[int, Request]

    def ids(self) -> dict[int, str]:
        """The custom_ids of the requests that were drawn, by row."""
        return {row: request.custom_id for row, request in self.requests.items()}

    def seen(self) -> tuple[Observation, ...]:
        """What is measured so far."""
        found = gathered(self.run.folder.journal, self.sending.design, self.ids())
        return tuple(scored(found, self.requests, self.held.scorer))

    def found(self, seen: tuple[Observation, ...]) -> Answers:
        """The same, by request and model."""
        return answers(seen, self.ids())

    def complete(self) -> int:
        """Draws that came to their end on every model."""
        return complete(self.held, self.sending.design, ended_rows(self.run.folder.journal))

    def due(self, count: int) -> frozenset[int]:
        """Rows of the hold-out's own job file that the next round sends."""
        own, ended = own_rows(self.sending.design), ended_rows(self.run.folder.journal)
        return frozenset(at for row in self.held.rows[: next_look(self.held, count)] for at in own[row]) - ended


def conduct(order: CertifyOrder, session: Session, console: Console) -> Certificate | None:
    """Send what is due round after round, and keep what came of it; None where it was stopped and can go on."""
    assert order.held is not None  # noqa: S101 - for the type checker: the caller looked
    assert order.sending is not None  # noqa: S101 - the same
    sending = order.sending
    work = _Work(order.held, sending, as_run(sending), requests_in(sending.job, sending.design))
    is_short = False
    while not is_short and not is_decided(order.held, work.found(work.seen()), count := work.complete()):
        rows = work.due(count)
        console.note(f"Testing: {plural(len(rows), 'request')}")
        outcome = execute_order(work.run, replace(session, only=rows), console)
        sending.folder.keep_observations(work.seen())
        if outcome.status is RunStatus.STOPPED:
            return None
        is_short = outcome.status is not RunStatus.DONE
    return _finished(order, work, is_short=is_short)


def _finished(order: CertifyOrder, work: _Work, *, is_short: bool) -> Certificate:
    """The certificate, kept with the pilot; what a fixed number lacks counts against the plans."""
    seen = work.seen()
    count = len(work.held.rows) if work.held.method is Method.FIXED else work.complete()
    end = _ending(work.run, CEILING if is_short else FINISHED)
    facts = Facts(
        hold_out_id=work.sending.folder.pilot_id,
        scorers=tuple(sorted({each.scorer for each in seen})),
        missing=missing(work.held, work.found(seen), count),
        spent_pusd=end.spent_pusd,
        held_pusd=end.held_pusd,
        at=SystemClock().now().isoformat(),
        emulated=end.emulated,
    )
    certificate = make_certificate(work.held, result(work.held, work.found(seen), count), facts)
    work.sending.folder.finish(seen, end)
    keep_certificate(order.used.folder.run.path, certificate)
    return certificate


def _ending(run: Order, status: str) -> PilotEnd:
    journal = run.folder.journal
    state: RunState | None = read_state(journal) if journal.exists() else None
    if state is None:
        return PilotEnd(status=status, spent_pusd=PicoUSD(0), held_pusd=PicoUSD(0), emulated=False)
    return PilotEnd(status=status, spent_pusd=state.spent_pusd, held_pusd=state.held_pusd, emulated=state.emulated)
