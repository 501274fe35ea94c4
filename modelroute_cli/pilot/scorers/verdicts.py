"""From what a judge said to observations: each verdict read as a whole or not at all, both ways of a comparison."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Final

from modelroute_cli.execution.judging.reading import heard
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.scorers.answers import Answer, observed
from modelroute_cli.pilot.scorers.judge import JudgeAsked, JudgePlan, NotJudged

_WIN, _LOSS = 1.0, 0.0
_UNREAD: Final = "what the judge said cannot be read"
_UNHEARD: Final = "the judge did not answer"


@dataclass(frozen=True, slots=True)
class PlaceBias:
    """How often a comparison went to the place an answer stood in, not to the answer."""

    pairs: int  # compared both ways round
    to_first: int  # of them, won by whatever stood first
    to_second: int

    @property
    def flipped(self) -> float | None:
        """The share of comparisons whose winner changed with the order; None where nothing was compared."""
        return (self.to_first + self.to_second) / self.pairs if self.pairs else None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a judge's verdicts come to; `place` is None where it scored by a rubric."""

    observations: tuple[Observation, ...]
    not_judged: tuple[NotJudged, ...]
    place: PlaceBias | None


def judged(plan: JudgePlan, said: Mapping[str, str]) -> Judgement:
    """The qualities that follow from `said`, the judge's answers by the custom_id of their questions.

    A comparison counts when both ways were heard: its quality is the mean of the two, 0.5 where they disagree. What is
    missing or cannot be read leaves its answers not judged; it is never taken for a bad verdict.
    """
    found: list[Observation] = list(plan.settled)
    missing: list[NotJudged] = list(plan.left_out)
    places: Counter[str] = Counter()
    for questions in _by_answer(plan):
        scores = [_score(question, plan, said) for question in questions]
        heard_all = [score for score in scores if isinstance(score, float)]
        if len(heard_all) < len(scores):
            why = next(score for score in scores if isinstance(score, str))
            missing.extend(NotJudged(each.custom_id, each.model, why) for each in questions[0].about)
            continue
        found.extend(observed(each, fmean(heard_all), plan.judging.scorer) for each in questions[0].about)
        places.update(_places(heard_all))
    pairwise = plan.judging.rule.mode == "pairwise"
    place = PlaceBias(places["pairs"], places["first"], places["second"]) if pairwise else None
    return Judgement(tuple(found), tuple(missing), place)


def _by_answer(plan: JudgePlan) -> list[list[JudgeAsked]]:
    """The questions about one text together."""
    groups: dict[tuple[Answer, ...], list[JudgeAsked]] = {}
    for question in plan.questions:
        groups.setdefault(question.about, []).append(question)
    return list(groups.values())


def _score(question: JudgeAsked, plan: JudgePlan, said: Mapping[str, str]) -> float | str:
    """The score of one verdict, or why there is none."""
    text = said.get(question.request.custom_id)
    if text is None:
        return _UNHEARD
    read = heard(text, plan.judging.rule, answer_first=question.answer_first)
    return _UNREAD if read is None else float(read.score)


def _places(scores: list[float]) -> list[str]:
    """What two ways of one comparison say of the places: the answer stood first in the first of them."""
    if len(scores) == 1:
        return []
    told = {(_WIN, _LOSS): "first", (_LOSS, _WIN): "second"}.get((scores[0], scores[1]))
    return ["pairs"] if told is None else ["pairs", told]
