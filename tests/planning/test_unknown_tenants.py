"""Tenants that settings name and no request does."""

import pytest
from support.plans import Row, plan_of

from modelroute_cli.catalog.settings import CapSettings
from modelroute_cli.catalog.tenants import TenantSettings
from modelroute_cli.planning.unknown_tenants import unknown_tenants

PLAN = plan_of([Row(tenant="acme"), Row(tenant="zeta"), Row()])
NOBODY = TenantSettings()


@pytest.mark.parametrize(
    ("caps", "weights", "told"),
    [
        ({}, {}, ()),
        ({"acme": "1", "default": "2"}, {"zeta": 2.0}, ()),
        ({"acmee": "1"}, {}, ("`caps.tenants` names `acmee`, and no request of this job does: did you mean `acme`?",)),
        ({}, {"ZETA": 2}, ("`tenants.weights` names `ZETA`, and no request of this job does: did you mean `zeta`?",)),
        ({"acme": "1", "elsewhere": "2"}, {}, ()),
        (
            {"elsewhere": "2", "nowhere": "3"},
            {},
            ("`caps.tenants` names `elsewhere`, and no request of this job does; they name `acme`, `zeta`",),
        ),
    ],
    ids=["nothing", "known", "a slip in caps", "a slip in weights", "another job's", "none is known"],
)
def test_a_slip_of_the_pen_is_told(caps: dict[str, str], weights: dict[str, float], told: tuple[str, ...]) -> None:
    """With what it is like; what other jobs need is passed over."""
    assert unknown_tenants(PLAN, CapSettings(tenants=caps), TenantSettings(weights=weights)) == told


def test_a_name_that_is_there_is_no_suggestion() -> None:
    """`acme2` is another tenant where `acme` has a cap of its own."""
    assert unknown_tenants(PLAN, CapSettings(tenants={"acme": "1", "acme2": "1"}), NOBODY) == ()


def test_no_more_than_five_are_shown() -> None:
    """And where no request names one, that is said."""
    many = plan_of([Row(tenant=f"t{number}") for number in range(7)])
    caps = CapSettings(tenants={"nobody": "1"})
    [told] = unknown_tenants(many, caps, NOBODY)
    assert told == (
        "`caps.tenants` names `nobody`, and no request of this job does; "
        "they name `t0`, `t1`, `t2`, `t3`, `t4` and 2 more"
    )
    assert unknown_tenants(plan_of([Row()]), caps, NOBODY) == (
        "`caps.tenants` names `nobody`, and no request of this job does; none names a tenant",
    )
