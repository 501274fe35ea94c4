"""The sums of what a run measured."""

from datetime import date
from random import Random

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from support.measured import EMAIL, About, observations, observed, part

from modelroute_cli.base.schema import TaskType
from modelroute_cli.pilot.history.checks import doubts
from modelroute_cli.pilot.history.sums import Sums, plain, summed
from modelroute_cli.pilot.observation import Observation

BASELINE = observed("gpt-5", [1.0, 0.5, 1.0])


def test_a_row_holds_the_sums_of_a_model_and_of_its_differences_to_the_baseline() -> None:
    """Pairs are the requests that both answered."""
    mine = observed("gpt-6-luna", [0.5, 0.5, 0.0, 1.0])
    _, found = summed([*BASELINE, *mine], part())
    assert found == Sums(
        run="k3f9",
        source="pilot",
        template=EMAIL,
        task_type=TaskType.EMAIL,
        language="en",
        model="gpt-6-luna",
        model_served=None,
        baseline="gpt-5",
        scorer="expected",
        day=date(2026, 11, 23),
        emulated=False,
        n=4,
        quality_sum=2.0,
        quality_squares=1.5,
        n_paired=3,
        difference_sum=-1.5,
        difference_squares=1.25,
        n_tokens=4,
        output_tokens_sum=400,
        output_tokens_squares=40_000.0,
        n_cost=4,
        cost_pusd=4 * 10**8,
    )


def test_the_baseline_has_no_differences_to_itself() -> None:
    """A difference that is 0 by its nature would count as certainty."""
    (found,) = summed(BASELINE, part())
    assert (found.n, found.n_paired, found.difference_sum) == (3, 0, 0.0)


def test_differences_are_taken_within_a_scorer() -> None:
    """What a judge says is not subtracted from what a label says."""
    judged = observed("gpt-6-luna", [0.5], About(scorer="judge:strict"))
    _, found = summed([*BASELINE, *judged], part())
    assert (found.scorer, found.n_paired) == ("judge:strict", 0)


def test_emulated_answers_are_not_paired_with_real_ones() -> None:
    """An emulator's answer says nothing of a model."""
    emulated = observed("gpt-6-luna", [0.5], About(emulated=True))
    _, found = summed([*BASELINE, *emulated], part())
    assert (found.emulated, found.n_paired) == (True, 0)


def test_a_request_that_was_answered_twice_counts_once_with_its_mean() -> None:
    """Answers to the same request are not independent; what they cost and how long they are is of each."""
    twice = [*observed("gpt-6-luna", [1.0]), *observed("gpt-6-luna", [0.0])]
    _, found = summed([*BASELINE, *twice], part())
    assert (found.n, found.quality_sum, found.quality_squares) == (1, 0.5, 0.25)
    assert (found.n_paired, found.difference_sum) == (1, -0.5)
    assert (found.n_tokens, found.n_cost, found.cost_pusd) == (2, 2, 2 * 10**8)


def test_versions_of_a_model_have_rows_of_their_own() -> None:
    """They age apart."""
    old, new = About(served="gpt-6-luna-05"), About(served="gpt-6-luna-08")
    rows = summed([*observed("gpt-6-luna", [1.0], old), *observed("gpt-6-luna", [0.0], new, 1)], part())
    assert [(row.model_served, row.quality_sum) for row in rows] == [("gpt-6-luna-05", 1.0), ("gpt-6-luna-08", 0.0)]


def test_unknown_tokens_and_costs_are_left_out_not_taken_as_0() -> None:
    """Unknown is not nothing; and no answer has a billion tokens, whatever a provider says."""
    first, second, third = observed("gpt-6-luna", [1.0, 1.0, 1.0])
    unknown = msgspec.structs.replace(first, output_tokens=None, cost_pusd=None)
    absurd = msgspec.structs.replace(second, output_tokens=10**9)
    (found,) = summed([unknown, absurd, third], part())
    assert (found.n, found.n_tokens, found.output_tokens_sum, found.n_cost) == (3, 1, 100, 2)


def test_names_of_strangers_are_made_storable() -> None:
    """A provider may call its model anything: half a surrogate pair, ten thousand letters, nothing."""
    assert plain("gpt\ud800") == "gpt?"
    assert len(plain("m" * 10_000)) == 300
    (found,) = summed(observed("gpt-6-luna", [1.0], About(served="")), part())
    assert found.model_served is None


@given(observations(), st.randoms(use_true_random=False))
def test_the_order_of_observations_does_not_matter(measured: list[Observation], random: Random) -> None:
    """Floats are summed exactly before they are rounded."""
    mixed = list(measured)
    random.shuffle(mixed)
    assert summed(mixed, part()) == summed(measured, part())


@given(observations())
def test_every_sum_is_one_that_an_import_takes(measured: list[Observation]) -> None:
    """What is exported can be imported."""
    assert [list(doubts(row)) for row in summed(measured, part())] == [[] for _ in summed(measured, part())]


@given(observations())
def test_every_request_is_in_one_row_for_each_version_that_answered_it(measured: list[Observation]) -> None:
    """Nothing is lost and nothing counted twice."""
    asked = {
        (each.custom_id, each.template, each.model, each.scorer, each.model_served, each.emulated) for each in measured
    }
    found = summed(measured, part())
    assert sum(row.n for row in found) == len(asked)
    tokens = sum(each.output_tokens or 0 for each in measured)
    assert sum(row.output_tokens_sum for row in found) == tokens
