"""The gates of a run: those that look at one answer alone, and those that need more than it."""

import asyncio
from dataclasses import replace

from msgspec import structs

from modelroute_cli.base.schema import Request
from modelroute_cli.execution.earlier import Earlier
from modelroute_cli.execution.gates.alike import Answers
from modelroute_cli.execution.gates.answer import Said, Verdict, failed_verdict, judge
from modelroute_cli.execution.gates.usual import NOTHING_USUAL, SAME_LANGUAGE, usual_gates
from modelroute_cli.execution.judging.commands import Commands
from modelroute_cli.execution.judging.judges import Judges
from modelroute_cli.execution.realised.scoring import GATES, Score
from modelroute_cli.execution.records import Judged
from modelroute_cli.execution.tickets import Assigned, Ticket
from modelroute_cli.features.language import UNDETERMINED

_NEAR = "near_duplicates"


class Gatekeeper:
    """Says what answers are worth; it lives as long as the run, and remembers answers where a gate compares them.

    Programs and judges come last, where all else passed: a judge is asked by an attempt of its own (judging.weighing).
    """

    def __init__(self, judges: Judges, commands: Commands, earlier: Earlier, *, default_gates: bool = True) -> None:
        self.judges = judges
        self._commands = commands
        self._earlier = earlier
        self._default_gates = default_gates
        self._answers: dict[str, asyncio.Task[Answers]] = {}

    async def verdict(self, request: Request, assigned: Assigned, said: Said) -> Verdict:
        """The first gate that fails, else a pass; never raises on what a model may say. StorageError."""
        usual = usual_gates(assigned.task_type, assigned.language) if self._default_gates else NOTHING_USUAL
        asked = _in_its_language(request, assigned.language)
        verdict = judge(asked, said, usual)
        if verdict.passed and asked.gates is not None and asked.gates.near_duplicates is not None:
            return await self._unlike(asked, assigned, verdict, asked.gates.near_duplicates)
        return verdict

    async def _unlike(self, request: Request, assigned: Assigned, verdict: Verdict, least: float) -> Verdict:
        """The verdict on an answer that passed, held against those of its template."""
        answers = await self._known(assigned.template)
        looked = replace(verdict, applied=f"{verdict.applied},{_NEAR}")
        twin = answers.add_unless_alike(assigned.row, verdict.output, least)
        if twin is None:
            return looked
        told = f"{twin.likeness:.0%} of its word pairs are those of the answer to row {twin.row + 1}"
        return failed_verdict(request, _NEAR, told, looked)

    async def _known(self, template: str) -> Answers:
        """The answers of a template, those of earlier sessions read in a thread when it is first asked for."""
        if template not in self._answers:
            loading = asyncio.to_thread(self._loaded, template)
            self._answers[template] = asyncio.get_running_loop().create_task(loading)
        return await asyncio.shield(self._answers[template])

    def _loaded(self, template: str) -> Answers:
        answers = Answers(self._earlier.text)
        answers.add_all(self._earlier.of(template))
        return answers

    def refused(self, assigned: Assigned) -> None:
        """An answer came to nothing after all: others may be like it."""
        known = self._answers.get(assigned.template)
        if known is not None and known.done():
            known.result().forget(assigned.row)

    async def by_command(self, ticket: Ticket, request: Request, verdict: Verdict) -> Verdict:
        """What the request's own program says of an answer that passed; `verdict` itself where there is none."""
        return await self._commands.verdict(ticket, request, verdict)

    async def close(self) -> None:
        """End the programs that were started."""
        await self._commands.close()


def _in_its_language(request: Request, spoken: str) -> Request:
    """The request with `language: same` as the language it is in; without that gate where this does not tell."""
    rules = request.gates
    if rules is None or rules.language != SAME_LANGUAGE:
        return request
    language = None if spoken == UNDETERMINED else spoken
    return structs.replace(request, gates=structs.replace(rules, language=language))


def judged(attempt: int, verdict: Verdict, text: str, score: Score | None = None) -> Judged:
    """The verdict as the journal keeps it; `text` is the answer as it came, `score` what it is worth."""
    output = verdict.output if verdict.output != text else None
    applied = verdict.applied or None
    known = (None, None) if score is None or score.scorer == GATES else (score.value, score.scorer)
    return Judged(
        attempt, verdict.passed, verdict.gate, verdict.detail, output, applied, verdict.score, verdict.right, *known
    )
