"""Which templates are worth a question, and what answers change."""

from collections.abc import Mapping

import polars as pl
import pytest
from support.planning_jobs import requests_of

from modelroute_cli.base.frames import REQUESTS
from modelroute_cli.base.schema import TaskType
from modelroute_cli.planning.uncertain import LEAST_REQUESTS, UNCERTAIN, UNSURE_BELOW, answered, uncertain

UNSURE: Mapping[str, object] = {"template": "u", "task_type": "other", "task_confidence": 0.3}


def found(*rows: Mapping[str, object]) -> list[tuple[str, int]]:
    """Templates and requests of what could be asked about."""
    return list(uncertain(requests_of(*rows).lazy()).select("template", "requests").iter_rows())


def test_a_template_whose_guess_is_more_likely_wrong_than_right_is_uncertain() -> None:
    """With its guess, its requests and the place of an example: its first request."""
    frame = uncertain(requests_of({}, *([UNSURE] * 5), {}).lazy())
    assert dict(frame.schema) == dict(pl.Schema(UNCERTAIN))
    assert frame.row(0) == ("u", "other", 0.3, 5, 100, 99)
    assert frame.height == 1


@pytest.mark.parametrize(("confidence", "asked"), [(UNSURE_BELOW - 0.01, True), (UNSURE_BELOW, False), (0.9, False)])
def test_confidence_decides_whatever_the_type(confidence: float, *, asked: bool) -> None:
    """An `other` that is sure of itself is an answer, an unsure e-mail is none."""
    for task_type in ("other", "email"):
        row = {**UNSURE, "task_type": task_type, "task_confidence": confidence}
        assert bool(found(*([row] * 6))) is asked


def test_few_requests_are_not_worth_a_question() -> None:
    """Duplicates are answered by their first, so they do not count; they do in what a question stands for."""
    assert found(*([UNSURE] * (LEAST_REQUESTS - 1))) == []
    assert found(*([UNSURE] * (LEAST_REQUESTS - 1)), {**UNSURE, "duplicate_of": 0}) == []
    assert found(*([UNSURE] * LEAST_REQUESTS), {**UNSURE, "duplicate_of": 0}) == [("u", LEAST_REQUESTS + 1)]


def test_requests_that_were_guessed_each_by_itself_are_not_asked_about() -> None:
    """One example cannot speak for them."""
    assert found(*([UNSURE] * 5), {**UNSURE, "task_confidence": 0.31}) == []
    assert found(*([UNSURE] * 5), {**UNSURE, "task_type": "math"}) == []


def test_rows_that_name_their_type_are_left_out() -> None:
    """What the user says is not asked about."""
    named = {**UNSURE, "task_source": "row", "task_type": "code", "task_confidence": 1.0}
    assert found(*([named] * 9)) == []
    assert found(named, *([UNSURE] * 5)) == [("u", 5)]


def test_only_what_may_be_shown_is_an_example() -> None:
    """A template all of whose requests are private is not asked about."""
    private = {**UNSURE, "data_class": "personal"}
    shown = pl.col("data_class").is_null()
    mixed = uncertain(requests_of(private, *([UNSURE] * 5)).lazy(), shown)
    assert mixed["offset"].to_list() == [100]
    assert uncertain(requests_of(*([private] * 6)).lazy(), shown).height == 0


def test_templates_come_in_the_order_of_their_first_request() -> None:
    """The same job gives the same questions."""
    rows = [{**UNSURE, "template": name} for _ in range(5) for name in ("z", "a", "m")]
    assert [name for name, _ in found(*rows)] == ["z", "a", "m"]


def test_answers_take_the_place_of_guesses_and_of_nothing_else() -> None:
    """The rows' own word stays, and so do templates without an answer; what an answer is worth is not known."""
    named = {**UNSURE, "task_source": "row", "task_type": "code", "task_confidence": 1.0}
    frame = answered(requests_of(UNSURE, named, {}), {"u": TaskType.MATH, "gone": TaskType.CODE})
    assert dict(frame.schema) == dict(pl.Schema(REQUESTS))
    assert frame.select("task_type", "task_confidence", "task_source").rows() == [
        ("math", None, "model"),
        ("code", 1.0, "row"),
        ("email", 0.9, "classifier"),
    ]


def test_no_answers_change_nothing() -> None:
    """The same rows."""
    frame = requests_of(UNSURE, {})
    assert answered(frame, {}).equals(frame)
    assert answered(frame, {"x": TaskType.CODE}).equals(frame)
