"""Who judges an answer, what it is asked, and what follows from what it says. Pure: attempts are made elsewhere.

A judge never looks at an answer of its own, nor of the same weights under another name. What no judge can be had for
passes unjudged, with the reason in its verdict: that a judge is down says nothing about the answer, and to send every
request to a dearer model because of it would cost what nobody asked for.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from msgspec import structs

from modelroute_cli.base.schema import JudgeRule, Request, ServiceTier, TaskType
from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.execution.bounds import input_bound, worst_case
from modelroute_cli.execution.gates.answer import Verdict, failed_verdict
from modelroute_cli.execution.gates.calls import written_calls
from modelroute_cli.execution.judging.reading import Heard, heard
from modelroute_cli.execution.records import AttemptKind
from modelroute_cli.execution.retry import Decision, Elsewhere, PauseModel, RetrySame
from modelroute_cli.execution.routes import Routes
from modelroute_cli.execution.steps import Later
from modelroute_cli.execution.tickets import Examined, History, Ticket
from modelroute_cli.planning.judge_prompt import JudgeQuestion, judge_request
from modelroute_cli.planning.needed import lacks
from modelroute_cli.planning.plan import JudgeTerms

JUDGE = "judge"
NOT_JUDGED = "not judged"
"""How the detail of a verdict begins that was given without the judge or the program that was to look at the answer."""

NO_MONEY_TO_JUDGE = "no money left for it"
_READINGS = 2  # answers of one judge that cannot be read, until another is asked
_FRAME_TOKENS = 600  # of the judge's instructions, for the pace alone
_DETAIL_CHARACTERS = 200
_STANDARD = ServiceTier.STANDARD.value

Asked = Later | Verdict
"""What follows: a judge is asked, or the verdict is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judges:
    """The judges of a run; `closed` says why nothing may be sent to a model."""

    routes: Routes
    models: Mapping[str, Mapping[str, tuple[str, ...]]]  # rule -> what a judge gate names -> models
    terms: Mapping[str, JudgeTerms]
    seed: int
    closed: Callable[[ModelCard], str | None]

    def asked(self, examined: Examined, request: Request, said: tuple[str, ...] = ()) -> Asked:
        """The first judge's question about an answer that passed the other gates, else the verdict without one.

        `said` are answers that judges gave about it before a crash: they are paid for, and not asked again.
        """
        rule = _rule(request)
        ticket = examined.answer.ticket
        if not self._is_drawn(ticket.assigned.row, rule):
            return examined.verdict
        if rule.mode == "pairwise" and request.expected is None:
            return unjudged(examined.verdict, JUDGE, "the request has no `expected` to compare with")
        following = self._question(examined, request, History())
        for text in said:
            if isinstance(following, Later) and self._read(following.ticket, text, request) is not None:
                following = self.heard(following.ticket, text, request)
        return following

    def heard(self, ticket: Ticket, text: str, request: Request) -> Asked:
        """What follows a judge's answer: the verdict, the question the other way round, or the same one again."""
        said, examined = self._read(ticket, text, request), _examined(ticket)
        if said is None:
            history = replace(ticket.history, failures=ticket.history.failures + 1)
            if history.failures < _READINGS:
                return Later(replace(ticket, history=history))
            return self.elsewhere(ticket, request, f"what `{ticket.model}` says of it cannot be read")
        scores = (*examined.scores, said.score)
        examined = replace(examined, scores=scores, reason=examined.reason or said.reason)
        if len(scores) < _calls(_rule(request)):
            return self._question(examined, request, replace(ticket.history, failures=0))
        return _judged(examined, request)

    def failed(self, ticket: Ticket, decision: Decision, request: Request) -> Asked:
        """What follows a failure that `ticket` counts: the same judge again, another one, or the verdict without."""
        match decision:
            case RetrySame(delay_s=delay_s):
                return Later(ticket, delay_s)
            case PauseModel():
                return Later(ticket)
            case Elsewhere(reason=reason, delay_s=delay_s):
                other = self.elsewhere(ticket, request, reason)
                return other if isinstance(other, Later) else Later(ticket, delay_s)
            case _:
                return self.elsewhere(ticket, request, decision.reason)

    def elsewhere(self, ticket: Ticket, request: Request, reason: str) -> Asked:
        """The same question to the next judge; without one the answer passes unjudged for `reason`."""
        history = replace(ticket.history, failures=0, tried=(*ticket.history.tried, ticket.model))
        return self._question(_examined(ticket), request, history, reason)

    def request(self, ticket: Ticket, request: Request) -> Request:
        """What the judge is sent."""
        examined = _examined(ticket)
        return judge_request(request, _shown(examined), self._how(examined, request))

    def _question(self, examined: Examined, request: Request, history: History, reason: str = "") -> Asked:
        """The next question to the first judge that can be asked."""
        question = judge_request(request, _shown(examined), self._how(examined, request))
        asked = self.routes.sent(question, examined.answer.ticket.assigned.rule, about=request)
        named = self._named(examined.answer.ticket, request)
        judges = self._others(named, examined.answer.ticket)
        for name in judges:
            ticket = self._ticket(examined, asked, name, history)
            if name not in history.tried and self._can(name, asked, ticket):
                return Later(ticket)
        return unjudged(examined.verdict, JUDGE, reason or _nobody(named, judges))

    def _named(self, ticket: Ticket, request: Request) -> tuple[str, ...]:
        """Whom the gate names and the request's rules allow."""
        return self.models.get(ticket.assigned.rule, {}).get(_rule(request).model, ())

    def _others(self, named: tuple[str, ...], ticket: Ticket) -> tuple[str, ...]:
        """Without those that wrote the answer."""
        own = self.routes.models[ticket.model].base_model
        return tuple(name for name in named if self.routes.models[name].base_model != own)

    def _can(self, name: str, asked: Request, ticket: Ticket) -> bool:
        """Whether a judge is open and takes such a question."""
        card = self.routes.models[name]
        provider = self.routes.providers[card.provider]
        if self.closed(card) is not None or lacks(card, provider, asked.needs(), may_fetch=self.routes.job.may_fetch):
            return False
        return ticket.input_tokens + ticket.max_tokens <= card.context_tokens

    def _ticket(self, examined: Examined, asked: Request, name: str, history: History) -> Ticket:
        """The attempt that asks a judge; its reservation holds for the question as it will be sent."""
        answer, terms = examined.answer, self.terms[name]
        answered = len(_shown(examined)) // 3 if answer.visible_tokens is None else answer.visible_tokens
        input_tokens = answer.ticket.assigned.input_tokens + answered + _FRAME_TOKENS
        bound = input_bound(asked, self.routes.job.amounts)
        return Ticket(
            assigned=structs.replace(
                answer.ticket.assigned,
                input_tokens=input_tokens,
                output_tokens=terms.output_tokens,
                prefix=None,  # what the request begins with is not what the question begins with
                prefix_chars=0,
            ),
            kind=AttemptKind.JUDGE,
            model=name,
            service_tier=_STANDARD,
            max_tokens=terms.max_tokens,
            input_tokens=input_tokens,
            worst_pusd=worst_case(self.routes.ceilings[name], bound, terms.max_tokens),
            history=history,
            extra=True,
            examined=examined,
        )

    def _is_drawn(self, row: int, rule: JudgeRule) -> bool:
        """Whether the answers of a row are among the share that is judged: the same for the same seed."""
        return rule.share >= 1 or random.Random(f"{self.seed}/judge/{row}").random() < rule.share  # noqa: S311 - draws

    def _how(self, examined: Examined, request: Request) -> JudgeQuestion:
        """How the next question about an answer is put; a comparison is made both ways, the first one by lot."""
        assigned, rule = examined.answer.ticket.assigned, _rule(request)
        turned = rule.mode == "pairwise" and self._begins_turned(assigned.row) != bool(len(examined.scores) % 2)
        return JudgeQuestion(rule=rule, task_type=TaskType(assigned.task_type), seed=self.seed, answer_first=not turned)

    def _begins_turned(self, row: int) -> bool:
        """Whether the first comparison of a row's answers shows the reference first."""
        return random.Random(f"{self.seed}/order/{row}").random() < 0.5  # noqa: PLR2004, S311 - a coin

    def _read(self, ticket: Ticket, text: str, request: Request) -> Heard | None:
        """What the answer to a ticket's question says."""
        how = self._how(_examined(ticket), request)
        return heard(text, how.rule, answer_first=how.answer_first)


def has_judge(request: Request) -> bool:
    """Whether a judge is to look at the answers of a request."""
    return request.gates is not None and request.gates.judge is not None


def unjudged(verdict: Verdict, gate: str, why: str) -> Verdict:
    """A verdict that stands without the gate that should have looked too."""
    return replace(verdict, detail=joined(verdict.detail, f"{NOT_JUDGED} by {gate}: {why}"))


def _judged(examined: Examined, request: Request) -> Verdict:
    """The verdict of a judge that was heard as often as it takes."""
    score = sum(examined.scores) / len(examined.scores)
    looked = replace(with_gate(examined.verdict, JUDGE), score=score)
    if score < _rule(request).least:
        return failed_verdict(request, JUDGE, examined.reason, looked)
    return replace(looked, detail=joined(looked.detail, examined.reason))


def with_gate(verdict: Verdict, gate: str) -> Verdict:
    """The verdict, one more gate having looked."""
    return replace(verdict, applied=f"{verdict.applied},{gate}" if verdict.applied else gate)


def joined(before: str, told: str) -> str:
    """What several gates told of an answer."""
    return "; ".join(text for text in (before, told[:_DETAIL_CHARACTERS]) if text)


def _nobody(named: tuple[str, ...], others: tuple[str, ...]) -> str:
    """Why nobody was asked."""
    if not named:
        return "no model that it names may read such requests"
    return "none that it names is open and takes such a question" if others else "no judge but the model that wrote it"


def _calls(rule: JudgeRule) -> int:
    """How often one answer is asked about: a comparison both ways round, since judges prefer a place."""
    return 2 if rule.mode == "pairwise" else 1


def _shown(examined: Examined) -> str:
    """The answer as it goes into the results, and the calls of tools it asks for."""
    calls = written_calls(examined.answer.said.tool_calls)
    return examined.verdict.output if calls is None else f"{examined.verdict.output}\n[calls] {calls}"


def _rule(request: Request) -> JudgeRule:
    if request.gates is None or request.gates.judge is None:
        msg = "a judge is asked about a request that has none"
        raise AssertionError(msg)
    return request.gates.judge


def _examined(ticket: Ticket) -> Examined:
    if ticket.examined is None:
        msg = "a judge's attempt without the answer it is about"
        raise AssertionError(msg)
    return ticket.examined
