"""Plans and scored answers as a ladder."""

import numpy as np
import pytest

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import TaskType
from modelroute_cli.pilot.certify import Known, Method, Promise
from modelroute_cli.pilot.certify_answers import Aimed, Choice, Drawn, always_baseline, asked_about, scored
from modelroute_cli.pilot.certify_draws import by_risk, draw
from modelroute_cli.pilot.ladder import certify_ladder
from modelroute_cli.pilot.observation import Observation

BASE, CHEAP, MIDDLE = "gpt-5", "flash", "haiku"
FLOOR = Promise(0.9)


def seen(custom_id: str, model: str, quality: float, *, passed: bool | None = None) -> Observation:
    """One scored answer."""
    return Observation(
        custom_id=custom_id,
        template="t",
        task_type=TaskType.EMAIL,
        language="en",
        model=model,
        quality=quality,
        scorer="expected",
        passed=passed,
    )


def plan(name: str, **choices: Choice) -> Aimed:
    """A plan by what it chooses for each request."""
    return Aimed(name, PicoUSD(10), choices)


SAFE = plan("1.00", a=Choice(BASE), b=Choice(BASE), c=Choice(MIDDLE))
CHEAPER = plan("0.97", a=Choice(BASE), b=Choice(CHEAP, BASE), c=Choice(CHEAP))


def test_what_all_plans_leave_to_the_baseline_cannot_lose() -> None:
    """A request that one of them takes from it can, even where a failed gate gives it back."""
    assert always_baseline([SAFE, CHEAPER], ["a", "b", "c"], BASE).tolist() == [True, False, False]


@pytest.mark.parametrize(("custom_id", "models"), [("a", (BASE,)), ("b", (BASE, CHEAP)), ("c", (BASE, MIDDLE, CHEAP))])
def test_a_ladder_asks_each_model_once(custom_id: str, models: tuple[str, ...]) -> None:
    """The baseline about every request, the others where some plan uses them."""
    assert asked_about([SAFE, CHEAPER], custom_id, BASE) == models


def test_each_plan_has_its_own_difference_of_every_draw() -> None:
    """In the order drawn: c, then a, then b."""
    answers = [
        seen("a", BASE, 1.0),
        seen("b", BASE, 0.5),
        seen("c", BASE, 1.0),
        seen("c", MIDDLE, 0.8),
        seen("c", CHEAP, 0.0),
        seen("b", CHEAP, 0.7, passed=True),
    ]
    found = scored([SAFE, CHEAPER], BASE, answers, Drawn(["c", "a", "b"]), FLOOR)
    assert [rung.name for rung in found.rungs] == ["1.00", "0.97"]
    assert found.rungs[0].d == pytest.approx([0.8 - 0.9, 0.1, 0.05])
    assert found.rungs[1].d == pytest.approx([-0.9, 0.1, 0.7 - 0.45])
    assert found.unanswered == 0


@pytest.mark.parametrize(("passed", "quality"), [(True, 0.7), (None, 0.7), (False, 0.5)])
def test_after_a_failed_gate_the_escalation_counts(passed: bool | None, quality: float) -> None:  # noqa: FBT001 - a case
    """Where nothing looked, there is no escalation."""
    answers = [seen("b", BASE, 0.5), seen("b", CHEAP, 0.7, passed=passed)]
    found = scored([CHEAPER], BASE, answers, Drawn(["b"]), FLOOR)
    assert found.rungs[0].d == pytest.approx([quality - 0.45])


def test_a_failed_gate_without_an_escalation_changes_nothing() -> None:
    """The scorer's word stands."""
    answers = [seen("c", BASE, 1.0), seen("c", CHEAP, 0.4, passed=False)]
    assert scored([CHEAPER], BASE, answers, Drawn(["c"]), FLOOR).rungs[0].d == pytest.approx([0.4 - 0.9])


def test_answers_that_are_missing_count_as_lost_and_are_told() -> None:
    """The plan's as 0, the baseline's as 1, both of one request as one that is missing."""
    answers = [seen("a", BASE, 1.0), seen("c", CHEAP, 1.0), seen("b", CHEAP, 1.0, passed=False)]
    found = scored([CHEAPER], BASE, answers, Drawn(["a", "c", "b"]), FLOOR)
    assert found.rungs[0].d == pytest.approx([0.1, 1 - 0.9, -0.9])
    assert found.unanswered == 2


def test_of_several_words_on_one_answer_the_last_counts() -> None:
    """Labels that people gave after the judge."""
    answers = [seen("a", BASE, 0.2), seen("a", BASE, 1.0)]
    assert scored([SAFE], BASE, answers, Drawn(["a"]), FLOOR).rungs[0].d == pytest.approx([0.1])


def test_known_answers_are_summed_beside_the_draws() -> None:
    """They are no draws; each plan has its own."""
    answers = [seen("a", BASE, 1.0), seen("c", BASE, 1.0), seen("c", MIDDLE, 0.8), seen("c", CHEAP, 0.0)]
    found = scored([SAFE, CHEAPER], BASE, answers, Drawn(["a"], ["c"]), FLOOR)
    assert [rung.d.size for rung in found.rungs] == [1, 1]
    assert [rung.known.requests for rung in found.rungs] == [1, 1]
    assert [rung.known.total for rung in found.rungs] == pytest.approx([-0.1, -0.9])
    assert scored([SAFE], BASE, answers, Drawn(["a"]), FLOOR).rungs[0].known == Known(0, 0.0)


def test_from_plans_to_a_certificate() -> None:
    """400 requests of 2,000: a plan as good is certified, one that loses a third of half of them is not."""
    ids = [f"r{at}" for at in range(2_000)]
    odd = {each: at % 2 == 1 for at, each in enumerate(ids)}
    good = Aimed("0.99", PicoUSD(60), {each: Choice(MIDDLE if odd[each] else BASE) for each in ids})
    bad = Aimed("0.90", PicoUSD(20), {each: Choice(CHEAP if odd[each] else BASE) for each in ids})
    always = always_baseline([good, bad], ids, BASE)
    draws = draw(always.astype(np.int64), by_risk(always), 400, 5)
    drawn = [ids[row] for row in draws.rows.tolist()]
    worth = {BASE: 1.0, MIDDLE: 1.0}
    answers = [
        seen(each, model, worth.get(model, float(int(each[1:]) % 3 != 0)))
        for each in drawn
        for model in asked_about([good, bad], each, BASE)
    ]
    found = scored([good, bad], BASE, answers, Drawn(drawn), FLOOR)
    assert found.unanswered == 0
    for method in Method:
        certified = certify_ladder(found.rungs, draws, FLOOR, method)
        assert certified.rung is not None
        assert certified.rung.name == "0.99"
        assert [each.finding.passed for each in certified.climbed] == [True, False]
