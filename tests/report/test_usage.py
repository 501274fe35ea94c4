"""Tokens against the plan, and what a run comes to."""

from dataclasses import replace

import msgspec
import polars as pl
import pytest
from support.report_plans import assignments, attempts, facts, header, learned

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.features.tokens import family
from modelroute_cli.planning.plan import Plan
from modelroute_cli.report.run_types import Projection, RunFacts
from modelroute_cli.report.usage import projection, token_use


def counted_as(tokenizer: str, *, bound: float = 0.0) -> RunFacts:
    """The run by hand, whose cheap model counts otherwise than o200k."""
    known = header()
    cards = {**known.models, "cheap-1": msgspec.structs.replace(known.models["cheap-1"], tokenizer=tokenizer)}
    measured = msgspec.structs.replace(family(tokenizer), bound=bound)
    changed = msgspec.structs.replace(known, models=cards, token_families={tokenizer: measured})
    return replace(facts(), plan=Plan(changed, assignments().lazy()))


def billed(run: RunFacts, input_tokens: int) -> RunFacts:
    """The same with another bill for input."""
    return replace(run, attempts=attempts().with_columns(pl.lit(input_tokens).alias("input_tokens")))


def test_answers_are_compared_with_what_was_planned_for_them() -> None:
    """150 output tokens instead of 200; the range is the table's 50% and the request's own 200 pico-dollars."""
    (use,) = token_use(facts())
    assert (use.model, use.answers, use.input_method) == ("cheap-1", 1, "exact")
    assert (use.input_planned, use.input_billed, use.input_off_share, use.input_inside) == (100, 100, 0.0, True)
    assert (use.output_planned, use.output_billed, use.output_off_share) == (200, 150, -0.25)
    assert (use.output_mean_low, use.output_mean_high, use.output_inside) == (59.0, 341.0, True)


@pytest.mark.parametrize(("tokens", "inside"), [(98, True), (102, True), (103, False), (97, False)])
def test_an_exact_count_may_be_off_by_its_chat_frame_alone(tokens: int, inside: bool) -> None:  # noqa: FBT001 - a case
    """Two tokens a request: recorded frames differ by as much."""
    (use,) = token_use(billed(facts(), tokens))
    assert (use.input_inside, use.input_allowed_share) == (inside, 0.02)


@pytest.mark.parametrize(("tokens", "inside"), [(117, True), (118, False), (83, True), (82, False)])
def test_a_calibrated_count_is_held_to_the_bound_that_the_plan_named(tokens: int, inside: bool) -> None:  # noqa: FBT001 - a case
    """15% of 100 tokens, and the frame."""
    (use,) = token_use(billed(counted_as("claude_5", bound=0.15), tokens))
    assert (use.input_method, use.input_bound_share, use.input_inside) == ("calibrated", 0.15, inside)


def test_a_family_without_a_bound_is_held_to_its_upper_end() -> None:
    """Nobody measured it: up to 2.7 where 1.1 was planned."""
    (use,) = token_use(billed(counted_as("unknown"), 240))
    assert (use.input_method, use.input_inside) == ("assumed", True)
    assert use.input_bound_share == pytest.approx(2.7 / 1.1 - 1)


def test_a_plan_of_nothing_has_no_difference() -> None:
    """A share of zero tokens is unknown, not zero."""
    none = assignments().with_columns(pl.lit(0, pl.Int64).alias("output_tokens"))
    (use,) = token_use(replace(facts(), plan=Plan(header(), none.lazy())))
    assert use.output_off_share is None


def test_without_answers_there_is_nothing_to_compare() -> None:
    """A run that has just begun."""
    assert token_use(replace(facts(), attempts=attempts().clear())) == ()


def test_a_finished_run_projects_nothing() -> None:
    """Its cost is known."""
    assert projection(facts()) is None


def test_an_open_run_is_projected_by_what_its_answers_took() -> None:
    """The twenty-first mail as the twenty: 250; the headline's model has not answered: 5,000 as planned."""
    assert projection(learned()) == Projection(
        basis="observed usage",
        observed_models=("cheap-1",),
        planned_models=("good-1",),
        open_pusd=PicoUSD(5_250),
        total_pusd=PicoUSD(10_250),
    )


def test_nineteen_answers_do_not_make_a_projection() -> None:
    """The plan's own numbers stand, and it is said that they do."""
    few = learned()
    found = projection(replace(few, attempts=few.attempts.head(19)))
    assert found is not None
    assert (found.basis, found.observed_models, found.open_pusd) == ("plan", (), PicoUSD(5_300))
