"""Judge models in whole runs: who judges, what it costs, and what follows from what is said or not said."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs
from support.fake_transport import FakeProvider, always, answer, failure
from support.judged import TERMS, better, is_judge, judged_plan, judging, points, user_text
from support.plans import CHEAP, OTHER, STRONG, PlanParts, Row
from support.runs import Job, Setup, run, scratch

from modelroute_cli.base.errors import StorageError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import JudgeRule, Request
from modelroute_cli.catalog.settings import RunSettings
from modelroute_cli.execution.journal import Journal
from modelroute_cli.execution.journal_read import attempts_frame, finals_frame, judge_answers, read_state
from modelroute_cli.execution.records import Outcome, Record
from modelroute_cli.execution.results import result_rows
from modelroute_cli.execution.work import RunStatus
from modelroute_cli.providers.base import Call, FailureKind, Reply, TransportError

WRITTEN = 100 * 1 + 50 * 10  # an ordinary answer of the cheap model
HEARD = 100 * 2 + 20 * 20  # a judge's answer by the other model
PAIRWISE = JudgeRule(model="judge", mode="pairwise")


def _attempts(job: Job) -> list[tuple[str, str, str | None]]:
    return list(attempts_frame(job.journal).select("kind", "model", "verdict").iter_rows())


def _details(job: Job) -> list[str]:
    return list(attempts_frame(job.journal).filter(verdict="pass")["detail"])


def test_an_answer_that_the_judge_likes_is_accepted(tmp_path: Path) -> None:
    """The judge is asked once about it, its score and reason stand in the verdict, and both calls are paid."""
    job = Job.of([Row()], tmp_path, judged_plan([Row()]))
    provider = FakeProvider(judging(points(4, "well put")))

    outcome = run(job, provider)

    assert (outcome.accepted, outcome.sent_now) == (1, 2)
    assert outcome.spent_pusd == provider.billed_pusd == WRITTEN + HEARD
    assert _attempts(job) == [("first", CHEAP, "pass"), ("judge", OTHER, None)]
    assert _details(job) == ["well put"]


def test_an_answer_that_the_judge_rejects_is_escalated_and_judged_again(tmp_path: Path) -> None:
    """Like after any gate; the stronger model's answer is before the judge as well."""
    scores = iter((2, 5))
    job = Job.of([Row()], tmp_path, judged_plan([Row()]))
    provider = FakeProvider(judging(lambda *_: points(next(scores))))

    outcome = run(job, provider)

    assert outcome.accepted == 1
    assert _attempts(job) == [
        ("first", CHEAP, "judge"),
        ("judge", OTHER, None),
        ("escalation", STRONG, "pass"),
        ("judge", OTHER, None),
    ]
    assert [row.model for row in result_rows(job.journal, job.plan)] == [STRONG]


def test_a_request_that_no_answer_of_which_is_good_enough_fails_with_the_judges_reason(tmp_path: Path) -> None:
    """Its best answer stays with it; the judge's calls are money, but no attempts of the request."""
    plan = judged_plan([Row()], parts=PlanParts(escalations={"all": ()}))
    job = Job.of([Row()], tmp_path, plan)
    run(job, FakeProvider(judging(points(1, "not an answer"))))

    (row,) = result_rows(job.journal, job.plan)
    assert (row.status, row.output, row.verdict, row.reason) == ("failed", "fine", "judge", "gate:judge: not an answer")
    assert (row.attempts, row.model, row.escalated, row.cost_usd) == (1, CHEAP, False, "0.0000000012")


def test_what_fails_a_cheap_gate_is_never_shown_to_the_judge(tmp_path: Path) -> None:
    """An empty answer needs no judge."""
    job = Job.of([Row()], tmp_path, judged_plan([Row()], parts=PlanParts(escalations={"all": ()})))
    provider = FakeProvider(judging(points(5), always(answer(""))))

    run(job, provider)

    assert [is_judge(call) for call in provider.sent] == [False]


@pytest.mark.parametrize(("writer", "judge"), [(CHEAP, OTHER), (OTHER, STRONG)])
def test_no_model_judges_its_own_answers(writer: str, judge: str, tmp_path: Path) -> None:
    """The first of the gate's models that did not write the answer judges it."""
    rows = [Row(model=writer)]
    job = Job.of(rows, tmp_path, judged_plan(rows, OTHER, STRONG))
    provider = FakeProvider(judging(points(5)))

    run(job, provider)

    assert [(call.card.name, is_judge(call)) for call in provider.sent] == [(writer, False), (judge, True)]


def test_an_answer_of_the_only_judge_passes_unjudged(tmp_path: Path) -> None:
    """That is said once while the run goes on, and stands in every such verdict."""
    rows = [Row(model=OTHER), Row(model=OTHER)]
    job = Job.of(rows, tmp_path, judged_plan(rows))
    setup = Setup()

    outcome = run(job, FakeProvider(judging(points(1))), setup)

    why = "not judged by judge: no judge but the model that wrote it"
    assert (outcome.accepted, outcome.sent_now) == (2, 2)
    assert _details(job) == [why, why]
    assert setup.watcher.notices == [
        f"an answer that passed all else is accepted {why}; the report counts such answers"
    ]


def test_only_the_asked_share_is_judged_and_the_same_rows_each_time(tmp_path: Path) -> None:
    """Drawn by seed and row: another seed draws others."""
    rows = [Row() for _ in range(60)]
    plan = judged_plan(rows, rule=JudgeRule(model="judge", share=0.3))
    drawn = []
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        (tmp_path / name).mkdir()
        provider = FakeProvider(judging(points(5)))
        run(Job.of(rows, tmp_path / name, plan), provider, Setup(seed=seed))
        drawn.append(sorted(call.request.custom_id for call in provider.sent if is_judge(call)))

    assert drawn[0] == drawn[1] != drawn[2]
    assert [len(each) for each in drawn] == [12, 12, 18]


def test_a_comparison_is_made_both_ways_round(tmp_path: Path) -> None:
    """A judge that always prefers the first place says a tie, which is half of a win."""
    rows = [Row(request=Request(custom_id="r0", prompt="capital of France?", expected="Paris"))]
    job = Job.of(rows, tmp_path, judged_plan(rows, rule=PAIRWISE))
    provider = FakeProvider(judging(better("first")))

    run(job, provider)

    first, second = (user_text(call.request) for call in provider.sent[1:])
    assert {first.index("fine") < first.index("Paris"), second.index("fine") < second.index("Paris")} == {True, False}
    assert _attempts(job)[0] == ("first", CHEAP, "pass")


@pytest.mark.parametrize(("right", "verdict"), [(True, "pass"), (False, "judge")])
def test_a_comparison_is_won_or_lost(right: bool, verdict: str, tmp_path: Path) -> None:  # noqa: FBT001 - a parameter
    """The judge's place is translated into whose answer it was."""
    rows = [Row(request=Request(custom_id="r0", prompt="capital of France?", expected="Paris"))]
    plan = judged_plan(rows, rule=PAIRWISE, parts=PlanParts(escalations={"all": ()}))
    job = Job.of(rows, tmp_path, plan)

    def judge(call: Call, nth: int) -> Reply:
        del nth
        shown = user_text(call.request)
        return better("first" if (shown.index("fine") < shown.index("Paris")) == right else "second")

    run(job, FakeProvider(judging(judge)))

    assert _attempts(job)[0] == ("first", CHEAP, verdict)


def test_without_an_expected_answer_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    """The answer passes unjudged."""
    job = Job.of([Row()], tmp_path, judged_plan([Row()], rule=PAIRWISE))
    run(job, FakeProvider(judging(better("first"))))
    assert _details(job) == ["not judged by judge: the request has no `expected` to compare with"]


def test_a_judge_that_cannot_be_read_is_asked_twice_and_then_the_next(tmp_path: Path) -> None:
    """Its words are paid for, and never searched for a score."""
    job = Job.of([Row()], tmp_path, judged_plan([Row()], OTHER, STRONG))
    babble = answer('I would give it {"score": 5}')
    provider = FakeProvider(judging(lambda call, _: babble if call.card.name == OTHER else points(3)))

    outcome = run(job, provider)

    assert [call.card.name for call in provider.sent] == [CHEAP, OTHER, OTHER, STRONG]
    assert outcome.spent_pusd == provider.billed_pusd


def test_an_answer_whose_judge_babbles_passes_unjudged(tmp_path: Path) -> None:
    """A judge that cannot be read says nothing about the answer."""
    job = Job.of([Row()], tmp_path, judged_plan([Row()]))
    outcome = run(job, FakeProvider(judging(answer("5 of 5!"))))
    assert outcome.accepted == 1
    assert _details(job) == ["not judged by judge: what `other-1` says of it cannot be read"]


def test_a_judge_that_fails_is_asked_again_within_the_tries(tmp_path: Path) -> None:
    """Its failures are its own: the writer's tries are not used up, and it stays a judge's attempt."""
    job = Job.of([Row()], tmp_path, judged_plan([Row()]))
    provider = FakeProvider(judging(lambda _, nth: points(5) if nth > 2 else failure(FailureKind.TRANSIENT, 503)))

    outcome = run(job, provider)

    assert outcome.accepted == 1
    assert [kind for kind, _, _ in _attempts(job)] == ["first", "judge", "judge", "judge"]


def test_an_answer_whose_judge_is_down_passes_unjudged(tmp_path: Path) -> None:
    """After its own tries, with the failure in the verdict."""
    job = Job.of([Row()], tmp_path, judged_plan([Row()]))
    down = FakeProvider(judging(failure(FailureKind.TRANSIENT, 503)))

    outcome = run(job, down, Setup(settings=RunSettings(max_attempts=2)))

    assert (outcome.status, outcome.accepted, len(down.sent)) == (RunStatus.DONE, 1, 3)
    assert _details(job) == ["not judged by judge: transient 503: no (2 failures)"]


def test_a_judge_whose_key_is_refused_stops_no_run(tmp_path: Path) -> None:
    """What waits for it passes unjudged; the writers' answers are there."""
    rows = [Row() for _ in range(20)]
    job = Job.of(rows, tmp_path, judged_plan(rows))
    provider = FakeProvider(judging(failure(FailureKind.ACCOUNT, 401)))

    outcome = run(job, provider)

    assert (outcome.status, outcome.accepted) == (RunStatus.DONE, 20)


def test_judges_live_on_the_money_that_first_attempts_leave(tmp_path: Path) -> None:
    """Where the cap has no room for them the answers pass unjudged, and every request was sent."""
    rows = [Row() for _ in range(3)]
    job = Job.of(rows, tmp_path, judged_plan(rows))
    provider = FakeProvider(judging(points(5)))

    outcome = run(job, provider, Setup(cap=PicoUSD(6_300)))

    assert (outcome.status, outcome.accepted) == (RunStatus.DONE, 3)
    assert _details(job) == ["not judged by judge: no money left for it"] * 3
    assert not any(is_judge(call) for call in provider.sent)


class _DyingAfter(Journal):
    """A journal whose process dies once so many answers of judges are in it."""

    judged = 1
    judges: set[int]

    def _commit(self, records: list[Record]) -> None:
        super()._commit(records)
        self.judges = getattr(self, "judges", set())
        self.judges |= {item.attempt for item in records if isinstance(item, Outcome) and _is_points(item)}
        if len(self.judges) >= self.judged:
            msg = "dead"
            raise StorageError(msg)


def _is_points(outcome: Outcome) -> bool:
    return outcome.text is not None and "reason" in outcome.text


@pytest.mark.parametrize("rule", [JudgeRule(model="judge"), PAIRWISE], ids=["rubric", "pairwise"])
def test_what_a_judge_said_before_a_crash_is_not_paid_twice(rule: JudgeRule, tmp_path: Path) -> None:
    """The next session takes up the answer where its judgement stood."""
    rows = [Row(request=Request(custom_id="r0", prompt="capital of France?", expected="Paris"))]
    job = Job.of(rows, tmp_path, judged_plan(rows, rule=rule))
    pairwise = rule.mode == "pairwise"
    provider = FakeProvider(judging(better("tie") if pairwise else points(4)))
    with suppress(StorageError):
        run(job, provider, Setup(open_journal=_DyingAfter.open))
    assert (len(provider.sent), read_state(job.journal).done) == (2, 0)

    outcome = run(job, provider)

    assert (outcome.accepted, len(provider.sent)) == (1, 3 if pairwise else 2)
    assert len(judge_answers(job.journal, 0, 1)) == len(provider.sent) - 1
    assert outcome.spent_pusd == provider.billed_pusd


def test_an_answer_without_its_judgement_is_judged_by_the_next_session(tmp_path: Path) -> None:
    """A judge that was cut off is asked again, and what it may have cost stays held."""
    job = Job.of([Row()], tmp_path, judged_plan([Row()]))
    provider = FakeProvider(judging(lambda _, nth: None if nth == 1 else points(4)))

    outcome = run(job, provider, Setup(settings=RunSettings(timeout_s=5)))

    assert (outcome.accepted, len(provider.sent)) == (1, 3)
    assert outcome.held_pusd > 0
    assert provider.billed_pusd <= outcome.spent_pusd + outcome.held_pusd


drawn_replies = st.one_of(
    st.integers(1, 5).map(points),
    st.sampled_from(
        [answer("babble"), failure(FailureKind.TRANSIENT, 503), TransportError("reset", sent=True), None, answer("")]
    ),
)


@given(
    replies=st.lists(drawn_replies, max_size=20),
    rows=st.lists(st.builds(Row, model=st.sampled_from([CHEAP, OTHER, STRONG])), min_size=1, max_size=6),
    cap=st.integers(0, 300_000),
    deaths=st.lists(st.integers(1, 12), max_size=2),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_judge_passes_the_cap_nor_loses_a_request(
    replies: list[Reply | TransportError | None], rows: list[Row], cap: int, deaths: list[int]
) -> None:
    """Whatever judges say, and wherever the program dies."""
    waiting = iter(replies)
    script = judging(lambda *_: next(waiting, points(4)))
    limits = RunSettings(timeout_s=40.0, concurrency=4)
    with scratch() as folder:
        job = Job.of(rows, folder, judged_plan(rows, OTHER, STRONG))
        provider = FakeProvider(script)
        for at in deaths:
            with suppress(StorageError):
                run(job, provider, Setup(cap=PicoUSD(cap), settings=limits, open_journal=_dying(at)))
        outcome = run(job, provider, Setup(cap=PicoUSD(cap), settings=limits))

        assert provider.billed_pusd <= outcome.spent_pusd + outcome.held_pusd <= cap
        assert outcome.accepted + outcome.failed + outcome.unsent == len(rows)
        assert (outcome.status is RunStatus.DONE) == (outcome.unsent == 0)
        accepted = finals_frame(job.journal).filter(status="accepted")["attempt"]
        kinds = dict(attempts_frame(job.journal).select("attempt", "kind").iter_rows())
        assert all(kinds[attempt] != "judge" for attempt in accepted)


class _Dying(Journal):
    """A journal whose process dies before its nth group of records."""

    dies_at = 0

    def _commit(self, records: list[Record]) -> None:
        self.dies_at -= 1
        if self.dies_at < 0:
            msg = "dead"
            raise StorageError(msg)
        super()._commit(records)


def _dying(at: int) -> Callable[[Path, str], Journal]:
    def opened(path: Path, digest: str) -> Journal:
        journal = _Dying.open(path, digest)
        assert isinstance(journal, _Dying)
        journal.dies_at = at
        return journal

    return opened


def test_answers_wait_for_a_judge_that_is_down_for_a_while(tmp_path: Path) -> None:
    """An outage of minutes leaves nothing unjudged, and the judge is probed, not hammered."""
    rows = [Row() for _ in range(30)]
    job = Job.of(rows, tmp_path, judged_plan(rows))

    def judge(call: Call, nth: int) -> Reply:
        del call, nth
        down = asyncio.get_running_loop().time() < 300
        return failure(FailureKind.TRANSIENT, 503) if down else points(5)

    provider = FakeProvider(judging(judge))

    outcome = run(job, provider)

    assert (outcome.status, outcome.accepted) == (RunStatus.DONE, 30)
    assert _details(job) == ["so it is"] * 30
    assert len(provider.sent) < 150


def test_answers_do_not_wait_for_a_judge_that_stays_down(tmp_path: Path) -> None:
    """Beyond the run's patience they pass unjudged."""
    rows = [Row() for _ in range(10)]
    job = Job.of(rows, tmp_path, judged_plan(rows))
    provider = FakeProvider(judging(failure(FailureKind.TRANSIENT, 503)))

    outcome = run(job, provider)

    assert (outcome.status, outcome.accepted) == (RunStatus.DONE, 10)
    assert all(detail.startswith("not judged by judge: ") for detail in _details(job))


def test_answers_that_wait_for_a_judge_do_not_pile_up(tmp_path: Path) -> None:
    """Each waiting question holds its answer: where many wait they go first, as fast as the judge takes."""
    rows = [Row() for _ in range(600)]
    job = Job.of(rows, tmp_path, judged_plan(rows))
    provider = FakeProvider(judging(points(5)))

    run(job, provider, Setup(settings=RunSettings(concurrency=32)))

    asked, most = 0, 0
    for call in provider.sent:
        asked += -1 if is_judge(call) else 1
        most = max(most, asked)
    assert most < 200


@pytest.mark.parametrize(
    ("judges", "why"),
    [
        ((), "no model that it names may read such requests"),
        ((CHEAP,), "no judge but the model that wrote it"),
        ((STRONG,), "none that it names is open and takes such a question"),
    ],
)
def test_why_nobody_judges_is_told(judges: tuple[str, ...], why: str, tmp_path: Path) -> None:
    """Shut out by rules, the writer itself, or unable to: a sound for a judge that hears none."""
    rows = [Row(request=Request(custom_id="r0", prompt="what is said?", audio=("https://example.com/a.wav",)))]
    plan = judged_plan(rows)
    header = structs.replace(plan.header, judges={"all": {"judge": judges}}, judge_terms=dict.fromkeys(judges, TERMS))
    job = Job.of(rows, tmp_path, replace(plan, header=header))

    run(job, FakeProvider(judging(points(5))))

    assert _details(job) == [f"not judged by judge: {why}"]
