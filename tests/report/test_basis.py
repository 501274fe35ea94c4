"""What numbers rest on."""

from msgspec import structs
from support.report_plans import header

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.curve import CurvePoint
from modelroute_cli.report.basis import basis
from modelroute_cli.report.detail_types import Choice


def test_prices_carry_their_source_and_date() -> None:
    """Of every model that the plan knows."""
    assert basis(header()).price_sources == {
        "cheap-1": "by hand, 2026-11-20",
        "good-1": "by hand, 2026-11-20",
        "gpt-5": "by hand, 2026-11-20",
    }


def test_the_plan_stands_beside_every_baseline_that_is_known() -> None:
    """One without a cost, as it cannot do the job, is left out."""
    unable = structs.replace(header().baselines[1], cost_pusd=None)
    bare = structs.replace(header(), baselines=(header().baselines[0], unable))
    assert basis(bare).choices == (
        Choice(kind="plan", model=None, cost_pusd=PicoUSD(5_300), quality=0.85),
        Choice(kind="chosen", model="gpt-5", cost_pusd=PicoUSD(74_000), quality=0.97),
    )


def test_the_rest_is_the_plans_own_word() -> None:
    """Nothing is said anew."""
    curve = (CurvePoint(cost_pusd=PicoUSD(1), quality=0.5),)
    found = basis(structs.replace(header(), curve=curve, personal_data={"email": 3}))
    assert (found.curve, found.personal_data) == (curve, {"email": 3})
    assert (found.assumptions, found.warnings) == (header().assumptions, header().warnings)
    assert (found.quality_source, found.hard_cap_source) == ("unmeasured: prior only", "1.25 x the projection")
    assert (found.tool_version, found.planned_at) == ("0.1.0", "2026-11-23T10:00:00+00:00")
