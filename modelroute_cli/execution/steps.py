"""What a request does next, after a failure or a verdict: wait for another attempt, or come to its end. Pure."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from modelroute_cli.base.schema import Request
from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.execution.gates.answer import Verdict
from modelroute_cli.execution.limits import Closing
from modelroute_cli.execution.records import AttemptKind, Final, FinalStatus
from modelroute_cli.execution.retry import (
    CALM,
    POSSIBLY_BILLED,
    Decision,
    Elsewhere,
    Fallback,
    GiveUp,
    PauseModel,
    RetryPolicy,
    RetrySame,
    Setting,
    StopModel,
    StopProvider,
    SwitchTier,
    Trouble,
    decide,
)
from modelroute_cli.execution.routes import Routes
from modelroute_cli.execution.tickets import Ticket
from modelroute_cli.providers.base import Failure

NO_MONEY = "no money left for escalation"


@dataclass(frozen=True, slots=True)
class Later:
    """Another attempt, `delay_s` from now at the earliest."""

    ticket: Ticket
    delay_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Held:
    """A failed answer that may go on when there is money for it: the ladder keeps it."""


Next = Later | Final | Held


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict on one attempt; `visible_tokens` is its output without reasoning, None where not reported."""

    attempt: int
    verdict: Verdict
    visible_tokens: int | None


class Ladder(Protocol):
    """What chooses the stronger model of a failed answer, with the others in view."""

    def judged(self, ticket: Ticket, *, passed: bool) -> None:
        """The gates looked at an answer."""
        ...

    def stronger(self, ticket: Ticket, request: Request) -> Next:
        """Where an answer goes that the gates did not pass."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """The rules of a run; `closed` says why nothing may be sent to a model now."""

    routes: Routes
    policy: RetryPolicy
    max_escalations: int
    seed: int
    closed: Callable[[ModelCard], str | None]
    gone: Callable[[ModelCard], str | None] | None = None  # the same, leaving out what may open again
    ladder: Ladder | None = None  # None: the rule's list in its order

    def decide(self, ticket: Ticket, failure: Failure, setting: Setting = CALM) -> Decision:
        """What the failure means, with a jitter that is the same for the same seed, request and number of failures."""
        history = counted(ticket, failure, setting).history
        jitter = random.Random(f"{self.seed}/{ticket.assigned.row}/{history.failures}").random()  # noqa: S311 - spreads load
        trouble = Trouble(
            failure=failure,
            failures=history.failures,
            unknown=history.unknown,
            jitter=jitter,
            setting=setting,
            may_switch=self.routes.may_switch(ticket),
        )
        return decide(trouble, self.policy)

    def after_failure(self, ticket: Ticket, decision: Decision, request: Request) -> Next:
        """The same model again, perhaps at the standard tier, another one, or the end; `ticket` counts the failure."""
        match decision:
            case RetrySame(delay_s=delay_s):
                return _again(ticket, delay_s)
            case PauseModel() | StopModel() | StopProvider() if self._waits_for_others(decision):
                return _again(ticket)
            case SwitchTier():
                return Later(self.routes.at_standard(ticket, request))
            case GiveUp(reason=reason):
                return give_up(ticket, reason)
            case Elsewhere(delay_s=delay_s):
                elsewhere = self.routes.fallback(ticket, request, self.closed)
                return _again(ticket, delay_s) if elsewhere is None else Later(elsewhere)
            case Fallback() | PauseModel() | StopModel() | StopProvider():
                return self.reroute(ticket, request, decision.reason)

    def _waits_for_others(self, decision: Decision) -> bool:
        """Whether a request whose model was closed goes elsewhere with all that wait for it."""
        return isinstance(decision, PauseModel) or self.routes.reach is not None

    def reroute(self, ticket: Ticket, request: Request, reason: str) -> Next:
        """Another model of the same rule, an open one first; without one the request ends, with its best answer."""
        elsewhere = self.routes.fallback(ticket, request, self.closed)
        if elsewhere is None and self.gone is not None:
            elsewhere = self.routes.fallback(ticket, request, self.gone)
        return Later(elsewhere) if elsewhere is not None else give_up(ticket, reason)

    def of_stranded(self, ticket: Ticket, request: Request, closing: Closing) -> Next:
        """A request whose model is closed: elsewhere, else it waits where that may pass, else the end."""
        if not closing.may_pass:
            return self.reroute(ticket, request, closing.reason)
        elsewhere = self.routes.fallback(ticket, request, self.closed)
        return Later(elsewhere or replace(ticket, closing=closing.number))

    def after_verdict(self, ticket: Ticket, judgement: Judgement, request: Request) -> Next:
        """Accepted; or more room for a truncated answer, or a stronger model; or failed with this answer kept."""
        verdict = judgement.verdict
        if self.ladder is not None:
            self.ladder.judged(ticket, passed=verdict.passed)
        if verdict.passed:
            return Final(ticket.assigned.row, FinalStatus.ACCEPTED, judgement.attempt, "")
        kept = _keep(ticket, judgement)
        if verdict.gate == "truncated" and _at_own_limit(request, judgement.visible_tokens):
            return give_up(kept, f"`max_output_tokens` of the request is {request.max_output_tokens}")
        roomier = self.routes.with_more_room(kept) if verdict.gate == "truncated" else None
        return self.escalated(kept, request) if roomier is None else Later(roomier)

    def escalated(self, ticket: Ticket, request: Request) -> Next:
        """A stronger model, as often as the settings allow; else the end."""
        if ticket.history.escalations >= self.max_escalations:
            return give_up(ticket)
        if self.ladder is not None:
            return self.ladder.stronger(ticket, request)
        stronger = self.routes.escalation(ticket, request, self.closed)
        return Later(stronger) if stronger is not None else give_up(ticket)

    def escalated_again(self, ticket: Ticket, request: Request) -> Next:
        """Another model for a failed answer whose next one is gone: as if that had not been chosen."""
        chosen = ticket.history.escalations > 0 and ticket.kind is not AttemptKind.RESEND
        return self.escalated(before_escalation(ticket) if chosen else ticket, request)


def before_escalation(ticket: Ticket) -> Ticket:
    """An escalated ticket as it was before its model was chosen."""
    before = ticket.history
    earlier = replace(
        before, tried=before.tried[:-1], escalations=before.escalations - 1, failures=0, unknown=0, resent=False
    )
    return replace(ticket, model=before.tried[-1], history=earlier, closing=0)


def give_up(ticket: Ticket, reason: str | None = None) -> Final:
    """The end of a request that was not accepted; the best answer so far stays with it."""
    history = ticket.history
    if history.best is None:
        return Final(ticket.assigned.row, FinalStatus.FAILED, None, reason or "")
    failed_gate = f"gate:{history.verdict}"
    told = failed_gate if reason is None else f"{failed_gate} ({reason})"
    return Final(ticket.assigned.row, FinalStatus.FAILED, history.best, told)


def counted(ticket: Ticket, failure: Failure, setting: Setting) -> Ticket:
    """The ticket with one more failure; those before an outage are forgiven, since they may have been its beginning."""
    history = ticket.history
    if history.openings != setting.openings:
        history = replace(history, failures=0, unknown=0, openings=setting.openings)
    return replace(
        ticket,
        history=replace(
            history,
            failures=history.failures + 1,
            unknown=history.unknown + (failure.kind in POSSIBLY_BILLED),
            answers=history.answers if history.failures else setting.answers,
        ),
    )


def _again(ticket: Ticket, delay_s: float = 0.0) -> Later:
    return Later(replace(ticket, kind=AttemptKind.RETRY), delay_s)


def _keep(ticket: Ticket, judgement: Judgement) -> Ticket:
    """Remember the answer as the best so far, unless it is empty and there is one that is not."""
    history, verdict = ticket.history, judgement.verdict
    if history.best is not None and not verdict.output.strip():
        return ticket
    said = f"{verdict.gate}: {verdict.detail}"
    return replace(ticket, history=replace(history, best=judgement.attempt, verdict=said))


def _at_own_limit(request: Request, visible_tokens: int | None) -> bool:
    """Whether the answer was cut by the user's own limit, which no resend may pass."""
    own = request.max_output_tokens
    return own is not None and visible_tokens is not None and visible_tokens >= own
