"""Templates and tenants: whatever a run was, their sums are the run's."""

from dataclasses import replace

import polars as pl
from hypothesis import given, settings
from msgspec import structs
from support.random_runs import Asked, Tried, facts_of, random_facts
from support.report_plans import facts

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.plan import Plan
from modelroute_cli.report.accepted_answers import accepted_answers
from modelroute_cli.report.detail_types import OTHERS, Details, GroupActual
from modelroute_cli.report.groups import TEMPLATES_TOLD
from modelroute_cli.report.run_summary import summarise
from modelroute_cli.report.run_types import RunFacts


def details_of(run: RunFacts) -> Details:
    """The details of its summary."""
    found = summarise(run).details
    assert found is not None
    return found


def request(template: str, tenant: str | None = None, cost: int = 10) -> Asked:
    """One that was answered at once for `cost`."""
    tried = Tried(kind="first", model="cheap-1", cost_pusd=cost, tokens=100, latency_s=1.0, refused=False)
    return Asked(template, tenant, 20, (tried,), "accepted", "")


def test_a_template_has_what_its_requests_cost_and_would_have_cost() -> None:
    """The headline paid for its failed attempt too; on gpt-5 it would have cost 50 + 50 visible tokens at 100 each."""
    assert details_of(facts()).templates == (
        GroupActual(
            name="t2",
            requests=1,
            duplicates=0,
            accepted=1,
            failed=0,
            escalated=1,
            cost_pusd=PicoUSD(4_260),
            projected_pusd=PicoUSD(5_000),
            baseline_pusd=PicoUSD(10_000),
        ),
        GroupActual(
            name="t1",
            requests=1,
            duplicates=1,
            accepted=1,
            failed=0,
            escalated=0,
            cost_pusd=PicoUSD(250),
            projected_pusd=PicoUSD(300),
            baseline_pusd=PicoUSD(50_000),
        ),
    )


def test_without_a_tenant_in_the_job_there_are_no_tenants() -> None:
    """Nobody who names none is shown an empty line."""
    assert details_of(facts()).tenants == ()


def test_requests_without_a_tenant_stand_beside_those_with_one() -> None:
    """An empty name is theirs."""
    run = facts_of([request("t1", "acme", 30), request("t1", None, 20), request("t2", "acme", 5)])
    assert [(line.name, line.requests, line.cost_pusd) for line in details_of(run).tenants] == [
        ("acme", 2, 35),
        ("", 1, 20),
    ]


def test_templates_beyond_the_dearest_are_one_line() -> None:
    """What a report carries does not grow with the job, and loses no cent."""
    run = facts_of([request(f"t{number:03}", cost=number) for number in range(TEMPLATES_TOLD + 7)])
    lines = details_of(run).templates
    assert (len(lines), lines[0].name, lines[0].groups) == (TEMPLATES_TOLD + 1, "t056", 1)
    assert (lines[-1].name, lines[-1].groups, lines[-1].requests) == (OTHERS, 7, 7)
    assert lines[-1].cost_pusd == sum(range(7))


def test_a_baseline_without_a_price_leaves_that_of_its_groups_unknown() -> None:
    """Unknown is None, never 0."""
    plan = facts().plan
    bare = structs.replace(plan.header, baselines=())
    unknown = details_of(replace(facts(), plan=Plan(bare, plan.assignments))).templates
    assert [line.baseline_pusd for line in unknown] == [None, None]


def test_money_for_requests_outside_the_plan_is_not_lost() -> None:
    """A pilot may have asked what a smaller plan leaves out."""
    strange = facts().attempts.with_columns(pl.when(pl.col("attempt") == 1).then(77).otherwise("row").alias("row"))
    lines = details_of(replace(facts(), attempts=strange)).templates
    found = next(line for line in lines if line.name == "(not planned)")
    assert (found.requests, found.accepted, found.cost_pusd) == (0, 0, 250)


@settings(max_examples=20, deadline=None)
@given(random_facts())
def test_sums_of_groups_are_the_whole_run(run: RunFacts) -> None:
    """Costs of templates and of tenants add up to all attempts' cost exactly, and their counts to the run's."""
    summary = summarise(run)
    found = details_of(run)
    for lines in (found.templates, found.tenants or found.templates):
        assert sum(line.cost_pusd for line in lines) == run.attempts["cost_pusd"].sum()
        assert sum(line.projected_pusd for line in lines) == summary.money.projected_pusd
        assert sum(line.requests + line.duplicates for line in lines) == summary.counts.requests
        assert sum(line.duplicates for line in lines) == summary.counts.duplicates
        assert sum(line.accepted for line in lines) == summary.counts.accepted
        assert sum(line.failed for line in lines) == summary.counts.failed
        assert sum(line.baseline_pusd or 0 for line in lines) == summary.baselines[0].actual_pusd


def test_accepted_answers_name_who_asked_and_who_was_asked() -> None:
    """A duplicate has the answer of its first; tokens that nobody reported are the planned ones."""
    silent = facts().attempts.with_columns(pl.lit(None, pl.Int64).alias("input_tokens"))
    found = accepted_answers(replace(facts(), attempts=silent))
    assert found.select("own_row", "row", "model", "input_tokens").rows() == [
        (0, 0, "cheap-1", 100),
        (1, 0, "cheap-1", 100),
        (2, 2, "good-1", 50),
    ]
