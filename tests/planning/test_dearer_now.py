"""A plan of cheap hours that is sent in dear ones."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from support.planning_jobs import OPTIONS, plan_of

from modelroute_cli.planning.dearer_now import dearer_now
from modelroute_cli.planning.plan import Plan

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
FLASH = [{"model": "deepseek-flash"}]


def made(at: datetime, start_at: datetime | None = None, deadline_s: int | None = None) -> Plan:
    """A plan of one request to deepseek-flash."""
    return plan_of(FLASH, options=replace(OPTIONS, at=start_at or at, start_at=start_at, deadline_s=deadline_s))


def test_dear_hours_are_warned_of() -> None:
    """With until when, and what to type instead."""
    assert list(dearer_now(made(MONDAY), MONDAY + timedelta(hours=2))) == [
        (
            "`deepseek-flash` was planned at the price of its cheap hours and is dearer now, until 04:00 UTC: the "
            "projection does not hold; plan with `--start-at 2026-11-23T04:00Z`, or with a deadline"
        )
    ]


@pytest.mark.parametrize("hours", [0, 5, 12, 5 * 24 + 2])
def test_cheap_hours_are_as_planned(hours: int) -> None:
    """Weekends too."""
    assert list(dearer_now(made(MONDAY), MONDAY + timedelta(hours=hours))) == []


def test_what_was_planned_dear_is_never_dearer() -> None:
    """Its projection is an upper bound at any hour."""
    assert list(dearer_now(made(MONDAY + timedelta(hours=7)), MONDAY + timedelta(hours=8))) == []


def test_what_waits_for_cheap_hours_is_not_warned_of() -> None:
    """It is bought off-peak."""
    plan = made(MONDAY + timedelta(hours=7), deadline_s=86_400)
    assert list(dearer_now(plan, MONDAY + timedelta(hours=31))) == []


def test_a_start_to_come_counts() -> None:
    """A plan that starts at noon and is run in the dear morning is as cheap as it says."""
    plan = made(MONDAY, MONDAY + timedelta(hours=12))
    assert list(dearer_now(plan, MONDAY + timedelta(hours=7))) == []
    assert list(dearer_now(plan, MONDAY + timedelta(hours=26))) != []


def test_models_of_one_price_are_never_warned_of() -> None:
    """Whatever the hour."""
    plan = plan_of([{"model": "gpt-6-luna"}], options=replace(OPTIONS, at=MONDAY))
    assert list(dearer_now(plan, MONDAY + timedelta(hours=2))) == []
