"""The rounds of a hold-out: ask, score, look whether all is decided, until it is or nothing is left to ask."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from modelroute_cli.base.clock import SystemClock
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Request
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.pilot_order import PilotOrder, as_run
from modelroute_cli.cli.pilot_scores import Scores, Scoring
from modelroute_cli.cli.run_order import Order
from modelroute_cli.cli.session import Session, execute_order
from modelroute_cli.execution.journal_answers import ended_rows
from modelroute_cli.execution.journal_read import read_state
from modelroute_cli.execution.work import RunStatus
from modelroute_cli.pilot.asking import requests_in
from modelroute_cli.pilot.certify import Method
from modelroute_cli.pilot.folder import CEILING, FINISHED, PilotEnd
from modelroute_cli.pilot.gathered import gathered
from modelroute_cli.pilot.judging_folder import judging_money
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.promise.certificate import Certificate, Facts, make_certificate
from modelroute_cli.pilot.promise.evidence import complete, evidence, is_decided, next_look, own_rows, result
from modelroute_cli.pilot.promise.hold_out import HoldOut
from modelroute_cli.report.screen import plural


@dataclass(frozen=True, slots=True)
class _Work:
    """What all rounds of a hold-out act through."""

    held: HoldOut
    sending: PilotOrder
    run: Order
    requests: Mapping[int, Request]
    scoring: Scoring

    def scores(self, before: Sequence[Observation]) -> Scores:
        """What all answers so far are worth; a judge is asked for what is left of the budget."""
        end = self.ending(FINISHED)
        found = tuple(gathered(self.run.folder.journal, self.sending.design))
        left = PicoUSD(max(self.sending.cap_pusd - end.spent_pusd - end.held_pusd, 0))
        return self.scoring.of(found, before, left)

    def ending(self, status: str) -> PilotEnd:
        """What was spent so far, on a judge too."""
        judge, held = judging_money(self.sending.folder)
        journal = self.run.folder.journal
        state = read_state(journal) if journal.exists() else None
        return PilotEnd(
            status=status,
            spent_pusd=PicoUSD(judge + (0 if state is None else state.spent_pusd)),
            held_pusd=PicoUSD(held + (0 if state is None else state.held_pusd)),
            emulated=self.sending.emulated,
        )

    def complete(self) -> int:
        """Draws that came to their end on every model."""
        return complete(self.held, self.sending.design, ended_rows(self.run.folder.journal))

    def due(self, count: int) -> frozenset[int]:
        """Rows of the hold-out's own job file that the next round sends."""
        own, ended = own_rows(self.sending.design), ended_rows(self.run.folder.journal)
        return frozenset(at for row in self.held.rows[: next_look(self.held, count)] for at in own[row]) - ended

    def ask(self, rows: frozenset[int], session: Session, console: Console) -> RunStatus:
        """Send a round under what the judge left of the budget."""
        judge, held = judging_money(self.sending.folder)
        cap = PicoUSD(self.sending.cap_pusd - judge - held)
        console.note(f"Testing: {plural(len(rows), 'request')}")
        return execute_order(replace(self.run, cap_pusd=cap), replace(session, only=rows), console).status


def conduct(held: HoldOut, sending: PilotOrder, session: Session, console: Console) -> Certificate | None:
    """Send what is due round after round; what came of it, None where it was stopped and can go on.

    The hard cap of every round is the hold-out's budget, of which earlier rounds and a judge took their part.
    """
    requests = requests_in(sending.job, sending.design)
    work = _Work(held, sending, as_run(sending), requests, Scoring(sending, requests, session, console))
    scores, status = work.scores(sending.folder.scored()), RunStatus.DONE
    while (
        scores.status is RunStatus.DONE
        and status is RunStatus.DONE
        and not is_decided(held, scores.observations, count := work.complete())
    ):
        status = work.ask(work.due(count), session, console)
        if status is RunStatus.STOPPED:
            return None
        scores = work.scores(scores.observations)
        sending.folder.keep_observations(scores.observations)
    if scores.status is RunStatus.STOPPED:
        return None
    return _finished(work, scores.observations, is_short=RunStatus.DONE not in {status, scores.status})


def _finished(work: _Work, seen: Sequence[Observation], *, is_short: bool) -> Certificate:
    """What the hold-out came to; what a fixed number of draws lacks counts against the plans."""
    held, folder = work.held, work.sending.folder
    count = len(held.rows) if held.method is Method.FIXED else work.complete()
    end = work.ending(CEILING if is_short else FINISHED)
    facts = Facts(
        hold_out_id=folder.pilot_id,
        scorers=tuple(sorted({each.scorer for each in seen})),
        missing=evidence(held, seen, count).unanswered,
        spent_pusd=end.spent_pusd,
        held_pusd=end.held_pusd,
        at=SystemClock().now().isoformat(),
        emulated=end.emulated,
    )
    folder.finish(tuple(seen), end)
    return make_certificate(held, result(held, seen, count), facts)
