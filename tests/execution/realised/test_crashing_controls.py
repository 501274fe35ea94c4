"""Properties of runs with a control sample: the cap holds in every storm, and no crash pays twice for an answer."""

from collections import Counter
from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from support.dying_journal import opened_dying
from support.fake_transport import Act, FakeProvider, Script, answer, failure
from support.plans import CHEAP, MAX_TOKENS, OTHER, STRONG, PlanParts, Row, card, plan_of
from support.runs import Job, Setup, run, scratch

from modelroute_cli.base.errors import StorageError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import GateRules, JudgeRule, Request
from modelroute_cli.catalog.settings import RunSettings
from modelroute_cli.execution.journal_read import attempts_frame, finals_frame
from modelroute_cli.execution.realised.journaled import pairs_frame
from modelroute_cli.execution.work import RunStatus
from modelroute_cli.planning.plan import JudgeTerms, Plan
from modelroute_cli.providers.base import Call, FailureKind, Reply, TransportError

CARDS = {
    CHEAP: replace(card(CHEAP), base_model="deepseek-flash"),
    OTHER: replace(card(OTHER), base_model="gpt-6-luna"),
    STRONG: replace(card(STRONG), base_model="gpt-6-sol"),
}
PARTS = PlanParts(cards=CARDS, allowed={"all": (CHEAP, OTHER, STRONG)}, baseline=STRONG, escalations={"all": (OTHER,)})
ALL = RunSettings(concurrency=2, control_share=1.0, control_budget=1.0, timeout_s=40.0)
quick = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])

REPLIES: list[Reply | TransportError | None] = [
    answer(output_tokens=5),
    answer(output_tokens=MAX_TOKENS),
    answer("", output_tokens=0),
    answer("cut", output_tokens=MAX_TOKENS, finish_reason="length"),
    failure(FailureKind.TRANSIENT, 503),
    failure(FailureKind.RATE_LIMITED, 429, retry_after_s=3.0),
    failure(FailureKind.REQUEST, 400),
    TransportError("reset", sent=True),
    None,
]
storms = st.lists(st.tuples(st.sampled_from(REPLIES), st.floats(0.0, 30.0)), max_size=30)


def _script(storm: list[tuple[Reply | TransportError | None, float]]) -> Script:
    left = iter(storm)
    return lambda call, nth: Act(*next(left, (answer(), 1.0)))  # noqa: ARG005 - a script takes both


def _plan(rows: list[Row]) -> Plan:
    return plan_of(rows, PARTS)


@given(
    models=st.lists(st.sampled_from([CHEAP, OTHER, STRONG]), min_size=1, max_size=6),
    storm=storms,
    cap=st.integers(0, 150_000),
    concurrency=st.integers(1, 5),
)
@quick
def test_no_storm_passes_the_cap_with_a_sample(
    models: list[str], storm: list[tuple[Reply | TransportError | None, float]], cap: int, concurrency: int
) -> None:
    """What was billed is counted, what is counted stays below the cap, and every request has one end."""
    rows = [Row(model=model) for model in models]
    provider = FakeProvider(_script(storm))
    with scratch() as folder:
        job = Job.of(rows, folder, _plan(rows))
        outcome = run(job, provider, Setup(cap=PicoUSD(cap), settings=replace(ALL, concurrency=concurrency)))
        pairs, finals = pairs_frame(job.journal), finals_frame(job.journal)
    assert provider.billed_pusd <= outcome.spent_pusd + outcome.held_pusd <= cap
    assert outcome.accepted + outcome.failed + outcome.unsent == len(rows)
    assert (outcome.status is RunStatus.DONE) == (outcome.unsent == 0)
    assert set(pairs["row"]) <= set(finals["row"])


@given(
    count=st.integers(1, 5),
    wrong=st.sets(st.integers(0, 4)),
    deaths=st.lists(st.tuples(st.integers(1, 24), st.booleans()), max_size=4),
)
@quick
def test_a_crash_in_the_middle_of_a_pair_pays_for_nothing_twice(
    count: int, wrong: set[int], deaths: list[tuple[int, bool]]
) -> None:
    """Killed at any write and continued: each model answers each request at most once, but for what nobody heard."""
    gates = GateRules(expected="normalised")
    rows = [
        Row(request=Request(custom_id=f"r{number}", prompt="?", expected="yes", gates=gates)) for number in range(count)
    ]

    def script(call: Call, nth: int) -> Act:
        del nth
        bad = call.card.name != STRONG and int(call.request.custom_id[1:]) in wrong
        return Act(answer("no" if bad else "yes"))

    provider = FakeProvider(script)
    with scratch() as folder:
        job = Job.of(rows, folder, _plan(rows))
        for at, after in deaths:
            with suppress(StorageError):
                run(job, provider, Setup(settings=ALL, open_journal=opened_dying(at, after=after)))
        outcome = run(job, provider, Setup(settings=ALL))
        attempts, finals, pairs = attempts_frame(job.journal), finals_frame(job.journal), pairs_frame(job.journal)

    assert (outcome.status, finals.height) == (RunStatus.DONE, count)
    assert provider.billed_pusd <= outcome.spent_pusd + outcome.held_pusd
    answered = attempts.filter(outcome="answered")
    assert answered.select("row", "model").is_unique().all()
    assert finals["attempt"].is_in(answered["attempt"].implode()).all()
    lost = attempts.filter(outcome="unknown")["row"].n_unique()
    if not deaths:
        assert (pairs.height, lost) == (count, 0)
        assert outcome.accepted == count


def test_a_pair_that_a_crash_cut_is_finished_by_the_next_session(tmp_path: Path) -> None:
    """The first request waited for the baseline when the program ended; another one is left, so the run goes on."""
    rows = [Row() for _ in range(6)]
    job, provider = Job.of(rows, tmp_path, _plan(rows)), FakeProvider(_script([]))
    for at in (2, 4, 5, 6, 7, 8, 9):
        with suppress(StorageError):
            run(job, provider, Setup(settings=replace(ALL, concurrency=1), open_journal=opened_dying(at, after=True)))
    outcome = run(job, provider, Setup(settings=ALL))
    counts = Counter(attempts_frame(job.journal).filter(outcome="answered")["kind"])
    assert outcome.accepted == 6
    assert counts["control"] == pairs_frame(job.journal).height > 0


def test_a_judge_looks_at_both_answers(tmp_path: Path) -> None:
    """The baseline's by the same judge; neither judge nor baseline gives the request its answer."""
    gates = GateRules(judge=JudgeRule(model=OTHER))
    rows = [Row(request=Request(custom_id="r0", prompt="write", gates=gates)), Row()]
    plan = _plan(rows)
    header = replace(
        plan.header,
        judges={"all": {OTHER: (OTHER,)}},
        judge_terms={OTHER: JudgeTerms(output_tokens=20, max_tokens=200)},
    )
    job = Job(rows, Plan(header, plan.assignments), tmp_path / "journal.db")
    points = {"mine": 3, "theirs": 5}

    def script(call: Call, nth: int) -> Act:
        del nth
        if call.card.name != OTHER:
            return Act(answer("mine" if call.card.name == CHEAP else "theirs"))
        shown = call.request.messages[-1].content if call.request.messages else str(call.request.prompt)
        score = points["theirs" if "theirs" in shown else "mine"]
        return Act(answer(f'{{"score": {score}, "reason": "so"}}'))

    outcome = run(job, FakeProvider(script), Setup(settings=ALL))

    assert outcome.accepted == 2
    kinds = Counter(attempts_frame(job.journal)["kind"])
    assert kinds == {"first": 2, "control": 2, "judge": 2}
    judged = pairs_frame(job.journal).filter(row=0)
    assert judged.select("quality", "control_quality", "scorer").rows() == [(0.5, 1.0, "judge")]
