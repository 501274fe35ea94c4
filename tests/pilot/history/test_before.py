"""The history as the quality model takes it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.measured import EMAIL, NOON, observations, observed, part

from modelroute_cli.base.schema import TaskType
from modelroute_cli.pilot.history.before import before, of_kind
from modelroute_cli.pilot.history.moments import Moments
from modelroute_cli.pilot.history.recall import Evidence, Question, recalled
from modelroute_cli.pilot.history.sums import summed
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.posterior import NOTHING_KNOWN, Known
from modelroute_cli.pilot.strata import Stratum

MAILS = Stratum(template=EMAIL, task_type=TaskType.EMAIL, language="en", requests=500)
NEW = replace(MAILS, template="email-en-99999999")
QUESTION = Question(templates=frozenset({EMAIL, NEW.template}), at=NOON, baseline="gpt-5", emulated=False)
KIND = Evidence(
    model="gpt-6-luna",
    scorer="expected",
    quality=Moments(200, 200.0, 0.8, 0.16),
    paired=None,
    output_tokens=None,
    last_seen=NOON.date(),
    runs=4,
    older_n=0,
    templates=4,
    between=0.01,
)


def test_a_template_that_was_measured_counts_as_many_requests_as_are_left_of_it() -> None:
    """After ageing."""
    known = before(recalled(summed(observed("gpt-6-luna", [1.0, 0.5]), part()), QUESTION))
    assert known(MAILS, "gpt-6-luna") == Known(0.75, 2.0)


def test_of_a_model_that_was_never_measured_nothing_is_known() -> None:
    """Neither on the template nor on its kind."""
    known = before(recalled(summed(observed("gpt-6-luna", [1.0]), part()), QUESTION))
    assert known(MAILS, "gpt-5") == NOTHING_KNOWN
    assert known(replace(NEW, language="de"), "gpt-6-luna") == NOTHING_KNOWN


def test_a_new_template_is_believed_to_be_as_its_kind() -> None:
    """Variance 0.16 / 200 + 0.01 * 5 / 4 is that of some 12 requests of its own."""
    known = of_kind(KIND)
    assert known.mean == 0.8
    assert known.n == pytest.approx(0.16 / (0.16 / 200 + 0.0125), rel=0.01)


def test_one_template_of_a_kind_says_little_of_another() -> None:
    """However much it was measured."""
    assert of_kind(replace(KIND, templates=1, between=None)) == Known(0.8, 5.0)
    known = before(recalled(summed(observed("gpt-6-luna", [1.0] * 50), part()), QUESTION))
    assert known(NEW, "gpt-6-luna") == Known(1.0, 5.0)


def test_templates_that_do_not_differ_are_as_one() -> None:
    """All that was measured counts for a new one."""
    assert of_kind(replace(KIND, between=0.0)).n == pytest.approx(200.0, rel=0.01)


@given(
    st.floats(0, 1),
    st.floats(0, 0.25),
    st.floats(0.01, 1000),
    st.integers(2, 50),
    st.one_of(st.none(), st.floats(0, 1)),
)
def test_a_kind_never_counts_for_more_than_was_measured(
    mean: float, variance: float, effective_n: float, templates: int, between: float | None
) -> None:
    """Whatever the moments."""
    quality = Moments(1000, effective_n, mean, variance)
    known = of_kind(replace(KIND, quality=quality, templates=templates, between=between))
    assert known.mean == mean
    assert 0 < known.n <= effective_n


@given(observations())
def test_whatever_was_measured_is_known(measured: list[Observation]) -> None:
    """A mean within [0,1] and a number of requests for each model of the template."""
    asked = replace(QUESTION, templates=frozenset({EMAIL}))
    found = recalled(summed(measured, part()), asked)
    known = before(found)
    for template, model in found.templates:
        each = known(replace(MAILS, template=template), model)
        assert 0 <= each.mean <= 1
        assert each.n > 0
