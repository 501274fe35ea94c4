"""Sums, the range of a total, and the hard cap."""

from fractions import Fraction
from math import ceil

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from support.planning_jobs import plan_of
from support.report_plans import questions

from modelroute_cli.base.money import PicoUSD, from_usd
from modelroute_cli.base.schema import HANDED_IN as WAITING
from modelroute_cli.base.schema import ServiceTier, TaskType
from modelroute_cli.catalog.settings import Assumptions
from modelroute_cli.planning.expect import load_expectations
from modelroute_cli.planning.plan import Questions, Totals
from modelroute_cli.planning.totals import Besides, make_cap, make_totals, with_questions

ONE = plan_of([{}])
TOTALS = ONE.header.totals


def portion_of(**values: int) -> pl.DataFrame:
    """One portion: a request of nothing, but for what is given."""
    money = ("cost_pusd", "cost_low_pusd", "cost_range_pusd", "cost_high_pusd", "output_cost_pusd")
    row = {
        **dict.fromkeys((*money, "input_tokens", "output_tokens", "reasoning_tokens"), 0),
        "requests": 1,
        "copies": 1,
        **values,
    }
    frame = pl.DataFrame([row], schema=dict.fromkeys(row, pl.Int64))
    return frame.with_columns(quality=pl.lit(0.5), quality_low=pl.lit(0.25), service_tier=pl.lit("standard"))


def test_sums_count_every_request_and_quality_every_copy() -> None:
    """Tokens and money are those of what is sent; duplicates are counted beside them."""
    given = pl.concat(
        [
            portion_of(requests=3, copies=2, cost_pusd=7, cost_range_pusd=9, input_tokens=10),
            portion_of(requests=1, cost_pusd=5, cost_range_pusd=5).with_columns(quality=pl.lit(1.0)),
        ]
    )
    totals = make_totals(given, load_expectations(Assumptions()))
    assert (totals.requests, totals.duplicates, totals.cost_pusd, totals.input_tokens) == (4, 3, 26, 30)
    assert totals.quality == (6 * 0.5 + 1) / 7


def totals_of(count: int, *, reasoning: int = 0, visible_error: float = 0.5) -> Totals:
    """Totals of `count` equal requests: $1 of input and $3 of output (100 tokens) each, from $2 to $8."""
    given = portion_of(
        requests=count,
        cost_pusd=from_usd(4),
        cost_low_pusd=from_usd(2),
        cost_range_pusd=from_usd(8),
        output_tokens=100,
        reasoning_tokens=reasoning,
        output_cost_pusd=from_usd(3),
    )
    known = load_expectations(Assumptions())
    lengths = replace(known.lengths, shared_error=visible_error)
    return make_totals(given, replace(known, lengths=lengths))


def half_range_usd(totals: Totals) -> float:
    """Half the range above the expected total, in dollars."""
    return (totals.cost_range_pusd - totals.cost_pusd) / 10**12


def test_a_single_request_ranges_as_widely_as_itself() -> None:
    """Half its own range and half of its output cost, in quadrature; never below its own low end."""
    totals = totals_of(1)
    assert half_range_usd(totals) == pytest.approx((3**2 + 1.5**2) ** 0.5)
    assert totals.cost_low_pusd == from_usd(2)


def test_what_all_share_does_not_average_out() -> None:
    """For many requests the range is the shared half of the output cost, hardly more."""
    totals = totals_of(10_000)
    assert half_range_usd(totals) == pytest.approx(((3**2) * 10_000 + 15000.0**2) ** 0.5)
    assert half_range_usd(totals) == pytest.approx(15_000, rel=0.01)


def test_visible_output_and_hidden_reasoning_are_unsure_each_by_its_own_share() -> None:
    """When all output is reasoning, half of its cost is unsure; with a quarter of visible output, in proportion."""
    assert half_range_usd(totals_of(10_000, reasoning=100)) == pytest.approx(15_000, rel=0.01)
    assert half_range_usd(totals_of(10_000, reasoning=50, visible_error=0.25)) == pytest.approx(11_250, rel=0.01)


def test_the_users_maximum_is_the_cap() -> None:
    """Whatever was projected."""
    cap = make_cap(portion_of(), TOTALS, from_usd("0.5"), "1.25")
    assert (cap.cap_pusd, cap.source) == (from_usd("0.5"), "`--max-cost`")


@pytest.mark.parametrize(("factor", "cap"), [("1.25", 1250), ("1", 1000), ("1.0005", 1001), ("3", 3000)])
def test_the_cap_is_the_projection_times_the_factor_rounded_up(factor: str, cap: int) -> None:
    """Exact decimal arithmetic, with room to the last pico-dollar."""
    totals = Totals(
        requests=1,
        duplicates=0,
        input_tokens=1,
        output_tokens=1,
        reasoning_tokens=0,
        cost_pusd=PicoUSD(1000),
        cost_low_pusd=PicoUSD(1),
        cost_range_pusd=PicoUSD(2000),
        quality=1.0,
        quality_low=1.0,
    )
    made = make_cap(portion_of(), totals, None, factor)
    assert (made.cap_pusd, made.source) == (cap, f"projected x {factor}")


QUESTIONS = questions()
ASKED = replace(QUESTIONS, answers={"t": TaskType.MATH}, spent_pusd=PicoUSD(90), held_pusd=PicoUSD(30))


@pytest.mark.parametrize(
    ("questions", "added"), [(None, (0, 0, 0)), (QUESTIONS, (100, 80, 150)), (ASKED, (90, 90, 120))]
)
def test_asking_is_part_of_the_total(questions: Questions | None, added: tuple[int, int, int]) -> None:
    """As expected before, as spent after, what is held at the high end; requests and tokens are the job's alone."""
    whole = with_questions(TOTALS, questions)
    assert (
        whole.cost_pusd - TOTALS.cost_pusd,
        whole.cost_low_pusd - TOTALS.cost_low_pusd,
        whole.cost_range_pusd - TOTALS.cost_range_pusd,
    ) == added
    assert (whole.requests, whole.input_tokens) == (TOTALS.requests, TOTALS.input_tokens)


def test_the_cap_has_room_for_the_most_that_asking_can_cost() -> None:
    """And for the dearest request besides; where the factor gives more, that holds."""
    before, after = (with_questions(replace(TOTALS, cost_pusd=PicoUSD(1000)), asked) for asked in (QUESTIONS, ASKED))
    dear = portion_of(cost_high_pusd=300)
    assert make_cap(dear, before, None, "1", Besides(QUESTIONS)).cap_pusd == 1000 + 300 + 400
    assert make_cap(dear, before, None, "2", Besides(QUESTIONS)).cap_pusd == 2 * 1100
    assert make_cap(dear, after, None, "1", Besides(ASKED)).cap_pusd == 1000 + 300 + 120


HANDED_IN = portion_of(requests=40, cost_pusd=5, cost_high_pusd=30).with_columns(service_tier=pl.lit("batch"))
SENT = portion_of(requests=8, cost_pusd=100, cost_high_pusd=150)


@pytest.mark.parametrize(("factor", "cap"), [("1.25", 1000 + 1200), ("1", 800 + 150 + 1200), ("2", 1600 + 1200)])
def test_the_cap_has_room_for_all_that_is_handed_in(factor: str, cap: int) -> None:
    """Its worst case, whole, beside the projection of what is sent at once times the factor."""
    totals = replace(TOTALS, cost_pusd=PicoUSD(40 * 5 + 8 * 100))
    made = make_cap(pl.concat([HANDED_IN, SENT]), totals, None, factor)
    said = "all that 40 requests handed in can cost, reserved whole"
    assert (made.cap_pusd, made.source) == (cap, said)


def test_what_is_sent_at_once_may_reach_its_high_end_beside_batches() -> None:
    """Else it would take the money of what is to be handed in, and a part of that would wait for another window."""
    sent = SENT.with_columns(cost_range_pusd=pl.lit(140, pl.Int64))
    totals = replace(TOTALS, cost_pusd=PicoUSD(40 * 5 + 8 * 100))
    assert make_cap(pl.concat([HANDED_IN, sent]), totals, None, "1.25").cap_pusd == 8 * 140 + 150 + 1200
    assert make_cap(sent, replace(totals, cost_pusd=PicoUSD(800)), None, "1.25").cap_pusd == 1000


def test_the_users_maximum_holds_for_batches_too() -> None:
    """They are then handed in one after the other."""
    made = make_cap(HANDED_IN, TOTALS, PicoUSD(7), "1.25")
    assert (made.cap_pusd, made.source) == (7, "`--max-cost`")


def test_what_is_handed_in_alone_needs_its_worst_case_alone() -> None:
    """Nothing is sent at once; one request is one."""
    totals = replace(TOTALS, cost_pusd=PicoUSD(5))
    made = make_cap(HANDED_IN.with_columns(requests=pl.lit(1, pl.Int64)), totals, None, "1.25")
    said = "all that 1 request handed in can cost, reserved whole"
    assert (made.cap_pusd, made.source) == (30, said)


PORTION = st.tuples(
    st.sampled_from([tier.value for tier in ServiceTier]),
    st.integers(1, 1_000),
    st.integers(0, 10**9),
    st.integers(0, 10**9),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(PORTION, min_size=1, max_size=8), st.sampled_from(["1", "1.25", "2"]))
def test_the_cap_lets_all_be_handed_in_and_the_rest_be_sent(
    drawn: list[tuple[str, int, int, int]], factor: str
) -> None:
    """All worst cases of what waits, and the projection of the rest with its factor."""
    portions = pl.concat(
        portion_of(
            requests=count, cost_pusd=cost, cost_range_pusd=cost + more // 2, cost_high_pusd=cost + more
        ).with_columns(service_tier=pl.lit(tier))
        for tier, count, cost, more in drawn
    )
    totals = replace(TOTALS, cost_pusd=PicoUSD(sum(count * cost for _, count, cost, _ in drawn)))
    waiting = sum(count * (cost + more) for tier, count, cost, more in drawn if tier in WAITING)
    rest = sum(count * cost for tier, count, cost, _ in drawn if tier not in WAITING)
    dearest = max((cost + more for tier, _, cost, more in drawn if tier not in WAITING), default=0)
    cap = make_cap(portions, totals, None, factor).cap_pusd
    high = sum(count * (cost + more // 2) for tier, count, cost, more in drawn if tier not in WAITING)
    is_any = any(tier in WAITING for tier, *_ in drawn)
    assert cap == waiting + max(ceil(rest * Fraction(factor)), rest + dearest, (high + dearest) * is_any)
