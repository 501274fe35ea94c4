"""What a hold-out can draw, and what it then asks of whom."""

import numpy as np
import pytest
from support.plans import CHEAP, STRONG, Row, plan_of

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Request, TaskType
from modelroute_cli.pilot.asking import lines
from modelroute_cli.pilot.certify import Method, Promise
from modelroute_cli.pilot.certify_answers import Choice
from modelroute_cli.pilot.design import ModelPrice
from modelroute_cli.pilot.promise.evidence import own_rows
from modelroute_cli.pilot.promise.expected import Cell
from modelroute_cli.pilot.promise.field import Asked, Field, design_of, hold_out_of
from modelroute_cli.pilot.promise.rungs import LadderPlan

OWN, ON_CHEAP = Choice(STRONG), Choice(CHEAP, STRONG)
COSTS = {STRONG: 100, CHEAP: 3}
COUNT = 40


@pytest.fixture
def field() -> Field:
    """Two rungs over 40 requests of two templates: both leave the first half to the baseline, the last rung no more."""
    half = COUNT // 2
    safer = tuple(OWN if at < half + 5 else ON_CHEAP for at in range(COUNT))
    cheaper = tuple(OWN if at < half else ON_CHEAP for at in range(COUNT))
    plan = plan_of([Row()])
    return Field(
        baseline=STRONG,
        rows=tuple(range(100, 100 + COUNT)),
        custom_ids=tuple(f"r{at}" for at in range(COUNT)),
        templates=tuple("a" if at % 2 else "b" for at in range(COUNT)),
        rungs=(LadderPlan(1.0, plan, "safer"), LadderPlan(0.98, plan, "cheaper")),
        choices=(safer, cheaper),
        stratum=np.array([int(at < half) for at in range(COUNT)], np.int64),
        price={
            (template, model): ModelPrice(model=model, cost_pusd=PicoUSD(cost), high_pusd=PicoUSD(2 * cost))
            for template in "ab"
            for model, cost in COSTS.items()
        },
        facts={"a": (TaskType.EMAIL, "en"), "b": (TaskType.CODE, "de")},
    )


def test_a_request_is_asked_of_the_baseline_and_of_whoever_some_rung_turns_to(field: Field) -> None:
    """Each once, and that is what it costs."""
    assert (field.models_at(0), field.cost_at(0)) == ((STRONG,), 100)
    assert (field.models_at(22), field.cost_at(22)) == ((STRONG, CHEAP), 103)


def test_requests_at_risk_are_drawn_first_and_a_larger_draw_begins_with_the_smaller(field: Field) -> None:
    """The same seed draws the same."""
    few, many = field.draw(8, 1), field.draw(COUNT, 1)
    assert many.rows.tolist()[:8] == few.rows.tolist()
    assert sorted(many.rows.tolist()) == list(range(COUNT))
    assert np.bincount(field.draw(20, 1).stratum).argmax() == 0


def test_what_was_drawn_is_written_down_with_every_rungs_choice(field: Field) -> None:
    """Rows of the job, in the order drawn, out of both strata."""
    draws = field.draw(10, 3)
    held = hold_out_of(field, draws, Asked(pilot_id="p", promise=Promise(0.97), method=Method.FIXED))
    places = draws.rows.tolist()
    assert held.rows == tuple(100 + at for at in places)
    assert held.custom_ids == tuple(f"r{at}" for at in places)
    assert held.rungs[1].choices == tuple(field.choices[1][at] for at in places)
    assert (held.sizes, held.population) == ((20, 20), COUNT)
    assert held.draws(10).weight.tolist() == draws.weight.tolist()


def test_its_own_job_file_asks_each_draw_of_each_model_once(field: Field) -> None:
    """As a pilot's does, with the task type of its template."""
    places = field.draw(12, 5).rows.tolist()
    design = design_of(field, places, 5, PicoUSD(10_000))
    own = own_rows(design)
    assert own.keys() == {100 + at for at in places}
    assert all(len(own[100 + at]) == len(field.models_at(at)) for at in places)
    assert design.cost_pusd == sum(field.cost_at(at) for at in places)
    assert len(list(lines(design, lambda row: Request(custom_id=str(row), prompt="p")))) == design.calls


def test_cells_count_the_requests_that_a_rung_answers_alike(field: Field) -> None:
    """By template, choice and stratum; together they are all."""
    found = field.cells(0)
    assert sum(each.requests for each in found) == COUNT
    assert Cell("a", OWN, True, 10) in found
