"""The scorer `command`: a program of the user's own reads answers as JSON lines and writes their qualities.

Unlike a command gate, a scorer that fails is an error: to let an answer pass costs nothing, but a quality that nobody
measured would be believed by every plan made from it. What was answered is kept; only the scoring is done again.
"""

import asyncio
import re
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from modelroute_cli.base.errors import UsageError
from modelroute_cli.base.schema import Request
from modelroute_cli.execution.judging.program import AskedRequest, Program, Question, Told, Turn, Untold
from modelroute_cli.jobs.problems import printable
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.scorers.answers import Answer, observed

COMMAND: Final = "command"
_AT_ONCE: Final = 4
_SCRIPT: Final = re.compile(r"[^-].*\.\w{1,4}")
_LAST_LINES, _LAST_CHARACTERS = 3, 300
_HINT: Final = (
    'it reads a line of JSON for each answer and writes one: `{"custom_id": "m-1", "model": "gpt-5", "quality": 0.7}`, '
    "the quality from 0 to 1, and flushes its output; then run the same command again: the answers are kept"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorer:
    """A program that scores: what starts it (no shell), what it sees of the environment, and its time.

    `timeout_s` is for one answer; four are asked at the same time, so one that works on them in turn has four times
    that for each line. `env` carries no keys: see `execution.keys.without_keys`.
    """

    run: tuple[str, ...]
    env: Mapping[str, str]
    timeout_s: float = 30.0
    log: Callable[[str], None] = field(default=lambda _: None)  # each line it writes to stderr

    @property
    def name(self) -> str:
        """The program, and the script where it runs one; other arguments may be nobody's business."""
        script = next((each for each in self.run[1:] if _SCRIPT.fullmatch(each)), None)
        return self.run[0] if script is None else f"{self.run[0]} {script}"


async def by_command(
    answers: Sequence[Answer], request_of: Callable[[str], Request], scorer: Scorer
) -> tuple[Observation, ...]:
    """The quality of each answer, in the order given; UsageError at the first one that the program gives none for."""
    if not answers:
        return ()
    last: deque[str] = deque(maxlen=_LAST_LINES)
    scoring = _Scoring(scorer, await _started(scorer, last), request_of)
    waiting, failed = deque(_by_request(answers)), None
    try:
        async with asyncio.TaskGroup() as workers:
            for _ in range(_AT_ONCE):
                workers.create_task(scoring.work(waiting))
    except* _UnscoredError as found:
        failed = found.exceptions[0]
    finally:
        await scoring.program.close()
    if isinstance(failed, _UnscoredError):
        raise _error(failed, scorer, [*last, scoring.program.useless])
    return tuple(observed(each, scoring.scores[each.custom_id, each.model], COMMAND) for each in answers)


class _UnscoredError(Exception):
    """The program gave no quality for an answer."""

    def __init__(self, answer: Answer, why: str) -> None:
        super().__init__(why)
        self.answer = answer
        self.why = why


@dataclass(frozen=True, slots=True)
class _Scoring:
    """One program at work."""

    scorer: Scorer
    program: Program
    request_of: Callable[[str], Request]
    scores: dict[tuple[str, str], float] = field(default_factory=dict)

    async def work(self, waiting: deque[list[Answer]]) -> None:
        """Score the answers to one request after the other; those to the same one in turn, so that none is mistaken."""
        while waiting:
            for answer in waiting.popleft():
                told = await self.program.ask(self._question(answer), self.scorer.timeout_s * _AT_ONCE)
                self.scores[answer.custom_id, answer.model] = _quality(answer, told)

    def _question(self, answer: Answer) -> Question:
        """The line that is written for an answer."""
        request = self.request_of(answer.custom_id)
        turns = tuple(Turn(turn.role, turn.content) for turn in request.turns())
        asked = AskedRequest(turns, request.expected, request.metadata, request.tags)
        return Question(answer.custom_id, answer.model, answer.task_type, asked, answer.output)


def _quality(answer: Answer, told: Told | Untold) -> float:
    """What the program said; a `pass` alone is 1 or 0."""
    if isinstance(told, Untold):
        raise _UnscoredError(answer, told.why)
    if told.model not in {None, answer.model}:
        raise _UnscoredError(answer, f"it answered for `{printable(str(told.model))}`")
    return float(bool(told.passed)) if told.quality is None else told.quality


def _error(failed: _UnscoredError, scorer: Scorer, said: Sequence[str]) -> UsageError:
    """What ends the scoring, with the program's last words."""
    words = " / ".join(printable(line)[:_LAST_CHARACTERS] for line in said if line)
    message = (
        f"the scorer `{scorer.name}` gave no quality for the answer of `{failed.answer.model}` to "
        f"`{printable(failed.answer.custom_id)}`: {failed.why}{f'; its last words: {words}' if words else ''}"
    )
    return UsageError(message, hint=_HINT)


async def _started(scorer: Scorer, last: deque[str]) -> Program:
    """The program, its stderr heard; UsageError where it cannot be started."""

    def hear(line: str) -> None:
        last.append(line)
        scorer.log(line)

    try:
        return await Program.start(scorer.run, scorer.env, hear)
    except OSError as error:
        message = f"the scorer `{scorer.name}` cannot be started: {error.strerror}"
        raise UsageError(message, hint="name a program on your PATH, or its path; it must be executable") from error


def _by_request(answers: Sequence[Answer]) -> list[list[Answer]]:
    groups: dict[str, list[Answer]] = {}
    for answer in answers:
        groups.setdefault(answer.custom_id, []).append(answer)
    return list(groups.values())
