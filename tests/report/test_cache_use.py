"""What prompt caches saved."""

from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from support.report_plans import STARTED, attempts, facts

from modelroute_cli.base.frames import ATTEMPTS
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Usage
from modelroute_cli.catalog.prices import PriceStep, PriceWindow, Rate, RateCard, cost
from modelroute_cli.planning.plan import Plan
from modelroute_cli.report.cache_use import cache_use
from modelroute_cli.report.run_screen import report_screen
from modelroute_cli.report.run_summary import summarise
from modelroute_cli.report.run_types import CacheUse, RunFacts


def step(above: int, input_pusd: int, read_pusd: int, write_pusd: int) -> PriceStep:
    """Prices from a length on."""
    rate = Rate(
        input_pusd=PicoUSD(input_pusd),
        output_pusd=PicoUSD(7),
        cache_read_pusd=PicoUSD(read_pusd),
        cache_write_pusd=PicoUSD(write_pusd),
    )
    return PriceStep(above_input_tokens=above, rate=rate)


CARD = RateCard(
    model="cheap-1",
    service_tier="standard",
    steps=(step(0, 10, 1, 12), step(1000, 20, 2, 24)),
    source="by hand",
    price_date="2026-11-20",
)


def run_of(*usages: Usage | None, card: RateCard = CARD, minutes: int = 0) -> RunFacts:
    """The run by hand, with an answer of the cheap model for each usage, `minutes` apart."""
    base = facts()
    first = attempts().row(0, named=True)
    rows = [
        {
            **first,
            "attempt": at + 1,
            "started_at": STARTED + timedelta(minutes=minutes * at),
            **{name: getattr(usage, name, None) for name in Usage.__struct_fields__},
        }
        for at, usage in enumerate(usages)
    ]
    cards = {**base.plan.header.rate_cards, "cheap-1": card}
    plan = Plan(structs.replace(base.plan.header, rate_cards=cards), base.plan.assignments)
    return replace(base, plan=plan, attempts=pl.DataFrame(rows, schema=ATTEMPTS))


def used(input_tokens: int, read: int, written: int = 0) -> Usage:
    """A usage of five output tokens."""
    return Usage(input_tokens=input_tokens, output_tokens=5, cache_read_tokens=read, cache_write_tokens=written)


def test_reading_saves_the_difference() -> None:
    """Nine pico-dollars for each of 80 tokens."""
    assert cache_use(run_of(used(100, 0), used(100, 80), None)) == CacheUse(
        input_tokens=200, cache_read_tokens=80, cache_write_tokens=0, saved_pusd=PicoUSD(720)
    )


def test_writing_costs() -> None:
    """Two more for each of 80 tokens, at twice the price above the step."""
    found = cache_use(run_of(used(100, 0, 80), used(1001, 0, 80)))
    assert found is not None
    assert (found.cache_write_tokens, found.saved_pusd) == (160, -2 * 80 - 4 * 80)


@pytest.mark.parametrize("usages", [(), (None,), (used(100, 0),)])
def test_without_a_cache_nothing_is_said(usages: tuple[Usage | None, ...]) -> None:
    """Not even zero."""
    run = run_of(*usages)
    assert cache_use(run) is None
    assert not any("Prompt cache" in line.text for line in report_screen(summarise(run), None))


def test_the_hour_of_the_answer_counts() -> None:
    """The first ends at 10:14, before prices rise at 10:15."""
    window = PriceWindow(start_minute=10 * 60 + 15, end_minute=12 * 60, steps=(step(0, 30, 3, 30),))
    found = cache_use(run_of(used(100, 80), used(100, 80), card=structs.replace(CARD, windows=(window,)), minutes=1))
    assert found is not None
    assert found.saved_pusd == 80 * 9 + 80 * 27


USAGES = st.tuples(st.integers(0, 2000), st.integers(0, 900), st.integers(0, 900)).map(
    lambda drawn: used(max(drawn[0], drawn[1] + drawn[2]), drawn[1], drawn[2])
)


@given(st.lists(USAGES, min_size=1, max_size=8))
def test_the_saving_is_the_sum_of_its_answers(usages: list[Usage]) -> None:
    """To the pico-dollar, by the function that bills."""
    found = cache_use(run_of(*usages))
    plain = [structs.replace(usage, cache_read_tokens=0, cache_write_tokens=0) for usage in usages]
    pairs = zip(plain, usages, strict=True)
    saved = sum(cost(CARD, without, STARTED) - cost(CARD, usage, STARTED) for without, usage in pairs)
    assert (found.saved_pusd if found else 0) == saved


@pytest.mark.parametrize(
    ("usage", "line"),
    [
        (used(2_000_000, 1_200_000), "1.2 M of 2.0 M input tokens read from the cache, saved $0.000022"),
        (used(100, 0, 80), "0 of 100 input tokens read from the cache, cost $0.00000000016 more, for what was"),
    ],
)
def test_the_report_says_it_in_a_line(usage: Usage, line: str) -> None:
    """What was read, of how much, and what it saved or cost."""
    lines = [each.text for each in report_screen(summarise(run_of(usage)), None)]
    assert [each for each in lines if each.startswith(f"Prompt cache: {line}")] != []
