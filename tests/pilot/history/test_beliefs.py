"""What a plan believes by the history alone."""

from dataclasses import replace
from math import hypot, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.measured import EMAIL, NOON, About, observed, part

from modelroute_cli.base.schema import TaskType
from modelroute_cli.pilot.history.beliefs import LEAST, Terms, believed
from modelroute_cli.pilot.history.recall import Question, Recalled, recalled
from modelroute_cli.pilot.history.sums import summed
from modelroute_cli.pilot.margin import margin
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.posterior import Known, nothing
from modelroute_cli.pilot.strata import Stratum

MAILS = Stratum(template=EMAIL, task_type=TaskType.EMAIL, language="en", requests=500)
TERMS = Terms(baseline="gpt-5", confidence=0.95, prior=nothing, emulated=False)
BEST = observed("gpt-5", [1.0] * 36 + [0.0] * 4)
CHEAP = observed("gpt-6-luna", [1.0] * 32 + [0.0] * 8)


def known(*measured: Observation, baseline: str = "gpt-5") -> Recalled:
    """What a history of these measurements tells of mails."""
    asked = Question(templates=frozenset({EMAIL}), at=NOON, baseline=baseline, emulated=False)
    return recalled(summed(measured, part(baseline="gpt-5")), asked)


def test_a_template_that_was_measured_enough_is_believed() -> None:
    """Means and errors of the history, the difference's from pairs, the margin for choosing."""
    found = believed(known(*BEST, *CHEAP), [MAILS], TERMS)
    assert found is not None
    assert (found.baseline, found.scorer, found.groups) == ("gpt-5", "expected", {EMAIL: EMAIL})
    assert (found.confidence, found.emulated, found.z) == (0.95, False, margin(0.95, 1, 2))
    base, cheap = found.cells[EMAIL]["gpt-5"], found.cells[EMAIL]["gpt-6-luna"]
    assert (base.mean, base.se_paired, base.source, base.n, base.history_n) == (0.9, 0.0, "history", 0, 40.0)
    assert base.se == pytest.approx(sqrt(0.9 * 0.1 * 40 / 39 / 40))
    assert (cheap.mean, cheap.output_tokens) == (0.8, 100.0)
    assert cheap.se_paired == pytest.approx(sqrt(0.1 * 0.9 * 40 / 39 / 40))
    assert cheap.se_paired < hypot(cheap.se, base.se)


def test_without_pairs_the_errors_of_both_add_up() -> None:
    """They were measured on different requests."""
    apart = observed("gpt-6-luna", [1.0] * 32 + [0.0] * 8, first=100)
    found = believed(known(*BEST, *apart), [MAILS], TERMS)
    assert found is not None
    base, cheap = found.cells[EMAIL]["gpt-5"], found.cells[EMAIL]["gpt-6-luna"]
    assert cheap.se_paired == pytest.approx(hypot(cheap.se, base.se))


def test_the_prior_table_counts_as_few_requests() -> None:
    """Five at most; and a prior that is unsure as fewer."""
    found = believed(known(*BEST, *CHEAP), [MAILS], replace(TERMS, prior=lambda *_: Known(0.35, 100.0)))
    assert found is not None
    assert found.cells[EMAIL]["gpt-6-luna"].mean == pytest.approx((0.8 * 40 + 0.35 * 5) / 45)


@pytest.mark.parametrize(
    "measured",
    [
        [*BEST],
        [*CHEAP],
        [*BEST[:19], *CHEAP],
        [*BEST, *CHEAP[:19]],
        [],
    ],
)
def test_too_little_is_not_believed(measured: list[Observation]) -> None:
    """The baseline and another model need twenty requests each: a plan of less is worse than the prior table's."""
    assert believed(known(*measured), [MAILS], TERMS) is None
    assert LEAST == 20


def test_a_model_that_was_measured_too_little_has_no_belief() -> None:
    """The others do."""
    found = believed(known(*BEST, *CHEAP, *observed("deepseek-flash", [1.0] * 19)), [MAILS], TERMS)
    assert found is not None
    assert list(found.cells[EMAIL]) == ["gpt-5", "gpt-6-luna"]


def test_a_template_of_the_same_kind_is_not_believed() -> None:
    """It says little of another one: the prior table stands there."""
    other = About(template="email-en-99999999")
    measured = [*observed("gpt-5", [1.0] * 30, other), *observed("gpt-6-luna", [1.0] * 30, other)]
    assert believed(known(*measured), [MAILS], TERMS) is None


def test_answers_that_were_all_alike_leave_an_error() -> None:
    """Thirty right answers of thirty are no certainty, nor thirty differences of 0."""
    found = believed(known(*observed("gpt-5", [1.0] * 30), *observed("gpt-6-luna", [1.0] * 30)), [MAILS], TERMS)
    assert found is not None
    cheap = found.cells[EMAIL]["gpt-6-luna"]
    assert cheap.se > 0.02
    assert cheap.se_paired > 0.02


@given(
    st.lists(st.floats(0, 1), min_size=20, max_size=30),
    st.lists(st.floats(0, 1), min_size=20, max_size=30),
    st.floats(0, 1),
)
def test_every_belief_is_one_that_a_plan_can_take(one: list[float], other: list[float], prior: float) -> None:
    """Means within [0,1], errors above 0 but the baseline's to itself, and never above those of the means apart."""
    terms = replace(TERMS, prior=lambda *_: Known(prior, 3.0))
    found = believed(known(*observed("gpt-5", one), *observed("gpt-6-luna", other)), [MAILS], terms)
    assert found is not None
    base, cheap = found.cells[EMAIL]["gpt-5"], found.cells[EMAIL]["gpt-6-luna"]
    assert 0 <= cheap.mean <= 1
    assert base.se_paired == 0
    assert 0 < cheap.se_paired <= hypot(cheap.se, base.se)
