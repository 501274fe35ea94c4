"""A judge's questions as a job of their own, and its answers as they are kept.

Rounds of a pilot make more answers, and with them more questions: each round asks those that nobody answered yet, and
what was said once is never asked again, whatever stopped the pilot in between.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
from msgspec import Struct

from modelroute_cli.base.schema import Request
from modelroute_cli.pilot.scorers.judge import JudgePlan


class JudgeSaid(Struct, frozen=True, forbid_unknown_fields=True):
    """What a judge answered, whole, to the question of that name."""

    custom_id: str
    text: str


def open_questions(plan: JudgePlan, said: Mapping[str, str]) -> tuple[Request, ...]:
    """The questions that were not answered yet, in the order of the plan: the next job for the judge."""
    return tuple(each.request for each in plan.questions if each.request.custom_id not in said)


def job_lines(questions: Iterable[Request]) -> Iterator[bytes]:
    """Questions as lines of a job file; each names the judge as its model."""
    encoder = msgspec.json.Encoder()
    return (encoder.encode(each) + b"\n" for each in questions)


def said_in(questions: Sequence[Request], answers: Mapping[int, str]) -> tuple[JudgeSaid, ...]:
    """What was answered to a job of `questions`, by row of that job; rows without an answer are left out."""
    return tuple(JudgeSaid(each.custom_id, answers[row]) for row, each in enumerate(questions) if row in answers)


def by_question(said: Iterable[JudgeSaid]) -> dict[str, str]:
    """As `verdicts.judged` takes it; of two answers to one question the first holds."""
    found: dict[str, str] = {}
    for each in said:
        found.setdefault(each.custom_id, each.text)
    return found
