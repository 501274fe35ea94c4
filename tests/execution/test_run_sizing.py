"""Runs near their cap or their tokens a minute, whose output limits shrink to what answers take; in virtual time."""

import os
from pathlib import Path

import polars as pl
import pytest
from support.caps import near_cap
from support.fake_transport import Act, FakeProvider, Script, always, answer, failure
from support.plans import CHEAP, MAX_TOKENS, WORST, Row
from support.runs import PLENTY, Job, Setup, run
from support.token_bound import TokenBound, run_bound

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Request
from modelroute_cli.catalog.settings import RunSettings
from modelroute_cli.execution.journal_read import attempts_frame
from modelroute_cli.execution.results import result_rows
from modelroute_cli.execution.work import RunStatus
from modelroute_cli.providers.base import Call, FailureKind

SEEDS = 20 if "EXPLORE" in os.environ else 8
ONE = 600
TIGHT = Setup(cap=PicoUSD(20 * WORST[CHEAP] + 200 * ONE), settings=RunSettings(concurrency=64))
FITTED = 55  # 50 tokens an answer, and a tenth


def _long_ones(*rows: int) -> Script:
    """Answers of 50 tokens, those of some rows of 90."""

    def script(call: Call, nth: int) -> Act:
        del nth
        length = 90 if int(call.request.custom_id[1:]) in rows else 50
        cut = length > call.max_tokens
        return Act(answer(output_tokens=min(length, call.max_tokens), finish_reason="length" if cut else "stop"))

    return script


def _kinds(job: Job, row: int) -> list[str]:
    return list(attempts_frame(job.journal).filter(pl.col("row") == row)["kind"])


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_budget_is_used_up_and_never_passed(seed: int) -> None:
    """The price of 250 requests, 200 in flight, however long the answers: at least 97% of it is spent."""
    ended = near_cap(seed)
    assert (ended.has_held, ended.has_ended_at_cap) == (True, True)
    assert ended.used >= 0.97


def test_where_tokens_a_minute_bind_limits_that_fit_send_more() -> None:
    """With four times the room that answers take: a quarter less time, no 429, and everything is accepted."""
    planned, fitted = (run_bound(TokenBound(requests=1000, fit=fit)) for fit in (False, True))
    assert planned.lasted_s == pytest.approx(1000 * 300 / 10_000, rel=0.05)
    assert fitted.lasted_s < 0.76 * planned.lasted_s
    assert (planned.refused, fitted.refused) == (0, 0)
    assert (fitted.outcome.status, fitted.outcome.accepted) == (RunStatus.DONE, 1000)
    assert fitted.outcome.spent_pusd < 1.01 * planned.outcome.spent_pusd


def test_where_nothing_holds_requests_back_limits_stay_as_planned(tmp_path: Path) -> None:
    """There is nothing to gain."""
    job = Job.of([Row()] * 150, tmp_path)
    provider = FakeProvider(always(answer()))
    run(job, provider, Setup(settings=TIGHT.settings))
    assert {call.max_tokens for call in provider.sent} == {MAX_TOKENS}


def test_near_the_cap_limits_fit(tmp_path: Path) -> None:
    """Once a hundred answers are known, reservations shrink with the limits, and more of the money is used."""
    job = Job.of([Row()] * 300, tmp_path)
    provider = FakeProvider(always(answer()))
    outcome = run(job, provider, TIGHT)
    assert [call.max_tokens for call in provider.sent[-20:]] == [FITTED] * 20
    assert outcome.accepted == (TIGHT.cap - 650) // ONE + 1
    reserved = attempts_frame(job.journal)["reserved_pusd"]
    assert (reserved.max(), reserved.min()) == (WORST[CHEAP], WORST[CHEAP] - (MAX_TOKENS - FITTED) * 10)


def test_the_user_can_keep_the_planned_limits(tmp_path: Path) -> None:
    """`run.fit_output_limits: false`."""
    job = Job.of([Row()] * 300, tmp_path)
    provider = FakeProvider(always(answer()))
    off = RunSettings(concurrency=64, fit_output_limits=False)
    run(job, provider, Setup(cap=TIGHT.cap, settings=off))
    assert {call.max_tokens for call in provider.sent} == {MAX_TOKENS}


def test_an_answer_cut_off_below_its_plan_is_sent_again_with_the_planned_limit(tmp_path: Path) -> None:
    """That is no escalation and no failure: the same model answers, and both attempts are paid."""
    job = Job.of([Row()] * 230, tmp_path)
    provider = FakeProvider(_long_ones(225))

    outcome = run(job, provider, TIGHT)

    assert (outcome.status, outcome.accepted) == (RunStatus.DONE, 230)
    calls = [call for call in provider.sent if call.request.custom_id == "r225"]
    assert [(call.card.name, call.max_tokens) for call in calls] == [(CHEAP, FITTED), (CHEAP, MAX_TOKENS)]
    assert _kinds(job, 225) == ["first", "resend"]
    result = list(result_rows(job.journal, job.plan))[225]
    assert (result.status, result.escalated, result.attempts, result.verdict) == ("accepted", False, 2, "pass")
    assert outcome.spent_pusd == 229 * ONE + (100 + FITTED * 10) + (100 + 900)


def test_a_second_answer_that_is_cut_off_too_gets_more_room_than_planned(tmp_path: Path) -> None:
    """The planned limit first, then twice as much, as for any answer."""
    rows = [Row()] * 229 + [Row(request=Request(custom_id="r229", prompt="write a book"))]
    job = Job.of(rows, tmp_path)

    def script(call: Call, nth: int) -> Act:
        if call.request.custom_id != "r229" or nth == 3:
            return Act(answer())
        return Act(answer(output_tokens=call.max_tokens, finish_reason="length"))

    provider = FakeProvider(script)
    outcome = run(job, provider, TIGHT)

    assert outcome.accepted == 230
    limits = [call.max_tokens for call in provider.sent if call.request.custom_id == "r229"]
    assert limits == [FITTED, MAX_TOKENS, 2 * MAX_TOKENS]


def test_a_retry_keeps_to_the_limit_that_fits(tmp_path: Path) -> None:
    """A server error says nothing of lengths."""
    job = Job.of([Row()] * 230, tmp_path)

    def script(call: Call, nth: int) -> Act:
        bad = call.request.custom_id == "r225" and nth == 1
        return Act(failure(FailureKind.TRANSIENT, 500) if bad else answer())

    provider = FakeProvider(script)
    run(job, provider, TIGHT)
    limits = [call.max_tokens for call in provider.sent if call.request.custom_id == "r225"]
    assert limits == [FITTED, FITTED]


def test_a_request_cut_off_before_a_crash_goes_on_with_its_planned_limit(tmp_path: Path) -> None:
    """The journal knows that it was sized: it is no extra, and may still get more room afterwards."""
    job = Job.of([Row()] * 230, tmp_path)
    provider = FakeProvider(_long_ones(225))
    short = PicoUSD(224 * ONE + (100 + FITTED * 10) + 1_500)
    first = run(job, provider, Setup(cap=short, settings=RunSettings(concurrency=1)))
    assert first.status is RunStatus.CAP_REACHED
    assert _kinds(job, 225) == ["first"]

    second = run(job, provider, Setup(cap=PLENTY))

    assert (second.status, second.accepted) == (RunStatus.DONE, 230)
    assert _kinds(job, 225) == ["first", "resend"]
    calls = [call.max_tokens for call in provider.sent if call.request.custom_id == "r225"]
    assert calls == [FITTED, MAX_TOKENS]


def test_a_cap_that_a_full_house_would_pass_lowers_the_house_and_refuses_nobody(tmp_path: Path) -> None:
    """500 in flight at their worst are dearer than the cap of 1.25 times the projection: all are answered in time."""
    job = Job.of([Row(max_tokens=400)] * 600, tmp_path)
    provider = FakeProvider(always(answer(), after_s=2.0))
    outcome = run(job, provider, Setup(cap=PicoUSD(600 * ONE * 5 // 4), settings=RunSettings(concurrency=500)))
    assert (outcome.status, outcome.accepted) == (RunStatus.DONE, 600)
    assert outcome.cap_pusd < 500 * (100 + 400 * 10)
    assert provider.times[-1] <= 24.0
