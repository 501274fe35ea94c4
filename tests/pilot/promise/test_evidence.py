"""What a hold-out's answers say: the tests get exactly these draws and differences, and stop when all is decided."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.promised import BASE, CHEAP, hold_out, right

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import TaskType
from modelroute_cli.pilot.certify import Method
from modelroute_cli.pilot.certify_answers import Choice
from modelroute_cli.pilot.design import Design, ModelPrice, TemplatePart
from modelroute_cli.pilot.promise.evidence import complete, evidence, is_decided, next_look, own_rows, result
from modelroute_cli.pilot.stakes import Reason


def design(rows: tuple[int, ...]) -> Design:
    """A hold-out's requests, each on the baseline and the cheap model."""
    models = tuple(ModelPrice(model=name, cost_pusd=PicoUSD(1), high_pusd=PicoUSD(2)) for name in (BASE, CHEAP))
    part = TemplatePart(
        template="t",
        task_type=TaskType.EMAIL,
        language="en",
        requests=len(rows),
        reason=Reason.MEASURED,
        size=len(rows),
        rows=rows,
        custom_ids=tuple(f"r{row}" for row in rows),
        models=models,
        cost_pusd=PicoUSD(0),
        gain_pusd=PicoUSD(0),
    )
    return Design(baseline=BASE, seed=1, ceiling_pusd=PicoUSD(9), bill_pusd=PicoUSD(0), slack=None, parts=(part,))


def test_d_is_the_plans_quality_less_the_share_of_the_baselines_in_the_order_drawn() -> None:
    """Of the first draws that are looked at, and of no others."""
    held = hold_out(rows=(4, 2, 7))
    seen = [*right("r4", base=1, cheap=0), *right("r2", base=1, cheap=1), *right("r7", base=0, cheap=1)]
    (rung,) = evidence(held, seen, 2).rungs
    assert rung.d.tolist() == [-0.9, 1 - 0.9]
    assert (rung.name, rung.cost_pusd) == ("0.98", PicoUSD(10))


def test_what_is_missing_counts_against_the_plan() -> None:
    """A draw whose answers never came is worth 0 for the plan and 1 for the baseline."""
    found = evidence(hold_out(rows=(4,)), [], 1)
    assert (found.rungs[0].d.tolist(), found.unanswered) == ([-0.9], 1)


def test_a_missing_answer_of_the_baseline_alone_is_missing_on_both_sides() -> None:
    """Where the plan leaves a request to the baseline it cannot lose: the tests rely on it."""
    held = hold_out(rows=(4,), choices=(Choice(BASE),), safe=(True,))
    assert evidence(held, [], 1).rungs[0].d.tolist() == [0.0]


@given(count=st.integers(0, 60), fixed=st.booleans())
def test_rounds_grow_and_never_ask_more_than_was_drawn(count: int, *, fixed: bool) -> None:
    """Each look is at more draws than the last; a fixed number is asked at once."""
    held = hold_out(rows=tuple(range(60)), method=Method.FIXED if fixed else Method.ANY_TIME)
    look = next_look(held, count)
    assert look == 60 if fixed else min(count + 1, 60) <= look <= 60


def test_a_test_that_is_won_asks_no_more() -> None:
    """By betting it may be stopped as soon as all rungs passed; tested once it goes on to its end."""
    rows = tuple(range(300))
    seen = [each for row in rows for each in right(f"r{row}", base=1, cheap=1)]
    held = hold_out(rows=rows, population=1000)
    assert not is_decided(held, seen, 0)
    assert not is_decided(held, seen, 10)
    assert is_decided(held, seen, 50)
    assert not is_decided(hold_out(rows=rows, population=1000, method=Method.FIXED), seen, 50)
    assert result(held, seen, 50).rung is not None


def test_a_test_that_is_lost_for_certain_asks_no_more() -> None:
    """Nor does one that came to the end of its draws."""
    rows = tuple(range(300))
    seen = [each for row in rows for each in right(f"r{row}", base=1, cheap=0)]
    held = hold_out(rows=rows, population=1000)
    assert is_decided(held, seen, 50)
    assert result(held, seen, 50).rung is None
    assert is_decided(held, [], 300)


@pytest.mark.parametrize(
    ("ended", "expected"), [(set(), 0), ({0, 1}, 1), ({2, 3}, 0), ({0, 1, 2}, 1), (set(range(6)), 3)]
)
def test_only_draws_that_ended_on_every_model_are_looked_at(ended: set[int], expected: int) -> None:
    """From the first on without a gap: leaving out what takes longer would choose the easy ones."""
    assert complete(hold_out(rows=(4, 2, 7)), design((4, 2, 7)), ended) == expected


def test_each_draw_knows_its_own_rows_of_the_hold_outs_job_file() -> None:
    """One for each model."""
    assert own_rows(design((4, 2))) == {4: frozenset({0, 1}), 2: frozenset({2, 3})}
