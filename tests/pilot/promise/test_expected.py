"""What a rung is expected to take, by the pilot's pairs."""

from hypothesis import given
from hypothesis import strategies as st
from support.promised import BASE, CHEAP, right, seen

from modelroute_cli.pilot.certify import Method, Promise
from modelroute_cli.pilot.certify_answers import Choice
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.promise.expected import Cell, Outlook, Terms, outlook

ON_CHEAP = Choice(CHEAP)
TERMS = Terms(Promise(0.9), Method.ANY_TIME, 1000)


def pairs(count: int, wrong: int) -> list[Observation]:
    """A pilot in which the baseline is always right, and the cheap model but for the first few."""
    return [each for at in range(count) for each in right(f"r{at}", base=1, cheap=float(at >= wrong))]


def known(cells: tuple[Cell, ...], found: list[Observation], terms: Terms = TERMS) -> Outlook:
    """An outlook that there is."""
    expected = outlook(cells, found, BASE, terms)
    assert expected is not None
    return expected


def cell(requests: int, choice: Choice = ON_CHEAP, *, is_safe: bool = False) -> Cell:
    """Requests of the one template."""
    return Cell("t", choice, is_safe, requests)


def test_the_ratio_is_that_of_the_pilots_pairs_by_the_requests_they_stand_for() -> None:
    """Half of the batch on a model that is right in 8 of 10: 90% of the baseline's quality."""
    found = known((cell(500), cell(500, Choice(BASE))), pairs(10, 2))
    assert (found.ratio, found.differ, found.measured) == (0.9, 0.1, 10)


def test_what_was_never_measured_says_nothing() -> None:
    """Neither a ratio nor a number of requests."""
    assert outlook((cell(500),), [], BASE, TERMS) is None
    assert outlook((cell(500, Choice("other")),), pairs(10, 0), BASE, TERMS) is None


def test_a_rejected_answer_is_worth_that_of_the_model_it_goes_to() -> None:
    """As it is in a run; where that one was not asked, the request is left out."""
    choice = Choice(CHEAP, BASE)
    answers = [seen("r0", CHEAP, 0.0, passed=False), seen("r0", BASE, 1.0)]
    assert known((cell(10, choice),), answers).ratio == 1.0
    assert outlook((cell(10, Choice(CHEAP, "other")),), answers, BASE, TERMS) is None


@given(wrong=st.integers(0, 6))
def test_more_wrong_answers_never_take_fewer_requests(wrong: int) -> None:
    """And at some point no number is enough."""
    better, worse = (known((cell(1000),), pairs(50, count)).affordable for count in (wrong, wrong + 1))
    assert worse.needed is None or (better.needed is not None and better.needed <= worse.needed)


def test_a_plan_below_the_floor_is_shown_by_no_number_and_a_weaker_promise_is_told() -> None:
    """A ratio of 80% shows no 90%, but something less."""
    found = known((cell(1000),), pairs(50, 10)).affordable
    assert found.needed is None
    assert found.promise is not None
    assert 0.5 <= found.promise.ratio <= 0.8


def test_requests_that_every_plan_leaves_to_the_baseline_cost_few_draws() -> None:
    """A quarter of the batch at stake takes fewer draws than if all of it were drawn alike."""
    mixed = (cell(250), cell(750, Choice(BASE)))
    seldom = (cell(250), cell(750, Choice(BASE), is_safe=True))
    alike, apart = (known(cells, pairs(50, 2)).affordable.needed for cells in (mixed, seldom))
    assert alike is not None
    assert apart is not None
    assert apart < alike
