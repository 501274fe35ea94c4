"""Realised quality of a run, from what its journal holds."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from support.plans import CHEAP, STRONG, PlanParts, Row, plan_of

from modelroute_cli.base.frames import ATTEMPTS
from modelroute_cli.execution.realised.journaled import PAIRS, WORTH
from modelroute_cli.execution.records import Drift
from modelroute_cli.planning.plan import Plan
from modelroute_cli.report.realised import ControlUse, FallLine, Within, control_cost, fall_lines, realised

NO_ATTEMPTS = pl.DataFrame(schema=ATTEMPTS)
NO_PAIRS = pl.DataFrame(schema=PAIRS)


def _plan(*sizes: int) -> Plan:
    rows = [Row(template=f"t{number}") for number, size in enumerate(sizes) for _ in range(size)]
    return plan_of(rows, PlanParts(baseline=STRONG))


def _worth(*found: tuple[int, bool, float | None, str | None]) -> pl.DataFrame:
    rows = [(row, CHEAP, passed, quality, scorer) for row, passed, quality, scorer in found]
    return pl.DataFrame(rows, schema=WORTH, orient="row")


def _pairs(*found: tuple[int, float, float, str]) -> pl.DataFrame:
    rows = [(row, CHEAP, True, row, 100 + row, own, other, scorer) for row, own, other, scorer in found]
    return pl.DataFrame(rows, schema=PAIRS, orient="row")


def _graded(count: int, right: int) -> pl.DataFrame:
    return _worth(*((row, True, float(row < right), "expected") for row in range(count)))


def test_what_is_known_of_every_answer_needs_no_interval() -> None:
    """All were measured: the mean is what it is."""
    found = realised(_plan(20), NO_ATTEMPTS, _graded(20, 18), NO_PAIRS)
    assert found.quality == Within(value=0.9, low=0.9, high=0.9)
    assert (found.requests, found.measured, found.covered, found.scorers) == (20, 20, 20, ("expected",))
    assert (found.ratio, found.pairs, found.control, found.planned) == (None, 0, None, 0.9)


def test_a_part_of_the_answers_has_an_interval() -> None:
    """A judge looked at ten of forty; the others are taken to be like these."""
    rows = [(row, True, 0.8 if row < 9 else 0.2, "judge") for row in range(10)]
    unseen = [(row, True, None, None) for row in range(10, 40)]
    found = realised(_plan(40), NO_ATTEMPTS, _worth(*rows, *unseen), NO_PAIRS)
    assert found.quality is not None
    assert round(found.quality.value, 6) == 0.74
    assert 0.4 < found.quality.low < 0.74 < found.quality.high < 1.0
    assert found.measured == 10


def test_a_failed_request_is_worth_nothing_and_stands_for_itself() -> None:
    """That judges look at a part of the others does not make failures rarer or more frequent."""
    rows = [(row, True, 1.0, "judge") for row in range(5)]
    unseen = [(row, True, None, None) for row in range(5, 18)]
    failed = [(row, False, None, None) for row in (18, 19)]
    found = realised(_plan(20), NO_ATTEMPTS, _worth(*rows, *unseen, *failed), NO_PAIRS)
    assert found.quality is not None
    assert round(found.quality.value, 6) == 0.9
    assert found.measured == 7


def test_gates_alone_are_no_quality() -> None:
    """That all answers can be used says nothing of how good they are."""
    found = realised(_plan(5), NO_ATTEMPTS, _worth(*((row, True, None, None) for row in range(5))), NO_PAIRS)
    assert (found.quality, found.measured, found.scorers) == (None, 0, ())


def test_the_answers_stand_beside_the_baselines() -> None:
    """Paired: the mean of the one over the mean of the other."""
    pairs = _pairs(*((row, float(row % 10 != 0), 1.0, "expected") for row in range(40)))
    found = realised(_plan(400), NO_ATTEMPTS, _worth(*((row, True, None, None) for row in range(400))), pairs)
    assert found.ratio is not None
    assert round(found.ratio.value, 6) == 0.9
    assert 0.8 < found.ratio.low < 0.85
    assert 0.92 < found.ratio.high < 1.0
    assert (found.pairs, found.pair_scorers) == (40, ("expected",))


def test_templates_with_few_pairs_stand_together() -> None:
    """So that those without any are not left out; each by itself is said nothing of."""
    pairs = _pairs(*((row, 1.0, 1.0, "gates") for row in (*range(10), 100, 130)))
    worth = _worth(*((row, True, None, None) for row in range(160)))
    found = realised(_plan(100, 20, 20, 20), NO_ATTEMPTS, worth, pairs)
    assert found.ratio is not None
    assert [(line.template, line.pairs, line.ratio is None) for line in found.templates] == [
        ("t0", 10, False),
        ("t1", 1, True),
        ("t2", 1, True),
        ("t3", 0, True),
    ]


def test_the_sample_has_its_own_cost() -> None:
    """Bills, and reservations of attempts whose outcome is unknown."""
    attempts = pl.DataFrame(
        {
            "row": [0, 0, 1, 2],
            "kind": ["first", "control", "control", "control"],
            "cost_pusd": [5, 100, 200, None],
            "reserved_pusd": [9, 900, 900, 900],
        },
        schema={name: ATTEMPTS[name] for name in ("row", "kind", "cost_pusd", "reserved_pusd")},
    )
    found = realised(_plan(3), attempts, _graded(3, 3), _pairs((0, 1.0, 1.0, "expected"), (1, 1.0, 1.0, "expected")))
    assert found.control == ControlUse(baseline=STRONG, asked=3, pairs=2, cost_pusd=300, held_pusd=900)  # type: ignore[arg-type]
    assert control_cost(attempts) == 300


def test_nothing_is_known_of_a_run_that_nothing_came_of() -> None:
    """No request came to its end."""
    found = realised(_plan(3), NO_ATTEMPTS, _worth(), NO_PAIRS)
    assert (found.requests, found.quality, found.ratio, found.templates) == (0, None, None, ())


def test_falls_are_shown_as_they_were_journaled() -> None:
    """In order."""
    drift = Drift("2026-11-23T10:14:05+00:00", "t1", CHEAP, 0.95, 0.6, 30, 1000)
    assert fall_lines((drift,)) == (
        FallLine(
            at="2026-11-23T10:14:05+00:00",
            template="t1",
            model=CHEAP,
            expected=0.95,
            seen=0.6,
            answers=30,
            before=1000,
            versus="",
        ),
    )


@settings(max_examples=12, deadline=None)
@given(
    ended=st.lists(st.tuples(st.booleans(), st.none() | st.floats(0, 1)), min_size=1, max_size=12),
    pairs=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=12),
)
def test_intervals_hold_their_value_whatever_was_measured(
    ended: list[tuple[bool, float | None]], pairs: list[tuple[float, float]]
) -> None:
    """Low, value and high in this order, quality in [0,1]."""
    worth = _worth(*((row, ok, q, None if q is None else "judge") for row, (ok, q) in enumerate(ended)))
    compared = _pairs(*((row, *both, "judge") for row, both in enumerate(pairs[: len(ended)])))
    found = realised(_plan(len(ended)), NO_ATTEMPTS, worth, compared)
    if found.quality is not None:
        assert 0.0 <= found.quality.low <= found.quality.value + 1e-9
        assert found.quality.value - 1e-9 <= found.quality.high <= 1.0
    if found.ratio is not None:
        assert 0.0 <= found.ratio.low <= found.ratio.value + 1e-9
        assert found.ratio.value <= found.ratio.high + 1e-9
