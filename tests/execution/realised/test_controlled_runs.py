"""A control sample in a run: who is asked, what it costs, what it leaves alone, and how it outlives a crash."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace
from support.fake_transport import Act, FakeProvider, Script, answer, failure
from support.plans import CHEAP, OTHER, STRONG, PlanParts, Row, card, plan_of
from support.runs import Job, Setup, Watcher, run

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import GateRules, Request
from modelroute_cli.catalog.settings import RunSettings
from modelroute_cli.execution.database import reading
from modelroute_cli.execution.journal_read import attempts_frame, finals_frame
from modelroute_cli.execution.realised.journaled import pairs_frame
from modelroute_cli.execution.work import RunStatus
from modelroute_cli.planning.plan import Plan
from modelroute_cli.providers.base import Call, FailureKind

CARDS = {
    CHEAP: replace(card(CHEAP), base_model="deepseek-flash"),
    OTHER: replace(card(OTHER), base_model="gpt-6-luna"),
    STRONG: replace(card(STRONG), base_model="gpt-6-sol"),
}
EVERY = {"all": (CHEAP, OTHER, STRONG)}
PARTS = PlanParts(cards=CARDS, allowed=EVERY, asked_quality=0.85, baseline=STRONG, escalations={})
HALF = RunSettings(concurrency=4, control_share=0.5, control_budget=1.0)


def _plan(rows: Sequence[Row], parts: PlanParts = PARTS) -> Plan:
    return plan_of(rows, parts)


def _asking(number: int, expected: str = "yes") -> Row:
    gates = GateRules(expected="normalised")
    return Row(request=Request(custom_id=f"r{number}", prompt=f"is {number}?", expected=expected, gates=gates))


def _saying(by_model: dict[str, str]) -> Script:
    """Each model always says the same."""
    return lambda call, nth: Act(answer(by_model[call.card.name]))  # noqa: ARG005 - a script takes both


def _kinds(job: Job) -> Counter[str]:
    return Counter(attempts_frame(job.journal)["kind"])


def test_a_share_of_the_requests_is_answered_by_the_baseline_as_well(tmp_path: Path) -> None:
    """Half of twenty; each ends with its own answer, and stands beside the baseline's in the journal."""
    rows = [Row() for _ in range(20)]
    job, watcher = Job.of(rows, tmp_path, _plan(rows)), Watcher()
    provider = FakeProvider(_saying({CHEAP: "mine", STRONG: "theirs"}))

    outcome = run(job, provider, Setup(settings=HALF, watcher=watcher))

    assert (outcome.status, outcome.accepted) == (RunStatus.DONE, 20)
    assert _kinds(job) == {"first": 20, "control": 10}
    assert outcome.spent_pusd == provider.billed_pusd == 20 * 600 + 10 * 6000
    pairs = pairs_frame(job.journal)
    assert pairs.height == 10
    assert set(pairs["scorer"]) == {"gates"}
    assert pairs["quality"].to_list() == pairs["control_quality"].to_list() == [1.0] * 10
    finals = finals_frame(job.journal)
    assert not set(finals["attempt"]) & set(pairs["control"])
    assert watcher.notices == [
        "control sample: 10 requests are answered by `strong-1` as well, for about $0.00000012 inside the hard cap"
    ]


def test_without_a_share_nobody_is_asked(tmp_path: Path) -> None:
    """It is off unless somebody asks for it."""
    rows = [Row() for _ in range(20)]
    job = Job.of(rows, tmp_path, _plan(rows))
    run(job, FakeProvider(_saying({CHEAP: "mine"})))
    assert _kinds(job) == {"first": 20}


def test_answers_are_compared_by_what_is_expected(tmp_path: Path) -> None:
    """The baseline is right where the request's model is not; a gate that failed the answer changes nothing of that."""
    rows = [_asking(number) for number in range(8)]
    job = Job.of(rows, tmp_path, _plan(rows))
    settings = replace(HALF, control_share=1.0)

    outcome = run(job, FakeProvider(_saying({CHEAP: "no", STRONG: "Yes."})), Setup(settings=settings))

    pairs = pairs_frame(job.journal)
    assert set(pairs["scorer"]) == {"expected"}
    assert (pairs["quality"].sum(), pairs["control_quality"].sum()) == (0.0, 8.0)
    assert outcome.accepted == 8


def test_the_baselines_answer_counts_where_the_requests_own_failed(tmp_path: Path) -> None:
    """It was paid for, and its gates passed it."""
    rows = [_asking(0), Row()]
    job = Job.of(rows, tmp_path, _plan(rows))
    settings = replace(HALF, control_share=1.0)

    run(job, FakeProvider(_saying({CHEAP: "no", STRONG: "yes"})), Setup(settings=settings))

    frame = finals_frame(job.journal).join(attempts_frame(job.journal).select("attempt", "kind"), on="attempt")
    assert frame.select("row", "status", "kind").sort("row").rows() == [
        (0, "accepted", "control"),
        (1, "accepted", "first"),
    ]


def test_a_failed_request_ends_as_it_would_have_where_the_baseline_is_no_better(tmp_path: Path) -> None:
    """With its own answer and its own reason."""
    rows = [_asking(0)]
    job = Job.of(rows, tmp_path, _plan(rows))
    settings = replace(HALF, control_share=1.0)

    outcome = run(job, FakeProvider(_saying({CHEAP: "no", STRONG: "perhaps"})), Setup(settings=settings))

    assert outcome.failed == 1
    frame = finals_frame(job.journal).join(attempts_frame(job.journal).select("attempt", "kind"), on="attempt")
    assert frame.select("status", "kind", "reason").rows() == [("failed", "first", "gate:expected: it is not `yes`")]


def test_what_the_baseline_answered_itself_is_its_own_pair(tmp_path: Path) -> None:
    """Nothing is sent twice to the same model."""
    rows = [Row(model=STRONG) for _ in range(4)]
    job = Job.of(rows, tmp_path, _plan(rows))
    provider = FakeProvider(_saying({STRONG: "theirs"}))

    run(job, provider, Setup(settings=replace(HALF, control_share=1.0)))

    pairs = pairs_frame(job.journal)
    assert (len(provider.sent), pairs.height) == (4, 4)
    assert pairs["attempt"].to_list() == pairs["control"].to_list()


def test_the_sample_stops_at_its_budget(tmp_path: Path) -> None:
    """A twentieth of what the baseline would cost for all: one of twenty."""
    rows = [Row() for _ in range(20)]
    job = Job.of(rows, tmp_path, _plan(rows))
    settings = RunSettings(concurrency=4, control_share=1.0, control_budget=0.05)

    run(job, FakeProvider(_saying({CHEAP: "mine", STRONG: "theirs"})), Setup(settings=settings))

    assert _kinds(job) == {"first": 20, "control": 1}


def test_the_sample_is_dropped_first_when_money_is_short(tmp_path: Path) -> None:
    """All requests are answered; what is left has no room for a baseline's answer."""
    rows = [Row() for _ in range(20)]
    job = Job.of(rows, tmp_path, _plan(rows))
    cap = PicoUSD(20 * 2100)  # what all of them can cost; they cost 600 each

    outcome = run(job, FakeProvider(_saying({CHEAP: "mine", STRONG: "theirs"})), Setup(settings=HALF, cap=cap))

    assert (outcome.status, outcome.accepted) == (RunStatus.DONE, 20)
    assert outcome.spent_pusd <= cap
    assert _kinds(job) == {"first": 20, "control": 1}


def test_a_baseline_that_is_down_costs_no_request(tmp_path: Path) -> None:
    """Its account is refused: no pairs, and every request has its own answer."""
    rows = [Row() for _ in range(10)]
    job = Job.of(rows, tmp_path, _plan(rows))

    def script(call: Call, nth: int) -> Act:
        del nth
        return Act(answer() if call.card.name == CHEAP else failure(FailureKind.ACCOUNT, 401))

    outcome = run(job, FakeProvider(script), Setup(settings=HALF))

    assert (outcome.status, outcome.accepted) == (RunStatus.DONE, 10)
    assert pairs_frame(job.journal).height == 0


def test_a_baseline_that_fails_now_and_then_is_asked_again(tmp_path: Path) -> None:
    """Up to three times for one request."""
    rows = [Row() for _ in range(10)]
    job = Job.of(rows, tmp_path, _plan(rows))

    def script(call: Call, nth: int) -> Act:
        return Act(failure(FailureKind.TRANSIENT, 500) if call.card.name == STRONG and nth == 2 else answer())

    outcome = run(job, FakeProvider(script), Setup(settings=HALF))

    assert (outcome.status, outcome.accepted, pairs_frame(job.journal).height) == (RunStatus.DONE, 10, 5)


def test_no_request_is_shown_to_a_baseline_that_its_rule_shuts_out(tmp_path: Path) -> None:
    """Nor one that names its model; nothing is drawn there."""
    bound = Request(custom_id="bound", prompt="write", model=CHEAP)
    rows = [Row(rule="private"), Row(), Row(request=bound)]
    parts = PlanParts(
        cards=CARDS, allowed={"all": (CHEAP, STRONG), "private": (CHEAP,)}, baseline=STRONG, escalations={}
    )
    job, provider = Job.of(rows, tmp_path, _plan(rows, parts)), FakeProvider(_saying({CHEAP: "a", STRONG: "b"}))

    run(job, provider, Setup(settings=replace(HALF, control_share=1.0)))

    assert [call.request.custom_id for call in provider.sent if call.card.name == STRONG] == ["r1"]


def test_a_plan_without_a_baseline_says_that_there_is_no_sample(tmp_path: Path) -> None:
    """And sends everything else."""
    rows = [Row() for _ in range(3)]
    job, watcher = Job.of(rows, tmp_path), Watcher()
    outcome = run(job, FakeProvider(_saying({CHEAP: "a"})), Setup(settings=HALF, watcher=watcher))
    assert outcome.accepted == 3
    assert watcher.notices == ["no control sample: the plan has no baseline with a price"]


def test_the_journal_says_what_answers_were_worth(tmp_path: Path) -> None:
    """By the strongest word there is; nothing where only gates spoke."""
    rows = [_asking(0), Row()]
    job = Job.of(rows, tmp_path, _plan(rows))
    run(job, FakeProvider(_saying({CHEAP: "yes"})))
    with reading(job.journal) as connection:
        found = connection.execute("SELECT quality, scorer FROM verdicts ORDER BY attempt").fetchall()
    assert sorted(found, key=str) == [(1.0, "expected"), (None, None)]
