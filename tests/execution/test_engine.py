"""The engine in virtual time: every request comes to its end, once, inside the money, whatever the providers do."""

import asyncio
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.fake_transport import Act, FakeProvider, always, answer, failure, in_turn
from support.plans import CHEAP, OTHER, STRONG, WORST, PlanParts, Row, plan_of
from support.runs import Job, Setup, Watcher, run, session
from support.virtual import run_virtual

from modelroute_cli.base.errors import CredentialError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import GateRules, Request
from modelroute_cli.catalog.settings import RunSettings
from modelroute_cli.execution.engine import pending
from modelroute_cli.execution.journal import Journal
from modelroute_cli.execution.journal_read import attempts_frame, finals_frame, read_state
from modelroute_cli.execution.results import result_rows
from modelroute_cli.execution.routes import Routes
from modelroute_cli.execution.work import Before, RunOutcome, RunStatus, StopSignal
from modelroute_cli.providers.base import Call, FailureKind, TransportError

ONE = 100 * 1 + 50 * 10  # what an ordinary answer of the cheap model costs
ONE_AT_A_TIME = RunSettings(concurrency=1)


def _statuses(job: Job) -> list[str]:
    return [row.status for row in result_rows(job.journal, job.plan)]


def _reasons(job: Job) -> list[str]:
    return list(finals_frame(job.journal)["reason"])


def _kinds(job: Job) -> list[tuple[str, str]]:
    return list(attempts_frame(job.journal).select("kind", "model").iter_rows())


def test_every_request_is_sent_once_and_accepted(tmp_path: Path) -> None:
    """A run that meets no trouble sends each request once and pays for each answer."""
    job = Job.of([Row() for _ in range(20)], tmp_path)
    provider = FakeProvider(always(answer()))

    outcome = run(job, provider)

    assert outcome.status is RunStatus.DONE
    assert (outcome.accepted, outcome.failed, outcome.unsent, outcome.sent_now) == (20, 0, 0, 20)
    assert outcome.spent_pusd == provider.billed_pusd == 20 * ONE
    assert outcome.message == ""


def test_the_same_run_again_sends_nothing(tmp_path: Path) -> None:
    """A finished run stays finished."""
    job = Job.of([Row() for _ in range(5)], tmp_path)
    run(job, FakeProvider(always(answer("first"))))
    again = FakeProvider(always(answer("second")))

    outcome = run(job, again)

    assert again.sent == []
    assert (outcome.sent_now, outcome.accepted, outcome.spent_pusd) == (0, 5, 5 * ONE)
    assert [row.output for row in result_rows(job.journal, job.plan)] == ["first"] * 5


def test_duplicates_are_answered_by_the_first(tmp_path: Path) -> None:
    """A duplicate is not sent; it has the answer of its first and costs nothing."""
    job = Job.of([Row(), Row(duplicate_of=0), Row()], tmp_path)
    provider = FakeProvider(always(answer()))

    run(job, provider)

    rows = list(result_rows(job.journal, job.plan))
    assert [call.request.custom_id for call in provider.sent] == ["r0", "r2"]
    assert [(row.status, row.duplicate_of, row.cost_usd) for row in rows] == [
        ("accepted", None, "0.0000000006"),
        ("accepted", "r0", "0"),
        ("accepted", None, "0.0000000006"),
    ]


def test_pending_leaves_out_what_is_done_and_duplicates() -> None:
    """Only first requests that have not come to their end are still to be sent."""
    plan = plan_of([Row(), Row(duplicate_of=0), Row(), Row()])

    supply = pending(plan.assignments, np.array([2]), Routes.of(plan).planned)

    assert supply.shelves[CHEAP].take_all()["custom_id"].to_list() == ["r0", "r3"]


def test_concurrency_is_bounded(tmp_path: Path) -> None:
    """Never more than `run.concurrency` requests are in flight, and a steady provider gets that many."""
    job = Job.of([Row() for _ in range(60)], tmp_path)
    provider = FakeProvider(always(answer()))

    run(job, provider, Setup(settings=RunSettings(concurrency=16)))

    assert provider.most_in_flight == 16


def test_premium_goes_first_then_the_longest(tmp_path: Path) -> None:
    """Order of sending: premium before standard before bulk, long expected answers first."""
    rows = [
        Row(importance="bulk"),
        Row(output_tokens=10),
        Row(output_tokens=90),
        Row(importance="premium", output_tokens=20),
    ]
    job = Job.of(rows, tmp_path)
    provider = FakeProvider(always(answer()))

    run(job, provider, Setup(settings=ONE_AT_A_TIME))

    assert [call.request.custom_id for call in provider.sent] == ["r3", "r2", "r1", "r0"]


def test_a_transient_failure_is_tried_again(tmp_path: Path) -> None:
    """A 503 costs nothing and the same model is asked again."""
    job = Job.of([Row()], tmp_path)
    provider = FakeProvider(in_turn(failure(FailureKind.TRANSIENT, 503), answer()))

    outcome = run(job, provider)

    assert (outcome.accepted, outcome.spent_pusd, outcome.held_pusd) == (1, ONE, 0)
    assert _kinds(job) == [("first", CHEAP), ("retry", CHEAP)]
    assert provider.times[1] - provider.times[0] > 1.0 + 0.375  # the call's second and at least the shortened backoff


def test_after_too_many_failures_another_model_of_the_rule_is_asked(tmp_path: Path) -> None:
    """`run.max_attempts` failures on one model lead to a model the plan uses for the same rule, then to escalations."""
    job = Job.of([Row(), Row(model=OTHER)], tmp_path)

    def script(call: Call, nth: int) -> Act:
        del nth
        return Act(failure(FailureKind.TRANSIENT, 500) if call.card.name == CHEAP else answer())

    outcome = run(job, FakeProvider(script), Setup(settings=RunSettings(concurrency=1, max_attempts=2)))

    assert outcome.accepted == 2
    assert _kinds(job) == [("first", CHEAP), ("first", OTHER), ("retry", CHEAP), ("fallback", OTHER)]


def test_a_request_that_nobody_answers_fails_with_the_reason(tmp_path: Path) -> None:
    """When every model of the rule gave up, the request fails and says why; nothing was billed."""
    job = Job.of([Row()], tmp_path, plan_of([Row()], PlanParts(escalations={"all": ()})))
    provider = FakeProvider(always(failure(FailureKind.TRANSIENT, 500, message="down")))

    outcome = run(job, provider, Setup(settings=RunSettings(max_attempts=3)))

    assert (outcome.status, outcome.failed, outcome.spent_pusd) == (RunStatus.DONE, 1, 0)
    assert _reasons(job) == ["transient 500: down (3 failures)"]
    assert len(provider.sent) == 3


def test_a_refused_request_is_not_repeated_on_the_same_model(tmp_path: Path) -> None:
    """A 400 will be a 400 again: the next model of the rule is asked at once."""
    job = Job.of([Row()], tmp_path)

    def script(call: Call, nth: int) -> Act:
        del nth
        return Act(failure(FailureKind.REQUEST, 400) if call.card.name == CHEAP else answer())

    run(job, FakeProvider(script))

    assert _kinds(job) == [("first", CHEAP), ("fallback", STRONG)]


def test_rate_limits_pause_the_account_and_use_up_no_try(tmp_path: Path) -> None:
    """Many 429s in a row end in an answer, and nothing is sent before Retry-After is over."""
    job = Job.of([Row()], tmp_path)
    limited = failure(FailureKind.RATE_LIMITED, 429, retry_after_s=20.0)
    provider = FakeProvider(in_turn(*[limited] * 9, answer()))
    watcher = Watcher()

    outcome = run(job, provider, Setup(settings=RunSettings(max_attempts=2), watcher=watcher))

    assert (outcome.accepted, len(provider.sent)) == (1, 10)
    gaps = [later - earlier for earlier, later in zip(provider.times, provider.times[1:], strict=False)]
    assert gaps == [pytest.approx(21.0)] * 9
    assert watcher.notices[0] == "`cheap` limits the rate: `cheap-1` gets nothing for 20 s"


def test_one_account_that_is_limited_does_not_hold_up_another(tmp_path: Path) -> None:
    """While one provider waits for minutes, the requests of another go on."""
    job = Job.of([Row() for _ in range(40)] + [Row(model=OTHER) for _ in range(40)], tmp_path)
    ends: dict[str, float] = {}

    def script(call: Call, nth: int) -> Act:
        if call.card.name == CHEAP and nth == 1:
            return Act(failure(FailureKind.RATE_LIMITED, 429, retry_after_s=120.0))
        ends[call.card.name] = asyncio.get_running_loop().time()
        return Act(answer())

    outcome = run(job, FakeProvider(script), Setup(settings=RunSettings(concurrency=16)))

    assert outcome.accepted == 80
    assert ends[OTHER] < 20
    assert ends[CHEAP] > 120


def test_a_lost_answer_stays_held_and_is_asked_again(tmp_path: Path) -> None:
    """After a timeout nobody knows whether it was billed: its reservation is never given back."""
    job = Job.of([Row()], tmp_path)
    provider = FakeProvider(in_turn(None, answer()))

    outcome = run(job, provider)

    assert (outcome.accepted, outcome.spent_pusd, outcome.held_pusd) == (1, ONE, WORST[CHEAP])
    assert provider.billed_pusd == ONE + WORST[CHEAP]
    assert list(attempts_frame(job.journal)["outcome"]) == ["unknown", "answered"]


def test_lost_answers_use_up_the_cap(tmp_path: Path) -> None:
    """When nothing ever comes back, no more is sent than the cap could pay for, and the message says where it is."""
    job = Job.of([Row() for _ in range(10)], tmp_path)
    provider = FakeProvider(always(None))
    cap = PicoUSD(3 * WORST[CHEAP] + 10)

    outcome = run(job, provider, Setup(cap=cap, settings=RunSettings(concurrency=2, timeout_s=5.0)))

    assert (outcome.status, len(provider.sent), outcome.held_pusd) == (RunStatus.CAP_REACHED, 3, 3 * WORST[CHEAP])
    assert outcome.message == (
        "the hard cap of $0.0000000063 leaves no room for the 10 requests to go: $0.00 spent, "
        "$0.0000000063 held for attempts whose outcome is unknown"
    )


def test_a_gateway_timeout_may_have_been_billed(tmp_path: Path) -> None:
    """A 504 comes from a gateway that gave up; the provider behind it may have finished."""
    job = Job.of([Row()], tmp_path)

    outcome = run(job, FakeProvider(in_turn(failure(FailureKind.TRANSIENT, 504), answer())))

    assert outcome.held_pusd == WORST[CHEAP]


def test_an_answer_without_usage_stays_held(tmp_path: Path) -> None:
    """A provider that does not say what it billed leaves the whole reservation counted."""
    job = Job.of([Row()], tmp_path)
    provider = FakeProvider(always(replace(answer(), usage=None)))

    outcome = run(job, provider)

    assert (outcome.accepted, outcome.spent_pusd, outcome.held_pusd) == (1, 0, WORST[CHEAP])


def test_a_connection_that_never_was_costs_nothing(tmp_path: Path) -> None:
    """A request that was not sent is not billed."""
    job = Job.of([Row()], tmp_path)

    outcome = run(job, FakeProvider(in_turn(TransportError("refused", sent=False), answer())))

    assert (outcome.accepted, outcome.spent_pusd, outcome.held_pusd) == (1, ONE, 0)


def test_a_truncated_answer_is_asked_again_with_twice_the_room(tmp_path: Path) -> None:
    """The same model gets a doubled output limit before a stronger one is paid."""
    job = Job.of([Row()], tmp_path)
    provider = FakeProvider(in_turn(answer("cut of", output_tokens=200, finish_reason="length"), answer()))

    outcome = run(job, provider)

    assert _kinds(job) == [("first", CHEAP), ("resend", CHEAP)]
    assert [call.max_tokens for call in provider.sent] == [200, 400]
    assert (outcome.accepted, outcome.spent_pusd) == (1, 100 + 2000 + ONE)


def test_an_answer_cut_by_the_users_own_limit_is_not_asked_again(tmp_path: Path) -> None:
    """No resend passes the request's own `max_output_tokens`; the cut answer is kept."""
    row = Row(request=Request(custom_id="r0", prompt="write", max_output_tokens=200))
    job = Job.of([row], tmp_path)
    provider = FakeProvider(always(answer("cut of", output_tokens=200, finish_reason="length")))

    run(job, provider)

    assert len(provider.sent) == 1
    [result] = result_rows(job.journal, job.plan)
    assert (result.status, result.output, result.verdict) == ("failed", "cut of", "truncated")
    assert result.reason == (
        "gate:truncated: the output limit cut the answer off (`max_output_tokens` of the request is 200)"
    )


def test_a_failed_gate_escalates_to_the_stronger_model(tmp_path: Path) -> None:
    """A refusal of the cheap model is answered by the strong one, and both are paid."""
    job = Job.of([Row()], tmp_path)

    def script(call: Call, nth: int) -> Act:
        del nth
        return Act(answer("I can't help with that." if call.card.name == CHEAP else "Here it is."))

    outcome = run(job, FakeProvider(script))

    [result] = result_rows(job.journal, job.plan)
    assert (result.status, result.model, result.output) == ("accepted", STRONG, "Here it is.")
    assert (result.escalated, result.attempts, result.verdict) == (True, 2, "pass")
    assert outcome.spent_pusd == ONE + 100 * 10 + 50 * 100


def test_after_the_last_gate_the_answer_is_kept_with_its_verdict(tmp_path: Path) -> None:
    """A request whose every answer failed a gate fails, and its last answer is in the results."""
    rules = GateRules(must_contain=("OFFER",))
    job = Job.of([Row(request=Request(custom_id="r0", prompt="write", gates=rules))], tmp_path)

    run(job, FakeProvider(lambda call, nth: Act(answer(f"{call.card.name} {nth}"))))

    [result] = result_rows(job.journal, job.plan)
    assert (result.status, result.output, result.model, result.verdict) == (
        "failed",
        "strong-1 2",
        STRONG,
        "must_contain",
    )
    assert result.reason == "gate:must_contain: `OFFER` is missing"


def test_escalation_stays_inside_the_money_that_is_left(tmp_path: Path) -> None:
    """An escalation that does not fit the cap is not made; the request fails with the answer it has."""
    job = Job.of([Row()], tmp_path)
    cap = PicoUSD(WORST[CHEAP] + 1000)

    outcome = run(job, FakeProvider(always(answer("I cannot help with this."))), Setup(cap=cap))

    [result] = result_rows(job.journal, job.plan)
    assert (outcome.status, result.status, result.output) == (RunStatus.DONE, "failed", "I cannot help with this.")
    assert result.reason == "gate:refusal: I cannot help with this. (no money left for escalation)"


def test_escalations_never_take_the_money_of_requests_that_wait(tmp_path: Path) -> None:
    """A run whose cap fits every first answer and no escalation besides still answers every request first."""
    job = Job.of([Row() for _ in range(10)], tmp_path)
    cap = PicoUSD(9 * ONE + WORST[CHEAP])
    provider = FakeProvider(always(answer("")))

    outcome = run(job, provider, Setup(cap=cap, settings=ONE_AT_A_TIME))

    assert {call.card.name for call in provider.sent} == {CHEAP}
    assert (len(provider.sent), outcome.failed, outcome.status) == (10, 10, RunStatus.DONE)


def test_the_cap_stops_the_run_and_a_higher_one_continues_it(tmp_path: Path) -> None:
    """With no room for the next reservation the run ends, says so, and goes on from there with more money."""
    job = Job.of([Row() for _ in range(10)], tmp_path)
    provider = FakeProvider(always(answer()))

    outcome = run(job, provider, Setup(cap=PicoUSD(4000)))

    assert outcome.status is RunStatus.CAP_REACHED
    assert (outcome.accepted, outcome.unsent, outcome.spent_pusd) == (4, 6, 4 * ONE)
    assert outcome.message == (
        "the hard cap of $0.0000000040 leaves no room for the 6 requests to go: $0.0000000024 spent"
    )
    assert run(job, provider, Setup(cap=PicoUSD(20_000))).accepted == 10
    assert len(provider.sent) == 10


def test_what_was_spent_and_held_before_is_under_the_same_cap(tmp_path: Path) -> None:
    """Questions about templates: their money is gone before the first request, and counted in what is told."""
    job = Job.of([Row(), Row(), Row()], tmp_path)
    before = Before(PicoUSD(1_000), PicoUSD(400))
    outcome = run(job, FakeProvider(always(answer())), Setup(cap=PicoUSD(WORST[CHEAP] + 600 + 1_400), asked=before))
    assert (outcome.status, outcome.accepted, outcome.unsent) == (RunStatus.CAP_REACHED, 2, 1)
    assert (outcome.spent_pusd, outcome.held_pusd) == (2 * 600 + 1_000, 400)
    assert outcome.spent_pusd + outcome.held_pusd <= outcome.cap_pusd


def test_cheaper_requests_pass_one_that_the_cap_cannot_hold(tmp_path: Path) -> None:
    """A request dearer than all the money that is left does not stop those that fit."""
    job = Job.of([Row(model=STRONG, importance="premium"), Row(), Row()], tmp_path)

    outcome = run(job, FakeProvider(always(answer())), Setup(cap=PicoUSD(5000)))

    assert (outcome.status, _statuses(job)) == (RunStatus.CAP_REACHED, ["unsent", "accepted", "accepted"])


def test_a_bill_above_the_reservation_is_told_and_counted(tmp_path: Path) -> None:
    """A provider that ignores the output limit is recorded as it billed; later reservations are raised by as much."""
    job = Job.of([Row() for _ in range(5)], tmp_path)
    watcher = Watcher()
    provider = FakeProvider(always(answer(output_tokens=410)))

    outcome = run(job, provider, Setup(cap=PicoUSD(10_000), settings=ONE_AT_A_TIME, watcher=watcher))

    assert outcome.spent_pusd == provider.billed_pusd == 2 * 4200
    assert outcome.status is RunStatus.CAP_REACHED
    assert watcher.notices == [
        (
            "`cheap-1` billed $0.0000000042 for a request that could cost at most $0.0000000021 by its prices and "
            "limits; later reservations are raised by as much"
        )
    ]


def test_an_absurd_bill_ends_the_run_and_breaks_nothing(tmp_path: Path) -> None:
    """Token counts beyond reason use up the cap; the journal still adds up."""
    job = Job.of([Row() for _ in range(20)], tmp_path)

    outcome = run(job, FakeProvider(always(answer(output_tokens=2**53 - 1))))

    assert (outcome.status, outcome.accepted) == (RunStatus.CAP_REACHED, 8)
    assert outcome.spent_pusd == 8 * 10**15


def test_a_refused_key_ends_a_run_in_which_nothing_was_answered(tmp_path: Path) -> None:
    """With every key refused the run says so, and the requests are still to be sent once the key is right."""
    plan = plan_of([Row() for _ in range(50)], PlanParts(escalations={"all": ()}))
    job = Job.of([Row() for _ in range(50)], tmp_path, plan)
    refusing = FakeProvider(always(failure(FailureKind.ACCOUNT, 401, message="bad key")))

    with pytest.raises(CredentialError, match="no request was answered: account 401: bad key"):
        run(job, refusing)

    assert len(refusing.sent) <= 8
    assert read_state(job.journal).done == 0
    assert run(job, FakeProvider(always(answer()))).accepted == 50


def test_a_key_revoked_between_sessions_fails_no_request(tmp_path: Path) -> None:
    """When a later session gets no answer at all, what is left stays to be sent."""
    rows = [Row() for _ in range(10)]
    job = Job.of(rows, tmp_path, plan_of(rows, PlanParts(escalations={"all": ()})))
    run(job, FakeProvider(always(answer())), Setup(cap=PicoUSD(4000)))

    with pytest.raises(CredentialError):
        run(job, FakeProvider(always(failure(FailureKind.ACCOUNT, 401))))

    assert _statuses(job) == ["accepted"] * 4 + ["unsent"] * 6


def test_requests_of_a_refused_account_go_to_another_of_their_rule(tmp_path: Path) -> None:
    """A stopped provider's requests, waiting ones too, fall back inside their rule."""
    job = Job.of([Row() for _ in range(30)], tmp_path)

    def script(call: Call, nth: int) -> Act:
        del nth
        return Act(failure(FailureKind.ACCOUNT, 402, message="no credit") if call.card.name == CHEAP else answer())

    watcher = Watcher()
    outcome = run(job, FakeProvider(script), Setup(watcher=watcher))

    assert outcome.accepted == 30
    assert watcher.notices == ["nothing more goes to provider `cheap`: account 402: no credit"]
    assert sum(model == CHEAP for _, model in _kinds(job)) <= 8


def test_without_another_account_the_requests_of_a_refused_one_fail(tmp_path: Path) -> None:
    """When others were answered, the refused account's requests fail with its reason."""
    rows = [Row(rule="a"), Row(model=OTHER, rule="b")]
    job = Job.of(rows, tmp_path, plan_of(rows, PlanParts(escalations={"a": (), "b": ()})))

    def script(call: Call, nth: int) -> Act:
        del nth
        return Act(failure(FailureKind.ACCOUNT, 403) if call.card.name == CHEAP else answer())

    outcome = run(job, FakeProvider(script))

    assert (outcome.status, outcome.failed, _statuses(job)) == (RunStatus.DONE, 1, ["failed", "accepted"])
    assert _reasons(job) == ["account 403: no", ""]


def test_a_used_up_quota_stops_the_model_not_the_run(tmp_path: Path) -> None:
    """A quota of the day is asked once: the other requests of the model go elsewhere at once."""
    job = Job.of([Row() for _ in range(30)], tmp_path)

    def script(call: Call, nth: int) -> Act:
        del nth
        spent = failure(FailureKind.QUOTA, 429, retry_after_s=40_000.0)
        return Act(spent if call.card.name == CHEAP else answer())

    assert run(job, FakeProvider(script)).accepted == 30
    assert sum(model == CHEAP for _, model in _kinds(job)) <= 8


def test_the_first_stop_finishes_what_is_in_flight(tmp_path: Path) -> None:
    """Asked to stop, the engine sends nothing more and takes the answers that come."""
    job = Job.of([Row() for _ in range(30)], tmp_path)
    provider = FakeProvider(always(answer(), after_s=5.0))

    outcome = run_virtual(_stopped(job, provider, [2.0]))

    assert (outcome.status, outcome.accepted, outcome.unsent) == (RunStatus.STOPPED, 8, 22)
    assert outcome.held_pusd == 0
    assert outcome.message == "stopped with 22 requests to go"


def test_the_second_stop_cancels_and_holds_what_may_be_billed(tmp_path: Path) -> None:
    """Asked twice, the engine cuts off what is in flight; that money stays held, and the requests are asked again."""
    job = Job.of([Row() for _ in range(30)], tmp_path)
    provider = FakeProvider(always(answer(), after_s=60.0))

    outcome = run_virtual(_stopped(job, provider, [2.0, 3.0]))

    assert (outcome.status, outcome.accepted, outcome.unsent) == (RunStatus.STOPPED, 0, 30)
    assert outcome.held_pusd == 8 * WORST[CHEAP] == provider.billed_pusd * WORST[CHEAP] // ONE
    assert outcome.message == (
        "stopped with 30 requests to go, $0.000000017 held for 8 attempts whose outcome is unknown"
    )
    assert run(job, FakeProvider(always(answer()))).accepted == 30


def test_failed_requests_can_be_taken_up_again(tmp_path: Path) -> None:
    """`--only failed` asks the failed ones anew, with fresh tries and escalations, and leaves the others alone."""
    job = Job.of([Row(), Row()], tmp_path)

    def script(call: Call, nth: int) -> Act:
        del nth
        return Act(answer("" if call.request.custom_id == "r1" else "fine"))

    run(job, FakeProvider(script))
    assert _statuses(job) == ["accepted", "failed"]
    again = FakeProvider(always(answer("better")))

    outcome = run(job, again, Setup(before=Journal.reopen_failed))

    assert [call.request.custom_id for call in again.sent] == ["r1"]
    assert (outcome.accepted, outcome.failed) == (2, 0)
    assert [row.output for row in result_rows(job.journal, job.plan)] == ["fine", "better"]


def test_progress_is_told_and_ends_with_everything_done(tmp_path: Path) -> None:
    """Progress never runs backwards, is told at most ten times a second, and ends complete."""
    job = Job.of([Row() for _ in range(100)], tmp_path)
    watcher = Watcher()

    def script(call: Call, nth: int) -> Act:
        return Act(answer(), 0.01 * (len(call.request.custom_id) + nth))

    run(job, FakeProvider(script), Setup(watcher=watcher))

    counts = [progress.done for progress in watcher.progress]
    assert counts == sorted(counts)
    last = watcher.progress[-1]
    assert (last.done, last.total, last.in_flight, last.spent_pusd) == (100, 100, 0, 100 * ONE)


def test_two_runs_with_the_same_seed_do_the_same(tmp_path: Path) -> None:
    """With the same seed and the same replies, every attempt goes out at the same virtual moment."""
    times = []
    for name in ("a", "b"):
        folder = tmp_path / name
        folder.mkdir()
        provider = FakeProvider(in_turn(failure(FailureKind.TRANSIENT, 500), failure(FailureKind.UNKNOWN), answer()))
        run(Job.of([Row() for _ in range(25)], folder), provider)
        times.append(sorted(provider.times))
    assert times[0] == times[1]


async def _stopped(job: Job, provider: FakeProvider, at: list[float]) -> RunOutcome:
    stop = StopSignal()
    for moment in at:
        asyncio.get_running_loop().call_later(moment, stop.request)
    return await session(job, provider, Setup(stop=stop))
