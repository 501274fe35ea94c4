"""What a measured plan counts on, as bars."""

from support.measured_plans import cell, measured

from modelroute_cli.execution.realised.bars import LEAST_PILOT, Bars, bars_of
from modelroute_cli.execution.realised.watching import Bar, Place
from modelroute_cli.planning.measured import Measured

A, B = Place("t1", "a"), Place("t1", "gpt-5")


def _measured(scorer: str = "expected", n: int = 50) -> Measured:
    found = measured({"t1": {"a": cell(0.9, 0.02, paired=0.01, n=n), "gpt-5": cell(0.94, 0.02, paired=0.0)}}, z=2.0)
    return Measured(baseline="gpt-5", scorer=scorer, confidence=0.95, z=2.0, groups=found.groups, cells=found.cells)


def test_answers_may_not_fall_below_the_bound_of_their_cell() -> None:
    """The mean less z standard errors; pairs by their own error, on a scale from 0 (worse) to 1 (better)."""
    bars = bars_of(_measured(), [A, B])
    assert bars.answers[A] == Bar(0.9, 0.86)
    assert round(bars.pairs[A].mean, 6) == 0.48
    assert round(bars.pairs[A].least, 6) == 0.47
    assert B not in bars.pairs
    assert bars.scorers == {A: "expected", B: "expected"}


def test_without_measurements_there_are_no_bars() -> None:
    """Nor where the pilot had another word on answers, or too few of them."""
    assert bars_of(None, [A]) == Bars()
    assert bars_of(_measured("judge:gpt-6-sol"), [A]) == Bars()
    assert bars_of(_measured("expected, gates"), [A]) == Bars()
    assert bars_of(_measured(n=LEAST_PILOT - 1), [A]).answers == {}
    assert bars_of(_measured(), [Place("t9", "a")]).answers == {}
