"""What of a run's verdicts is looked at, and as what."""

from dataclasses import replace

import pytest
from support.tickets import assigned, ticket

from modelroute_cli.base.schema import Request
from modelroute_cli.execution.gates.answer import Said, Verdict
from modelroute_cli.execution.realised.desk import Realised
from modelroute_cli.execution.realised.scoring import EXPECTED, GATES, Both, Score
from modelroute_cli.execution.realised.watching import Bar, Place, Watch
from modelroute_cli.execution.records import AttemptKind
from modelroute_cli.execution.tickets import History, Ticket, Unjudged

TICKET = ticket(assigned(0))
PLACE = Place(TICKET.assigned.template, TICKET.model)
REQUEST = Request(custom_id="r0", prompt="?")


def _watching(scorer: str | None = None) -> Realised:
    """A bar of 0.9 that ten bad answers are enough for."""
    scorers = {} if scorer is None else {PLACE: scorer}
    watch, pairs = (Watch({PLACE: 20}, {PLACE: Bar(0.9, 0.9)}) for _ in range(2))
    return Realised(watch=watch, pairs=pairs, scorers=scorers, baseline="gpt-5")


def _fed(realised: Realised, verdict: Verdict, made: Ticket = TICKET, count: int = 15) -> int:
    """How many falls so many answers with this verdict lead to."""
    for number in range(count):
        realised.judged(Unjudged(made, number, Said("x", "stop"), 1), verdict, REQUEST)
    return len(realised.falls)


def _failed(gate: str) -> Verdict:
    return Verdict(passed=False, gate=gate, detail="", output="x", applied=gate)


def test_answers_that_gates_fail_are_a_fall() -> None:
    """Told once."""
    realised = _watching()
    assert _fed(realised, _failed("length")) == 1
    assert (realised.falls[0].place, realised.falls[0].seen, realised.falls[0].versus) == (PLACE, 0.0, "")


@pytest.mark.parametrize("gate", ["truncated", "near_duplicates"])
def test_what_says_nothing_of_the_model_is_no_fall(gate: str) -> None:
    """A limit that cut an answer, and the number of answers that others may be like."""
    assert _fed(_watching(), _failed(gate)) == 0


def test_escalated_answers_are_not_watched() -> None:
    """They are to requests that another model failed."""
    escalated = ticket(assigned(0), history=History(escalations=1))
    assert _fed(_watching(), _failed("length"), escalated) == 0


def test_the_samples_own_answers_are_not_watched() -> None:
    """They are the baseline's."""
    assert _fed(_watching(), _failed("length"), replace(TICKET, kind=AttemptKind.CONTROL)) == 0


def test_a_bar_of_one_scorer_is_not_held_against_another() -> None:
    """What gates pass may be wrong; what they fail is bad by every word."""
    passed = Verdict(passed=True, gate="pass", detail="", output="x", score=0.1, applied="judge")
    assert _fed(_watching(EXPECTED), passed) == 0
    assert _fed(_watching(EXPECTED), _failed("length")) == 1


def test_pairs_tell_of_a_fall_as_a_difference() -> None:
    """On a scale from 0 to 1 the bar was 0.9: 0.8 better than the baseline."""
    realised = _watching()
    for _ in range(15):
        realised.see_pair(PLACE, Both(0.0, 1.0, GATES))
    (fall,) = realised.falls
    assert (fall.versus, fall.seen) == ("gpt-5", -1.0)
    assert fall.expected == pytest.approx(0.8)
    assert len(realised.watch) == len(realised.pairs) == 0


def test_pairs_by_another_scorer_are_left_out() -> None:
    """As of answers."""
    realised = _watching(EXPECTED)
    for _ in range(15):
        realised.see_pair(PLACE, Both(0.0, 1.0, GATES))
    assert realised.falls == []


def test_every_answer_has_its_worth() -> None:
    """Whether anybody watches or not."""
    answer = Unjudged(TICKET, 1, Said("x", "stop"), 1)
    assert Realised().judged(answer, _failed("length"), REQUEST) == Score(0.0, GATES, passed=False)
