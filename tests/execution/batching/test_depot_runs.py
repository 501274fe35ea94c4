"""Runs that hand requests in, against a scripted provider, in virtual time."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from support.fake_transport import Act, always, answer, failure
from support.handing_in import (
    DAY_S,
    HALF,
    BatchProvider,
    LaterClock,
    batch_job,
    batch_plan,
    handed,
    refused,
    refused_batch,
)
from support.plans import CHEAP, OTHER, STRONG, WORST, PlanParts, Row
from support.runs import Job, Setup, Watcher, run

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.terms import TierTerms
from modelroute_cli.execution.journal_batches import batches
from modelroute_cli.execution.journal_read import attempts_frame, events, read_state
from modelroute_cli.execution.records import BatchStepKind
from modelroute_cli.execution.work import Patience, RunOutcome, RunStatus
from modelroute_cli.providers.base import FailureKind
from modelroute_cli.providers.batch import BatchError, LineEnd


def hand_in(job: Job, provider: BatchProvider, setup: Setup | None = None) -> RunOutcome:
    """One session."""
    return run(job, provider, replace(setup or Setup(), batches=provider.api_for, clock=provider.clock))


def later(provider: BatchProvider, hours: float) -> BatchProvider:
    """The same provider so many hours later."""
    provider.clock = LaterClock(timedelta(hours=hours))
    return provider


def test_a_batch_is_handed_in_watched_and_collected(tmp_path: Path) -> None:
    """One batch, one answer each, paid at half the price."""
    job, provider = batch_job(30, tmp_path), BatchProvider(always(answer()))

    outcome = hand_in(job, provider)

    assert (outcome.status, outcome.accepted, outcome.handed_in) == (RunStatus.DONE, 30, 0)
    assert outcome.spent_pusd == 30 * HALF == sum(provider.billed.values())
    assert provider.sent == []
    (batch,) = batches(job.journal)
    assert (batch.requests, batch.answered, batch.open, batch.step) == (30, 30, 0, BatchStepKind.SETTLED)
    assert [event.text for event in events(job.journal)] == [
        "other, batch: 30 requests handed in as `batch-1`",
        "other, batch: `batch-1`: 30 answered",
    ]
    assert list((tmp_path / "handed_in").iterdir()) == []


def test_limits_cut_it_into_few_large_batches(tmp_path: Path) -> None:
    """As full as its provider allows."""
    job, provider = batch_job(25, tmp_path, TierTerms(window_s=DAY_S, max_requests=10)), BatchProvider(always(answer()))

    assert hand_in(job, provider).accepted == 25
    assert [len(batch.custom_ids) for batch in provider.taken.values()] == [10, 10, 5]


def test_no_more_batches_wait_than_an_account_allows(tmp_path: Path) -> None:
    """The next one goes in when one has ended."""
    job = batch_job(30, tmp_path, TierTerms(window_s=DAY_S, max_requests=10, max_batches=1))
    provider = BatchProvider(always(answer()))

    assert hand_in(job, provider).accepted == 30
    times = [batch.at for batch in provider.taken.values()]
    assert all(after - before >= timedelta(hours=1) for before, after in pairwise(times))


def test_no_more_tokens_wait_than_an_account_allows(tmp_path: Path) -> None:
    """100 a request."""
    job, provider = (
        batch_job(30, tmp_path, TierTerms(window_s=DAY_S, queue_tokens=1_200)),
        BatchProvider(always(answer())),
    )

    assert hand_in(job, provider).accepted == 30
    assert [len(batch.custom_ids) for batch in provider.taken.values()] == [12, 12, 6]


def test_detached_it_leaves_and_another_day_it_collects(tmp_path: Path) -> None:
    """Nothing is submitted twice; the money stays reserved meanwhile."""
    job, provider = batch_job(5, tmp_path), BatchProvider(always(answer()))

    left = hand_in(job, provider, Setup(patience=Patience.LEAVE))
    state = read_state(job.journal)
    came = hand_in(job, later(provider, 26))

    assert (left.status, left.handed_in, left.spent_pusd) == (RunStatus.WAITING, 5, 0)
    assert (state.handed_in, state.handed_in_pusd, state.held_pusd) == (5, 5 * WORST[OTHER], 0)
    assert left.message == "5 requests to be collected later from where they were handed in"
    assert (came.status, came.accepted, came.spent_pusd, came.held_pusd) == (RunStatus.DONE, 5, 5 * HALF, 0)
    assert len(provider.taken) == 1


def test_requests_sent_at_once_do_not_wait_for_the_others(tmp_path: Path) -> None:
    """Both kinds in one run."""
    rows = [*handed(5), *(Row() for _ in range(5))]
    job, provider = Job.of(rows, tmp_path, batch_plan(rows)), BatchProvider(always(answer()))

    left = hand_in(job, provider, Setup(patience=Patience.LEAVE))

    assert (left.accepted, left.handed_in, len(provider.sent)) == (5, 5, 5)


def test_what_expired_goes_to_the_standard_tier(tmp_path: Path) -> None:
    """At its price, and only those."""
    job = batch_job(6, tmp_path)
    provider = BatchProvider(always(answer()), fate=lambda row: LineEnd.EXPIRED if row < 2 else answer())

    outcome = hand_in(job, provider)

    assert (outcome.accepted, len(provider.sent)) == (6, 2)
    assert {call.service_tier for call in provider.sent} == {"standard"}
    assert outcome.spent_pusd == 4 * HALF + 2 * 2 * HALF
    assert events(job.journal)[-1].text == "other, batch: `batch-1`: 4 answered, 2 expired"
    kinds = attempts_frame(job.journal).filter(service_tier="standard")["kind"].to_list()
    assert kinds == ["standard", "standard"]


def test_a_line_that_is_missing_may_have_been_billed(tmp_path: Path) -> None:
    """Its money stays held, and it is asked again by itself."""
    job = batch_job(4, tmp_path)
    provider = BatchProvider(always(answer()), fate=lambda row: None if row == 3 else answer())

    outcome = hand_in(job, provider)

    assert (outcome.accepted, outcome.held_pusd) == (4, WORST[OTHER])
    assert events(job.journal)[-1].text == "other, batch: `batch-1`: 3 answered, 1 missing"


def test_doubled_and_strange_lines_change_nothing(tmp_path: Path) -> None:
    """They are told."""
    job = batch_job(4, tmp_path)
    provider = BatchProvider(always(answer()), doubled=frozenset({1, 2}), strange=("mr-x", "somebody"))

    outcome = hand_in(job, provider)

    assert (outcome.accepted, outcome.spent_pusd, outcome.held_pusd) == (4, 4 * HALF, 0)
    assert events(job.journal)[-1].text == "other, batch: `batch-1`: 4 answered, 2 doubled, 2 with unknown names"


def test_a_line_whose_request_is_refused_goes_to_another_model(tmp_path: Path) -> None:
    """By itself it would be refused as well."""
    job = batch_job(2, tmp_path)
    no = failure(FailureKind.REQUEST, 400, message="too long")
    provider = BatchProvider(always(answer()), fate=lambda row: no if row == 1 else answer())

    outcome = hand_in(job, provider)

    assert (outcome.accepted, [call.card.name for call in provider.sent]) == (2, [STRONG])


@pytest.mark.parametrize("keeps_names", [True, False])
def test_a_submission_without_an_answer_is_looked_up_and_never_made_twice(tmp_path: Path, *, keeps_names: bool) -> None:
    """By its name, or by what its results say."""
    job = batch_job(4, tmp_path)
    provider = BatchProvider(always(answer()), keeps_names=keeps_names)
    provider.after["submit"] = [refused(FailureKind.UNKNOWN, taken=True, message="no answer")]

    outcome = hand_in(job, provider)

    assert (outcome.accepted, len(provider.taken), provider.said.count("submit")) == (4, 1, 1)
    assert outcome.spent_pusd == 4 * HALF


def test_a_submission_that_surely_was_not_taken_is_made_again(tmp_path: Path) -> None:
    """After it was looked up where that was not sure."""
    job, provider = batch_job(4, tmp_path), BatchProvider(always(answer()))
    provider.before["submit"] = [
        refused(FailureKind.RATE_LIMITED, taken=False),
        refused(FailureKind.UNKNOWN, taken=True),
    ]

    assert hand_in(job, provider).accepted == 4
    assert [name for name in provider.said if name != "status"] == [
        "upload",
        "submit",
        "submit",
        "find",
        "find",
        "find",
        "submit",
        "results",
    ]


def test_a_refused_batch_goes_to_the_standard_tier(tmp_path: Path) -> None:
    """With nothing billed for it."""
    job = batch_job(3, tmp_path)
    provider = BatchProvider(always(answer()), refuse=lambda batch: refused_batch(batch, "no such endpoint"))

    outcome = hand_in(job, provider)

    assert (outcome.accepted, len(provider.sent), outcome.spent_pusd) == (3, 3, 3 * 2 * HALF)
    assert events(job.journal)[-1].text == "other, batch: 3 requests to go another way: no such endpoint"


def test_lines_with_a_fault_do_not_keep_the_others_out(tmp_path: Path) -> None:
    """The second batch has them."""
    job = batch_job(5, tmp_path)
    provider = BatchProvider(
        always(answer()),
        refuse=lambda batch: refused_batch(batch, "bad lines", {2: "bad"}) if batch.name == "batch-1" else None,
    )

    outcome = hand_in(job, provider)

    assert (outcome.accepted, [call.card.name for call in provider.sent]) == (5, [STRONG])
    assert [len(batch.custom_ids) for batch in provider.taken.values()] == [5, 4]


def test_a_queue_that_is_too_full_gets_smaller_batches(tmp_path: Path) -> None:
    """Half of what it refused with nothing else in it."""
    job = batch_job(100, tmp_path)
    provider = BatchProvider(
        always(answer()),
        refuse=lambda batch: refused_batch(batch, "token_limit_exceeded") if len(batch.custom_ids) > 30 else None,
    )

    assert hand_in(job, provider).accepted == 100
    assert [len(batch.custom_ids) for batch in provider.taken.values()] == [100, 50, 25, 25, 25, 25]
    assert provider.sent == []


def test_before_its_deadline_a_batch_is_cancelled_and_the_rest_sent_by_itself(tmp_path: Path) -> None:
    """Half an hour before, unless the settings say otherwise."""
    rows = handed(3)
    plan = batch_plan(rows, PlanParts(deadline_s=DAY_S))
    job, provider = Job.of(rows, tmp_path, plan), BatchProvider(always(answer()), takes_s=2 * DAY_S)

    outcome = hand_in(job, provider)

    (batch,) = provider.taken.values()
    assert batch.cancelled_at is not None
    assert timedelta(hours=23, minutes=29) < batch.cancelled_at - batch.at < timedelta(hours=23, minutes=36)
    assert (outcome.accepted, len(provider.sent), outcome.spent_pusd) == (3, 3, 3 * 2 * HALF)


def test_what_comes_too_late_for_a_batch_is_sent_by_itself(tmp_path: Path) -> None:
    """The plan was for yesterday."""
    rows = handed(3)
    plan = batch_plan(rows, PlanParts(deadline_s=DAY_S // 2))
    job, provider = Job.of(rows, tmp_path, plan), BatchProvider(always(answer()))

    assert hand_in(job, provider).accepted == 3
    assert (provider.taken, len(provider.sent)) == ({}, 3)


def test_a_cancelled_run_collects_what_was_done_and_sends_nothing(tmp_path: Path) -> None:
    """The same command later hands the rest in again."""
    job, provider = batch_job(3, tmp_path), BatchProvider(always(answer()))
    hand_in(job, provider, Setup(patience=Patience.LEAVE))

    cancelled = hand_in(job, provider, Setup(patience=Patience.CANCEL))
    again = hand_in(job, later(provider, 1))

    assert (cancelled.status, cancelled.handed_in, cancelled.spent_pusd) == (RunStatus.STOPPED, 0, 0)
    assert (again.accepted, again.spent_pusd, len(provider.taken)) == (3, 3 * HALF, 2)


def test_a_batch_nobody_knows_any_more_may_have_been_billed(tmp_path: Path) -> None:
    """Its whole worst case stays held."""
    job, provider = batch_job(2, tmp_path), BatchProvider(always(answer()))
    hand_in(job, provider, Setup(patience=Patience.LEAVE))
    provider.forgets = True

    outcome = hand_in(job, later(provider, 24 * 40))

    assert (outcome.accepted, outcome.held_pusd, len(provider.sent)) == (2, 2 * WORST[OTHER], 2)


def test_a_cap_that_has_no_room_for_all_hands_them_in_one_after_the_other(tmp_path: Path) -> None:
    """What one gave back is enough for the next; the cap is never passed."""
    job, provider = batch_job(30, tmp_path), BatchProvider(always(answer()))

    outcome = hand_in(job, provider, Setup(cap=PicoUSD(12 * WORST[OTHER])))

    assert (outcome.accepted, outcome.status) == (30, RunStatus.DONE)
    assert [len(batch.custom_ids) for batch in provider.taken.values()] == [12, 10, 8]
    assert outcome.spent_pusd == 30 * HALF


def test_where_no_money_is_left_the_run_ends_and_says_so(tmp_path: Path) -> None:
    """With what would do."""
    job, provider = batch_job(30, tmp_path), BatchProvider(always(answer()))

    outcome = hand_in(job, provider, Setup(cap=PicoUSD(2 * WORST[OTHER])))

    assert outcome.status is RunStatus.CAP_REACHED
    assert outcome.accepted + outcome.unsent == 30
    assert outcome.spent_pusd <= 2 * WORST[OTHER]


def test_a_provider_without_batches_gets_its_requests_one_by_one(tmp_path: Path) -> None:
    """At the standard tier."""
    job, provider = batch_job(3, tmp_path), BatchProvider(always(answer()))

    assert run(job, provider).accepted == 3
    assert {call.service_tier for call in provider.sent} == {"standard"}


def test_an_emulator_that_ended_with_the_program_took_its_batches_along(tmp_path: Path) -> None:
    """It billed nothing for them: they are handed in again."""
    job, provider = batch_job(3, tmp_path), BatchProvider(always(answer()))
    inside = Setup(patience=Patience.LEAVE, before=lambda journal: journal.begin_emulated(inside=True))
    hand_in(job, provider, inside)
    another = BatchProvider(always(answer()))

    outcome = hand_in(job, another, Setup(before=lambda journal: journal.begin_emulated(inside=True)))

    assert (outcome.accepted, outcome.spent_pusd, outcome.held_pusd) == (3, 3 * HALF, 0)
    assert [view.is_settled for view in batches(job.journal)] == [True, True]


def test_a_provider_that_does_not_stop_is_left_after_two_minutes(tmp_path: Path) -> None:
    """Its answers can still be collected."""
    job, provider = batch_job(3, tmp_path), BatchProvider(always(answer()), stops=False, takes_s=DAY_S)
    hand_in(job, provider, Setup(patience=Patience.LEAVE))

    cancelled = hand_in(job, provider, Setup(patience=Patience.CANCEL))
    later_on = hand_in(job, later(provider, 25))

    assert (cancelled.handed_in, provider.said.count("cancel")) == (3, 1)
    assert 120 < cancelled.took_s < 130
    assert (later_on.accepted, len(provider.taken)) == (3, 1)


def test_an_escalation_is_not_kept_from_money_that_nobody_else_needs(tmp_path: Path) -> None:
    """What is set aside for the next batch is counted once."""
    rows = [*handed(4), Row()]
    job = Job.of(rows, tmp_path, batch_plan(rows, terms=TierTerms(window_s=DAY_S, max_requests=2, max_batches=1)))
    empty = answer("")
    provider = BatchProvider(lambda call, _: Act(empty if call.card.name == CHEAP else answer()))
    worst_there = 28_140  # by the bytes of its prompt
    cap = PicoUSD(4 * WORST[OTHER] + WORST[CHEAP] + worst_there)

    outcome = hand_in(job, provider, Setup(cap=cap))

    assert (outcome.accepted, [call.card.name for call in provider.sent]) == (5, [CHEAP, STRONG])
    assert provider.times[1] < 60


def test_a_submission_that_never_succeeds_is_given_up(tmp_path: Path) -> None:
    """It is looked up each time; after six tries its requests go by themselves."""
    job, provider = batch_job(3, tmp_path), BatchProvider(always(answer()))
    provider.before["submit"] = [refused(FailureKind.TRANSIENT, taken=True, message="503") for _ in range(20)]

    outcome = hand_in(job, provider)

    assert (outcome.accepted, len(provider.sent), outcome.spent_pusd) == (3, 3, 3 * 2 * HALF)
    assert (provider.said.count("submit"), provider.said.count("find")) == (6, 18)
    assert events(job.journal)[-1].text == "other, batch: 3 requests to go another way: 503"


def test_who_does_not_wait_does_not_wait_for_a_full_queue_either(tmp_path: Path) -> None:
    """The batch is made, and submitted by a later session."""
    job, provider = batch_job(3, tmp_path), BatchProvider(always(answer()))
    provider.before["submit"] = [refused(FailureKind.RATE_LIMITED, taken=False)]

    left = hand_in(job, provider, Setup(patience=Patience.LEAVE))
    (view,) = batches(job.journal)
    came = hand_in(job, later(provider, 2))

    assert (left.status, left.handed_in, view.step) == (RunStatus.WAITING, 3, BatchStepKind.NOT_TAKEN)
    assert (came.accepted, provider.said.count("upload"), len(provider.taken)) == (3, 1, 1)


def test_a_key_that_is_refused_ends_the_waiting(tmp_path: Path) -> None:
    """With the key put right the same command collects."""
    job, provider = batch_job(3, tmp_path), BatchProvider(always(answer()))
    watcher = Watcher()
    provider.before["status"] = [refused(FailureKind.ACCOUNT, taken=False, message="bad key") for _ in range(3)]
    provider.looks_told = 10

    left = hand_in(job, provider, Setup(watcher=watcher))
    came = hand_in(job, later(provider, 2))

    assert left.status is RunStatus.WAITING
    assert watcher.notices[-1] == "other does not let us look at `batch-1`: bad key"
    assert (came.accepted, came.spent_pusd) == (3, 3 * HALF)


def test_an_answer_that_was_cut_off_is_not_handed_in_a_second_time(tmp_path: Path) -> None:
    """It is asked again with more room, by itself."""
    job = batch_job(2, tmp_path)
    cut = answer("a begin", finish_reason="length")
    provider = BatchProvider(always(answer()), fate=lambda row: cut if row == 1 else answer())

    outcome = hand_in(job, provider)

    assert (outcome.accepted, len(provider.taken)) == (2, 1)
    assert [(call.service_tier, call.max_tokens) for call in provider.sent] == [("standard", 400)]


def test_results_that_were_thrown_away_do_not_keep_a_run_waiting(tmp_path: Path) -> None:
    """The batch is still listed; its answers are gone, and may have been billed."""
    job, provider = batch_job(2, tmp_path), BatchProvider(always(answer()))
    gone = BatchError(failure(FailureKind.REQUEST, 404, message="no such file"), taken=False)
    provider.before["results"] = [gone] * 5

    outcome = hand_in(job, provider)

    assert (outcome.accepted, outcome.held_pusd, len(provider.sent)) == (2, 2 * WORST[OTHER], 2)


def test_results_that_break_off_are_read_again(tmp_path: Path) -> None:
    """As often as it takes."""
    job, provider = batch_job(2, tmp_path), BatchProvider(always(answer()))
    provider.after["results"] = [refused(FailureKind.UNKNOWN, taken=True, message="broke off") for _ in range(7)]

    outcome = hand_in(job, provider)

    assert (outcome.accepted, outcome.spent_pusd, outcome.held_pusd) == (2, 2 * HALF, 0)


def test_the_last_corner_of_a_queue_is_not_filled_with_single_requests(tmp_path: Path) -> None:
    """A batch of one would wait as long as one of ten."""
    job = batch_job(30, tmp_path, TierTerms(window_s=DAY_S, queue_tokens=1_050, max_requests=10))
    provider = BatchProvider(always(answer()))

    assert hand_in(job, provider).accepted == 30
    assert [len(batch.custom_ids) for batch in provider.taken.values()] == [10, 10, 10]
