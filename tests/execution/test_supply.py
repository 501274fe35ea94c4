"""Requests that wait as columns: they come in the same order as objects in a queue."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.plans import CHEAP, OTHER, Row, plan_of

from modelroute_cli.execution.backlog import Backlog
from modelroute_cli.execution.observed import Load
from modelroute_cli.execution.routes import Routes
from modelroute_cli.execution.supply import Supply
from modelroute_cli.execution.tickets import COLUMNS, Assigned

ROWS = st.builds(
    Row,
    model=st.sampled_from([CHEAP, OTHER]),
    importance=st.sampled_from(["premium", "standard", "bulk"]),
    output_tokens=st.integers(1, 4),
    prefix=st.none() | st.integers(0, 3),
)


def supply_of(rows: list[Row], gone: tuple[int, ...] = ()) -> Supply:
    """The supply of a hand-made plan, without these rows."""
    plan = plan_of(rows)
    return Supply(plan.assignments, Routes.of(plan).planned, np.array(gone, dtype=np.int64))


def queued(rows: list[Row]) -> Backlog:
    """The same as objects, one by one."""
    plan, backlog = plan_of(rows), Backlog()
    for values in plan.assignments.select(COLUMNS).collect().iter_rows():
        backlog.push(Routes.of(plan).planned(Assigned(*values)))
    return backlog


@given(st.lists(ROWS, max_size=25), st.lists(st.sampled_from(["pop", "sleep", "wake"]), max_size=60), st.data())
def test_columns_and_objects_come_in_the_same_order(rows: list[Row], acts: list[str], data: st.DataObject) -> None:
    """Whatever is taken, put to sleep and woken in between, with equal counts and loads."""
    columns, objects = Backlog(supply_of(rows)), queued(rows)
    for act in acts:
        heads = objects.heads()
        assert columns.heads() == heads
        if act == "wake":
            model, prefix = data.draw(st.tuples(st.sampled_from([CHEAP, OTHER]), st.integers(0, 3)))
            columns.wake(model, prefix)
            objects.wake(model, prefix)
        elif heads and act == "pop":
            model = data.draw(st.sampled_from(heads)).model
            assert columns.pop(model) == objects.pop(model)
        elif sleepy := [head.model for head in heads if head.assigned.prefix is not None]:
            model = data.draw(st.sampled_from(sleepy))
            columns.sleep(model)
            objects.sleep(model)
        assert (len(columns), columns.any_asleep) == (len(objects), objects.any_asleep)
        assert {m: load for m, load in columns.loads.items() if load != Load()} == {
            m: load for m, load in objects.loads.items() if load != Load()
        }


@given(st.lists(ROWS, min_size=1, max_size=25), st.integers(0, 10), st.booleans())
def test_all_that_is_left_can_be_taken_at_once(rows: list[Row], taken: int, asleep: bool) -> None:  # noqa: FBT001 - drawn
    """Begun, asleep and untouched blocks, each row once, in order; nothing comes afterwards."""
    shelf = supply_of(rows).shelves.get(CHEAP)
    if shelf is None:
        return
    gone = []
    for _ in range(min(taken, len(shelf))):
        assert shelf.first() is not None
        gone.append(shelf.pop().assigned.row)
    if asleep and shelf.first() is not None:
        shelf.sleep()
    left = shelf.take_all()["row"].to_list()
    assert sorted(gone + left) == [row for row, item in enumerate(rows) if item.model == CHEAP]
    assert (len(shelf), shelf.first(), shelf.any_asleep) == (0, None, False)


def test_loads_are_what_was_planned() -> None:
    """Sums over the rows, by model."""
    supply = supply_of([Row(), Row(output_tokens=10), Row(model=OTHER)])
    assert supply.loads == {
        CHEAP: Load(200, 60, 800, 800, requests=2, paced_tokens=600),
        OTHER: Load(100, 50, 1200, 1200, requests=1, paced_tokens=300),
    }
    assert len(supply) == 3


def test_rows_that_are_gone_and_duplicates_are_left_out() -> None:
    """They have their end, or are tickets of their own by now."""
    supply = supply_of([Row(), Row(duplicate_of=0), Row(), Row()], gone=(2,))
    assert supply.shelves[CHEAP].take_all()["row"].to_list() == [0, 3]


@pytest.mark.parametrize("count", [1, 127, 128, 129, 1000])
def test_objects_are_made_in_parts(count: int) -> None:
    """At every seam the next row follows."""
    shelf = supply_of([Row()] * count).shelves[CHEAP]
    rows = []
    while shelf.first() is not None:
        rows.append(shelf.pop().assigned.row)
    assert rows == list(range(count))


def test_no_request_at_all_is_an_empty_supply() -> None:
    """A run that is over has none."""
    supply = supply_of([Row()], gone=(0,))
    assert (len(supply), supply.shelves, supply.loads) == (0, {}, {})


def test_a_waiting_request_takes_few_bytes() -> None:
    """Names that come often stand once."""
    rows = supply_of([Row()] * 1000).shelves[CHEAP].take_all()
    assert rows.estimated_size() / rows.height < 250
    assert rows.schema["rule"] == pl.Categorical
