"""Requests of the off-peak tier are sent in cheap hours, early enough to be answered there, and at no other time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.fake_transport import Act, FakeProvider, always, answer, failure
from support.hours import OFF_PEAK, ClockFrom, by_hours, moments, off_peak_job, off_peak_plan
from support.plans import CHEAP, OTHER, Row
from support.runs import Job, Setup, Watcher, run, scratch
from support.tickets import assigned, ticket
from support.virtual import START

from modelroute_cli.base.schema import ServiceTier, Usage
from modelroute_cli.catalog.cheap_hours import is_cheap
from modelroute_cli.catalog.prices import cost
from modelroute_cli.catalog.settings import RunSettings
from modelroute_cli.execution.cheap_hours import CheapHours, Patience
from modelroute_cli.execution.journal_read import attempts_frame
from modelroute_cli.execution.tickets import Ticket
from modelroute_cli.execution.work import RunStatus
from modelroute_cli.providers.base import FailureKind, TransportError

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
NO_KEY = failure(FailureKind.ACCOUNT, 401)
USAGE = Usage(input_tokens=100, output_tokens=50)


class At:
    """A clock that is set."""

    def __init__(self, now: datetime) -> None:
        self.time = now

    def now(self) -> datetime:
        """What it was set to."""
        return self.time

    def monotonic(self) -> float:
        """Nothing asks."""
        return 0.0

    async def sleep(self, delay_s: float) -> None:
        """Nothing waits."""
        self.time += timedelta(seconds=delay_s)


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A time of that week; day 0 is the Monday."""
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute, seconds=second)


def waiting(output_tokens: int = 50) -> Ticket:
    """A ticket of the off-peak tier."""
    return replace(ticket(assigned(output_tokens=output_tokens)), service_tier=OFF_PEAK)


def hours(now: datetime, deadline_s: int | None = 86_400, rules: frozenset[str] = frozenset()) -> CheapHours:
    """The hours of CHEAP for a run that begins at `now`."""
    return CheapHours({CHEAP: by_hours()}, At(now), Patience(now, deadline_s, rules), list[str]().append)


@pytest.mark.parametrize(
    ("now", "wait_s"),
    [
        (at(1, 2), 60.0),  # dear until 04:00: looked at again each minute
        (at(1, 3, 59, 30), 30.0),
        (at(1, 4), 0.0),
        (at(1, 5, 57), 0.0),
        (at(1, 5, 58), 60.0),  # dear from 06:00: an answer may take two minutes
        (at(1, 9, 59, 59), 1.0),
        (at(1, 10), 0.0),
        (at(5, 2), 0.0),  # Saturday
        (at(6, 23, 59), 0.0),  # Sunday, an hour before
    ],
)
def test_when_a_ticket_may_go(now: datetime, wait_s: float) -> None:
    """In cheap hours, but for their last two minutes."""
    assert hours(now).wait_s(waiting()) == wait_s


def test_other_tickets_never_wait() -> None:
    """The standard tier is sent at any hour."""
    kept = hours(at(1, 2))
    assert kept.wait_s(ticket()) == 0
    assert kept.as_sent(ticket()) == ticket()


def test_the_slowest_answer_sets_how_early_the_last_is_sent() -> None:
    """Twice what it took, at least two minutes and at most half an hour."""
    kept = hours(at(1, 5, 45))
    assert kept.wait_s(waiting()) == 0
    kept.took(CHEAP, 500.0)
    kept.took(CHEAP, 100.0)
    assert kept.wait_s(waiting()) == 60.0
    late = hours(at(1, 5, 29, 59))
    late.took(CHEAP, 10_000.0)
    assert late.wait_s(waiting()) == 0


def test_other_models_do_not_count() -> None:
    """One model may be slow and another quick."""
    kept = hours(at(1, 5, 45))
    kept.took(OTHER, 5_000.0)
    assert kept.wait_s(waiting()) == 0


def test_long_answers_are_sent_earlier() -> None:
    """Ten thousand tokens take longer than fifty, before any answer was seen."""
    item = replace(waiting(10_000), max_tokens=10_000)
    assert hours(at(1, 5, 45)).wait_s(item) == 60.0
    assert hours(at(1, 5, 40)).wait_s(item) == 0


def test_what_comes_too_late_goes_at_the_standard_tier() -> None:
    """With two hours left at 07:00, the cheap hours from 10:00 are of no use."""
    kept = hours(at(1, 7), deadline_s=7_200)
    assert kept.wait_s(waiting()) == 0
    assert kept.as_sent(waiting()) == replace(waiting(), service_tier="standard")


def test_a_deadline_far_enough_is_waited_for() -> None:
    """With four hours left it waits, and stays what it was."""
    assert hours(at(1, 7), deadline_s=14_400).wait_s(waiting()) == 60.0


def test_a_rule_that_allows_no_standard_tier_waits_whatever_the_deadline_says() -> None:
    """Naming off_peak alone is a promise to wait."""
    kept = hours(at(1, 7), deadline_s=60, rules=frozenset({"all"}))
    assert kept.wait_s(waiting()) == 60.0


def test_deadlines_of_single_requests_have_room_for_the_first_cheap_hours() -> None:
    """What is left of them at their end goes at the standard tier: nobody knows here whether it may wait longer."""
    clock = At(at(1, 2))
    kept = CheapHours({CHEAP: by_hours()}, clock, Patience(clock.time, None), list[str]().append)
    assert kept.wait_s(waiting()) == 60.0
    clock.time = at(1, 5, 59)
    assert (kept.wait_s(waiting()), kept.as_sent(waiting()).service_tier) == (0, "standard")


def test_a_clock_that_is_set_back_is_believed() -> None:
    """What was looked up for a later time does not hold for an earlier one."""
    clock = At(at(1, 4, 30))
    kept = CheapHours({CHEAP: by_hours()}, clock, Patience(clock.time, 86_400), list[str]().append)
    assert kept.wait_s(waiting()) == 0
    clock.time = at(1, 3)
    assert kept.wait_s(waiting()) == 60.0


def test_what_is_waited_for_is_told_once(tmp_path: Path) -> None:
    """Twenty requests that wait are one piece of news."""
    watcher = Watcher()
    run(off_peak_job(tmp_path, 20), FakeProvider(always(answer())), Setup(clock=ClockFrom(at(1, 2)), watcher=watcher))
    assert watcher.notices == ["requests to `cheap-1` at off_peak wait for its cheap hours, from 2026-11-24 04:00 UTC"]


def test_a_run_in_dear_hours_waits_for_the_cheap_ones(tmp_path: Path) -> None:
    """Started at 02:00, all is sent from 04:00 on, as the off-peak tier, and billed at its price."""
    provider = FakeProvider(always(answer()))
    job = off_peak_job(tmp_path, 3)
    outcome = run(job, provider, Setup(clock=ClockFrom(at(1, 2))))
    assert (outcome.status, outcome.accepted) == (RunStatus.DONE, 3)
    assert moments(at(1, 2), provider.times)[0] == at(1, 4)
    assert {call.service_tier for call in provider.sent} == {OFF_PEAK}
    assert outcome.spent_pusd == 3 * cost(by_hours(), USAGE, at(1, 4))


def test_a_run_in_cheap_hours_begins_at_once(tmp_path: Path) -> None:
    """On a Saturday too, at a work day's dear hour."""
    provider = FakeProvider(always(answer()))
    run(off_peak_job(tmp_path, 1), provider, Setup(clock=ClockFrom(at(5, 2))))
    assert provider.times == [0.0]


def test_others_of_the_model_do_not_wait_with_them(tmp_path: Path) -> None:
    """A request at the standard tier passes those that stand before it and wait."""
    rows = [Row(service_tier=OFF_PEAK, importance="premium"), Row(), Row(service_tier=OFF_PEAK), Row(model=OTHER)]
    provider = FakeProvider(always(answer()))
    outcome = run(Job.of(rows, tmp_path, off_peak_plan(rows)), provider, Setup(clock=ClockFrom(at(1, 3))))
    sent = sorted((moment, call.request.custom_id) for moment, call in zip(provider.times, provider.sent, strict=True))
    assert outcome.accepted == 4
    assert [name for moment, name in sent if moment < 3600] == ["r1", "r3"]
    assert sorted(name for moment, name in sent if moment >= 3600) == ["r0", "r2"]


def test_those_that_begin_alike_wait_together(tmp_path: Path) -> None:
    """Of one beginning at two tiers, those of the standard tier go first and the others when their hours come."""
    rows = [Row(service_tier=tier, prefix=1) for tier in (OFF_PEAK, "standard", OFF_PEAK, "standard")]
    provider = FakeProvider(always(answer()))
    outcome = run(Job.of(rows, tmp_path, off_peak_plan(rows)), provider, Setup(clock=ClockFrom(at(1, 3))))
    assert outcome.accepted == 4
    tiers = [(call.service_tier, moment >= 3600) for call, moment in zip(provider.sent, provider.times, strict=True)]
    assert sorted(tiers) == [(OFF_PEAK, True), (OFF_PEAK, True), ("standard", False), ("standard", False)]


def test_the_end_of_the_cheap_hours_holds_the_rest_back(tmp_path: Path) -> None:
    """One at a time, a minute each, from 05:50: what does not fit before 06:00 waits until 10:00."""
    provider = FakeProvider(always(answer(), after_s=60.0))
    job = off_peak_job(tmp_path, 12)
    setup = Setup(clock=ClockFrom(at(1, 5, 50)), settings=RunSettings(concurrency=1))
    outcome = run(job, provider, setup)
    sent = moments(at(1, 5, 50), provider.times)
    assert outcome.accepted == 12
    assert sent[:8] == [at(1, 5, 50 + minute) for minute in range(8)]
    assert sent[8] == at(1, 10)
    assert outcome.spent_pusd == 12 * cost(by_hours(), USAGE, at(1, 10))


def test_a_retry_waits_too(tmp_path: Path) -> None:
    """An attempt that breaks at the end of the cheap hours is made again in the next ones."""
    lost = TransportError("connection refused", sent=False)
    provider = FakeProvider(lambda call, nth: Act(lost if nth == 1 else answer(), 100.0))  # noqa: ARG005 - a script
    outcome = run(off_peak_job(tmp_path, 1), provider, Setup(clock=ClockFrom(at(1, 5, 57))))
    assert outcome.accepted == 1
    assert moments(at(1, 5, 57), provider.times) == [at(1, 5, 57), at(1, 10)]


def test_an_answer_that_is_late_all_the_same_is_billed_by_the_clock(tmp_path: Path) -> None:
    """Its reservation had room for the dear price."""
    provider = FakeProvider(always(answer(), after_s=300.0))
    outcome = run(off_peak_job(tmp_path, 1), provider, Setup(clock=ClockFrom(at(1, 5, 57))))
    assert outcome.spent_pusd == cost(by_hours(), USAGE, at(1, 6, 2)) == 2 * cost(by_hours(), USAGE, at(1, 5))
    assert outcome.held_pusd == 0


def test_what_is_too_late_is_journaled_as_it_was_sent(tmp_path: Path) -> None:
    """With an hour left at 07:00 it goes at once, at the standard tier and price."""
    job = off_peak_job(tmp_path, 2, 3600)
    outcome = run(job, FakeProvider(always(answer())), Setup(clock=ClockFrom(at(1, 7))))
    tiers = attempts_frame(job.journal)["service_tier"].cast(pl.String).to_list()
    assert (outcome.accepted, tiers) == (2, ["standard", "standard"])
    assert outcome.spent_pusd == 2 * cost(by_hours(), USAGE, at(1, 7))


def test_a_run_that_keeps_no_hours_sends_at_once(tmp_path: Path) -> None:
    """An emulator is there at any time; what it costs still goes by the clock."""
    provider = FakeProvider(always(answer()))
    setup = Setup(clock=ClockFrom(at(1, 2)), keeps_hours=False)
    outcome = run(off_peak_job(tmp_path, 1), provider, setup)
    assert (provider.times, outcome.spent_pusd) == ([0.0], cost(by_hours(), USAGE, at(1, 2)))


def test_a_closed_model_strands_those_that_wait(tmp_path: Path) -> None:
    """A key that is refused for one that goes at once ends those that wait for their hours, too."""
    refused = FakeProvider(lambda call, nth: Act(NO_KEY if call.card.name == CHEAP else answer()))  # noqa: ARG005
    rows = [Row(), *(Row(service_tier=OFF_PEAK) for _ in range(5)), Row(model=OTHER)]
    outcome = run(Job.of(rows, tmp_path, off_peak_plan(rows)), refused, Setup(clock=ClockFrom(at(1, 2))))
    assert (outcome.accepted + outcome.failed, outcome.unsent) == (7, 0)
    assert max(refused.times) < 3600


@settings(max_examples=40)
@given(
    minute=st.integers(0, 7 * 24 * 60 - 1),
    rows=st.integers(1, 12),
    slow_s=st.sampled_from([1.0, 20.0, 55.0]),
    room=st.integers(1, 4),
)
def test_nothing_is_sent_or_answered_in_dear_hours(minute: int, rows: int, slow_s: float, room: int) -> None:
    """Whenever a run begins: every attempt is sent and billed at the cheap price, the cap never passed."""
    began = MONDAY + timedelta(minutes=minute)
    provider = FakeProvider(always(answer(), after_s=slow_s))
    with scratch() as folder:
        setup = Setup(clock=ClockFrom(began), settings=RunSettings(concurrency=room))
        outcome = run(off_peak_job(folder, rows), provider, setup)
    sent = moments(began, provider.times)
    assert all(is_cheap(by_hours(), moment) for moment in sent)
    assert all(is_cheap(by_hours(), moment + timedelta(seconds=slow_s)) for moment in sent)
    assert (
        outcome.spent_pusd
        == sum(cost(by_hours(), USAGE, moment + timedelta(seconds=slow_s)) for moment in sent)
        == rows * cost(by_hours(), USAGE, START)
    )


@pytest.mark.parametrize("rule", [(ServiceTier.OFF_PEAK,), (ServiceTier.OFF_PEAK, ServiceTier.STANDARD)])
def test_a_rule_decides_whether_the_standard_tier_may_stand_in(tmp_path: Path, rule: tuple[ServiceTier, ...]) -> None:
    """With a minute left and no standard tier allowed, it waits; where the rule names both, it does not."""
    provider = FakeProvider(always(answer()))
    run(off_peak_job(tmp_path, 1, 60, *rule), provider, Setup(clock=ClockFrom(at(1, 2))))
    assert (provider.sent[0].service_tier, provider.times[0] >= 7200) == (
        ("standard", False) if ServiceTier.STANDARD in rule else (OFF_PEAK, True)
    )


def test_what_a_model_waits_for_is_shown(tmp_path: Path) -> None:
    """Beside the model while its requests wait, and not once they go."""
    watcher = Watcher()
    run(off_peak_job(tmp_path, 2), FakeProvider(always(answer())), Setup(clock=ClockFrom(at(1, 2)), watcher=watcher))
    held = [model.holds for told in watcher.progress for model in told.models]
    assert held[0] == "cheap hours from 04:00 UTC"
    assert held[-1] == ""
