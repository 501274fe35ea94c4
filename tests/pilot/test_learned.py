"""What a pilot learned, by template and model."""

import pytest
from msgspec import structs
from support.pilot_designs import design, seen

from modelroute_cli.pilot.learned import learned, mean_cost, paired

MADE = design()
TOLD = seen(MADE, {"cheap": (1.0, 0.0, 1.0, 0.0), "base": (1.0, 1.0, 1.0)})


def test_the_baseline_comes_first_and_the_others_are_paired_with_it() -> None:
    """The fourth request has no answer of the baseline."""
    base, cheap = learned(TOLD, "base", {"t1": 100})
    assert (base.model, base.n, base.paired, base.difference) == ("base", 3, 0, None)
    assert (cheap.model, cheap.n, cheap.paired) == ("cheap", 4, 3)
    assert cheap.quality.mean == 0.5
    assert cheap.difference is not None
    assert cheap.difference.mean == pytest.approx(-1 / 3)
    assert -1 <= cheap.difference.low < cheap.difference.mean < cheap.difference.high <= 1
    assert (cheap.cost_pusd, cheap.passed, cheap.scorers, cheap.emulated) == (10, 1.0, ("expected",), False)


def test_three_of_three_are_no_proof() -> None:
    """The interval is never of no width while requests are left that were not seen."""
    base = learned(TOLD, "base", {"t1": 100})[0]
    assert base.quality.mean == 1.0
    assert base.quality.low < 0.8


def test_where_all_requests_were_seen_nothing_is_unsure() -> None:
    """The finite population: what was measured is what there is."""
    base = learned(TOLD, "base", {"t1": 3})[0]
    assert (base.quality.low, base.quality.mean, base.quality.high) == (1.0, 1.0, 1.0)


def test_what_is_unknown_is_told_as_unknown() -> None:
    """No cost, and no gates."""
    bare = [structs.replace(each, cost_pusd=None, passed=None) for each in TOLD]
    assert [(each.cost_pusd, each.passed) for each in learned(bare, "base", {})] == [(None, None), (None, None)]
    assert mean_cost(bare) is None


def test_one_emulated_answer_makes_the_cell_emulated() -> None:
    """It is never taken for a measurement of the model."""
    mixed = [structs.replace(each, emulated=each.custom_id == "r0") for each in TOLD]
    assert all(each.emulated for each in learned(mixed, "base", {}))


def test_pairs_are_of_the_same_request_in_the_order_of_the_first() -> None:
    """Whatever the order of the others."""
    own, other = TOLD[:4], tuple(reversed(TOLD[4:]))
    assert paired(own, other) == (0.0, -1.0, 0.0)
    assert paired(own, ()) == ()


def test_mean_costs_are_rounded_up() -> None:
    """So that no round is thought cheaper than it is."""
    assert mean_cost([structs.replace(TOLD[0], cost_pusd=cost) for cost in (1, 1, 2)]) == 2


def test_nothing_measured_is_nothing_learned() -> None:
    """An empty screen."""
    assert learned((), "base", {}) == ()
