"""Whether another start would cost less: planned anew for the hours in which a model becomes cheap."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from support.planning_jobs import OPTIONS, job_of, requests_of, settings_of

from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.catalog.settings import Rule
from modelroute_cli.planning.make import make_plan
from modelroute_cli.planning.plan import CheaperStart, Plan
from modelroute_cli.planning.plan_file import verify

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
TUESDAY_2 = MONDAY + timedelta(hours=26)
TUESDAY_4 = (MONDAY + timedelta(hours=28)).isoformat()
HELD = replace(settings_of(), rules=(Rule(name="all", allow=("deepseek-flash", "gpt-6-luna", "gpt-6-sol")),))


def made(at: datetime, *models: str, rows: int = 20, deadline_s: int | None = None, **asked: object) -> Plan:
    """A plan of bulk e-mails on some models."""
    held = replace(settings_of(**asked), rules=HELD.rules)
    options = replace(OPTIONS, at=at, models=models, deadline_s=deadline_s)
    given: list[Mapping[str, object]] = [{} for _ in range(rows)]
    return make_plan(job_of(requests_of(*given)), load_catalog(held), held, options)


def test_in_dear_hours_the_cheap_ones_are_told_of() -> None:
    """At 02:00, 04:00 costs half: exactly what a plan of that time says."""
    plan = made(TUESDAY_2, "deepseek-flash")
    then = made(TUESDAY_2 + timedelta(hours=2), "deepseek-flash")
    assert plan.header.cheaper_start == CheaperStart(at=TUESDAY_4, cost_pusd=then.header.totals.cost_pusd)
    assert 2 * then.header.totals.cost_pusd == plan.header.totals.cost_pusd


def test_the_job_is_planned_anew_for_then() -> None:
    """A model that is too dear now may be the cheapest then: the plan of then is what is told of."""
    plan = made(TUESDAY_2, "deepseek-flash", "gpt-6-luna", objective__min_quality=0.87)
    then = made(TUESDAY_2 + timedelta(hours=2), "deepseek-flash", "gpt-6-luna", objective__min_quality=0.87)
    found = plan.header.cheaper_start
    saved = 1 - then.header.totals.cost_pusd / plan.header.totals.cost_pusd
    assert (found is not None) == (saved >= 0.05)
    if found is not None:
        assert found.cost_pusd == pytest.approx(then.header.totals.cost_pusd, rel=1e-3)


@pytest.mark.parametrize("at", [MONDAY, MONDAY + timedelta(days=5, hours=2), MONDAY + timedelta(hours=12)])
def test_in_cheap_hours_nothing_is_told(at: datetime) -> None:
    """No other start is better; on weekends all are alike."""
    assert made(at, "deepseek-flash").header.cheaper_start is None


def test_models_of_one_price_have_no_better_start() -> None:
    """Whatever the hour."""
    assert made(TUESDAY_2, "gpt-6-luna").header.cheaper_start is None


def test_what_waits_for_cheap_hours_anyway_has_no_better_start() -> None:
    """The off-peak tier is that start already."""
    plan = made(TUESDAY_2, "deepseek-flash", deadline_s=86_400)
    assert {str(line) for line in plan.assignments.collect()["service_tier"]} == {ServiceTier.OFF_PEAK.value}
    assert plan.header.cheaper_start is None


def test_a_saving_below_a_twentieth_is_not_told() -> None:
    """Where most of the money goes elsewhere."""
    rows: list[Mapping[str, object]] = [
        *({"model": "gpt-6-sol", "input_tokens": 3000} for _ in range(30)),
        {"model": "deepseek-flash"},
    ]
    options = replace(OPTIONS, at=TUESDAY_2)
    plan = make_plan(job_of(requests_of(*rows)), load_catalog(HELD), HELD, options)
    assert plan.header.cheaper_start is None


def test_where_money_was_asked_for_there_is_nothing_to_save() -> None:
    """Another start would buy another quality, which is no saving."""
    plan = made(TUESDAY_2, "deepseek-flash", objective__min_quality=None, objective__max_cost="1")
    assert plan.header.cheaper_start is None


def test_a_plan_remembers_its_start() -> None:
    """In UTC; a plan that begins at once has none."""
    options = replace(OPTIONS, at=TUESDAY_2, start_at=TUESDAY_2, created_at=MONDAY)
    plan = make_plan(job_of(requests_of({})), load_catalog(HELD), HELD, options)
    assert (plan.header.start_at, plan.header.prices_at) == (TUESDAY_2.isoformat(), TUESDAY_2.isoformat())
    assert plan.header.created_at == MONDAY.isoformat()
    assert made(TUESDAY_2, "gpt-6-luna").header.start_at is None


def test_a_plan_is_compared_with_the_prices_of_its_start() -> None:
    """One that is made for a day with other prices is not stale before that day."""
    before, after = datetime(2026, 8, 1, 12, tzinfo=UTC), datetime(2026, 11, 20, 12, tzinfo=UTC)
    options = replace(OPTIONS, at=after, start_at=after, created_at=before)
    rows = [{"model": "deepseek-v4-pro"}]
    plan = make_plan(job_of(requests_of(*rows)), load_catalog(settings_of()), settings_of(), options)
    verify(plan, load_catalog(settings_of()), settings_of(), before)
    verify(plan, load_catalog(settings_of()), settings_of(), after + timedelta(days=1))
