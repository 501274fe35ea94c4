"""The command gate: programs that judge answers, each started when it is first needed and once again when it dies.

An answer without a verdict passes, with the reason beside it: a checker that is broken says nothing about the answer,
and to reject all of them would buy each request again from a dearer model. The report counts such answers.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from modelroute_cli.base.schema import CommandRule, Request
from modelroute_cli.execution.gates.answer import Verdict, failed_verdict
from modelroute_cli.execution.judging.judges import joined, unjudged, with_gate
from modelroute_cli.execution.judging.program import AskedRequest, Program, Question, Told, Turn, Untold
from modelroute_cli.execution.tickets import Ticket

COMMAND = "command"
_STARTS = 2


class Command:
    """One program of a run."""

    def __init__(self, run: tuple[str, ...], env: Mapping[str, str], log: Callable[[str], None]) -> None:
        self._run = run
        self._env = env
        self._log = log
        self._starts = 0
        self._starting = asyncio.Lock()
        self._program: Program | None = None

    async def ask(self, question: Question, timeout_s: float) -> Told | Untold:
        """Its verdict, or why there is none. What it was asked when it died is not asked again: it may be the cause."""
        async with self._starting:
            program = await self._running()
        return program if isinstance(program, Untold) else await program.ask(question, timeout_s)

    async def close(self) -> None:
        """End it."""
        if self._program is not None:
            await self._program.close()

    async def _running(self) -> Program | Untold:
        """The program, started where it does not run and may be started."""
        program = self._program
        if program is not None and (program.ended is None or self._starts >= _STARTS):
            return program if program.ended is None else Untold(program.ended)
        if self._starts >= _STARTS:
            return Untold("it cannot be started")
        self._starts += 1
        if program is not None:
            self._log(f"`{self._run[0]}` is started again: {program.ended}")
            await program.close()
        return await self._started()

    async def _started(self) -> Program | Untold:
        """A new one."""
        try:
            self._program = await Program.start(self._run, self._env, self._log)
        except OSError as error:
            self._starts = _STARTS
            return Untold(f"it cannot be started: {error.strerror}")
        return self._program


@dataclass(frozen=True, slots=True)
class Commands:
    """The programs of a run, by what starts them; `env` is what they see of the environment."""

    env: Mapping[str, str]
    log: Callable[[str], None]
    programs: dict[tuple[str, ...], Command]

    async def verdict(self, ticket: Ticket, request: Request, verdict: Verdict) -> Verdict:
        """The verdict on an answer that passed, as the request's program changes it."""
        rule = None if request.gates is None else request.gates.command
        if rule is None:
            return verdict
        command = self.programs.get(rule.run)
        if command is None:
            command = self.programs[rule.run] = Command(rule.run, self.env, self.log)
        told = await command.ask(_question(ticket, request, verdict), rule.timeout_s)
        if isinstance(told, Untold):
            return unjudged(verdict, COMMAND, told.why)
        looked = replace(with_gate(verdict, COMMAND), score=told.quality)
        if not _passes(told, rule):
            return failed_verdict(request, COMMAND, told.detail or "", looked)
        return replace(looked, detail=joined(looked.detail, told.detail or ""))

    async def close(self) -> None:
        """End them all."""
        await asyncio.gather(*(command.close() for command in self.programs.values()))


def _question(ticket: Ticket, request: Request, verdict: Verdict) -> Question:
    """What a program is told of an answer."""
    turns = tuple(Turn(turn.role, turn.content) for turn in request.turns())
    return Question(
        custom_id=request.custom_id,
        model=ticket.model,
        task_type=ticket.assigned.task_type,
        request=AskedRequest(turns, request.expected, request.metadata, request.tags),
        output=verdict.output,
    )


def _passes(told: Told, rule: CommandRule) -> bool:
    """What the program said; its `pass` counts where it says both."""
    by_quality = told.quality is not None and told.quality >= rule.least
    return by_quality if told.passed is None else told.passed
