"""The rounds of a pilot: ask, score, decide of whom enough is known, until nothing is left to ask or to spend."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from modelroute_cli.base.clock import SystemClock
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Request
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.history_use import remember
from modelroute_cli.cli.pilot_order import PilotOrder, as_run
from modelroute_cli.cli.pilot_scores import Scores, Scoring
from modelroute_cli.cli.run_order import Order
from modelroute_cli.cli.session import Session, execute_order
from modelroute_cli.execution.journal_answers import ended_rows
from modelroute_cli.execution.journal_read import read_state
from modelroute_cli.execution.work import RunStatus
from modelroute_cli.pilot.asking import requests_in
from modelroute_cli.pilot.folder import CEILING, FINISHED, PilotEnd
from modelroute_cli.pilot.gathered import gathered
from modelroute_cli.pilot.history.sums import Part
from modelroute_cli.pilot.judging_folder import judging_money
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.progress import Due, due, standing_of
from modelroute_cli.report.screen import plural

_TO_ANSWERS = 2
"""Judgement: before anything was judged, answers get one part in so many of the money, and its judge the rest."""


@dataclass(frozen=True, slots=True)
class _Spent:
    """What a pilot took so far: its answers, and its judge."""

    answers_pusd: int
    judge_pusd: int
    held_pusd: int

    def for_answers(self, left: int) -> int:
        """What of the money left may go into answers, so that there is enough to judge them."""
        if not self.judge_pusd:
            return left // _TO_ANSWERS
        return left * self.answers_pusd // (self.answers_pusd + self.judge_pusd)

    @property
    def gone_pusd(self) -> int:
        """All of it."""
        return self.answers_pusd + self.judge_pusd + self.held_pusd


@dataclass(frozen=True, slots=True)
class _Work:
    """What all rounds of a pilot act through."""

    order: PilotOrder
    run: Order
    requests: Mapping[int, Request]
    scoring: Scoring

    def scores(self, before: Sequence[Observation]) -> Scores:
        """What all answers so far are worth."""
        found = tuple(gathered(self.run.folder.journal, self.order.design))
        left = PicoUSD(max(self.order.cap_pusd - self.spent().answers_pusd - self.spent().held_pusd, 0))
        return self.scoring.of(found, before, left)

    def spent(self) -> _Spent:
        """Money so far."""
        judge, held = judging_money(self.order.folder)
        journal = self.run.folder.journal
        if not journal.exists():
            return _Spent(0, judge, held)
        state = read_state(journal)
        return _Spent(state.spent_pusd, judge, held + state.held_pusd)

    def due(self, seen: Sequence[Observation]) -> Due:
        """The next round, within the money that is left, its judge's with it."""
        spent, ended = self.spent(), ended_rows(self.run.folder.journal)
        left = self.order.cap_pusd - spent.gone_pusd
        if self.order.is_judged:
            left = spent.for_answers(left)
        return due(self.order.design, standing_of(self.order.design, seen, ended), PicoUSD(left), ended)

    def ask(self, asked: Due, session: Session, console: Console) -> RunStatus:
        """Send a round under what the judge left of the ceiling."""
        judge, held = judging_money(self.order.folder)
        cap = PicoUSD(self.order.cap_pusd - judge - held)
        console.note(f"Measuring: {plural(len(asked.rows), 'request')}")
        return execute_order(replace(self.run, cap_pusd=cap), replace(session, only=asked.rows), console).status


def conduct(order: PilotOrder, session: Session, console: Console) -> bool:
    """Send what is due round after round; whether the pilot came to its end (else it was stopped, and can go on).

    The hard cap of every round is the pilot's ceiling, of which earlier rounds and the judge took their part.
    """
    requests = requests_in(order.job, order.design)
    work = _Work(order, as_run(order), requests, Scoring(order, requests, session, console))
    scores = work.scores(order.folder.scored())
    while scores.status is RunStatus.DONE and (asked := work.due(scores.observations)).rows:
        order.folder.keep_observations(scores.observations)
        status = work.ask(asked, session, console)
        if status is RunStatus.STOPPED:
            return False
        scores = work.scores(scores.observations)
        order.folder.keep_observations(scores.observations)
        if status is not RunStatus.DONE:
            break
    if scores.status is RunStatus.STOPPED:
        return False
    remember(order.workspace.settings, scores.observations, _part(order), console)
    order.folder.finish(scores.observations, _ending(work, scores))
    return True


def _part(order: PilotOrder) -> Part:
    """What the history keeps it as."""
    return Part(run=order.folder.pilot_id, source="pilot", baseline=order.design.baseline, at=SystemClock().now())


def _ending(work: _Work, scores: Scores) -> PilotEnd:
    """How it ended: with all that was drawn measured, or not."""
    spent = work.spent()
    is_whole = scores.status is RunStatus.DONE and not work.due(scores.observations).is_open
    return PilotEnd(
        status=FINISHED if is_whole else CEILING,
        spent_pusd=PicoUSD(spent.answers_pusd + spent.judge_pusd),
        held_pusd=PicoUSD(spent.held_pusd),
        emulated=work.order.emulated,
    )
