"""Answers sorted by their scorer."""

import pytest
from support.pilot_answers import answer, requests

from modelroute_cli.base.errors import UsageError
from modelroute_cli.pilot.scorers.choose import Named
from modelroute_cli.pilot.scorers.expected import Comparing
from modelroute_cli.pilot.scorers.sorting import sort_answers

ANSWERS = [answer("a", output="54"), answer("b", output="fine"), answer("c", output="so")]


def test_what_needs_nobody_is_scored_at_once() -> None:
    """By its reference, or by gates where nothing else can be asked."""
    found = sort_answers(ANSWERS, requests(54), Named())
    assert [(each.custom_id, each.quality, each.scorer) for each in found.scored] == [
        ("a", 1.0, "expected"),
        ("b", 1.0, "gates"),
        ("c", 1.0, "gates"),
    ]
    assert (found.for_command, found.for_judge, found.labelled) == ((), (), ())


def test_the_rest_waits_for_its_scorer() -> None:
    """People, a judge in either way, or a program for all."""
    found = sort_answers(ANSWERS, requests(54), Named(judge=True, labelled=frozenset("c")))
    assert ([each.custom_id for each in found.scored], found.for_judge, found.labelled) == (
        ["a"],
        (ANSWERS[1],),
        (ANSWERS[2],),
    )
    assert sort_answers(ANSWERS, requests(), Named(judge=True, pairwise=True)).for_judge == tuple(ANSWERS)
    assert sort_answers(ANSWERS, requests(54), Named(command=True)).for_command == tuple(ANSWERS)


def test_how_values_are_compared_is_handed_on() -> None:
    """A tolerance here."""
    found = sort_answers([answer("a", output="55")], requests(54), Named(), Comparing(tolerance=0.1))
    assert [each.quality for each in found.scored] == [1.0]


def test_an_answer_that_nothing_can_say_anything_of_is_an_error() -> None:
    """No gate looked, and nothing else was named."""
    with pytest.raises(UsageError, match="no gate looked at the answer of `cheap-1` to `a`"):
        sort_answers([answer(passed=None)], requests(), Named())
