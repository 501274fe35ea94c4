"""From a judge's words to qualities."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.pilot_answers import BASELINE, CHEAP, answer, requests

from modelroute_cli.base.schema import JudgeRule
from modelroute_cli.pilot.scorers.judge import JudgePlan, Judging, NotJudged, judge_plan
from modelroute_cli.pilot.scorers.verdicts import PlaceBias, judged

RUBRIC = Judging(judge="j", rule=JudgeRule(model="j"), baseline=BASELINE)
PAIRWISE = Judging(judge="j", rule=JudgeRule(model="j", mode="pairwise"), baseline=BASELINE)


def compared(*names: str) -> JudgePlan:
    """A comparison for each request."""
    told = [answer(name, model, f"{model} of {name}") for name in names for model in (CHEAP, BASELINE)]
    return judge_plan(told, requests(), PAIRWISE)


def said(plan: JudgePlan, *words: str) -> dict[str, str]:
    """What the judge answers, in the order of the questions."""
    return {
        question.request.custom_id: f'{{"reason": "", "better": "{word}"}}'
        for question, word in zip(plan.questions, words, strict=True)
    }


def test_points_become_a_share() -> None:
    """Four of five are three quarters; all that said the same have it."""
    plan = judge_plan([answer("a", CHEAP, "x"), answer("a", "m", "x")], requests(), RUBRIC)
    found = judged(plan, {plan.questions[0].request.custom_id: '{"reason": "good", "score": "4"}'})
    assert [(each.model, each.quality, each.scorer) for each in found.observations] == [
        (CHEAP, 0.75, "judge:j"),
        ("m", 0.75, "judge:j"),
    ]
    assert (found.not_judged, found.place) == ((), None)


@pytest.mark.parametrize(
    ("first", "second", "quality"),
    [
        ("first", "second", 1.0),
        ("second", "first", 0.0),
        ("first", "first", 0.5),
        ("second", "second", 0.5),
        ("tie", "tie", 0.5),
        ("first", "tie", 0.75),
        ("tie", "first", 0.25),
    ],
)
def test_a_comparison_is_the_mean_of_both_ways(first: str, second: str, quality: float) -> None:
    """Agreement wins or loses; what hangs on the order is a tie."""
    plan = compared("a")
    found = {each.model: each.quality for each in judged(plan, said(plan, first, second)).observations}
    assert found == {CHEAP: quality, BASELINE: 0.5}


def test_the_ratio_of_the_means_is_one_plus_won_less_lost() -> None:
    """Of four, two won, one lost, one tied: 1.25 of the baseline."""
    plan = compared("a", "b", "c", "d")
    found = judged(plan, said(plan, *["first", "second"] * 2, "second", "first", "tie", "tie")).observations
    mean = {name: sum(each.quality for each in found if each.model == name) / 4 for name in (CHEAP, BASELINE)}
    assert mean[CHEAP] / mean[BASELINE] == 1 + 2 / 4 - 1 / 4


def test_a_judge_that_prefers_a_place_is_seen() -> None:
    """By the comparisons whose winner changed with the order."""
    plan = compared("a", "b", "c", "d")
    place = judged(plan, said(plan, "first", "first", "second", "second", "first", "first", "first", "second")).place
    assert place == PlaceBias(pairs=4, to_first=2, to_second=1)
    assert place.flipped == 0.75


def test_without_a_comparison_no_place_is_preferred_or_not() -> None:
    """Unknown is None."""
    assert judged(compared(), {}).place == PlaceBias(0, 0, 0)
    assert PlaceBias(0, 0, 0).flipped is None


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (None, "the judge did not answer"),
        ("", "what the judge said cannot be read"),
        ('{"score": 7}', "what the judge said cannot be read"),
        ('I say: {"better": "first"}', "what the judge said cannot be read"),
    ],
)
def test_what_is_not_heard_is_not_judged(words: str | None, why: str) -> None:
    """One way alone is none: it would bring back the place. Nothing becomes a 0."""
    plan = compared("a")
    answers = said(plan, "first", "second")
    name = plan.questions[1].request.custom_id
    heard = {**answers, name: words} if words is not None else {key: answers[key] for key in answers if key != name}
    found = judged(plan, heard)
    assert [each.model for each in found.observations] == [BASELINE]
    assert found.not_judged == (NotJudged("a", CHEAP, why),)


def test_what_was_left_out_of_the_plan_is_told_too() -> None:
    """An answer that had nothing to be compared with."""
    found = judged(judge_plan([answer()], requests(), PAIRWISE), {})
    assert found.not_judged == (NotJudged("a", CHEAP, "`strong-1` has no answer to compare with"),)


@given(words=st.lists(st.sampled_from(["first", "second", "tie", '"}', "7"]), min_size=6, max_size=6))
def test_each_answer_is_scored_or_told_of(words: list[str]) -> None:
    """Once, and every quality is a share."""
    plan = compared("a", "b", "c")
    found = judged(plan, said(plan, *words))
    names = [(each.custom_id, each.model) for each in found.observations]
    names += [(each.custom_id, each.model) for each in found.not_judged]
    assert sorted(names) == sorted((name, model) for name in "abc" for model in (CHEAP, BASELINE))
    assert all(0 <= each.quality <= 1 for each in found.observations)


@given(words=st.lists(st.sampled_from(["first", "second", "tie"]), min_size=4, max_size=4))
def test_a_quality_does_not_hang_on_which_place_came_first(words: list[str]) -> None:
    """Both orders asked the other way round give the same."""
    plan = compared("a", "b")
    turned = {"first": "second", "second": "first", "tie": "tie"}
    swapped = [turned[words[1]], turned[words[0]], turned[words[3]], turned[words[2]]]
    assert judged(plan, said(plan, *words)).observations == judged(plan, said(plan, *swapped)).observations
