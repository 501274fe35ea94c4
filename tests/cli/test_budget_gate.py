"""`--fail-above`: a budget gate for CI."""

import pytest
from msgspec import structs
from support.cli import Cli, Finished, headline, mails
from support.report_plans import plan

from modelroute_cli.base.errors import ExitCode, UsageError
from modelroute_cli.base.money import PicoUSD, from_usd
from modelroute_cli.catalog.settings import Objective
from modelroute_cli.cli.budget_gate import BudgetGate, checked, gate_of_plan, gate_text
from modelroute_cli.cli.flags import ShowFlags
from modelroute_cli.report.summary import BudgetCheck, PlanSummary, plan_summary


def show_flags(**changes: object) -> ShowFlags:
    """Of `show a.plan`."""
    return ShowFlags(plan="a.plan", **changes)  # type: ignore[arg-type]


def summary() -> PlanSummary:
    """A plan that is expected to cost 5,300 pico-dollars, up to 6,400."""
    made = plan_summary(plan())
    totals = structs.replace(made.totals, cost_pusd=PicoUSD(5_300), cost_range_pusd=PicoUSD(6_400))
    return structs.replace(made, totals=totals)


@pytest.mark.parametrize(
    ("by", "budget", "over"),
    [("projected", 5_300, False), ("projected", 5_299, True), ("high", 6_400, False), ("high", 6_399, True)],
)
def test_a_plan_is_above_an_amount_that_it_passes(by: str, budget: int, *, over: bool) -> None:
    """Not at it; by the projection, or by the upper end of its range."""
    found = checked(summary(), BudgetGate(PicoUSD(budget), by))  # type: ignore[arg-type]
    assert found.over_budget is over
    assert found.budget == BudgetCheck(
        budget_pusd=PicoUSD(budget), by=by, cost_pusd=PicoUSD(5_300 if by == "projected" else 6_400)
    )


def test_without_a_gate_nothing_is_said() -> None:
    """Unknown is none of both."""
    assert (checked(summary(), None).budget, checked(summary(), None).over_budget) == (None, None)


@pytest.mark.parametrize(
    ("by", "over", "text"),
    [
        ("projected", True, "over budget: the plan is expected to cost ~$25.100, more than $20.000"),
        ("projected", False, "within budget: the plan is expected to cost ~$25.100, at most $20.000"),
        ("high", True, "over budget: the plan may cost up to ~$25.100 (90% range), more than $20.000"),
    ],
)
def test_the_sentence_names_both_amounts(by: str, *, over: bool, text: str) -> None:
    """A log of CI shows nothing else."""
    check = BudgetCheck(budget_pusd=from_usd("20"), by=by, cost_pusd=from_usd("25.1"))
    assert gate_text(check, over=over) == text


def test_a_made_plan_is_held_against_the_flag_or_its_own_amount() -> None:
    """Without either there is nothing to be above."""
    assert gate_of_plan(show_flags(), Objective(max_cost="3")) is None
    assert gate_of_plan(show_flags(fail_above=True, max_cost="2"), Objective(max_cost="3")) == BudgetGate(
        from_usd("2"), "projected"
    )
    assert gate_of_plan(show_flags(fail_above_high=True), Objective(max_cost="3")) == BudgetGate(from_usd("3"), "high")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"fail_above": True}, "--fail-above: there is no amount that a plan could be above"),
        ({"fail_above_high": True}, "--fail-above-high: there is no amount that a plan could be above"),
        ({"max_cost": "2"}, "--max-cost: a plan that is made already is only held against an amount"),
        ({"max_cost": "two", "fail_above": True}, "--max-cost: `two` is not an amount of dollars"),
    ],
)
def test_a_gate_without_its_amount_is_refused(changes: dict[str, object], message: str) -> None:
    """And an amount without its gate."""
    with pytest.raises(UsageError) as caught:
        gate_of_plan(show_flags(**changes), Objective())
    assert caught.value.message == message


def planned(cli: Cli, *more: str) -> Finished:
    """A few e-mails and a headline."""
    cli.jobs(*mails(5), headline())
    return cli("plan", "jobs.jsonl", *more)


def test_the_amount_of_a_gate_has_no_say_in_the_plan(cli: Cli) -> None:
    """The plan is that without it, is written, and the exit code alone says that it is too dear."""
    free = planned(cli, "--json").json
    done = planned(cli, "--json", "--max-cost", "0.000001", "--fail-above", "-o", "a.plan")
    assert done.code == ExitCode.INFEASIBLE
    assert (done.json["totals"], done.json["objective"]) == (free["totals"], free["objective"])
    assert (done.json["over_budget"], free["over_budget"]) == (True, None)
    assert done.err.startswith("\nover budget: the plan is expected to cost ~$0.0")
    assert done.err.endswith(", more than $0.0000010\n")
    within = cli("show", "a.plan", "--max-cost", "1", "--fail-above-high")
    assert within.code == ExitCode.OK
    assert "within budget: the plan may cost up to ~$0.0" in within.err
    assert cli("show", "a.plan", "--max-cost", "0.000001", "--fail-above").code == ExitCode.INFEASIBLE


def test_a_gate_needs_an_amount(cli: Cli) -> None:
    """A flag's or a setting's."""
    done = planned(cli, "--fail-above")
    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert done.err == (
        "error: --fail-above: there is no amount that a plan could be above\nhint: add `--max-cost 20`\n"
    )
