"""Which scorer holds, and what may stand side by side."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.pilot_answers import request, seen

from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.scorers.choose import Named, ScorerKind, choose, kind_of, one_scale

ALL = Named(command=True, judge=True, pairwise=True, labelled=frozenset({"a"}))


@pytest.mark.parametrize(
    ("custom_id", "expected", "named", "kind"),
    [
        ("a", 1, ALL, ScorerKind.LABELS),
        ("b", 1, ALL, ScorerKind.COMMAND),
        ("b", 1, Named(judge=True), ScorerKind.EXPECTED),
        ("b", None, Named(judge=True), ScorerKind.JUDGE),
        ("b", None, Named(judge=True, pairwise=True), ScorerKind.PAIRWISE),
        ("b", None, Named(), ScorerKind.GATES),
    ],
)
def test_the_strongest_word_holds(custom_id: str, expected: object, named: Named, kind: ScorerKind) -> None:
    """People, a program, a reference, a model, gates."""
    assert choose(request(custom_id, expected), named) == kind


@pytest.mark.parametrize(
    ("scorer", "kind"),
    [
        ("labels", "labels"),
        ("judge:gpt-6-sol", "judge"),
        ("pairwise:a/b:free vs gpt-5", "pairwise"),
        ("gates", "gates"),
    ],
)
def test_a_scorer_is_of_its_kind(scorer: str, kind: str) -> None:
    """What stands before the colon."""
    assert kind_of(scorer) == kind


def test_an_unknown_scorer_is_an_error() -> None:
    """It is never taken for a weak one."""
    with pytest.raises(ValueError, match="guess"):
        kind_of("guess")


def test_a_pair_by_people_counts_more_than_three_by_a_judge() -> None:
    """Where people looked at the baseline and one other."""
    judged = [seen("a", model, 0.5, "judge:j") for model in ("m", "n", "base")]
    labelled = [seen("a", model, 1.0) for model in ("m", "base")]
    scale = one_scale([*judged, *labelled], "base")
    assert scale.kept == tuple(labelled)
    assert scale.set_aside == tuple(judged)


def test_a_label_without_a_pair_does_not_break_one() -> None:
    """A person's word on one model is no difference to what a judge says of the baseline."""
    judged = [seen("a", model, 0.5, "judge:j") for model in ("m", "base")]
    alone = [seen("a", "m", 1.0), seen("b", "m", 1.0)]
    scale = one_scale([*judged, *alone], "base")
    assert scale.kept == (*judged, alone[1])
    assert scale.set_aside == (alone[0],)


def test_without_a_baseline_any_two_are_a_pair() -> None:
    """Of two judges the first by name holds, each time."""
    both = [seen("a", model, 0.5, scorer) for scorer in ("judge:y", "judge:x") for model in ("m", "n")]
    assert {each.scorer for each in one_scale(both).kept} == {"judge:x"}


def test_comparisons_are_not_mixed_with_other_scales_in_a_template() -> None:
    """A baseline of 0.5 beside one of 0.9 is no mean; what scored more requests stays, in a draw the plain scale."""
    compared = [seen(name, model, 0.5, "pairwise:j vs base") for name in "abc" for model in ("m", "base")]
    labelled = [seen("a", model, 0.9) for model in ("m", "base")]
    assert one_scale([*compared, *labelled], "base").kept == tuple(compared[2:])
    more = [seen(name, model, 0.9) for name in "ab" for model in ("m", "base")]
    assert one_scale([*compared[:4], *more], "base").kept == tuple(more)
    draw = [*compared[2:4], *labelled]
    assert one_scale(draw, "base").kept == tuple(labelled)


@given(
    given_=st.lists(
        st.builds(
            seen, st.sampled_from("ab"), st.sampled_from("mn"), st.just(0.5), st.sampled_from(["labels", "gates"])
        ),
        max_size=12,
    )
)
def test_nothing_is_lost_and_each_request_has_one_scorer(given_: list[Observation]) -> None:
    """In the order given."""
    scale = one_scale(given_, "m")
    assert len(scale.kept) + len(scale.set_aside) == len(given_)
    for name in {each.custom_id for each in given_}:
        assert len({each.scorer for each in scale.kept if each.custom_id == name}) == 1
