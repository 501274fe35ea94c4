"""By what requests are charged, as their job file says it."""

import pytest
from support.plans import Row, plan_of

from modelroute_cli.base.schema import Request
from modelroute_cli.report.charge_reading import SplitBy, name_of, names_of

REQUEST = Request(
    custom_id="r",
    prompt="Say hello.",
    metadata={"cost_center": " 4711 ", "number": 7, "none": None, "flag": True, "list": ["a", 1]},
    tags=("vip", "cc:north", "cc:south"),
)


@pytest.mark.parametrize(
    ("by", "name"),
    [
        ("metadata.cost_center", "4711"),
        ("metadata.number", "7"),
        ("metadata.flag", "true"),
        ("metadata.list", '["a",1]'),
        ("metadata.none", ""),
        ("metadata.absent", ""),
        ("tags.cc:", "north"),
        ("tags.vip", ""),
        ("tags.team:", ""),
    ],
)
def test_metadata_and_tags_name_who_pays(by: str, name: str) -> None:
    """Blanks around a name are none of it; of tags, the first that begins so; without one, nobody is named."""
    assert name_of(REQUEST, by) == name


def test_tenants_are_in_the_plan() -> None:
    """No job file is needed for them."""
    names = names_of(plan_of([Row(tenant="acme"), Row(), Row(tenant="zeta", duplicate_of=0)]), SplitBy())
    assert names.rows() == [(0, "acme"), (1, ""), (2, "zeta")]
