"""The scorers `judge:NAME` and `pairwise:NAME vs BASELINE`: what a judge model is asked about the answers of a pilot.

Questions are ordinary requests: whoever runs the pilot sends them through the engine, within its cap and without the
gates of its rules (those are for answers), and hands what came back to `verdicts.judged`. They are made of the answers
alone, so that after a crash the same ones are made again.

A rubric gives points: 1 is 0, 5 is 1. A comparison with the baseline's answer is relative: a win is 1, a tie 0.5, a
loss 0, and the baseline's own quality is 0.5. Then the ratio of a model's mean to the baseline's is 1 + share won -
share lost: a floor of 98% allows that two more of a hundred answers are lost than won.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from msgspec import structs

from modelroute_cli.base.schema import JudgeRule, Request
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.scorers.answers import Answer, observed
from modelroute_cli.planning.judge_prompt import JudgeQuestion, judge_request

_TIE: Final = 0.5
_ID_BYTES: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """Who judges and how; `rule.least` and `rule.share` are the gate's, and mean nothing here."""

    judge: str  # a name of the catalog: see bench.find_judge
    rule: JudgeRule
    baseline: str  # whose answers a comparison is with; no answer of its own is judged then
    seed: int = 0

    @property
    def scorer(self) -> str:
        """The scorer of what follows from its verdicts."""
        if self.rule.mode == "rubric":
            return f"judge:{self.judge}"
        return f"pairwise:{self.judge} vs {self.baseline}"


@dataclass(frozen=True, slots=True)
class JudgeAsked:
    """One question: the request that is sent, and the answers it is about, which share one text."""

    request: Request
    about: tuple[Answer, ...]
    answer_first: bool = True  # of a comparison: whether they stand before the baseline's


@dataclass(frozen=True, slots=True)
class NotJudged:
    """An answer that no verdict is had for, and why."""

    custom_id: str
    model: str
    why: str


@dataclass(frozen=True, slots=True)
class JudgePlan:
    """What is to be asked, and what is known without asking: nothing is worth nothing, and equal texts tie."""

    judging: Judging
    questions: tuple[JudgeAsked, ...]
    settled: tuple[Observation, ...]
    left_out: tuple[NotJudged, ...] = ()  # comparisons without an answer of the baseline


def judge_plan(answers: Sequence[Answer], request_of: Callable[[str], Request], judging: Judging) -> JudgePlan:
    """What a judge is asked about answers: each text once, a comparison both ways round.

    Questions about one request stand together: where the money ends before they do, what was judged are whole pairs.
    """
    texts = _by_text(answers)
    if judging.rule.mode == "rubric":
        return _rubric_plan(texts, request_of, judging)
    return _pairwise_plan(texts, request_of, judging)


def _by_text(answers: Sequence[Answer]) -> tuple[tuple[Answer, ...], ...]:
    """Answers to one request that are the same text: the judge does not see who wrote it, and is asked once."""
    requests: dict[str, dict[str, list[Answer]]] = {}
    for answer in answers:
        requests.setdefault(answer.custom_id, {}).setdefault(answer.output.strip(), []).append(answer)
    return tuple(tuple(group) for texts in requests.values() for group in texts.values())


def _rubric_plan(
    texts: Sequence[tuple[Answer, ...]], request_of: Callable[[str], Request], judging: Judging
) -> JudgePlan:
    """A question for each text that is not empty."""
    questions = (
        JudgeAsked(_question(request_of(same[0].custom_id), same[0], judging), same)
        for same in texts
        if same[0].output.strip()
    )
    nothing = (observed(answer, 0.0, judging.scorer) for same in texts if not same[0].output.strip() for answer in same)
    return JudgePlan(judging, tuple(questions), tuple(nothing))


def _pairwise_plan(
    texts: Sequence[tuple[Answer, ...]], request_of: Callable[[str], Request], judging: Judging
) -> JudgePlan:
    """Two questions for each text that is another than the baseline's."""
    theirs = {answer.custom_id: answer for same in texts for answer in same if answer.model == judging.baseline}
    questions: list[JudgeAsked] = []
    settled: list[Observation] = []
    left_out: list[NotJudged] = []
    for same in texts:
        reference = theirs.get(same[0].custom_id)
        known = None if reference is None else _known(same[0].output.strip(), reference.output.strip())
        if reference is None:
            why = f"`{judging.baseline}` has no answer to compare with"
            left_out.extend(NotJudged(answer.custom_id, answer.model, why) for answer in same)
        elif known is not None:
            settled.extend(observed(answer, known, judging.scorer) for answer in same)
        else:
            questions.extend(_both_ways(same, reference, request_of(reference.custom_id), judging))
    return JudgePlan(judging, tuple(questions), tuple(settled), tuple(left_out))


def _known(text: str, reference: str) -> float | None:
    """What a comparison comes to that nobody need be asked for."""
    if text == reference:
        return _TIE
    return None if text and reference else float(bool(text))


def _both_ways(same: tuple[Answer, ...], reference: Answer, request: Request, judging: Judging) -> Iterator[JudgeAsked]:
    """The comparison with the answer first and with the baseline's first, since judges prefer a place."""
    beside = structs.replace(request, expected=reference.output)
    for answer_first in (True, False):
        yield JudgeAsked(_question(beside, same[0], judging, answer_first=answer_first), same, answer_first)


def _question(request: Request, answer: Answer, judging: Judging, *, answer_first: bool = True) -> Request:
    """What is sent, for the judge alone, under a name that is made of all that it is asked.

    It carries what rules look at, since it holds the request's text: who may not read that may not judge it either.
    """
    how = JudgeQuestion(rule=judging.rule, task_type=answer.task_type, seed=judging.seed, answer_first=answer_first)
    asked = judge_request(request, answer.output, how)
    told = "\0".join((judging.judge, answer.custom_id, *(turn.content for turn in asked.turns())))
    digest = blake2b(told.encode("utf-8", "replace"), digest_size=_ID_BYTES).hexdigest()
    return structs.replace(
        asked,
        custom_id=f"judge:{digest}",
        model=judging.judge,
        task_type=answer.task_type,
        importance=request.importance,
        tenant=request.tenant,
        data_class=request.data_class,
        metadata=request.metadata,
        tags=request.tags,
        redact=request.redact,
        redact_terms=request.redact_terms,
    )
