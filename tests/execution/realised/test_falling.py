"""What follows when a model got worse: words, and which requests move."""

from collections import Counter
from pathlib import Path

from msgspec.structs import replace
from support.fake_transport import Act, FakeProvider, answer, failure
from support.plans import CHEAP, OTHER, STRONG, PlanParts, Row, card, plan_of
from support.runs import Job, Setup, run

from modelroute_cli.base.schema import GateRules, Request
from modelroute_cli.catalog.settings import RunSettings
from modelroute_cli.execution.journal_read import attempts_frame
from modelroute_cli.execution.open_frames import waiting_frame, without_fallen
from modelroute_cli.execution.realised.falling import known_falls, words
from modelroute_cli.execution.realised.journaled import drifts
from modelroute_cli.execution.realised.watching import Fall, Place
from modelroute_cli.execution.records import Drift
from modelroute_cli.execution.tickets import COLUMNS
from modelroute_cli.planning.measured import Cell, Measured
from modelroute_cli.providers.base import Call, FailureKind

CARDS = {
    CHEAP: replace(card(CHEAP), base_model="deepseek-flash"),
    OTHER: replace(card(OTHER), base_model="gpt-6-luna"),
    STRONG: replace(card(STRONG), base_model="gpt-6-sol"),
}
PARTS = PlanParts(
    cards=CARDS, allowed={"all": (CHEAP, OTHER, STRONG)}, asked_quality=0.85, baseline=STRONG, escalations={}
)
SETTINGS = RunSettings(concurrency=4, default_gates=False, drift="replan")
FALL = Fall(place=Place("t1", "a"), expected=0.95, seen=0.614, answers=1045, before=100)


def _rows(count: int) -> list[Row]:
    gates = GateRules(expected="normalised")
    return [
        Row(request=Request(custom_id=f"r{number}", prompt="is it?", expected="yes", gates=gates))
        for number in range(count)
    ]


def test_a_fall_is_told_in_one_line() -> None:
    """Which model, on which template, what was expected and what was seen."""
    assert words(FALL) == (
        "`a` does worse on `t1`: quality 0.61 in its last 1,045 answers, 0.95 was expected "
        "(it changed, or what came later is harder)"
    )


def test_a_fall_of_pairs_is_told_as_a_difference() -> None:
    """To the baseline's answers."""
    fall = Fall(place=Place("t1", "a"), expected=0.01, seen=-0.2, answers=18, before=2, versus="gpt-5")
    assert words(fall) == (
        "`a` does worse on `t1`: 0.20 below `gpt-5` in the last 18 compared answers, 0.01 above was expected"
    )


def test_what_was_journaled_is_the_same_fall_again() -> None:
    """In a session that goes on."""
    drift = Drift("2026-11-23T10:00:00+00:00", "t1", "a", 0.95, 0.614, 1045, 100, "")
    assert known_falls((drift,)) == (FALL,)


def test_fallen_models_count_as_tried_on_their_template_alone() -> None:
    """Beside those that were."""
    rows = plan_of([Row(), Row(template="t2")]).assignments.select(COLUMNS).collect()
    waiting = waiting_frame((), [rows])
    told = without_fallen(waiting, {("t1", OTHER), ("t1", CHEAP), ("t9", STRONG)})
    assert told["tried"].to_list() == [f"{CHEAP}\n{OTHER}", ""]
    assert without_fallen(waiting, set()) is waiting


def test_no_later_re_plan_goes_back_to_a_fallen_model(tmp_path: Path) -> None:
    """The cheap model falls, the next one dies: what is left goes to the third."""
    rows = _rows(300)
    job, had = Job.of(rows, tmp_path, plan_of(rows, PARTS)), Counter[str]()

    def script(call: Call, nth: int) -> Act:
        del nth
        had[call.card.name] += 1
        if call.card.name == OTHER and had[OTHER] > 20:
            return Act(failure(FailureKind.ACCOUNT, 401, message="key revoked"))
        return Act(answer("yes" if call.card.name != CHEAP or had[CHEAP] <= 100 else "no"))

    outcome = run(job, FakeProvider(script), Setup(settings=SETTINGS))

    answered = Counter(attempts_frame(job.journal).filter(outcome="answered")["model"])
    assert outcome.accepted + outcome.failed == 300
    assert answered[OTHER] == 20
    assert answered[CHEAP] <= 125
    assert answered[STRONG] == 300 - 20 - answered[CHEAP]


def test_a_measured_plan_is_held_to_its_own_cells(tmp_path: Path) -> None:
    """A model that is worse from the first answer on than its pilot said."""
    rows = _rows(200)
    belief = Cell(mean=0.95, se=0.02, se_paired=0.02, source="pilot", n=50)
    measured = Measured(
        baseline=STRONG,
        scorer="expected",
        confidence=0.95,
        z=1.6,
        groups={"t1": "t1"},
        cells={"t1": {CHEAP: belief, OTHER: belief, STRONG: belief}},
    )
    plan = plan_of(rows, PARTS)
    job = Job.of(rows, tmp_path, type(plan)(replace(plan.header, measured=measured), plan.assignments))
    had = Counter[str]()

    def script(call: Call, nth: int) -> Act:
        del nth
        had[call.card.name] += 1
        return Act(answer("yes" if call.card.name != CHEAP or had[CHEAP] % 2 else "no"))

    run(job, FakeProvider(script), Setup(settings=SETTINGS))

    (found,) = drifts(job.journal)
    assert (found.model, found.expected, found.versus) == (CHEAP, 0.95, "")
    assert found.before + found.answers < 60
