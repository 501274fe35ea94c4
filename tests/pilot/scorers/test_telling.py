"""Sentences about scorers and judges."""

import pytest
from support.pilot_answers import seen

from modelroute_cli.pilot.scorers.bias import Bias, Corrected
from modelroute_cli.pilot.scorers.judge import NotJudged
from modelroute_cli.pilot.scorers.telling import (
    bias_line,
    checked_lines,
    corrected_line,
    judgement_lines,
    not_judged_lines,
    place_line,
    scorer_words,
    set_aside_line,
)
from modelroute_cli.pilot.scorers.verdicts import Judgement, PlaceBias


@pytest.mark.parametrize(
    ("scorer", "words"),
    [
        ("labels", "as people say"),
        ("command", "as your command says"),
        ("expected", "right by `expected`"),
        ("judge:claude-opus-5-5", "as claude-opus-5-5 judges"),
        ("judge:openrouter/a/b:free", "as openrouter/a/b:free judges"),
        ("pairwise:claude-opus-5-5 vs gpt-5", "beside gpt-5 (0.5 is as good), as claude-opus-5-5 judges"),
        ("gates", "usable, as the gates say: not how good"),
    ],
)
def test_a_scorer_says_what_its_quality_means(scorer: str, words: str) -> None:
    """Gates alone never say good."""
    assert scorer_words(scorer) == words


@pytest.mark.parametrize(
    ("bias", "line"),
    [
        (Bias(0.0412, 0.03, 0.875, 40, 20), "0.04 more than people (standard error 0.03) and agrees with them on 88%"),
        (Bias(-0.5, None, 0.0, 40, 20), "0.50 less than people and agrees with them on 0%"),
        (Bias(0.001, 0.02, 1.0, 40, 20), "as much as people (standard error 0.02) and agrees with them on 100%"),
    ],
)
def test_a_bias_is_told_with_its_error_and_its_ground(bias: Bias, line: str) -> None:
    """How much, how sure, on how many."""
    assert bias_line("j", bias) == f"j gives {line}, by 40 answers to 20 requests that both looked at"


def test_a_corrected_mean_is_told_with_its_interval() -> None:
    """Or without one where there is one label."""
    many = Corrected(0.8, 0.02, 0.79, 0.05, 400, 40)
    assert corrected_line("m", many) == (
        "m: +0.80 once the judge's bias is taken out, 90% interval +0.77 to +0.83 (40 labels of 400 judged requests)"
    )
    assert corrected_line("all", Corrected(0.8, None, 0.8, None, 9, 1)) == (
        "all: +0.80 once the judge's bias is taken out (1 label of 9 judged requests)"
    )


def test_labels_check_the_judges_that_looked_at_the_same_answers() -> None:
    """Its bias where it gives points, and what is left of the differences to the baseline."""
    judged = [seen(name, model, value, "judge:j") for name in "abcd" for model, value in (("m", 0.75), ("base", 1.0))]
    labels = [seen(name, model, value) for name in "ab" for model, value in (("m", 0.5), ("base", 1.0))]
    told, corrected = checked_lines(judged, labels, "base")
    assert told == bias_line("j", Bias(0.125, None, 1.0, 4, 2))
    assert corrected == corrected_line("m less base", Corrected(-0.5, 0.0, -0.5, 0.0, 4, 2, gaps_vary=False))


def test_other_scorers_are_held_against_people_and_not_corrected() -> None:
    """Each by its name; those that looked at other answers are not told of."""
    scored = [seen("a", "m", 1.0, "gates"), seen("a", "m", 0.0, "expected"), seen("b", "m", 0.0, "command")]
    assert checked_lines(scored, [seen("a", "m", 0.5)], "base") == (
        bias_line("expected", Bias(-0.5, None, 0.0, 1, 1)),
        bias_line("gates", Bias(0.5, None, 1.0, 1, 1)),
    )


def test_labels_that_do_not_count_are_told_of() -> None:
    """A label without one of the baseline, or in a template of which a judge compared more; not where all count."""
    compared = [seen(name, model, 0.5, "pairwise:j vs base") for name in "abc" for model in ("m", "base")]
    labels = [seen("a", model, 0.9) for model in ("m", "base")]
    assert set_aside_line(compared, labels, "base") == (
        "2 of 2 labels set aside: a label counts beside one of base for the same request, and in a template that a "
        "judge compared, once most of its requests are labelled"
    )
    gates = [seen(name, model, 1.0, "gates") for name in "ab" for model in ("m", "base")]
    assert set_aside_line(gates, labels, "base") is None
    line = set_aside_line(gates, [*labels, seen("b", "m", 1.0)], "base")
    assert line is not None
    assert line.startswith("1 of 3 labels set aside: ")


def test_comparisons_are_corrected_and_have_no_bias_of_their_own() -> None:
    """0.5 is as good as the baseline there, which no label says."""
    judged = [seen("a", "m", 0.0, "pairwise:j vs base"), seen("a", "base", 0.5, "pairwise:j vs base")]
    labels = [seen("a", "m", 0.2), seen("a", "base", 1.0)]
    assert checked_lines(judged, labels, "base") == (
        "m less base: -0.80 once the judge's bias is taken out (1 label of 1 judged request)",
    )
    assert checked_lines(judged, [], "base") == ()


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (PlaceBias(50, 0, 0), "j: 0 of 50 comparisons went to a place, not to an answer"),
        (PlaceBias(1_200, 30, 10), "j: 40 of 1,200 comparisons went to a place, not to an answer (30 to the first)"),
        (PlaceBias(0, 0, 0), None),
    ],
)
def test_a_judge_that_prefers_a_place_is_told_of(place: PlaceBias, line: str | None) -> None:
    """How many, and to which."""
    assert place_line("j", place) == line


def test_a_judge_that_goes_by_place_is_warned_of() -> None:
    """Where more than a third hangs on the order."""
    line = place_line("j", PlaceBias(3, 1, 1))
    assert line is not None
    assert line.startswith("j: 2 of 3 comparisons went to a place, not to an answer (1 to the first); ")
    assert line.endswith("; it is of little use for these answers")


def test_of_verdicts_only_what_is_wrong_is_told() -> None:
    """Places that were preferred, answers without a verdict."""
    left = (NotJudged("a", "m", "x"),)
    assert judgement_lines("j", Judgement((), (), PlaceBias(5, 0, 0))) == ()
    assert judgement_lines("j", Judgement((), (), None)) == ()
    assert judgement_lines("j", Judgement((), left, PlaceBias(5, 1, 0))) == (
        "j: 1 of 5 comparisons went to a place, not to an answer (1 to the first)",
        "1 answer not judged: x",
    )


def test_what_was_not_judged_is_counted_by_reason() -> None:
    """The most frequent first."""
    left = [NotJudged("a", "m", "x"), NotJudged("b", "m", "y"), NotJudged("c", "m", "y")]
    assert not_judged_lines(left) == ("2 answers not judged: y", "1 answer not judged: x")
    assert not_judged_lines([]) == ()
