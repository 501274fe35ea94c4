"""From measured answers to what a plan believes."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import TaskType
from modelroute_cli.pilot.margin import margin
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.posterior import FitOptions, Known, fit, of_prior
from modelroute_cli.pilot.strata import Stratum

STRATA = [Stratum(template=name, task_type=TaskType.EMAIL, language="en", requests=500) for name in ("t1", "t2", "t3")]
ASKED = FitOptions(baseline="gpt-5")


def seen(rates: dict[str, float], template: str, rows: int = 40, *, seed: int = 0) -> list[Observation]:
    """`rows` requests of a template answered by each model, right at its rate; every fifth answer failed the gates."""
    chance = random.Random(f"{seed}/{template}")  # noqa: S311 - generated data
    return [
        Observation(
            custom_id=f"{template}-{row}",
            template=template,
            task_type=TaskType.EMAIL,
            language="en",
            model=model,
            quality=float(chance.random() < rate),
            scorer="expected",
            passed=row % 5 > 0,
            cost_pusd=PicoUSD(100),
            output_tokens=10 + row,
        )
        for row in range(rows)
        for model, rate in rates.items()
    ]


RATES = {"gpt-5": 0.95, "cheap": 0.9, "bad": 0.3}
SEEN = [each for name in ("t1", "t2", "t3") for each in seen(RATES, name)]


def test_every_measured_template_has_a_belief_of_every_model() -> None:
    """Its own group, the pilot as source, as many requests as were measured, mean output tokens."""
    found = fit(SEEN, STRATA, ASKED)
    assert found.groups == {"t1": "t1", "t2": "t2", "t3": "t3"}
    assert {model for cells in found.cells.values() for model in cells} == set(RATES)
    cell = found.cells["t2"]["cheap"]
    assert (cell.source, cell.n, cell.history_n, cell.output_tokens) == ("pilot", 40, 0.0, 29.5)
    assert (found.baseline, found.scorer, found.confidence, found.emulated) == ("gpt-5", "expected", 0.95, False)


def test_beliefs_are_near_to_what_was_measured() -> None:
    """Within a tenth, and the bad model is far below."""
    found = fit(SEEN, STRATA, ASKED)
    for cells in found.cells.values():
        assert cells["gpt-5"].mean == pytest.approx(0.95, abs=0.1)
        assert cells["bad"].mean < 0.55
        assert cells["gpt-5"].se_paired == 0.0
        assert cells["cheap"].se_paired > 0


def test_the_margin_is_that_of_three_groups_and_three_models() -> None:
    """At the confidence that is asked for."""
    assert fit(SEEN, STRATA, FitOptions(baseline="gpt-5", confidence=0.9)).z == margin(0.9, 3, 3)


def test_a_template_without_the_baseline_has_no_belief() -> None:
    """Nothing can be compared there; a template that is not of the batch is left out as well."""
    alone = [each for each in SEEN if not (each.template == "t1" and each.model == "gpt-5")]
    found = fit([*alone, *seen(RATES, "elsewhere")], STRATA, ASKED)
    assert sorted(found.groups) == ["t2", "t3"]
    assert found.cell("t1", "cheap") is None


def test_without_the_baseline_there_is_nothing_to_fit() -> None:
    """Said, not guessed."""
    with pytest.raises(ValueError, match="no answer of the baseline `gpt-5` was measured"):
        fit([each for each in SEEN if each.model != "gpt-5"], STRATA, ASKED)


def test_a_model_that_was_stopped_early_is_less_sure() -> None:
    """Ten requests of forty."""
    few = [each for each in SEEN if each.model != "cheap" or int(each.custom_id.split("-")[1]) < 10]
    whole, part = fit(SEEN, STRATA, ASKED).cells["t1"]["cheap"], fit(few, STRATA, ASKED).cells["t1"]["cheap"]
    assert part.n == 10
    assert part.se_paired > whole.se_paired


def test_history_counts_as_requests_measured_before() -> None:
    """It draws the mean to where it was, and makes it surer; a model not asked in this pilot has it for its source."""

    def history(stratum: Stratum, model: str) -> Known:
        return Known(0.99, 400.0) if (stratum.template, model) == ("t1", "cheap") else Known(0.5, 0.0)

    without, within = fit(SEEN, STRATA, ASKED), fit(SEEN, STRATA, FitOptions(baseline="gpt-5", history=history))
    plain, known = without.cells["t1"]["cheap"], within.cells["t1"]["cheap"]
    assert known.history_n == 400.0
    assert known.mean > plain.mean
    assert known.se < plain.se
    unasked = [each for each in SEEN if (each.template, each.model) != ("t1", "cheap")]
    assert fit(unasked, STRATA, FitOptions(baseline="gpt-5", history=history)).cells["t1"]["cheap"].source == "history"
    assert fit(unasked, STRATA, ASKED).cells["t1"]["cheap"].source == "prior"


def test_the_prior_table_counts_for_five_requests_at_most() -> None:
    """However sure it is of itself: a wrong one moves forty measured requests by a few points alone."""

    def sure(_stratum: Stratum, model: str) -> Known:
        return of_prior(0.99, 0.001) if model == "bad" else Known(0.5, 0.0)

    plain, drawn = fit(SEEN, STRATA, ASKED), fit(SEEN, STRATA, FitOptions(baseline="gpt-5", prior=sure))
    moved = drawn.cells["t1"]["bad"].mean - plain.cells["t1"]["bad"].mean
    assert 0 < moved < 0.15


def test_a_prior_is_worth_the_requests_that_would_leave_it_so_unsure() -> None:
    """0.8 with a deviation of 0.1: sixteen; without any deviation what a prior counts at most."""
    assert of_prior(0.8, 0.1).n == pytest.approx(16.0)
    assert of_prior(0.8, 0.0) == Known(0.8, 5.0)


def test_gates_are_counted_beside_every_other_model() -> None:
    """Forty pairs, eight of them rejected, both sides' goodness kept together; costs of the strong one in sum."""
    found = {(cell.group, cell.cheap, cell.strong): cell for cell in fit(SEEN, STRATA, ASKED).gates}
    cell = found["t1", "cheap", "gpt-5"]
    assert (sum(cell.passed), sum(cell.rejected)) == (32, 8)
    assert (cell.strong_rejected_pusd, cell.strong_all_pusd) == (800, 4_000)
    good = sum(each.quality >= 0.5 for each in SEEN if (each.template, each.model) == ("t1", "cheap"))
    assert cell.passed[0] + cell.passed[1] + cell.rejected[0] + cell.rejected[1] == good


def test_gates_that_reject_nothing_make_no_cascade() -> None:
    """Nor do answers that no gate looked at."""
    passing = [each for each in SEEN if each.passed]
    assert fit(passing, STRATA, ASKED).gates == ()


@settings(max_examples=8)
@given(st.randoms(use_true_random=False))
def test_the_order_of_observations_does_not_matter_to_who_is_measured(chance: random.Random) -> None:
    """The same cells with the same counts, and means that differ by rounding alone."""
    mixed = list(SEEN)
    chance.shuffle(mixed)
    own, other = fit(SEEN, STRATA, ASKED), fit(mixed, STRATA, ASKED)
    for group, cells in own.cells.items():
        for model, cell in cells.items():
            assert other.cells[group][model].n == cell.n
            assert other.cells[group][model].mean == pytest.approx(cell.mean, abs=1e-6)
