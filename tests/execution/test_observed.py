"""What models bill against their plan, and what is expected after that."""

from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.fake_transport import FakeProvider, always, answer
from support.plans import CHEAP, OTHER, Row, plan_of, rates
from support.report_plans import assignments, attempts, finals
from support.runs import Job, Setup, Watcher, run, scratch
from support.tickets import assigned

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.journal_read import attempts_frame, finals_frame
from modelroute_cli.execution.observed import LEAST_ANSWERS, Learned, Load, Seen, load_of, open_loads, pairs, seen_in

RATE = rates(CHEAP).steps[0].rate  # 1 pUSD a token of input, 10 of output
PLANNED = Load(100, 50, 600)


def seen(billed: Load, answers: int = LEAST_ANSWERS) -> Seen:
    """So many answers, each planned as PLANNED and billed like this."""
    learned = Learned.of({CHEAP: rates(CHEAP)})
    for _ in range(answers):
        learned.observe(CHEAP, PLANNED, billed)
    return learned.seen[CHEAP]


def test_nothing_is_learned_from_a_few_answers() -> None:
    """One below the least number, the plan stands; with it, the usage does."""
    dear = Load(100, 100, 1_100)
    assert seen(dear, LEAST_ANSWERS - 1).factor(PLANNED, RATE) == 1
    assert seen(dear).factor(PLANNED, RATE) == Fraction(1_100, 600)


def test_input_and_output_have_their_own_ratio() -> None:
    """Output twice as long as planned doubles what is all output, and leaves alone what is all input."""
    found = seen(Load(100, 100, 1_100))
    assert found.factor(Load(0, 50, 500), RATE) == 2
    assert found.factor(Load(100, 0, 100), RATE) == 1


def test_a_prompt_cache_makes_the_rest_cheaper_too() -> None:
    """Tokens as planned, but billed at 80%: what is open is expected at 80%."""
    assert seen(Load(100, 50, 480)).factor(PLANNED, RATE) == Fraction(4, 5)


def test_a_free_model_stays_as_planned() -> None:
    """Nothing can be divided by a planned cost of zero."""
    learned = Learned.of({CHEAP: rates(CHEAP)})
    for _ in range(LEAST_ANSWERS):
        learned.observe(CHEAP, Load(100, 50, 0), Load(100, 80, 0))
    assert learned.expected({CHEAP: Load(100, 50, 0)}) == 0


def test_a_slip_of_a_counter_is_no_habit() -> None:
    """A single answer that claims a billion tokens counts for twenty times its plan."""
    learned = Learned.of({CHEAP: rates(CHEAP)})
    learned.observe(CHEAP, PLANNED, Load(10**9, 10**9, 10**10))
    assert learned.seen[CHEAP].billed == Load(2_000, 1_000, 12_000)


def test_a_model_that_gave_no_answers_is_expected_as_planned() -> None:
    """What one model does says nothing of another."""
    learned = Learned.of({CHEAP: rates(CHEAP), OTHER: rates(OTHER)}, {CHEAP: seen(Load(50, 25, 300))})
    loads = {CHEAP: Load(100, 50, 600, 700), OTHER: Load(100, 50, 1_200, 1_300)}
    assert learned.expected(loads) == 300 + 1_200
    assert learned.need(loads) == 350 + 1_300
    assert learned.any_known


@given(
    billed=st.tuples(*[st.integers(0, 2_000)] * 3),
    planned=st.tuples(*[st.integers(0, 2_000)] * 3),
    n=st.integers(1, 40),
)
def test_expectations_are_never_negative_and_never_crash(
    billed: tuple[int, int, int], planned: tuple[int, int, int], n: int
) -> None:
    """Whatever providers report, zeros included."""
    learned = Learned.of({CHEAP: rates(CHEAP)})
    for _ in range(n):
        learned.observe(CHEAP, Load(*planned), Load(*billed))
    assert learned.expected({CHEAP: PLANNED}) >= 0


def test_only_answers_of_the_planned_model_with_known_usage_are_compared() -> None:
    """The escalated answer had no plan of its own, nor had the first one: it was on another model than assigned."""
    found = pairs(attempts(), assignments())
    assert found.select("row", "input_tokens", "planned_input_tokens", "cost_pusd", "planned_cost_pusd").rows() == [
        (0, 100, 100, 250, 300)
    ]
    silent = attempts().with_columns(pl.lit(None, pl.Int64).alias("output_tokens"))
    assert pairs(silent, assignments()).height == 0


def test_the_journal_says_what_was_seen() -> None:
    """Sums of what was planned and billed, one model each."""
    assert seen_in(attempts(), assignments().lazy()) == {"cheap-1": Seen(1, Load(100, 200, 300), Load(100, 150, 250))}


def test_what_is_open_is_what_neither_ended_nor_was_answered() -> None:
    """Duplicates are not sent; an answered request waits for no first attempt."""
    none = attempts().clear()
    assert open_loads(none, finals().clear(), assignments()) == {
        "cheap-1": Load(100, 200, 300, 400),
        "good-1": Load(50, 100, 5_000, 6_000),
    }
    assert open_loads(attempts().head(1), finals().clear(), assignments()) == {"good-1": Load(50, 100, 5_000, 6_000)}
    assert open_loads(none, finals().head(1), assignments()) == {"good-1": Load(50, 100, 5_000, 6_000)}


def test_a_run_learns_and_a_resumed_run_remembers() -> None:
    """Answers of 25 tokens instead of 50: 30 answered ones make the projection, also after the run went on."""
    with scratch() as folder:
        rows = [Row(output_tokens=50)] * 60
        job = Job.of(rows, folder)
        provider = FakeProvider(always(answer(output_tokens=25)))
        watcher = Watcher()
        run(job, provider, Setup(cap=PicoUSD(30 * 350 + 2_000), watcher=watcher))
        half = len(finals_frame(job.journal))
        assert 20 <= half < 60
        before = watcher.progress[-1]
        again = Watcher()
        run(job, provider, Setup(watcher=again))
        assert before.projected_pusd == half * 350
        assert again.progress[0].projected_pusd == 60 * 350
        assert again.progress[-1].projected_pusd == again.progress[-1].spent_pusd == 60 * 350


def test_frames_and_the_run_itself_learn_the_same() -> None:
    """Status, report and a resumed run read in the journal what the run saw."""
    with scratch() as folder:
        job = Job.of([Row(output_tokens=50)] * 25, folder)
        run(job, FakeProvider(always(answer(output_tokens=30))))
        told = seen_in(attempts_frame(job.journal), plan_of(job.rows).assignments)
        learned = Learned.of({CHEAP: rates(CHEAP)})
        for _ in range(25):
            learned.observe(CHEAP, Load(100, 50, 600), Load(100, 30, 400))
        assert told == learned.seen


def test_the_load_of_an_assignment_is_its_plan() -> None:
    """Input, output, cost, the high end of its range, and what is counted of it at admission."""
    assert load_of(assigned()) == Load(100, 50, 500, 600, requests=1, paced_tokens=300)
    assert load_of(assigned()).plus(load_of(assigned()), -1) == Load()
    with pytest.raises(AttributeError):
        load_of(assigned()).cost_pusd = 1  # type: ignore[misc]
