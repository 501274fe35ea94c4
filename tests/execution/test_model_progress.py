"""What a run tells of its models while it goes on, over whole runs in virtual time."""

import pytest
from support.fake_transport import Act, FakeProvider, always, answer
from support.limited_provider import LimitedProvider
from support.plans import CHEAP, OTHER, STRONG, PlanParts, Row, plan_of, provider_of
from support.runs import Job, Setup, Watcher, run, scratch

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.cards import Limits
from modelroute_cli.catalog.settings import RunSettings
from modelroute_cli.execution.journal_totals import failed_rows
from modelroute_cli.execution.work import KnownLimit, LimitUnit, Progress, RunOutcome, RunStatus
from modelroute_cli.providers.base import Call

LIMITED = PlanParts(limits={provider_of(CHEAP): Limits(rpm=120), provider_of(OTHER): Limits(rpm=600)})


def _told(rows: list[Row], provider: FakeProvider, parts: PlanParts | None = None) -> tuple[list[Progress], RunOutcome]:
    """All that a run told, and how it ended."""
    watcher = Watcher()
    setup = Setup(watcher=watcher, settings=RunSettings(concurrency=100, fit_output_limits=False))
    with scratch() as folder:
        outcome = run(Job.of(rows, folder, plan_of(rows, parts)), provider, setup)
    return watcher.progress, outcome


def test_each_model_is_told_apart_and_all_add_up() -> None:
    """Ended, waiting, in flight and spent; an escalation ends where it was answered."""

    def script(call: Call, nth: int) -> Act:
        del nth
        return Act(answer("" if call.card.name == CHEAP and call.request.custom_id == "r0" else "fine"))

    told, outcome = _told([Row(), Row(), Row(model=OTHER)], FakeProvider(script))
    last = told[-1]
    assert [(item.model, item.done, item.waiting, item.in_flight) for item in last.models] == [
        (CHEAP, 1, 0, 0),
        (OTHER, 1, 0, 0),
        (STRONG, 1, 0, 0),
    ]
    assert last.escalations == 1
    assert sum(item.spent_pusd for item in last.models) == last.spent_pusd == outcome.spent_pusd
    assert last.planned_pusd == 600 + 600 + 1200


def test_what_waits_flies_and_is_done_is_always_the_whole() -> None:
    """At every moment, model by model."""
    rows = [Row()] * 40 + [Row(model=OTHER)] * 20
    told, _ = _told(rows, FakeProvider(always(answer(), after_s=2.0)), LIMITED)
    assert len(told) > 50
    for moment in told:
        counts = {item.model: item.done + item.waiting + item.in_flight for item in moment.models}
        assert counts == {CHEAP: 40, OTHER: 20}
        assert moment.reserved_pusd > 0 or moment.in_flight == 0


def test_the_time_left_is_that_of_the_slowest_model() -> None:
    """Two minutes by the limits of one, ten seconds by those of the other; half way it is a minute."""
    provider = FakeProvider(LimitedProvider(rpm=600).script)
    told, outcome = _told([Row()] * 240 + [Row(model=OTHER)] * 40, provider, LIMITED)
    half = min(told, key=lambda moment: abs(moment.done - 160))
    assert half.eta_s == pytest.approx(outcome.took_s / 2, rel=0.1)
    assert {item.limit for item in half.models} == {
        KnownLimit(120, LimitUnit.RPM),
        KnownLimit(600, LimitUnit.RPM),
    }
    assert half.models[0].per_minute == pytest.approx(120, rel=0.05)


def test_an_ending_knows_what_its_limits_allowed() -> None:
    """240 requests at 120 a minute: two minutes, and hardly more was taken."""
    _, outcome = _told([Row()] * 240, FakeProvider(always(answer())), LIMITED)
    assert outcome.bound is not None
    assert (outcome.bound.seconds, outcome.bound.subject) == (120.0, provider_of(CHEAP))
    assert 1 <= outcome.took_s / outcome.bound.seconds < 1.05


def test_a_model_without_known_limits_leaves_no_bound() -> None:
    """Nobody knows what it would have allowed."""
    _, outcome = _told([Row()] * 5 + [Row(model=STRONG)], FakeProvider(always(answer())), LIMITED)
    assert outcome.bound is None


def test_a_session_may_be_held_to_some_rows() -> None:
    """The others wait, and it has done all that it was asked for."""
    rows = [Row()] * 10
    with scratch() as folder:
        job, provider = Job.of(rows, folder), FakeProvider(always(answer()))
        outcome = run(job, provider, Setup(only=frozenset({2, 7})))
        assert sorted(call.request.custom_id for call in provider.sent) == ["r2", "r7"]
        assert (outcome.status, outcome.accepted, outcome.unsent) == (RunStatus.DONE, 2, 0)
        rest = run(job, provider, Setup())
        assert (rest.accepted, len(provider.sent)) == (10, 10)


def test_what_failed_is_known_until_it_has_ended_anew() -> None:
    """A session that sends it again and is cut off leaves it as something that failed."""

    def script(call: Call, nth: int) -> Act:
        del nth
        return Act(answer("" if call.request.custom_id in {"r1", "r3"} else "fine"))

    with scratch() as folder:
        job = Job.of([Row()] * 5, folder, plan_of([Row()] * 5, PlanParts(escalations={})))
        run(job, FakeProvider(script))
        failed = failed_rows(job.journal)
        broke = Setup(before=lambda journal: journal.reopen_failed(), only=failed, cap=PicoUSD(0))
        run(job, FakeProvider(script), broke)
        assert failed == failed_rows(job.journal) == {1, 3}
        again = Setup(before=lambda journal: journal.reopen_failed(), only=failed_rows(job.journal))
        assert run(job, FakeProvider(always(answer())), again).accepted == 5
        assert failed_rows(job.journal) == frozenset()
