"""A model that is gone leaves its requests to the optimiser, in a run."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from support.fake_transport import Act, FakeProvider, answer, failure
from support.plans import CHEAP, OTHER, STRONG, WORST, PlanParts, Row, card, plan_of
from support.runs import Job, Setup, Watcher, run, scratch

from modelroute_cli.base.errors import CredentialError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Request
from modelroute_cli.catalog.settings import RunSettings
from modelroute_cli.execution.database import reading
from modelroute_cli.execution.journal_read import attempts_frame, finals_frame
from modelroute_cli.execution.work import RunStatus
from modelroute_cli.planning.plan import Plan
from modelroute_cli.providers.base import Call, FailureKind

CARDS = {
    CHEAP: replace(card(CHEAP), base_model="deepseek-flash"),
    OTHER: replace(card(OTHER), base_model="gpt-6-luna"),
    STRONG: replace(card(STRONG), base_model="gpt-6-sol"),
}
EVERY = {"all": (CHEAP, OTHER, STRONG)}
ASKED = PlanParts(cards=CARDS, allowed=EVERY, asked_quality=0.85)


def _plan(rows: Sequence[Row], parts: PlanParts = ASKED) -> Plan:
    return plan_of(rows, parts)


def _dying(*dead: str, after: int = 1, kind: FailureKind = FailureKind.ACCOUNT) -> FakeProvider:
    """A provider whose `dead` models answer so many calls, and refuse all others."""
    answered: Counter[str] = Counter()

    def script(call: Call, nth: int) -> Act:
        del nth
        name = call.card.name
        answered[name] += 1
        gone = name in dead and answered[name] > after
        return Act(failure(kind, 401, message="key revoked") if gone else answer())

    return FakeProvider(script)


def _told(job: Job) -> list[tuple[str, str, int, str]]:
    with reading(job.journal) as connection:
        return connection.execute(
            "SELECT kind, subject, requests, text FROM events WHERE kind = 'replanned'"
        ).fetchall()


def _answered_by(job: Job) -> Counter[str]:
    return Counter(attempts_frame(job.journal).filter(outcome="answered")["model"])


def test_all_that_waits_for_a_dead_model_is_planned_again_at_once(tmp_path: Path) -> None:
    """The cheapest model of the quality they were planned with gets them, and journal and user are told once."""
    rows = [Row() for _ in range(40)] + [Row(model=OTHER) for _ in range(4)]
    job, watcher = Job.of(rows, tmp_path, _plan(rows)), Watcher()

    outcome = run(job, _dying(CHEAP), Setup(settings=RunSettings(concurrency=1), watcher=watcher))

    assert (outcome.status, outcome.accepted) == (RunStatus.DONE, 44)
    assert _answered_by(job) == {CHEAP: 1, OTHER: 43}
    text = "39 requests of `cheap-1` go to `other-1` (39): ~$0.000000047, expected quality 0.88 where it was 0.87"
    assert _told(job) == [("replanned", CHEAP, 39, text)]
    assert watcher.notices[-1] == text


def test_without_an_asked_quality_the_money_buys_the_best(tmp_path: Path) -> None:
    """A plan for a cost spends what is left on quality, as it did when it was made."""
    rows = [Row() for _ in range(10)]
    job = Job.of(rows, tmp_path, _plan(rows, PlanParts(cards=CARDS, allowed=EVERY)))

    run(job, _dying(CHEAP), Setup(settings=RunSettings(concurrency=1)))

    assert _answered_by(job) == {CHEAP: 1, STRONG: 9}


def test_what_was_in_flight_when_a_model_died_goes_the_same_way(tmp_path: Path) -> None:
    """They come back one by one, after the others were planned again; nothing is sent to the dead model any more."""
    rows = [Row() for _ in range(30)]
    job, provider = Job.of(rows, tmp_path, _plan(rows)), _dying(CHEAP, after=3)

    outcome = run(job, provider, Setup(settings=RunSettings(concurrency=8)))

    assert outcome.accepted == 30
    assert _answered_by(job) == {CHEAP: 3, OTHER: 27}
    assert Counter(call.card.name for call in provider.sent)[CHEAP] <= 3 + 16


def test_only_models_that_the_rule_allows_are_turned_to(tmp_path: Path) -> None:
    """The requests of a rule that allows no other model end with the reason of its own."""
    rows = [Row(), Row(), Row(rule="private"), Row(rule="private")]
    parts = PlanParts(
        cards=CARDS, allowed={"all": (CHEAP, OTHER), "private": (CHEAP,)}, escalations={}, asked_quality=0.85
    )
    job = Job.of(rows, tmp_path, _plan(rows, parts))

    outcome = run(job, _dying(CHEAP, after=1), Setup(settings=RunSettings(concurrency=1)))

    assert (outcome.accepted, outcome.failed) == (2, 2)
    assert _reasons(job) == [None, None, "account 401: key revoked", "account 401: key revoked"]
    assert _told(job)[0][3] == (
        "3 requests of `cheap-1` go to `other-1` (1): ~$0.0000000012, expected quality 0.88 where it was 0.87; "
        "no model that is left may do 2 of them"
    )


def _reasons(job: Job) -> list[str | None]:
    with reading(job.journal) as connection:
        found = connection.execute("SELECT reason FROM finals ORDER BY row").fetchall()
    return [reason or None for (reason,) in found]


def test_the_own_floor_of_a_request_holds_in_a_re_plan(tmp_path: Path) -> None:
    """What asks for 0.95 goes to the model that is believed to give it, the rest to the cheap one."""
    strict = Request(custom_id="strict", prompt="write", min_quality=0.95)
    rows = [Row(importance="premium"), Row(), Row(request=strict), Row()]
    job = Job.of(rows, tmp_path, _plan(rows))

    run(job, _dying(CHEAP), Setup(settings=RunSettings(concurrency=1)))

    frame = attempts_frame(job.journal).filter(outcome="answered").sort("row")
    assert frame["model"].to_list() == [CHEAP, OTHER, STRONG, OTHER]


def test_too_little_money_is_spent_on_the_most_important_ones(tmp_path: Path) -> None:
    """The others end with the cap reached, and go on when there is more."""
    rows = [Row(importance="premium"), Row(importance="bulk"), Row(), Row(importance="premium"), Row()]
    job = Job.of(
        rows, tmp_path, _plan(rows, PlanParts(cards=CARDS, allowed={"all": (CHEAP, OTHER)}, asked_quality=0.8))
    )
    settings = RunSettings(concurrency=1)
    first = _dying(CHEAP)
    cap = PicoUSD(600 + 2 * 1200 + 5700)  # the first answer, two on the other model, and what a third can cost

    outcome = run(job, first, Setup(cap=cap, settings=settings))

    assert (outcome.status, outcome.unsent) == (RunStatus.CAP_REACHED, 1)
    assert [call.request.custom_id for call in first.sent if call.card.name == OTHER] == ["r3", "r2", "r4"]
    assert "the money is not expected to reach for" not in _told(job)[0][3]
    again = run(job, _dying(), Setup(settings=settings))
    assert (again.status, again.accepted) == (RunStatus.DONE, 5)


def test_a_model_that_runs_dry_is_replanned_like_a_dead_account(tmp_path: Path) -> None:
    """A quota closes one model; the reason stays with the journal's failure."""
    rows = [Row() for _ in range(6)]
    job = Job.of(rows, tmp_path, _plan(rows))

    outcome = run(job, _dying(CHEAP, kind=FailureKind.QUOTA), Setup(settings=RunSettings(concurrency=1)))

    assert (outcome.accepted, _answered_by(job)) == (6, Counter({OTHER: 5, CHEAP: 1}))


def test_two_models_that_die_one_after_the_other(tmp_path: Path) -> None:
    """What was moved is moved again, never back; each re-plan is told."""
    rows = [Row() for _ in range(20)]
    job = Job.of(rows, tmp_path, _plan(rows))

    outcome = run(job, _dying(CHEAP, OTHER, after=5), Setup(settings=RunSettings(concurrency=1)))

    assert (outcome.accepted, _answered_by(job)) == (20, Counter({CHEAP: 5, OTHER: 5, STRONG: 10}))
    assert [(subject, requests) for _, subject, requests, _ in _told(job)] == [(CHEAP, 15), (OTHER, 10)]


def test_a_continued_run_tries_its_plan_again_and_pays_nothing_twice(tmp_path: Path) -> None:
    """What was answered elsewhere stays; what was not goes as planned, since the outage may be over."""
    rows = [Row() for _ in range(10)]
    job, first = Job.of(rows, tmp_path, _plan(rows)), _dying(CHEAP, after=2)
    cap = PicoUSD(600 * 2 + 1200 * 3 + WORST[OTHER] - 1)

    stopped = run(job, first, Setup(cap=cap, settings=RunSettings(concurrency=1)))
    second = _dying()
    done = run(job, second, Setup(settings=RunSettings(concurrency=1)))

    assert stopped.status is RunStatus.CAP_REACHED
    assert (done.status, done.accepted) == (RunStatus.DONE, 10)
    answered = attempts_frame(job.journal).filter(outcome="answered")
    assert answered["row"].n_unique() == answered.height == 10
    assert {call.card.name for call in second.sent} == {CHEAP}


def test_a_session_that_gets_no_answer_at_all_still_ends_with_the_key(tmp_path: Path) -> None:
    """When every account refuses its key, the run says so instead of failing all requests one by one."""
    rows = [Row() for _ in range(3)]
    job = Job.of(rows, tmp_path, _plan(rows))
    with pytest.raises(CredentialError, match="no request was answered: account 401: key revoked"):
        run(job, _dying(CHEAP, OTHER, STRONG, after=0), Setup(settings=RunSettings(concurrency=1)))
    assert finals_frame(job.journal).height == 0


def test_what_may_go_nowhere_else_waits_for_a_model_that_comes_back(tmp_path: Path) -> None:
    """A long wait that a provider names: the rest goes elsewhere at once, and nobody fails."""
    rows = [Row() for _ in range(6)] + [Row(rule="private") for _ in range(4)]
    parts = PlanParts(
        cards=CARDS, allowed={"all": (CHEAP, OTHER), "private": (CHEAP,)}, escalations={}, asked_quality=0.85
    )
    job = Job.of(rows, tmp_path, _plan(rows, parts))
    came: dict[str, float] = {}

    def script(call: Call, nth: int) -> Act:
        now = asyncio.get_running_loop().time()
        came[call.request.custom_id] = now
        paused = call.card.name == CHEAP and now < 400
        wait = failure(FailureKind.RATE_LIMITED, 429, retry_after_s=400.0)
        return Act(wait if paused else answer(f"{nth}"))

    outcome = run(job, FakeProvider(script), Setup(settings=RunSettings(concurrency=1)))

    assert (outcome.status, outcome.accepted, outcome.failed) == (RunStatus.DONE, 10, 0)
    assert _answered_by(job) == {OTHER: 6, CHEAP: 4}
    assert max(came[f"r{row}"] for row in range(6)) < 60
    assert min(came[f"r{row}"] for row in range(6, 10)) > 400
    assert [(subject, requests) for _, subject, requests, _ in _told(job)] == [(CHEAP, 10)]
    assert _told(job)[0][3].endswith("; 4 of them wait until their model opens again")


@settings(max_examples=12, deadline=None)
@given(
    dead=st.sets(st.sampled_from([CHEAP, OTHER, STRONG]), max_size=2),
    after=st.integers(1, 6),
    planned=st.lists(st.sampled_from([CHEAP, OTHER]), min_size=1, max_size=12),
    concurrency=st.integers(1, 4),
    quality=st.sampled_from([None, 0.85]),
)
def test_whatever_dies_every_request_ends_and_the_books_agree(
    dead: set[str], after: int, planned: list[str], concurrency: int, quality: float | None
) -> None:
    """With one model left all are answered; what was billed is what was spent; nobody is asked twice for an answer."""
    rows = [Row(model=model) for model in planned]
    provider = _dying(*dead, after=after)
    parts = PlanParts(cards=CARDS, allowed=EVERY, asked_quality=quality)
    with scratch() as folder:
        job = Job.of(rows, folder, _plan(rows, parts))
        outcome = run(job, provider, Setup(settings=RunSettings(concurrency=concurrency)))
        answered = attempts_frame(job.journal).filter(outcome="answered")
    assert (outcome.status, outcome.accepted) == (RunStatus.DONE, len(rows))
    assert (outcome.spent_pusd, outcome.held_pusd) == (provider.billed_pusd, 0)
    assert answered["row"].sort().to_list() == list(range(len(rows)))
