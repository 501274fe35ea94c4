"""The gates of a run: those that look at one answer alone, and those that need more than it."""

from modelroute_cli.base.schema import Request
from modelroute_cli.execution.gates.answer import Said, Verdict, judge
from modelroute_cli.execution.judging.commands import Commands
from modelroute_cli.execution.judging.judges import Judges
from modelroute_cli.execution.records import Judged
from modelroute_cli.execution.tickets import Assigned, Ticket


class Gatekeeper:
    """Says what answers are worth; it lives as long as the run, and may remember earlier answers.

    Programs and judges come last, where all else passed: a judge is asked by an attempt of its own (judging.weighing).
    """

    def __init__(self, judges: Judges, commands: Commands) -> None:
        self.judges = judges
        self._commands = commands

    async def verdict(self, request: Request, assigned: Assigned, said: Said) -> Verdict:
        """The first gate that fails, else a pass; never raises on what a model may say."""
        del assigned
        return judge(request, said)

    async def by_command(self, ticket: Ticket, request: Request, verdict: Verdict) -> Verdict:
        """What the request's own program says of an answer that passed; `verdict` itself where there is none."""
        return await self._commands.verdict(ticket, request, verdict)

    async def close(self) -> None:
        """End the programs that were started."""
        await self._commands.close()


def judged(attempt: int, verdict: Verdict, text: str) -> Judged:
    """The verdict as the journal keeps it; `text` is the answer as it came."""
    output = verdict.output if verdict.output != text else None
    return Judged(attempt, verdict.passed, verdict.gate, verdict.detail, output, verdict.applied or None, verdict.score)
