"""What requests planned on one model take and cost on another."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Usage
from modelroute_cli.catalog.prices import PriceStep, PriceWindow, Rate, RateCard, cost
from modelroute_cli.planning.elsewhere import Counting, Planned, costs, elsewhere

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
PLAIN = Counting(ratio=1.0, ratio_high=1.0, frame=7, frame_high=9, hidden=0, room=0, most_output=10_000, least_output=1)
COUNTS = st.integers(0, 5_000)


def counting(**other: float) -> Counting:
    """A plain one but for what is said."""
    told = {name: getattr(PLAIN, name) for name in Counting.__slots__}
    return Counting(**{**told, **other})


def planned(*rows: tuple[int, int, int, int, int]) -> Planned:
    """Input, output, reasoning, limit and the own limit of each request."""
    columns = [np.array(column, np.int64) for column in zip(*rows, strict=True)]
    return Planned(
        input_tokens=columns[0],
        output_tokens=columns[1],
        reasoning_tokens=columns[2],
        max_tokens=columns[3],
        own_limit=columns[4],
    )


def test_a_model_that_counts_alike_takes_the_same() -> None:
    """Nothing is lost on the way."""
    taken = elsewhere(planned((107, 50, 0, 200, 0)), PLAIN, PLAIN)
    assert (taken.input_tokens[0], taken.input_high_tokens[0]) == (107, 109)
    assert (taken.output_tokens[0], taken.reasoning_tokens[0], taken.max_tokens[0]) == (50, 0, 200)


def test_visible_tokens_go_by_the_ratio_and_reasoning_is_the_models_own() -> None:
    """100 of content and 40 visible at 1.3 times as many; 300 hidden tokens are added, the 20 of the other are not."""
    here = counting(hidden=20, room=100)
    there = counting(ratio=1.3, ratio_high=1.5, frame=3, frame_high=4, hidden=300, room=1_200)
    taken = elsewhere(planned((107, 60, 20, 300, 0)), here, there)
    assert (taken.input_tokens[0], taken.input_high_tokens[0]) == (133, 154)
    assert (taken.output_tokens[0], taken.reasoning_tokens[0]) == (52 + 300, 300)
    assert taken.max_tokens[0] == 200 * 1.5 + 1_200


def test_the_own_limit_of_a_request_is_kept() -> None:
    """However the other model counts, and with its own room to think."""
    there = counting(ratio_high=2.0, hidden=300, room=1_000)
    assert elsewhere(planned((107, 50, 0, 80, 80)), PLAIN, there).max_tokens[0] == 80 + 1_000


def test_limits_stay_within_what_a_model_takes() -> None:
    """Neither above its card, nor below the least that its wire format takes."""
    assert elsewhere(planned((9, 9, 0, 9_999, 0)), PLAIN, counting(most_output=500)).max_tokens[0] == 500
    assert elsewhere(planned((9, 2, 0, 3, 0)), PLAIN, counting(least_output=16)).max_tokens[0] == 16


@given(
    st.lists(st.tuples(COUNTS, COUNTS, COUNTS, COUNTS, COUNTS), min_size=1, max_size=5),
    st.floats(0.5, 3),
    st.integers(0, 3_000),
)
def test_expected_output_never_passes_the_limit(
    rows: list[tuple[int, int, int, int, int]], ratio: float, hidden: int
) -> None:
    """And reasoning is never more than the output."""
    sane = [(given, out, min(hid, out), max(limit, 1), own) for given, out, hid, limit, own in rows]
    there = counting(ratio=ratio, ratio_high=ratio * 1.2, hidden=hidden, room=4 * hidden)
    taken = elsewhere(planned(*sane), PLAIN, there)
    assert (taken.output_tokens <= taken.max_tokens).all()
    assert (taken.reasoning_tokens <= taken.output_tokens).all()
    assert (taken.input_tokens >= there.frame).all()


def _rate(price: int) -> Rate:
    return Rate(
        input_pusd=PicoUSD(price),
        output_pusd=PicoUSD(4 * price),
        cache_read_pusd=PicoUSD(1),
        cache_write_pusd=PicoUSD(price),
        request_pusd=PicoUSD(5),
    )


CARD = RateCard(
    model="m",
    service_tier="standard",
    steps=(PriceStep(above_input_tokens=0, rate=_rate(10)), PriceStep(above_input_tokens=1_000, rate=_rate(20))),
    windows=(PriceWindow(start_minute=0, end_minute=60, steps=(PriceStep(above_input_tokens=0, rate=_rate(3)),)),),
    source="by hand",
    price_date="2026-11-20",
)


@given(st.lists(st.tuples(COUNTS, COUNTS), min_size=1), st.sampled_from([0, 12]))
def test_columns_cost_what_each_request_costs(rows: list[tuple[int, int]], hour: int) -> None:
    """By the step that its input reaches, and the hour."""
    at = AT.replace(hour=hour)
    given_, out = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    assert costs(CARD, given_, out, at).tolist() == [
        cost(CARD, Usage(input_tokens=one, output_tokens=other), at) for one, other in rows
    ]


def test_nothing_is_rounded_up_by_the_noise_of_a_product() -> None:
    """110 tokens at 1.1 are 121, not 122."""
    taken = elsewhere(planned((117, 0, 0, 10, 0)), PLAIN, counting(ratio=1.1, frame=0))
    assert taken.input_tokens[0] == pytest.approx(121)
