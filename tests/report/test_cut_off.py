"""What output limits below the planned ones cost."""

from dataclasses import replace
from pathlib import Path

from support.fake_transport import Act, FakeProvider, answer
from support.plans import CHEAP, MAX_TOKENS, OTHER, Row, plan_of
from support.report_plans import facts
from support.runs import Job, Setup, run

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.settings import RunSettings
from modelroute_cli.providers.base import Call
from modelroute_cli.report.cut_off import CutOff, Resent, cut_off, resent
from modelroute_cli.report.run_screen import report_screen
from modelroute_cli.report.run_summary import summarise


def test_only_what_had_less_than_planned_counts() -> None:
    """An answer that the planned limit cut off is the plan's own fault; one on another model had no planned limit."""
    plan = plan_of([Row(), Row(), Row()])
    again = (
        Resent(0, CHEAP, MAX_TOKENS, PicoUSD(650)),
        Resent(1, CHEAP, 2 * MAX_TOKENS, PicoUSD(2100)),
        Resent(2, OTHER, MAX_TOKENS, PicoUSD(4200)),
    )
    assert cut_off(again, plan.assignments) == CutOff(answers=1, cost_pusd=PicoUSD(650))
    assert cut_off(again[1:], plan.assignments) is None
    assert cut_off((), plan.assignments) is None


def test_the_journal_knows_which_were_sent_again(tmp_path: Path) -> None:
    """With the limit they then had, and what the answer before had cost."""
    job = Job.of([Row()] * 230, tmp_path)

    def script(call: Call, nth: int) -> Act:
        if call.request.custom_id != "r225" or nth == 3:
            return Act(answer())
        return Act(answer(output_tokens=call.max_tokens, finish_reason="length"))

    run(job, FakeProvider(script), Setup(cap=PicoUSD(162_000), settings=RunSettings(concurrency=64)))

    again = resent(job.journal)
    assert again == (
        Resent(225, CHEAP, MAX_TOKENS, PicoUSD(100 + 55 * 10)),
        Resent(225, CHEAP, 2 * MAX_TOKENS, PicoUSD(100 + MAX_TOKENS * 10)),
    )
    assert cut_off(again, job.plan.assignments) == CutOff(answers=1, cost_pusd=PicoUSD(650))


def test_the_report_says_what_was_cut_off() -> None:
    """One line, where there is something to say."""
    plain = facts()
    told = "Smaller output limits cut 1 answer off, sent again as planned: $0.0012 for those"
    assert told not in [line.text for line in report_screen(summarise(plain), None)]
    row, model, limit = plain.plan.assignments.select("row", "model", "max_tokens").collect().row(0)
    again = (Resent(row, model, limit, PicoUSD(1_200_000_000)),)
    assert told in [line.text for line in report_screen(summarise(replace(plain, resent=again)), None)]
