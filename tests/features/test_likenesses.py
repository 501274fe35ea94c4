"""Prompts as points: alike prompts are near, and groups of them are found again."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelroute_cli.features.likenesses import Space, clusters, nearest

MATHS = [f"Solve for x: {n}x + {n + 1} = {3 * n}. Give the value of x." for n in range(30)]
LETTERS = [f"Dear customer {n}, write a warm reply about the delayed parcel from Rome." for n in range(30)]
CODE = [f"def f_{n}(items):\n    return [item for item in items if item > {n}]" for n in range(30)]
ALL = MATHS + LETTERS + CODE


def test_prompts_made_alike_are_nearer_than_others() -> None:
    """Each of three kinds is at least twice as near to itself as to the others."""
    points = Space.of(ALL).points(ALL)
    near = points @ points.T
    own = np.mean([near[at : at + 30, at : at + 30].mean() for at in (0, 30, 60)])
    others = np.mean([near[:30, 30:].mean(), near[30:60, 60:].mean()])
    assert own > 0.8
    assert own > 2 * others


def test_groups_are_found_again() -> None:
    """Three centres, one for each kind."""
    points = Space.of(ALL).points(ALL)
    found = nearest(points, clusters(points, 3))
    assert [len(set(found[at : at + 30])) for at in (0, 30, 60)] == [1, 1, 1]
    assert len(set(found)) == 3


def test_the_same_prompts_give_the_same_points_and_groups() -> None:
    """Nothing depends on when it runs."""
    first, second = Space.of(ALL, seed=4), Space.of(ALL, seed=4)
    assert np.array_equal(first.points(ALL), second.points(ALL))
    points = first.points(ALL)
    assert np.array_equal(clusters(points, 5, seed=1), clusters(points, 5, seed=1))


@settings(max_examples=8)
@given(st.lists(st.text(max_size=40), min_size=2, max_size=6))
def test_any_text_has_a_point_of_length_one_or_none(texts: list[str]) -> None:
    """Empty texts, lone surrogates and emoji too."""
    points = Space.of(texts).points(texts)
    lengths = np.linalg.norm(points, axis=1)
    assert points.shape[0] == len(texts)
    assert np.all((np.abs(lengths - 1) < 1e-3) | (lengths < 1e-3))
    assert np.all(np.isfinite(points))


def test_digits_make_little_difference() -> None:
    """What varies in a pattern is often a number: two of one pattern are nearer than two of different ones."""
    texts = [*ALL, "Solve for x: 7x + 8 = 21.", "Solve for x: 9x + 5 = 64.", "Is 7x + 8 = 21 prime or even?"]
    points = Space.of(texts).points(texts)
    assert points[-2] @ points[-3] > points[-1] @ points[-3]


@pytest.mark.parametrize("count", [1, 200])
def test_there_are_no_more_centres_than_points_to_tell_apart(count: int) -> None:
    """One centre, and more wanted than there are prompts."""
    points = Space.of(MATHS).points(MATHS)
    centres = clusters(points, count)
    assert 1 <= len(centres) <= len(MATHS)
    assert nearest(points, centres).max() < len(centres)


def test_no_texts_have_no_points() -> None:
    """An empty block."""
    assert Space.of(MATHS).points([]).shape[0] == 0
