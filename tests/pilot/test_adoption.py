"""Which answers of a pilot become results."""

import polars as pl
from support.pilot_designs import design, part

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import TaskType
from modelroute_cli.execution.adopting import Adoption
from modelroute_cli.pilot.adoption import adopted, adoptions
from modelroute_cli.pilot.design import Pair
from modelroute_cli.pilot.gathered import Gathered
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.scorers.answers import Answer, observed
from modelroute_cli.planning.piloted import ANSWERED


def answer(row: int, model: str, cost: int | None, *, passed: bool = True) -> Gathered:
    """One answer."""
    said = Answer(
        custom_id=f"r{row}",
        template="t1",
        task_type=TaskType.MATH,
        language="en",
        model=model,
        output="4",
        passed=passed,
        cost_pusd=None if cost is None else PicoUSD(cost),
        input_tokens=7,
        output_tokens=3,
    )
    return Gathered(0, Pair("t1", row, row, model), said)


def chosen(*found: tuple[Gathered, float]) -> list[tuple[int, str]]:
    """Row and model of those that are adopted, by these qualities."""
    seen: list[Observation] = [observed(each.answer, quality, "expected") for each, quality in found]
    return adopted([each for each, _ in found], seen, "base").select("row", "model").rows()


def test_the_best_answer_of_each_request_is_taken() -> None:
    """By row."""
    told = (answer(2, "cheap", 1), 1.0), (answer(1, "cheap", 1), 0.5), (answer(1, "mid", 9), 0.8)
    assert chosen(*told) == [(1, "mid"), (2, "cheap")]


def test_of_equally_good_ones_the_baselines_is_taken_else_the_dearest() -> None:
    """Both are paid for."""
    assert chosen((answer(1, "base", 5), 1.0), (answer(1, "mid", 9), 1.0)) == [(1, "base")]
    assert chosen((answer(1, "cheap", 1), 1.0), (answer(1, "mid", 9), 1.0)) == [(1, "mid")]


def test_an_answer_that_failed_its_gates_is_never_a_result() -> None:
    """However it was scored; nor is one whose cost is not known yet."""
    assert chosen((answer(1, "mid", 9, passed=False), 1.0), (answer(1, "cheap", 1), 0.0)) == [(1, "cheap")]
    assert chosen((answer(1, "mid", None), 1.0)) == []
    assert chosen((answer(1, "mid", 9, passed=False), 1.0)) == []


def test_what_it_took_comes_with_it() -> None:
    """Tokens and money as they were billed."""
    assert adopted([answer(1, "mid", 9)], (), "base").rows() == [(1, "mid", 7, 3, 9)]


def test_all_that_was_sent_for_a_plans_requests_is_adopted_and_the_taken_answers_end_them() -> None:
    """Which those are, the plan's assignments say; requests that it leaves out stay out."""
    made = design(part(size=2))
    assignments = pl.LazyFrame({"row": [0, 5], "model": ["mid", "cheap"], "reason": [ANSWERED, "cheapest"]})
    assert adoptions(made, assignments) == (
        Adoption(0, 0, is_final=False),
        Adoption(1, 0, is_final=False),
        Adoption(2, 0, is_final=True),
    )
