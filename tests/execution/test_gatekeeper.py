"""The gates of a run: what needs more than one answer, and what nobody asked for."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from support.fake_transport import Act, FakeProvider, Script, always, answer
from support.judged import judged_plan, judging, points
from support.plans import PlanParts, Row, plan_of
from support.runs import Job, Setup, run
from support.tickets import assigned

from modelroute_cli.base.schema import GateRules, Request
from modelroute_cli.catalog.settings import RunSettings
from modelroute_cli.execution.earlier import Earlier
from modelroute_cli.execution.gatekeeper import Gatekeeper, judged
from modelroute_cli.execution.gates.answer import Said, Verdict
from modelroute_cli.execution.judging.commands import Commands
from modelroute_cli.execution.judging.judges import Judges
from modelroute_cli.execution.records import Judged
from modelroute_cli.execution.results import result_rows
from modelroute_cli.execution.routes import Routes
from modelroute_cli.execution.verdict_log import read_verdicts
from modelroute_cli.execution.work import StopSignal

ENGLISH = "Dear Anna, we would like to thank you for your order. It is on its way and will be with you on Friday."
GERMAN = "Liebe Anna, vielen Dank für Ihre Bestellung. Sie ist unterwegs und wird am Freitag bei Ihnen sein."
NEAR = GateRules(near_duplicates=0.8)
ONE_BY_ONE = RunSettings(concurrency=1)


def _asking(*gates: GateRules | None) -> list[Row]:
    """Requests for e-mails in English, each with its gates."""
    prompt = "Write an e-mail to Anna about her order."
    return [Row(request=Request(custom_id=f"r{row}", prompt=prompt, gates=each)) for row, each in enumerate(gates)]


def _job(rows: Sequence[Row], folder: Path, language: str = "en") -> Job:
    """A plan that escalates nowhere, all of it in one language."""
    plan = plan_of(rows, PlanParts(escalations={"all": ()}))
    spoken = pl.lit(language).cast(plan.assignments.collect_schema()["language"])
    return Job.of(rows, folder, replace(plan, assignments=plan.assignments.with_columns(language=spoken)))


def _saying(*texts: str) -> Script:
    """What each request is answered, by its number."""
    return lambda call, _: Act(answer(texts[int(call.request.custom_id[1:])]))


def _verdicts(job: Job) -> list[str]:
    return [str(row.verdict) for row in result_rows(job.journal, job.plan)]


def test_the_later_of_two_answers_that_are_alike_fails(tmp_path: Path) -> None:
    """And says whose it resembles; requests that do not ask for it are neither held to it nor remembered."""
    job = _job(_asking(None, NEAR, NEAR, NEAR), tmp_path)
    run(job, FakeProvider(_saying(ENGLISH, ENGLISH, "Hi Anna, the lamp you ordered comes soon.", ENGLISH + " Bye!")))
    assert _verdicts(job) == ["pass", "pass", "pass", "near_duplicates"]
    reasons = [row.reason for row in result_rows(job.journal, job.plan)]
    assert reasons[3] == "gate:near_duplicates: 96% of its word pairs are those of the answer to row 2"


def test_a_resumed_run_remembers_the_answers_of_earlier_sessions(tmp_path: Path) -> None:
    """Stopped after the first one; the second session reads it from the journal."""
    job = _job(_asking(NEAR, NEAR), tmp_path)
    stop = StopSignal()

    def then_stop(call: object, nth: int) -> Act:
        del call, nth
        stop.request()
        return Act(answer(ENGLISH))

    run(job, FakeProvider(then_stop), Setup(settings=ONE_BY_ONE, stop=stop))
    assert sorted(_verdicts(job)) == ["None", "pass"]
    run(job, FakeProvider(always(answer(ENGLISH))), Setup(settings=ONE_BY_ONE))
    assert sorted(_verdicts(job)) == ["near_duplicates", "pass"]


@pytest.mark.parametrize(
    ("gates", "default_gates", "verdict"),
    [
        (None, True, "language"),
        (None, False, "pass"),
        (GateRules(language="any"), True, "pass"),
        (GateRules(language="de"), True, "pass"),
        (GateRules(language="same"), False, "language"),
    ],
)
def test_an_email_is_in_the_language_of_its_request(
    gates: GateRules | None, *, default_gates: bool, verdict: str, tmp_path: Path
) -> None:
    """Without being asked, unless settings, row or rule say otherwise."""
    job = _job(_asking(gates), tmp_path)
    run(job, FakeProvider(always(answer(GERMAN))), Setup(settings=RunSettings(default_gates=default_gates)))
    assert _verdicts(job) == [verdict]


def test_the_language_of_a_request_that_does_not_tell_is_no_gate(tmp_path: Path) -> None:
    """`same` as nobody knows what."""
    job = _job(_asking(GateRules(language="same"), None), tmp_path, "und")
    run(job, FakeProvider(always(answer(GERMAN))))
    assert _verdicts(job) == ["pass", "pass"]


@pytest.mark.parametrize(
    ("gates", "text", "verdict"),
    [
        (None, "Dear {{first_name}}, thank you.", "placeholders"),
        (None, "Dear [Name], thank you.", "pass"),
        (GateRules(placeholders=False), "Dear [Name], thank you.", "placeholders"),
        (GateRules(placeholders=True), "Dear {{first_name}}, thank you.", "pass"),
    ],
)
def test_no_email_goes_out_with_a_field_of_mail_merge(
    gates: GateRules | None, text: str, verdict: str, tmp_path: Path
) -> None:
    """Names in brackets only fail where they were asked not to be there."""
    job = _job(_asking(gates), tmp_path)
    run(job, FakeProvider(always(answer(text))))
    assert _verdicts(job) == [verdict]


def test_the_journal_keeps_who_looked_and_what_was_known() -> None:
    """The output only where it is not the answer as it came."""
    verdict = Verdict(False, "labels", "it is none", "Positive", "truncated,labels", None, right=True)
    assert judged(3, verdict, "Positive") == Judged(
        3, False, "labels", "it is none", None, "truncated,labels", None, True
    )
    assert judged(3, verdict, "positive").output == "Positive"


def test_an_answer_that_another_gate_refused_is_no_twin_of_later_ones(tmp_path: Path) -> None:
    """Of three like answers the first is taken back, so that the second passes, and the third is like the second."""
    rows = _asking(NEAR, NEAR, NEAR)
    job = _job(rows, tmp_path)
    run(job, FakeProvider(always(answer(ENGLISH))))  # the journal then holds the texts that are compared
    judges = Judges(routes=Routes.of(job.plan), models={}, terms={}, seed=1, closed=lambda _: None)
    none_before = pl.LazyFrame(schema={"row": pl.Int64, "template": pl.String})
    keeper = Gatekeeper(judges, Commands({}, print, {}), Earlier(job.journal, none_before))

    async def verdicts() -> list[str]:
        said = []
        for row, each in enumerate(rows):
            assert each.request is not None
            said.append((await keeper.verdict(each.request, assigned(row), Said(ENGLISH, "stop"))).gate)
            if row == 0:
                keeper.refused(assigned(row))
        return said

    assert asyncio.run(verdicts()) == ["pass", "pass", "near_duplicates"]


def test_a_right_answer_that_a_judge_refused_is_a_false_alarm(tmp_path: Path) -> None:
    """What the row expects is known, whoever failed it."""
    rows = [Row(request=Request(custom_id="r0", prompt="Six times nine?", expected="54"))]
    job = Job.of(rows, tmp_path, judged_plan(rows, parts=PlanParts(escalations={"all": ()})))
    run(job, FakeProvider(judging(points(1), always(answer("54.")))))
    assert read_verdicts(job.journal).failed.select("right", "same").rows() == [(True, None)]
