"""The rounds of a pilot: ask, score, decide of whom enough is known, until nothing is left to ask or to spend."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Request
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.pilot_order import PilotOrder, as_run
from modelroute_cli.cli.run_order import Order
from modelroute_cli.cli.session import Session, execute_order
from modelroute_cli.execution.journal_answers import ended_rows
from modelroute_cli.execution.journal_read import RunState, read_state
from modelroute_cli.execution.work import RunStatus
from modelroute_cli.pilot.asking import requests_in
from modelroute_cli.pilot.folder import CEILING, FINISHED, PilotEnd
from modelroute_cli.pilot.gathered import gathered
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.progress import Due, due, standing_of
from modelroute_cli.pilot.scoring import scored
from modelroute_cli.report.screen import plural


@dataclass(frozen=True, slots=True)
class _Work:
    """What all rounds of a pilot act through."""

    order: PilotOrder
    run: Order
    requests: Mapping[int, Request]

    def ids(self) -> dict[int, str]:
        """The custom_ids of the requests that may be asked, by row."""
        return {row: request.custom_id for row, request in self.requests.items()}

    def seen(self) -> tuple[Observation, ...]:
        """What is measured so far."""
        found = gathered(self.run.folder.journal, self.order.design, self.ids())
        return tuple(scored(found, self.requests, self.order.facts.scorer))

    def state(self) -> RunState | None:
        """What was spent so far; None before the first request."""
        journal = self.run.folder.journal
        return read_state(journal) if journal.exists() else None

    def due(self, seen: tuple[Observation, ...]) -> Due:
        """The next round, within the money that is left."""
        state, ended = self.state(), ended_rows(self.run.folder.journal)
        gone = 0 if state is None else state.spent_pusd + state.held_pusd
        standing = standing_of(self.order.design, seen, ended, self.ids())
        return due(self.order.design, standing, PicoUSD(self.order.cap_pusd - gone), ended)


def conduct(order: PilotOrder, session: Session, console: Console) -> bool:
    """Send what is due round after round; whether the pilot came to its end (else it was stopped, and can go on).

    The hard cap of every round is the pilot's ceiling, of which earlier rounds took their part.
    """
    work = _Work(order, as_run(order), requests_in(order.job, order.design))
    seen = work.seen()
    while (asked := work.due(seen)).rows:
        console.note(f"Measuring: {plural(len(asked.rows), 'request')}")
        outcome = execute_order(work.run, replace(session, only=asked.rows), console)
        seen = work.seen()
        order.folder.keep_observations(seen)
        if outcome.status is RunStatus.STOPPED:
            return False
        if outcome.status is not RunStatus.DONE:
            asked = Due(frozenset(), is_short=True)
            break
    order.folder.finish(seen, _ending(work.state(), CEILING if asked.is_short else FINISHED))
    return True


def _ending(state: RunState | None, status: str) -> PilotEnd:
    if state is None:
        return PilotEnd(status=status, spent_pusd=PicoUSD(0), held_pusd=PicoUSD(0), emulated=False)
    return PilotEnd(status=status, spent_pusd=state.spent_pusd, held_pusd=state.held_pusd, emulated=state.emulated)
