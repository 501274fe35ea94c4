"""What a request does next, after a failure or a verdict: wait for another attempt, or come to its end.

Pure, but for the ladder, which remembers what it chose.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from modelroute_cli.base.schema import Request
from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.execution.gates.answer import Verdict
from modelroute_cli.execution.records import AttemptKind, Final, FinalStatus
from modelroute_cli.execution.retry import Decision, GiveUp, RetryPolicy, RetrySame, SwitchTier, Trouble, decide
from modelroute_cli.execution.routes import Routes
from modelroute_cli.execution.tickets import Ticket
from modelroute_cli.providers.base import Failure, FailureKind

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
    """The rules of a run; `closed` says why nothing may be sent to a model."""

    routes: Routes
    policy: RetryPolicy
    max_escalations: int
    seed: int
    closed: Callable[[ModelCard], str | None]
    ladder: Ladder | None = None  # None: the rule's list in its order

    def decide(self, ticket: Ticket, failure: Failure, limited_for_s: float) -> Decision:
        """What the failure means, with a jitter that is the same for the same seed, request and number of failures."""
        may_switch = self.routes.may_switch(ticket)
        failures = ticket.history.failures + _counts(failure, may_switch=may_switch)
        jitter = random.Random(f"{self.seed}/{ticket.assigned.row}/{failures}").random()  # noqa: S311 - spreads load
        trouble = Trouble(
            failure=failure, failures=failures, limited_for_s=limited_for_s, jitter=jitter, may_switch=may_switch
        )
        return decide(trouble, self.policy)

    def after_failure(self, ticket: Ticket, failure: Failure, decision: Decision, request: Request) -> Next:
        """The same model again, perhaps at the standard tier, another one, or the end."""
        failures = ticket.history.failures + _counts(failure, may_switch=self.routes.may_switch(ticket))
        counted = replace(ticket, history=replace(ticket.history, failures=failures))
        if isinstance(decision, RetrySame):
            return Later(replace(counted, kind=AttemptKind.RETRY), decision.delay_s)
        if isinstance(decision, SwitchTier):
            return Later(self.routes.at_standard(counted))
        if isinstance(decision, GiveUp):
            return give_up(counted, decision.reason)
        if self.routes.reach is not None and self.closed(self.routes.models[ticket.model]) is not None:
            return Later(counted)  # it goes elsewhere with all the others that wait for this model
        return self.reroute(counted, request, decision.reason)

    def reroute(self, ticket: Ticket, request: Request, reason: str) -> Next:
        """Another model of the same rule; without one the request ends, with the best answer it has."""
        elsewhere = self.routes.fallback(ticket, request, self.closed)
        return Later(elsewhere) if elsewhere is not None else give_up(ticket, reason)

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
        roomier = self.routes.resend(kept) if verdict.gate == "truncated" else None
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
    history = ticket.history
    earlier = replace(history, tried=history.tried[:-1], escalations=history.escalations - 1, failures=0, resent=False)
    return replace(ticket, model=history.tried[-1], history=earlier)


def give_up(ticket: Ticket, reason: str | None = None) -> Final:
    """The end of a request that was not accepted; the best answer so far stays with it."""
    history = ticket.history
    if history.best is None:
        return Final(ticket.assigned.row, FinalStatus.FAILED, None, reason or "")
    failed_gate = f"gate:{history.verdict}"
    told = failed_gate if reason is None else f"{failed_gate} ({reason})"
    return Final(ticket.assigned.row, FinalStatus.FAILED, history.best, told)


def _counts(failure: Failure, *, may_switch: bool) -> int:
    """A rate limit that passes is no failure of the request, nor is a tier that is not to be had."""
    passes = failure.kind is FailureKind.RATE_LIMITED
    return int(not passes and not (failure.kind is FailureKind.TIER and may_switch))


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
