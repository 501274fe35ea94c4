"""The off-peak tier in plans: in question in dear hours alone, where a deadline leaves time until cheap ones."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.planning_jobs import OPTIONS, job_of, plan_of, requests_of, settings_of

from modelroute_cli.base.schema import ServiceTier, Usage
from modelroute_cli.catalog.cheap_hours import cheap_from, is_cheap
from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.catalog.prices import RateCard, cost, dearest, resolve
from modelroute_cli.catalog.settings import Rule
from modelroute_cli.planning.explain import explain
from modelroute_cli.planning.make import make_plan
from modelroute_cli.planning.off_peak import MARGIN_S, wait_s, waits
from modelroute_cli.planning.plan import Plan

SETTINGS = settings_of(objective__min_quality=0.0)
CATALOG = load_catalog(SETTINGS)
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
TUESDAY_2 = MONDAY + timedelta(hours=26)
FLASH = resolve(CATALOG.models["deepseek-flash"], SETTINGS, MONDAY)
HOUR = 3600
ALONE = ("deepseek-flash",)


def made(
    at: datetime,
    *rows: Mapping[str, object],
    deadline_s: int | None = None,
    rule_tiers: tuple[ServiceTier, ...] = (),
) -> Plan:
    """A plan on deepseek-flash alone, which rules of its own allow for all."""
    held = replace(SETTINGS, rules=(Rule(name="all", allow=ALONE, service_tiers=rule_tiers),))
    options = replace(OPTIONS, at=at, deadline_s=deadline_s, models=ALONE)
    return make_plan(job_of(requests_of(*(rows or ({},)))), load_catalog(held), held, options)


def tiers(plan: Plan) -> list[str]:
    """The tier of each request, in order."""
    return plan.assignments.select(pl.col("service_tier").cast(pl.String)).collect()["service_tier"].to_list()


@pytest.mark.parametrize(
    ("at", "seconds"),
    [
        (MONDAY, None),
        (MONDAY + timedelta(hours=1), 3 * HOUR + MARGIN_S),
        (MONDAY + timedelta(hours=3, minutes=59, seconds=59), 1 + MARGIN_S),
        (MONDAY + timedelta(hours=6), 4 * HOUR + MARGIN_S),
        (MONDAY + timedelta(days=5, hours=7), None),
    ],
)
def test_the_wait_is_until_the_cheap_hours_and_half_an_hour(at: datetime, seconds: int | None) -> None:
    """None in cheap hours: the standard price is the cheap one then."""
    assert wait_s(FLASH, at) == seconds


def test_a_model_of_one_price_is_not_waited_for() -> None:
    """Nothing would be gained."""
    assert wait_s(resolve(CATALOG.models["gpt-6-luna"], SETTINGS, MONDAY), TUESDAY_2) is None


def test_the_waits_of_all_models_are_few() -> None:
    """DeepSeek's models share their hours (one that has ended had others); in cheap ones there is none."""
    assert waits(CATALOG, SETTINGS, TUESDAY_2) == (2 * HOUR + MARGIN_S,)
    assert waits(CATALOG, SETTINGS, MONDAY) == ()


@pytest.mark.parametrize(
    ("deadline_s", "tier"),
    [
        (None, "standard"),
        (2 * HOUR, "standard"),
        (2 * HOUR + MARGIN_S - 1, "standard"),
        (2 * HOUR + MARGIN_S, "off_peak"),
        (24 * HOUR, "off_peak"),
    ],
)
def test_a_deadline_must_leave_time(deadline_s: int | None, tier: str) -> None:
    """At 02:00 until 04:00, and half an hour more."""
    assert tiers(made(TUESDAY_2, deadline_s=deadline_s)) == [tier]


def test_each_request_waits_as_long_as_its_own_deadline_lets_it() -> None:
    """In one job."""
    plan = made(TUESDAY_2, {"deadline_s": HOUR}, {"deadline_s": 5 * HOUR}, {}, deadline_s=3 * HOUR)
    assert tiers(plan) == ["standard", "off_peak", "off_peak"]


def test_in_cheap_hours_the_standard_tier_is_bought() -> None:
    """Its price is the cheap one, and nothing waits."""
    assert tiers(made(MONDAY, deadline_s=24 * HOUR)) == ["standard"]


def test_a_rule_may_ask_for_it_without_a_deadline() -> None:
    """In dear hours it waits; the plan says which tiers the rule allows."""
    named = (ServiceTier.OFF_PEAK, ServiceTier.STANDARD)
    plan = made(TUESDAY_2, rule_tiers=named)
    assert tiers(plan) == ["off_peak"]
    assert plan.header.rule_tiers == {"all": tuple(sorted(named))}


def test_it_costs_half_and_reserves_the_dear_price() -> None:
    """The saving is a cause of its own; the worst case has room for an answer that comes late."""
    dear, cheap = (made(TUESDAY_2, deadline_s=seconds) for seconds in (None, 24 * HOUR))
    assert 2 * cheap.header.totals.cost_pusd == dear.header.totals.cost_pusd
    saved = {each.cause: each.saved_pusd for each in cheap.header.savings}
    assert saved["off_peak"] == cheap.header.totals.cost_pusd
    most = [plan.assignments.select("cost_high_pusd").collect().item() for plan in (dear, cheap)]
    assert most[0] == most[1]
    (card,) = cheap.header.tier_cards
    assert (card.service_tier, card.windows) == ("off_peak", ())
    assert dearest(FLASH).steps[0].rate.output_pusd == 2 * card.steps[0].rate.output_pusd


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 14 * 24 * 60 - 1), st.integers(0, 48 * HOUR))
def test_its_price_is_that_of_the_time_of_completion(minute: int, deadline_s: int) -> None:
    """Whenever a plan is made: an off-peak request costs what an answer in the next cheap hours does, in time."""
    at = MONDAY + timedelta(minutes=minute)
    plan = made(at, deadline_s=deadline_s)
    row = plan.assignments.collect().row(0, named=True)
    usage = Usage(
        input_tokens=row["input_tokens"],
        output_tokens=row["output_tokens"],
        cache_read_tokens=row["cache_read_tokens"],
    )
    standard: RateCard = plan.header.rate_cards["deepseek-flash"]
    begins = cheap_from(standard, at)
    assert begins is not None
    assert (row["service_tier"] == "off_peak") == (
        not is_cheap(standard, at) and begins + timedelta(seconds=MARGIN_S) <= at + timedelta(seconds=deadline_s)
    )
    answered = begins if row["service_tier"] == "off_peak" else at
    assert row["cost_pusd"] == cost(standard, usage, answered)


def test_show_says_why_a_request_may_not_wait() -> None:
    """`explain` looks at the same hours as the plan did."""
    rows = [{"deadline_s": HOUR, "has_deadline": True}]
    plan = plan_of(rows, SETTINGS, replace(OPTIONS, at=TUESDAY_2))
    told = explain(requests_of(*rows), plan.header, CATALOG, SETTINGS, TUESDAY_2)
    (off_peak,) = [
        each for each in told.alternatives if (each.model, each.service_tier) == ("deepseek-flash", "off_peak")
    ]
    assert off_peak.problem == "its service tier may take longer than the deadline leaves"
