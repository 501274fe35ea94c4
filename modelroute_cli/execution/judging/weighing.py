"""From an answer to its verdict, and from that to what its request does next; a judge may be asked in between."""

from collections.abc import Callable
from dataclasses import replace

from msgspec import structs

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Request
from modelroute_cli.execution.gatekeeper import Gatekeeper, judged
from modelroute_cli.execution.gates.answer import Verdict, compared
from modelroute_cli.execution.journal_read import judge_answers
from modelroute_cli.execution.judging.judges import JUDGE, NOT_JUDGED, Asked, has_judge, unjudged
from modelroute_cli.execution.limits import Closing
from modelroute_cli.execution.realised.controls import is_control
from modelroute_cli.execution.realised.desk import Realised
from modelroute_cli.execution.records import AttemptKind
from modelroute_cli.execution.retry import Decision
from modelroute_cli.execution.steps import Held, Judgement, Later, Next, Steps
from modelroute_cli.execution.tickets import Examined, Ticket, Unjudged
from modelroute_cli.execution.work import RunWork


class Weighing:
    """Gives answers their verdicts, notes them, and hands back what is next."""

    def __init__(
        self,
        work: RunWork,
        steps: Steps,
        gatekeeper: Gatekeeper,
        notice: Callable[[str], None],
        realised: Realised | None = None,
    ) -> None:
        self._work = work
        self._steps = steps
        self._gatekeeper = gatekeeper
        self._notice = notice
        self._realised = realised or Realised()
        self._told: set[str] = set()

    def paid(self, ticket: Ticket, cost_pusd: PicoUSD | None) -> None:
        """What an attempt was billed; the control sample has a budget of its own."""
        controls = self._realised.controls
        if controls is not None and is_control(ticket):
            controls.paid(ticket, cost_pusd)

    def control_failed(self, ticket: Ticket, decision: Decision) -> Next:
        """What follows when the baseline did not answer a request of the control sample."""
        controls = self._realised.controls
        return Held() if controls is None else controls.failed(ticket, decision)

    def control_dropped(self, ticket: Ticket) -> Next:
        """What follows when the baseline will not be asked about a request of the control sample."""
        controls = self._realised.controls
        return Held() if controls is None else controls.dropped(ticket)

    def request(self, ticket: Ticket) -> Request:
        """What is sent for a ticket: the request, or a judge's question about an answer to it."""
        request = self._work.request(ticket.assigned)
        return request if ticket.examined is None else self._gatekeeper.judges.request(ticket, request)

    async def answered(self, answer: Unjudged, request: Request) -> Next:
        """What an answer to `request` (what was sent) leads to: a judge's answer is a verdict on another one."""
        examined = answer.ticket.examined
        if examined is None:
            return await self._weigh(answer, request)
        own = self._work.request(answer.ticket.assigned)
        return self._after(examined, self._gatekeeper.judges.heard(answer.ticket, answer.said.text, own), own)

    async def again(self, answer: Unjudged) -> Next:
        """What follows from an answer that a crash left unjudged; what a judge said of it is not asked for again."""
        assigned = answer.ticket.assigned
        request = self._work.request(assigned)
        said = judge_answers(self._work.journal.path, assigned.row, answer.attempt) if has_judge(request) else ()
        return await self._weigh(answer, request, said)

    def failed(self, examined: Examined, ticket: Ticket, decision: Decision) -> Next:
        """What follows when a judge did not answer: the judge again, another one, or the answer passes without.

        `ticket` counts the failure.
        """
        request = self._work.request(ticket.assigned)
        return self._after(examined, self._gatekeeper.judges.failed(ticket, decision, request), request)

    def stranded(self, examined: Examined, ticket: Ticket, closing: Closing) -> Next:
        """What follows for a question whose judge was closed: another one, else it waits where that may pass."""
        request = self._work.request(ticket.assigned)
        asked = self._gatekeeper.judges.elsewhere(ticket, request, closing.reason)
        if closing.may_pass and isinstance(asked, Verdict):
            return Later(replace(ticket, closing=closing.number))
        return self._after(examined, asked, request)

    def without_judge(self, examined: Examined, reason: str) -> Next:
        """What follows for an answer that no judge will look at."""
        request = self._work.request(examined.answer.ticket.assigned)
        return self._after(examined, unjudged(examined.verdict, JUDGE, reason), request)

    async def _weigh(self, answer: Unjudged, request: Request, said: tuple[str, ...] = ()) -> Next:
        """The verdict of all gates but the judge, then the judge where one is to look at what they let pass."""
        if answer.ticket.kind is AttemptKind.CONTROL:
            request = _by_itself(request)
        verdict = await self._gatekeeper.verdict(request, answer.ticket.assigned, answer.said)
        if verdict.passed and request.gates is not None:
            verdict = await self._gatekeeper.by_command(answer.ticket, request, verdict)
        if not (verdict.passed and has_judge(request)):
            return self._concluded(answer, verdict, request)
        examined = Examined(answer=answer, verdict=verdict)
        return self._after(examined, self._gatekeeper.judges.asked(examined, request, said), request)

    def _after(self, examined: Examined, asked: Asked, request: Request) -> Next:
        """The judge's attempt, or what the verdict leads to."""
        return asked if isinstance(asked, Later) else self._concluded(examined.answer, asked, request)

    def _concluded(self, answer: Unjudged, verdict: Verdict, request: Request) -> Next:
        """Note a verdict, and say what follows from it."""
        of_control = answer.ticket.kind is AttemptKind.CONTROL
        if not verdict.passed:
            verdict = compared(request, verdict)
            if not of_control:
                self._gatekeeper.refused(answer.ticket.assigned)
        score = self._realised.judged(answer, verdict, request)
        self._work.journal.note(judged(answer.attempt, verdict, answer.said.text, score))
        if verdict.passed and verdict.detail:
            self._tell(verdict.detail)
        if of_control:
            return self._realised.heard(answer.ticket, answer.attempt, score)
        judgement = Judgement(answer.attempt, verdict, answer.visible_tokens)
        return self._steps.after_verdict(answer.ticket, judgement, request)

    def _tell(self, detail: str) -> None:
        """Say once for each gate that it did not look at an answer."""
        for told in detail.split("; "):
            gate, _, why = told.partition(": ")
            if gate.startswith(NOT_JUDGED) and gate not in self._told:
                self._told.add(gate)
                self._notice(
                    f"an answer that passed all else is accepted {gate}: {why}; the report counts such answers"
                )


def _by_itself(request: Request) -> Request:
    """The request without the gate that holds its answer against others: the baseline's stands beside its own."""
    rules = request.gates
    if rules is None or rules.near_duplicates is None:
        return request
    return structs.replace(request, gates=structs.replace(rules, near_duplicates=None))
