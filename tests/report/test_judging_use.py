"""What is said of judging: beside the models that answered, never among them."""

from dataclasses import replace

import polars as pl
from msgspec import structs
from support.report_plans import attempts, facts, header, plan

from modelroute_cli.base.frames import ATTEMPTS
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.journal_read import Looked
from modelroute_cli.planning.plan import Judging, Plan
from modelroute_cli.report.judging_use import judging_cost, judging_to_come, judging_use, written
from modelroute_cli.report.plan_screen import plan_screen
from modelroute_cli.report.run_screen import report_screen
from modelroute_cli.report.run_summary import summarise
from modelroute_cli.report.run_types import JudgeLine, JudgingUse, RunFacts
from modelroute_cli.report.summary import plan_summary

PLANNED = Judging(
    model="good-1",
    answers=2,
    calls=2,
    input_tokens=600,
    output_tokens=160,
    cost_pusd=PicoUSD(900),
    cost_low_pusd=PicoUSD(700),
    cost_range_pusd=PicoUSD(1_200),
    cost_high_pusd=PicoUSD(2_000),
)


def judged_plan() -> Plan:
    """The plan by hand, with a judge."""
    return replace(plan(), header=structs.replace(header(), judging=(PLANNED,)))


def judged() -> RunFacts:
    """The run by hand: mail-1 was judged by `good-1`, whose first answer could not be read."""
    first = attempts().row(0, named=True)
    judge = {**first, "kind": "judge", "model": "good-1", "verdict": None, "detail": None, "cost_pusd": 400}
    asked = pl.DataFrame([{**judge, "attempt": at} for at in (4, 5)], schema=ATTEMPTS)
    return replace(
        facts(),
        plan=judged_plan(),
        attempts=pl.concat([attempts(), asked]),
        spent_pusd=PicoUSD(4_510 + 800),
        looked=Looked(1, 0, 1, 0),
    )


def texts(facts_: RunFacts) -> list[str]:
    """The lines of the report."""
    return [line.text for line in report_screen(summarise(facts_), None)]


def test_a_run_without_judges_says_nothing_of_them() -> None:
    """Nor one whose every program told its verdict."""
    assert judging_use(facts()) is None
    assert judging_use(replace(facts(), looked=Looked(0, 0, 0, 0))) is None


def test_judging_is_told_against_its_plan() -> None:
    """Calls, money and verdicts."""
    assert judging_use(judged()) == JudgingUse(
        judges=(
            JudgeLine(
                model="good-1",
                projected_calls=2,
                calls=2,
                projected_pusd=PicoUSD(900),
                cost_pusd=PicoUSD(800),
            ),
        ),
        passed=1,
        rejected=0,
        unjudged=1,
        unjudged_by_command=0,
        projected_pusd=PicoUSD(900),
        cost_pusd=PicoUSD(800),
    )


def test_calls_of_judges_are_no_attempts_of_models() -> None:
    """What each model wrote, and each task type cost, is as without them; so are tokens against their plan."""
    plain, summary = summarise(facts()), summarise(judged())
    assert summary.models == plain.models
    assert summary.task_types == plain.task_types
    assert summary.tokens == plain.tokens
    assert summary.counts == plain.counts
    assert judging_cost(written(judged().attempts)) == 0


def test_savings_are_net_of_judging() -> None:
    """It is overhead with a line of its own; the causes still add up."""
    plain = {item.cause: item.saved_pusd for item in summarise(facts()).savings}
    assert {item.cause: item.saved_pusd for item in summarise(judged()).savings} == {**plain, "judging": -800}


def test_what_is_still_to_be_judged_is_expected_as_planned() -> None:
    """By the requests that have not ended."""
    assert judging_to_come(judged()) == 0
    assert judging_to_come(replace(judged(), finals=judged().finals.head(1))) == 450
    half = summarise(replace(judged(), finals=judged().finals.head(1)))
    assert half.money.projected_of_ended_pusd == 300 + 450


def test_the_report_shows_it() -> None:
    """Beside the cost, and what no judge looked at."""
    shown = texts(judged())
    (line,) = (line for line in shown if line.startswith("  judging"))
    assert line.endswith("of it: 2 calls of good-1, 1 passed, 0 rejected")
    assert "Not judged: 1 answer passed all else and no judge looked" in shown


def test_answers_without_their_program_are_told_even_where_no_model_judges() -> None:
    """A broken program is nothing to be quiet about."""
    shown = texts(replace(facts(), looked=Looked(0, 0, 0, 3)))
    assert "Not judged: 3 answers passed all else and no program gave a verdict" in shown
    assert not any(line.startswith("  judging") for line in shown)


def test_the_plan_shows_it() -> None:
    """In the table, in words, and aside of what the proof is about."""
    shown = [line.text for line in plan_screen(plan_summary(judged_plan()), None)]
    assert "  judging: 2 answers by good-1, ~$0.00000000090" in shown
    assert any(line.startswith("judging by good-1") for line in shown)
    assert any(line.endswith("(this one costs just that, judging aside)") for line in shown)
    twice = replace(plan(), header=structs.replace(header(), judging=(structs.replace(PLANNED, calls=4),)))
    assert "  judging: 2 answers by good-1 in 4 calls, ~$0.00000000090" in [
        line.text for line in plan_screen(plan_summary(twice), None)
    ]
