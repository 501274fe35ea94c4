"""Caps that are below what is planned for them."""

import pytest
from support.plans import CHEAP, OTHER, Row, plan_of

from modelroute_cli.catalog.settings import CapSettings
from modelroute_cli.planning.small_caps import small_caps

PLAN = plan_of([Row(tenant="acme")] * 3 + [Row(tenant="other", model=OTHER), Row(), Row(tenant="acme", duplicate_of=0)])


def test_nothing_is_said_where_the_plan_fits() -> None:
    """To the pico-dollar, and where there are no caps; duplicates cost nothing."""
    assert small_caps(PLAN, CapSettings()) == ()
    fits = CapSettings(tenants={"acme": "0.000000001800", "default": "0.000000001200"}, providers={"openai": "0"})
    assert small_caps(PLAN, fits) == ()


@pytest.mark.parametrize(
    ("caps", "told"),
    [
        (
            CapSettings(tenants={"acme": "0.000000001799"}),
            "the cap of $0.0000000018 for tenant `acme` is below the ~$0.0000000018 planned: not all will be sent",
        ),
        (
            CapSettings(tenants={"default": "0.000000001500", "acme": "1"}, providers={"cheap": "1"}, per_day="1"),
            None,
        ),
        (
            CapSettings(tenants={"default": "0.000000001000", "acme": "1"}),
            "the cap of $0.0000000010 for tenant `other` is below the ~$0.0000000012 planned: not all will be sent",
        ),
        (
            CapSettings(providers={"cheap": "0.000000002000"}),
            "the cap of $0.0000000020 for provider `cheap` is below the ~$0.0000000024 planned: not all will be sent",
        ),
        (
            CapSettings(per_day="0.000000003000"),
            "the cap of $0.0000000030 for a day is below the ~$0.0000000036 planned: not all will be sent",
        ),
    ],
    ids=["own", "none", "default", "provider", "day"],
)
def test_each_cap_below_its_plan_is_told(caps: CapSettings, told: str | None) -> None:
    """With both amounts, before anything is sent."""
    assert small_caps(PLAN, caps) == (() if told is None else (told,))


def test_all_are_told() -> None:
    """Tenants, providers, days."""
    caps = CapSettings(tenants={"default": "0"}, providers={"cheap": "0", "other": "0"}, per_day="0")
    assert len(small_caps(PLAN, caps)) == 5
    assert CHEAP not in " ".join(small_caps(PLAN, caps))
