"""What was not measured is believed with an error, so that no plan flees to it."""

import pytest
from msgspec import structs
from support.pilot_designs import design, part

from modelroute_cli.pilot.posterior import Known
from modelroute_cli.pilot.strata import Stratum
from modelroute_cli.pilot.unmeasured import LEAST_SD, completed
from modelroute_cli.planning.measured import Cell, Measured

MODELS = ("base", "cheap", "mid", "never")
MADE = structs.replace(design(part("a"), part("b", first=50), part("left out", 0)), models=MODELS)


def cell(mean: float, se_paired: float = 0.05) -> Cell:
    """Something measured."""
    return Cell(mean=mean, se=0.05, se_paired=se_paired, source="pilot", n=20)


def measured(cheap_on_b: float = 0.7) -> Measured:
    """Two templates on which three models were asked."""
    cells = {
        "a": {"base": cell(0.9, 0.0), "cheap": cell(0.8), "mid": cell(0.9)},
        "b": {"base": cell(0.8, 0.0), "cheap": cell(cheap_on_b), "mid": cell(0.8)},
    }
    groups = {"a": "a", "b": "b"}
    return Measured(baseline="base", scorer="expected", confidence=0.95, z=2.0, groups=groups, cells=cells)


def prior(stratum: Stratum, model: str) -> Known:
    """What a table says; of `never` it thinks more than of the baseline."""
    del stratum
    return Known({"base": 0.9, "never": 0.95}.get(model, 0.8), 50.0)


FOUND = completed(measured(), MADE, prior)


def test_what_was_measured_stays_as_it_is() -> None:
    """Every template of the design has a group, every group every model."""
    assert {name: FOUND.cells["a"][name] for name in ("base", "cheap", "mid")} == measured().cells["a"]
    assert FOUND.groups == {"a": "a", "b": "b", "left out": "left out"}
    assert all(cells.keys() == set(MODELS) for cells in FOUND.cells.values())


def test_a_template_that_was_left_out_is_believed_to_be_like_the_others() -> None:
    """The baseline as on average, a model as far from it as elsewhere; the baseline is surely as good as itself."""
    cells = FOUND.cells["left out"]
    assert cells["base"].mean == pytest.approx(0.85)
    assert cells["base"].se_paired == 0.0
    assert cells["cheap"].mean == pytest.approx(0.75)
    assert (cells["cheap"].n, cells["cheap"].source) == (0, "prior")


def test_it_is_the_less_sure_the_more_the_others_differ() -> None:
    """And never surer than any that was measured."""
    apart = completed(measured(cheap_on_b=0.3), MADE, prior).cells["left out"]["cheap"]
    assert apart.se_paired > FOUND.cells["left out"]["cheap"].se_paired >= LEAST_SD
    assert apart.se > apart.se_paired


def test_a_model_that_nobody_asked_is_believed_to_be_no_better_than_the_baseline() -> None:
    """Whatever the table thinks of it: its scale is another one than the scorer's."""
    never = FOUND.cells["a"]["never"]
    assert never.mean == 0.9
    assert never.se_paired >= LEAST_SD
    assert (never.n, never.source) == (0, "prior")


def test_one_measured_template_is_enough_to_go_by() -> None:
    """How templates differ is then a judgement."""
    one = structs.replace(measured(), groups={"a": "a"}, cells={"a": measured().cells["a"]})
    cheap = completed(one, MADE, prior).cells["left out"]["cheap"]
    assert cheap.mean == pytest.approx(0.8)
    assert cheap.se_paired >= LEAST_SD


def test_a_mean_stays_a_share() -> None:
    """However far the differences go."""
    low = structs.replace(
        measured(), cells={"a": measured().cells["a"], "b": {"base": cell(0.0, 0.0), "cheap": cell(0.9)}}
    )
    assert all(0 <= each.mean <= 1 for cells in completed(low, MADE, prior).cells.values() for each in cells.values())
