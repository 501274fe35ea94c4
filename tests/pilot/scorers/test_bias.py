"""A judge beside people."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from support.pilot_answers import BASELINE, CHEAP, seen

from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.scorers.bias import (
    Bias,
    Corrected,
    Pair,
    bias,
    corrected,
    corrected_difference,
    corrected_interval,
    pairs_of,
)

SHARE = st.floats(0, 1)


def test_bias_is_how_much_more_a_judge_gives() -> None:
    """On the answers that both looked at."""
    judged = [seen("a", CHEAP, 1.0, "judge:j"), seen("b", CHEAP, 0.5, "judge:j"), seen("c", CHEAP, 0.0, "judge:j")]
    labelled = [seen("a", CHEAP, 0.5), seen("b", CHEAP, 0.25), seen("d", CHEAP, 1.0)]
    assert bias(judged, labelled) == Bias(mean_difference=0.375, standard_error=0.125, agreement=0.5, n=2, requests=2)


def test_answers_to_one_request_are_not_independent() -> None:
    """Ten alike answers to two requests are as sure as two."""
    judged = [
        seen(name, f"m{place}", value, "judge:j") for name, value in (("a", 1.0), ("b", 0.5)) for place in range(5)
    ]
    labelled = [seen(each.custom_id, each.model, 0.5) for each in judged]
    found = bias(judged, labelled)
    assert found is not None
    assert (found.n, found.requests, found.mean_difference) == (10, 2, 0.25)
    assert found.standard_error == pytest.approx(0.25)


def test_one_request_gives_no_error_and_none_no_bias() -> None:
    """Unknown is None."""
    one = bias([seen("a", CHEAP, 1.0)], [seen("a", CHEAP, 0.0)])
    assert one is not None
    assert (one.mean_difference, one.standard_error) == (1.0, None)
    assert bias([seen("a", CHEAP, 1.0)], [seen("b", CHEAP, 0.0)]) is None


def test_pairs_go_by_request_and_model() -> None:
    """Another model's answer is another answer."""
    assert pairs_of([seen("a", CHEAP, 0.2)], [seen("a", BASELINE, 1.0), seen("a", CHEAP, 0.4)]) == (
        Pair(0.2, 0.4, "a"),
    )


def test_the_correction_adds_what_people_gave_more() -> None:
    """The judge's mean over all is 0.7; people gave 0.2 less."""
    found = corrected([0.8, 0.6], [Pair(0.9, 0.6), Pair(0.5, 0.4)])
    assert found is not None
    assert found.mean == pytest.approx(0.5)
    assert (found.labels_mean, found.judged, found.labelled) == (0.5, 4, 2)


def test_a_judge_that_is_always_right_has_the_error_of_all_it_looked_at() -> None:
    """Not that of the few labels."""
    found = corrected([0.0, 1.0] * 48, [Pair(0.0, 0.0), Pair(1.0, 1.0)] * 2)
    assert found is not None
    assert found.mean == pytest.approx(0.5)
    assert found.standard_error == pytest.approx(0.5 / sqrt(100), rel=0.05)
    assert found.labels_standard_error == pytest.approx(sqrt(1 / 3) / 2)


def test_without_labels_nothing_is_corrected_and_one_has_no_error() -> None:
    """Unknown is None."""
    assert corrected([0.5], []) is None
    assert corrected([0.5], [Pair(0.5, 1.0)]) == Corrected(1.0, None, 1.0, None, 2, 1, gaps_vary=False)


def both(names: str, template: str, cheap: float, baseline: float) -> list[Observation]:
    """What was said of two models' answers to requests of a template."""
    told = ((name, model, value) for name in names for model, value in ((CHEAP, cheap), (BASELINE, baseline)))
    return [structs.replace(seen(*each, "judge:j"), template=template) for each in told]


def test_a_difference_is_of_the_same_requests() -> None:
    """A label of one model alone says nothing of it."""
    judged = both("abcd", "t1", 0.9, 0.8)
    difference = corrected_difference(judged, [*both("a", "t1", 0.5, 0.8), seen("b", CHEAP, 0.7)], CHEAP, BASELINE)
    assert difference is not None
    assert difference.mean == pytest.approx(-0.3)
    assert (difference.judged, difference.labelled, difference.standard_error) == (4, 1, None)
    assert corrected_difference(judged, [], CHEAP, BASELINE) is None


def test_each_template_is_corrected_by_its_own_labels() -> None:
    """And counts by what was judged of it, however many of it were labelled."""
    judged = [*both("abcdefgh", "t1", 0.9, 0.8), *both("ij", "t2", 0.5, 0.8), *both("k", "t3", 0.0, 1.0)]
    labels = [*both("ab", "t1", 0.8, 0.8), *both("ij", "t2", 0.8, 0.8), *both("k", "t3", 0.0, 1.0)]
    found = corrected_difference(judged, labels, CHEAP, BASELINE)
    assert found is not None
    assert found.mean == pytest.approx(0.0)
    assert (found.judged, found.labelled, found.templates, found.gaps_vary) == (10, 4, 2, False)
    shifted = [*both("ab", "t1", 0.7, 0.8), *labels[4:]]
    moved = corrected_difference(judged, shifted, CHEAP, BASELINE)
    assert moved is not None
    assert moved.mean == pytest.approx(-0.08)


def test_errors_of_templates_add_up_by_their_shares() -> None:
    """As of independent means."""
    one = [*both("a", "t1", 1.0, 0.5), *both("b", "t1", 0.5, 0.5)]
    other = [*both("c", "t2", 1.0, 0.5), *both("d", "t2", 0.5, 0.5)]
    alone = corrected_difference(one, one, CHEAP, BASELINE)
    together = corrected_difference([*one, *other], [*one, *other], CHEAP, BASELINE)
    assert alone is not None
    assert together is not None
    assert alone.standard_error is not None
    assert together.standard_error == pytest.approx(alone.standard_error / sqrt(2))


@given(labels=st.lists(SHARE, min_size=1, max_size=8), others=st.lists(SHARE, max_size=8))
def test_a_judge_without_error_is_left_alone(labels: list[float], others: list[float]) -> None:
    """The mean is that of all it looked at."""
    found = corrected(others, [Pair(value, value) for value in labels])
    assert found is not None
    assert found.mean == pytest.approx(np.mean([*labels, *others]))


@given(pairs=st.lists(st.tuples(SHARE, SHARE), min_size=2, max_size=8), shift=st.floats(-1, 1))
def test_a_judge_that_always_gives_the_same_too_much_changes_nothing(
    pairs: list[tuple[float, float]], shift: float
) -> None:
    """Neither the mean nor its error."""
    plain = corrected([0.1, 0.9], [Pair(judge, label) for judge, label in pairs])
    moved = corrected([0.1 + shift, 0.9 + shift], [Pair(judge + shift, label) for judge, label in pairs])
    assert plain is not None
    assert moved is not None
    assert moved.mean == pytest.approx(plain.mean, abs=1e-9)
    assert moved.standard_error == pytest.approx(plain.standard_error, abs=1e-9)


def test_nine_of_ten_intervals_hold_the_truth() -> None:
    """A kind judge, 40 labels of 400 answers, 400 pilots: as often as 90% says, and chance."""
    lot, inside, truth = np.random.default_rng(8), 0, 0.7
    for _ in range(400):
        labels = (lot.random(400) < truth).astype(float)
        judge = np.clip(labels * 0.6 + 0.35 + lot.normal(0, 0.15, 400), 0, 1)
        pairs = [Pair(float(judge[place]), float(labels[place])) for place in range(40)]
        found = corrected([float(value) for value in judge[40:]], pairs)
        assert found is not None
        assert found.standard_error is not None
        assert found.labels_standard_error is not None
        assert found.standard_error < found.labels_standard_error
        interval = corrected_interval(found, 0.9)
        assert interval is not None
        inside += interval.low <= truth <= interval.high
    assert 0.87 <= inside / 400 <= 0.94


def test_labels_that_all_differ_by_the_same_are_no_proof() -> None:
    """Two of two that agree with the judge leave room for two thirds that do not."""
    found = corrected([0.5] * 8, [Pair(0.5, 0.5), Pair(0.5, 0.5)])
    assert found == Corrected(0.5, 0.0, 0.5, 0.0, 10, 2, gaps_vary=False)
    interval = corrected_interval(found, 0.9)
    assert interval is not None
    assert [interval.low, interval.high] == pytest.approx([0.5 - 0.68377223, 0.5 + 0.68377223])
    judged = [seen(name, CHEAP, 0.75, "judge:j") for name in "ab"]
    told = bias(judged, [seen(name, CHEAP, 0.5) for name in "ab"])
    assert told is not None
    assert (told.mean_difference, told.standard_error) == (0.25, None)


def test_an_interval_lies_around_the_mean_and_few_labels_widen_it() -> None:
    """By Student's t; one label has none."""
    wide = corrected_interval(Corrected(0.5, 0.1, 0.5, 0.1, 9, 3), 0.9)
    assert wide is not None
    assert (wide.value, wide.level) == (0.5, 0.9)
    assert [wide.low, wide.high] == pytest.approx([0.5 - 0.2919986, 0.5 + 0.2919986])
    assert corrected_interval(Corrected(0.5, None, 0.5, None, 9, 1), 0.9) is None
