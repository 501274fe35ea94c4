"""A model that gets worse in the middle of a run is noticed, told, and gets no more requests of that template."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace
from support.fake_transport import Act, FakeProvider, answer
from support.plans import CHEAP, OTHER, STRONG, PlanParts, Row, card, plan_of
from support.runs import Job, Setup, Watcher, run

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import GateRules, Request
from modelroute_cli.catalog.settings import RunSettings
from modelroute_cli.execution.journal_read import attempts_frame, events
from modelroute_cli.execution.realised.journaled import drifts
from modelroute_cli.execution.records import EventKind
from modelroute_cli.planning.plan import Plan
from modelroute_cli.providers.base import Call

CARDS = {
    CHEAP: replace(card(CHEAP), base_model="deepseek-flash"),
    OTHER: replace(card(OTHER), base_model="gpt-6-luna"),
    STRONG: replace(card(STRONG), base_model="gpt-6-sol"),
}
EVERY = {"all": (CHEAP, OTHER, STRONG)}
PARTS = PlanParts(cards=CARDS, allowed=EVERY, asked_quality=0.85, baseline=STRONG, escalations={})
SETTINGS = RunSettings(concurrency=4, default_gates=False, drift="replan")


def _rows(count: int, template: str = "t1") -> list[Row]:
    gates = GateRules(expected="normalised")
    return [
        Row(
            request=Request(custom_id=f"{template}-{number}", prompt="is it?", expected="yes", gates=gates),
            template=template,
        )
        for number in range(count)
    ]


def _plan(rows: Sequence[Row], parts: PlanParts = PARTS) -> Plan:
    return plan_of(rows, parts)


def _provider(right: Callable[[Call, int], bool]) -> FakeProvider:
    """Answers rightly where `right` says so, of the call and how many its model had on that template before."""
    had: Counter[tuple[str, str]] = Counter()

    def script(call: Call, nth: int) -> Act:
        del nth
        place = (call.card.name, call.request.custom_id.partition("-")[0])
        had[place] += 1
        return Act(answer("yes" if right(call, had[place]) else "no"))

    return FakeProvider(script)


def _falling_after(count: int) -> FakeProvider:
    """The cheap model is right so many times on `t1`, and never again."""
    return _provider(lambda call, nth: call.card.name != CHEAP or call.request.custom_id[:2] != "t1" or nth <= count)


def _answered_by(job: Job, template: str = "t1") -> Counter[str]:
    names = job.plan.assignments.filter(template=template).select("row").collect()["row"]
    frame = attempts_frame(job.journal)
    return Counter(frame.filter(frame["row"].is_in(names.implode()) & (frame["outcome"] == "answered"))["model"])


def test_a_fall_in_the_middle_is_noticed_told_and_planned_around(tmp_path: Path) -> None:
    """What waits goes to another model of the planned quality; other templates keep theirs."""
    rows = [*_rows(300), *_rows(100, "t2")]
    job, watcher = Job.of(rows, tmp_path, _plan(rows)), Watcher()

    run(job, _falling_after(150), Setup(settings=SETTINGS, watcher=watcher))

    found = drifts(job.journal)
    assert [(drift.template, drift.model, drift.expected) for drift in found] == [("t1", CHEAP, 1.0)]
    assert found[0].seen < 0.2
    assert 150 - 4 <= found[0].before <= 150
    assert found[0].answers <= 12
    answered = _answered_by(job)
    assert answered[CHEAP] <= 150 + 12 + 4
    assert answered[OTHER] == 300 - answered[CHEAP]
    assert _answered_by(job, "t2") == {CHEAP: 100}
    told = [event for event in events(job.journal) if event.kind in {EventKind.DRIFT, EventKind.REPLANNED}]
    assert [(event.kind, event.subject) for event in told] == [("drift", CHEAP), ("replanned", CHEAP)]
    seen, answers = found[0].seen, found[0].answers
    worse = f"`cheap-1` does worse on `t1`: quality {seen:.2f} in its last {answers} answers, 1.00 was expected"
    whole = f"{worse} (it changed, or what came later is harder)"
    assert whole in watcher.notices
    assert watcher.progress[-1].falls == (whole,)
    assert told[1].requests == answered[OTHER]
    assert told[1].text.startswith(f"{answered[OTHER]} requests of `cheap-1` go to `other-1`")


def test_a_fall_may_be_told_and_nothing_else(tmp_path: Path) -> None:
    """`run.drift: tell` leaves the plan as it is."""
    rows = _rows(200)
    job = Job.of(rows, tmp_path, _plan(rows))
    run(job, _falling_after(100), Setup(settings=replace(SETTINGS, drift="tell")))
    assert _answered_by(job) == {CHEAP: 200}
    assert len(drifts(job.journal)) == 1


def test_nothing_is_watched_where_nobody_wants_it(tmp_path: Path) -> None:
    """`run.drift: ignore`."""
    rows = _rows(200)
    job = Job.of(rows, tmp_path, _plan(rows))
    run(job, _falling_after(100), Setup(settings=replace(SETTINGS, drift="ignore")))
    assert drifts(job.journal) == ()


def test_what_no_other_model_may_do_stays(tmp_path: Path) -> None:
    """Answers of a worse model are better than none."""
    rows = _rows(200)
    parts = replace_parts(PARTS, {"all": (CHEAP,)})
    job, watcher = Job.of(rows, tmp_path, _plan(rows, parts)), Watcher()

    outcome = run(job, _falling_after(100), Setup(settings=SETTINGS, watcher=watcher))

    assert _answered_by(job) == {CHEAP: 200}
    assert (outcome.accepted, outcome.failed) == (100, 100)
    waited = 200 - 100 - drifts(job.journal)[0].answers
    assert watcher.notices[-1].endswith("stay with `cheap-1`: no other that may do them is better for the money left")
    assert int(watcher.notices[-1].split()[0]) in range(waited - 8, waited + 1)


def replace_parts(parts: PlanParts, allowed: dict[str, tuple[str, ...]]) -> PlanParts:
    """The same with other models allowed."""
    return PlanParts(
        cards=parts.cards,
        allowed=allowed,
        asked_quality=parts.asked_quality,
        baseline=parts.baseline,
        escalations={},
    )


def test_what_the_money_does_not_reach_for_stays(tmp_path: Path) -> None:
    """A re-plan spends no more than is left; the rest stays with the model it has."""
    rows = _rows(200)
    job = Job.of(rows, tmp_path, _plan(rows))
    cap = PicoUSD(200 * 600 + 20 * 1200 + 2100)

    outcome = run(job, _falling_after(100), Setup(settings=SETTINGS, cap=cap))

    assert outcome.spent_pusd <= cap
    answered = _answered_by(job)
    assert outcome.accepted + outcome.failed == sum(answered.values()) == 200
    assert 20 < answered[OTHER] < 60


def test_a_run_that_goes_on_knows_what_fell_before(tmp_path: Path) -> None:
    """The rest of the template goes elsewhere at once; nothing is told twice."""
    rows = _rows(300)
    job, first = Job.of(rows, tmp_path, _plan(rows)), _falling_after(100)
    cap = PicoUSD(160 * 600)

    run(job, first, Setup(settings=SETTINGS, cap=cap))
    before = len(drifts(job.journal))
    second = _provider(lambda call, nth: True)  # noqa: ARG005 - a script takes both
    done = run(job, second, Setup(settings=SETTINGS))

    assert before == len(drifts(job.journal)) == 1
    assert done.accepted + done.failed == 300
    assert Counter(call.card.name for call in second.sent)[CHEAP] <= 4


def test_a_run_that_goes_on_goes_on_counting(tmp_path: Path) -> None:
    """The first session saw too little of the fall; with what the second one sees it is enough."""
    rows = _rows(200)
    job = Job.of(rows, tmp_path, _plan(rows, replace_parts(PARTS, {"all": (CHEAP,)})))
    run(job, _falling_after(100), Setup(settings=SETTINGS, cap=PicoUSD(104 * 600 + 1500)))
    assert drifts(job.journal) == ()
    run(job, _provider(lambda call, nth: False), Setup(settings=SETTINGS))  # noqa: ARG005 - a script takes both
    (found,) = drifts(job.journal)
    assert found.before == 100


@pytest.mark.parametrize("seed", range(5))
def test_without_a_fall_there_is_no_alarm(tmp_path: Path, seed: int) -> None:
    """A model that is wrong one time in ten, from the first answer to the last."""
    rows = [*_rows(120), *_rows(120, "t2")]
    chance = random.Random(seed)  # noqa: S311 - a coin
    job = Job.of(rows, tmp_path, _plan(rows))
    run(job, _provider(lambda call, nth: chance.random() < 0.9), Setup(settings=SETTINGS))  # noqa: ARG005 - a script takes both
    assert drifts(job.journal) == ()


def test_without_a_pilot_or_pairs_a_fall_is_told_alone(tmp_path: Path) -> None:
    """`run.drift: auto`, as it is unless set: later requests may only be harder than the first ones."""
    rows = _rows(200)
    job = Job.of(rows, tmp_path, _plan(rows))
    run(job, _falling_after(100), Setup(settings=replace(SETTINGS, drift=RunSettings().drift)))
    assert _answered_by(job) == {CHEAP: 200}
    assert len(drifts(job.journal)) == 1
