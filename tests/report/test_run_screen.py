"""The screens of a run."""

from dataclasses import replace

import polars as pl
from support.report_plans import asked, attempts, facts, finals, learned, questions

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.report.run_screen import report_screen, status_screen
from modelroute_cli.report.run_summary import summarise
from modelroute_cli.report.run_types import RunFacts


def report(run: RunFacts, width: int | None = None) -> list[str]:
    """The lines of the report."""
    return [line.text for line in report_screen(summarise(run), width)]


def status(run: RunFacts) -> list[str]:
    """The lines of the status."""
    return [line.text for line in status_screen(summarise(run))]


def test_report_of_a_finished_run() -> None:
    """The whole screen: comparison, savings, models, task types."""
    assert report(facts()) == [
        "EMULATED: nothing was sent to a provider, nothing was paid",
        "2 requests sent, 2 accepted    2026-11-23 10:14 to 10:15 UTC",
        "                                Projected         Actual",
        "Cost                        $0.0000000053  $0.0000000045  inside the 90% range",
        (
            "gpt-5 for all                $0.000000074   $0.000000060  "
            "actual: an estimate, the accepted answers' tokens at gpt-5 prices"
        ),
        (
            "best single model (good-1)   $0.000000012   $0.000000018  "
            "actual: an estimate, the accepted answers' tokens at good-1 prices"
        ),
        "Saved                               92.8%          92.5%  against gpt-5 for all",
        "Escalated                               -              1  50%, cost $0.0000000042",
        (
            "Saved against the baseline: cheaper models $0.000000031    duplicates $0.000000025    "
            "attempts not accepted -$0.000000000060"
        ),
        "",
        "Model    Attempts  Accepted  Input  Output  Reasoning        Projected            Cost",
        "good-1          1         1     50      90         40   ~$0.0000000050   $0.0000000042",
        "cheap-1         2         1    150     160          0  ~$0.00000000030  $0.00000000031",
        "",
        "Tokens                Answers  Planned  Billed     Off  Expected",
        "cheap-1 input               1      100     100   +0.0%  within 2%, exact: held",
        "cheap-1 output, mean        1      200     150  -25.0%  59 to 341: held",
        "",
        "Task type  Requests  Accepted  Failed        Projected            Cost",
        "email             1         1       0  ~$0.00000000030  $0.00000000025",
        "headline          1         1       0   ~$0.0000000050   $0.0000000043",
        "",
        "Gate     Looked at  Failed  Then accepted  False alarms     Cost of it",
        "refusal    unknown       1         1 of 1       unknown  $0.0000000042",
    ]


def test_status_of_a_finished_run() -> None:
    """Counts and money on four lines."""
    assert status(facts()) == [
        "EMULATED: nothing was sent to a provider, nothing was paid",
        "Run 0123456789ab of jobs/mails.jsonl: finished",
        "2 requests: 2 accepted, 0 failed, 0 waiting; 1 more is a duplicate",
        "Spent $0.0000000045 of at most $0.0000000099",
    ]


def test_a_real_run_carries_no_mark() -> None:
    """Only emulated runs are marked."""
    assert status(replace(facts(), emulated=False))[0].startswith("Run 0123456789ab of ")


def test_an_unfinished_run_is_projected_as_planned_while_answers_are_few() -> None:
    """Spent, and the plan of the headline that waits."""
    half = replace(facts(), finals=finals().head(1), attempts=attempts().head(1), spent_pusd=PicoUSD(250))
    assert status(half)[4] == ("Projected at the end: ~$0.0000000052, as planned: too few answers to go by their usage")


def test_a_projection_from_observed_usage_says_so_and_what_it_leaves_out() -> None:
    """Nothing is passed off as the plan's word; a model without answers and the hard cap are named."""
    found = replace(learned(), hard_cap_pusd=PicoUSD(9_000))
    assert status(found)[4:] == [
        "Projected at the end: ~$0.000000010, from observed usage",
        "  planned: ~$0.0000000053; neither counts retries and escalations to come",
        "  1 model gave too few answers: the plan's own numbers there",
        "  the hard cap stops it before that",
    ]
    assert max(map(len, status(found))) <= 80


def test_a_bound_that_did_not_hold_is_said() -> None:
    """A count that came out elsewhere than the plan said is not glossed over."""
    dear = attempts().with_columns(pl.col("input_tokens", "output_tokens") * 3)
    lines = [line for line in report(replace(facts(), attempts=dear)) if line.startswith("cheap-1 ")]
    assert [line.split("%  ")[1] for line in lines[1:]] == ["within 2%, exact: NOT held", "59 to 341: NOT held"]


def test_money_held_for_unknown_outcomes_is_always_said() -> None:
    """What may have been billed is not hidden."""
    held = replace(facts(), held_pusd=PicoUSD(900))
    assert status(held)[3] == (
        "Spent $0.0000000045 of at most $0.0000000099, up to $0.00000000090 more for requests whose outcome is unknown"
    )
    assert "Possibly billed beyond this: up to $0.00000000090, for attempts whose outcome is unknown" in report(held)


def test_requests_at_another_tier_than_planned_are_said() -> None:
    """The difference in price is not passed off as the plan's."""
    switched = replace(facts(), attempts=attempts().with_columns(kind=pl.lit("standard")))
    said = [line for line in report(switched) if "standard tier" in line]
    assert said == ["2 requests went at the standard tier, the planned one not being to be had: $0.0000000045"]
    assert not any("standard tier" in line for line in report(facts()))


def test_an_unfinished_run_says_what_it_is_compared_with() -> None:
    """The whole projection says nothing about half a run."""
    half = replace(facts(), finals=finals().head(1))
    lines = report(half)
    assert lines[1].startswith("2 requests sent, 1 accepted, 1 waiting    ")
    assert lines[3].endswith("unfinished: what has ended was projected at $0.00000000030")


def test_a_cost_outside_the_range_says_which_range() -> None:
    """A missed projection is not glossed over."""
    line = report(replace(facts(), spent_pusd=PicoUSD(9_000)))[3]
    assert line.endswith("outside the 90% range $0.0000000042 to $0.0000000064")


def test_failures_stand_at_the_end_and_cannot_steer_the_terminal() -> None:
    """A reason may hold a model's words."""
    failed = finals().with_columns(pl.lit("failed").alias("status"), pl.lit("refusal: \x1b[2Jno").alias("reason"))
    assert report(replace(facts(), finals=failed))[-1] == "failed: 2 x refusal: ?[2Jno (mail-1, head-1)"


def test_narrow_terminals_lose_columns() -> None:
    """At 40 cells the cost of each model is still there."""
    lines = report(facts(), width=40)
    assert "Model    Accepted            Cost" in lines
    assert max(len(line) for line in lines[-4:]) <= 40


def test_questions_are_a_line_of_the_cost() -> None:
    """Projected and actual, with the model, the templates and the answers."""
    lines = report(replace(facts(), questions=asked()))
    assert lines[4].split(maxsplit=3) == [
        "questions",
        "$0.00000000010",
        "$0.000000000090",
        "of it: cheap-1 asked about 2 templates, 1 answered",
    ]


def test_a_run_that_still_asks_says_so() -> None:
    """In the status and in the report."""
    asking = replace(facts(), questions=questions())
    assert "First cheap-1 is asked about 2 templates" in status(asking)
    assert report(asking)[4].endswith("of it: cheap-1 asked about 2 templates, being asked")
    assert not any(line.startswith("First") for line in status(replace(facts(), questions=asked())))
