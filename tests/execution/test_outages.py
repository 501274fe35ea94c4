"""Runs in virtual time through outages and long waits: requests wait or go elsewhere, and lose no try by it."""

import asyncio
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from support.fake_transport import Act, FakeProvider, Script, answer, failure
from support.plans import CHEAP, OTHER, STRONG, PlanParts, Row, card, plan_of
from support.runs import Job, Setup, Watcher, run

from modelroute_cli.catalog.settings import RunSettings
from modelroute_cli.execution.journal_read import attempts_frame, finals_frame
from modelroute_cli.execution.work import RunStatus
from modelroute_cli.providers.base import Call, FailureKind, Reply, TransportError

ALONE = PlanParts(escalations={"all": ()})
DOWN = failure(FailureKind.TRANSIENT, 503, message="down")


def _now() -> float:
    return asyncio.get_running_loop().time()


def _down(model: str, spans: tuple[tuple[float, float], ...], reply: Reply | TransportError = DOWN) -> Script:
    """A model that fails everything in these spans of time and answers else, as all others do."""

    def script(call: Call, nth: int) -> Act:
        del nth
        fails = call.card.name == model and any(begin <= _now() < end for begin, end in spans)
        return Act(reply, 0.1) if fails else Act(answer(), 1.0)

    return script


def _events(job: Job) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(job.journal)) as connection:
        return list(connection.execute("SELECT kind, subject FROM events ORDER BY rowid"))


def _models(job: Job) -> Counter[str]:
    return Counter(attempts_frame(job.journal)["model"])


def _reasons(job: Job) -> Counter[str]:
    return Counter(finals_frame(job.journal)["reason"])


def _job(rows: list[Row], folder: Path, parts: PlanParts = ALONE) -> Job:
    return Job.of(rows, folder, plan_of(rows, parts))


def test_a_minute_without_the_only_model_loses_nothing(tmp_path: Path) -> None:
    """Its requests wait; few are sent meanwhile, and it goes on soon after the end of the outage."""
    job = _job([Row() for _ in range(500)], tmp_path)
    provider, watcher = FakeProvider(_down(CHEAP, ((3.0, 63.0),))), Watcher()

    outcome = run(job, provider, Setup(watcher=watcher))

    assert (outcome.status, outcome.accepted, outcome.failed) == (RunStatus.DONE, 500, 0)
    assert sum(10.0 < at < 63.0 for at in provider.times) <= 15
    assert min(at for at in provider.times if at >= 63.0) <= 68.0
    assert _events(job) == [("opened", CHEAP), ("recovered", CHEAP)]
    assert watcher.notices == [
        "model `cheap-1` fails everything (transient 503: down): it is only probed until it answers",
        "model `cheap-1` answers again, after 62 s",
    ]


def test_an_outage_from_the_first_request_on_loses_nothing(tmp_path: Path) -> None:
    """Nothing was ever answered, and connections are refused: the same."""
    job = _job([Row() for _ in range(50)], tmp_path)
    refused = TransportError("connection refused", sent=False)

    outcome = run(job, FakeProvider(_down(CHEAP, ((0.0, 60.0),), refused)))

    assert (outcome.accepted, outcome.failed, outcome.held_pusd) == (50, 0, 0)


def test_one_of_two_models_down_for_a_minute(tmp_path: Path) -> None:
    """The other goes on at its pace; the requests of the one that is down wait for it."""
    job = _job([Row(model=model) for model in (CHEAP, OTHER) for _ in range(200)], tmp_path)
    provider = FakeProvider(_down(CHEAP, ((2.0, 62.0),)))

    outcome = run(job, provider)

    sent = list(zip(provider.sent, provider.times, strict=True))
    assert outcome.accepted == 400
    assert max(at for call, at in sent if call.card.name == OTHER) < 30.0
    assert _models(job)[OTHER] == 200


def test_a_long_outage_sends_the_requests_elsewhere(tmp_path: Path) -> None:
    """After two minutes the other model of the rule takes them, and nothing is lost."""
    job = _job([Row() for _ in range(100)] + [Row(model=OTHER)], tmp_path)
    provider, watcher = FakeProvider(_down(CHEAP, ((2.0, 10_000.0),))), Watcher()

    outcome = run(job, provider, Setup(watcher=watcher))

    assert (outcome.accepted, outcome.failed) == (101, 0)
    assert max(provider.times) < 200.0
    assert _events(job) == [("opened", CHEAP)]
    assert watcher.notices[1:] == [
        "the requests of model `cheap-1` go elsewhere where they can: transient 503: down (no answer for 122 s)"
    ]


def test_a_model_that_stays_down_is_left_when_patience_ends(tmp_path: Path) -> None:
    """Its requests fail with its own reason, and none of them was tried more than a few times."""
    job = _job([Row() for _ in range(100)], tmp_path)
    provider = FakeProvider(_down(CHEAP, ((0.0, 10_000.0),)))

    outcome = run(job, provider, Setup(settings=RunSettings(patience_s=300.0)))

    assert (outcome.status, outcome.failed) == (RunStatus.DONE, 100)
    assert 300.0 < max(provider.times) < 340.0
    assert len(provider.sent) < 100
    [reason] = _reasons(job)
    assert reason.startswith("transient 503: down (no answer for 3")
    assert [kind for kind, _ in _events(job)] == ["opened", "closed"]


def test_a_model_that_flaps_answers_everything_in_the_end(tmp_path: Path) -> None:
    """Up for three seconds of every ten: no request fails, whatever it met."""
    job = _job([Row() for _ in range(300)], tmp_path)
    spans = tuple((3.0 + 10.0 * count, 10.0 + 10.0 * count) for count in range(200))

    outcome = run(job, FakeProvider(_down(CHEAP, spans)))

    assert (outcome.accepted, outcome.failed) == (300, 0)


def test_rate_limits_open_no_breaker(tmp_path: Path) -> None:
    """A storm of 429s is the business of the lanes."""
    job = _job([Row() for _ in range(50)], tmp_path)
    limited = failure(FailureKind.RATE_LIMITED, 429, retry_after_s=1.0)

    assert run(job, FakeProvider(_down(CHEAP, ((2.0, 40.0),), limited))).accepted == 50
    assert _events(job) == []


def test_bad_requests_open_no_breaker(tmp_path: Path) -> None:
    """Ten requests that the model refuses are ten bad requests; the eleventh is answered."""
    job = _job([Row() for _ in range(11)], tmp_path)

    def script(call: Call, nth: int) -> Act:
        del nth
        good = call.request.custom_id == "r10"
        return Act(answer() if good else failure(FailureKind.REQUEST, 400))

    outcome = run(job, FakeProvider(script), Setup(settings=RunSettings(concurrency=1)))

    assert (outcome.accepted, outcome.failed, _events(job)) == (1, 10, [])


def test_a_probe_that_meets_a_429_is_followed_by_another(tmp_path: Path) -> None:
    """A provider that comes back limited is back: the lane waits as told, then all goes on."""
    job = _job([Row() for _ in range(50)], tmp_path)

    def script(call: Call, nth: int) -> Act:
        del call, nth
        if 2.0 <= _now() < 20.0:
            return Act(DOWN, 0.1)
        limited = failure(FailureKind.RATE_LIMITED, 429, retry_after_s=5.0)
        return Act(limited, 0.1) if 20.0 <= _now() < 40.0 else Act(answer())

    provider = FakeProvider(script)
    assert run(job, provider).accepted == 50
    assert max(provider.times) < 80.0


def test_an_account_that_is_down_opens_as_a_whole(tmp_path: Path) -> None:
    """Two models of one account fail everything: both wait, with the account's probe, and both go on."""
    from msgspec.structs import replace  # noqa: PLC0415 - only here

    rows = [Row(model=model) for model in (CHEAP, OTHER) for _ in range(50)]
    together = {name: replace(card(name), provider="shared") for name in (CHEAP, OTHER, STRONG)}
    job = _job(rows, tmp_path, PlanParts(escalations={"all": ()}, cards=together))

    def script(call: Call, nth: int) -> Act:
        del call, nth
        return Act(DOWN, 0.1) if 2.0 <= _now() < 50.0 else Act(answer())

    provider = FakeProvider(script)
    outcome = run(job, provider)

    assert outcome.accepted == 100
    assert ("opened", "shared") in _events(job)
    assert sum(10.0 < at < 50.0 for at in provider.times) <= 10


@pytest.mark.parametrize("kind", [FailureKind.RATE_LIMITED, FailureKind.QUOTA])
def test_the_only_model_is_waited_for_as_long_as_it_asks(tmp_path: Path, kind: FailureKind) -> None:
    """Ten minutes of Retry-After at night: nothing is sent for ten minutes, and then all is answered."""
    job = _job([Row() for _ in range(90)], tmp_path)

    def script(call: Call, nth: int) -> Act:
        del call, nth
        if 2.0 <= _now() < 600.0:
            return Act(failure(kind, 429, retry_after_s=602.0 - _now()), 0.1)
        return Act(answer())

    provider, watcher = FakeProvider(script), Watcher()
    outcome = run(job, provider, Setup(watcher=watcher))

    assert (outcome.accepted, outcome.failed) == (90, 0)
    assert sum(7.0 < at < 600.0 for at in provider.times) <= 1
    assert watcher.notices[0] == (
        f"model `cheap-1` gets nothing until 10:10:02 UTC, its requests wait: {kind.value} 429: no (asks to wait 600 s)"
    )
    assert _events(job)[0] == ("paused", CHEAP)


def test_a_long_wait_goes_elsewhere_where_the_plan_allows(tmp_path: Path) -> None:
    """The requests of the model that asks to wait are answered by the other one at once."""
    job = _job([Row() for _ in range(60)] + [Row(model=OTHER)], tmp_path)
    limited = failure(FailureKind.RATE_LIMITED, 429, retry_after_s=600.0)
    provider = FakeProvider(_down(CHEAP, ((2.0, 600.0),), limited))

    outcome = run(job, provider)

    assert outcome.accepted == 61
    assert max(provider.times) < 60.0


def test_a_request_that_only_one_model_may_answer_waits_while_others_go_elsewhere(tmp_path: Path) -> None:
    """A rule of its own holds it to the model that asks to wait; it is answered when that is over."""
    rows = [Row(rule="any") for _ in range(30)] + [Row(model=OTHER, rule="any"), Row(rule="one")]
    job = _job(rows, tmp_path, PlanParts(escalations={"any": (), "one": ()}))
    limited = failure(FailureKind.RATE_LIMITED, 429, retry_after_s=600.0)
    provider = FakeProvider(_down(CHEAP, ((0.0, 590.0),), limited))

    outcome = run(job, provider)

    sent = zip(provider.sent, provider.times, strict=True)
    assert outcome.accepted == 32
    assert [call.request.custom_id for call, at in sent if at > 500.0] == ["r31"]


def test_a_wait_beyond_patience_ends_the_requests_with_the_true_reason(tmp_path: Path) -> None:
    """Eleven hours to wait and nowhere else to go."""
    job = _job([Row() for _ in range(20)], tmp_path)
    spent = failure(FailureKind.QUOTA, 429, retry_after_s=40_000.0, message="per day")

    outcome = run(job, FakeProvider(_down(CHEAP, ((0.0, 10**6),), spent)))

    assert (outcome.status, outcome.failed) == (RunStatus.DONE, 20)
    assert _reasons(job) == Counter({"quota 429: per day (asks to wait 40000 s)": 20})
    assert _events(job) == [("closed", CHEAP)]


def test_lost_answers_go_elsewhere_after_two(tmp_path: Path) -> None:
    """Each may have been billed: with another model in the rule the same one is asked twice, not four times."""
    job = _job([Row(), Row(model=OTHER)], tmp_path)

    def script(call: Call, nth: int) -> Act:
        del nth
        return Act(failure(FailureKind.UNKNOWN) if call.card.name == CHEAP else answer())

    assert run(job, FakeProvider(script)).accepted == 2
    assert _models(job) == Counter({CHEAP: 2, OTHER: 2})


def test_lost_answers_of_the_only_model_are_asked_for_again(tmp_path: Path) -> None:
    """Losing the request would be worse than paying for it once more."""
    job = _job([Row()], tmp_path)

    def script(call: Call, nth: int) -> Act:
        del call
        return Act(failure(FailureKind.UNKNOWN) if nth < 4 else answer())

    assert run(job, FakeProvider(script)).accepted == 1
